"""Who is who (IDENTITY.md), step by step: which lead an event belongs to, and which company it names.

For now two leads, or two companies' histories, that would have to become one are recorded as a conflict; what joining
them needs (who was named together, and when) is stored from the first event on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from bot.service.attribution import Identification, that_count, whose
from bot.service.companies import Companies, says_something_of_a_company
from bot.service.incoming import Identifier, SourcedEvent
from bot.service.names import Names
from bot.storage import identities, leads
from bot.storage.store import Tx
from scoring.instants import Instant

ROLE_ADDRESSES = frozenset(
    "info sales support contact kontakt hello hej office admin mail post marketing service team no-reply noreply "
    "billing accounts finance hr jobs job karriere press presse webmaster postmaster abuse help verkoop salg".split()
)


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """What of identity is configured."""

    identifying: tuple[str, ...] = ("email", "user_id", "phone")
    own_domains: frozenset[str] = frozenset()
    free_mail: frozenset[str] = frozenset()
    role_addresses: frozenset[str] = ROLE_ADDRESSES


@dataclass(slots=True)
class Belonging:
    """What identity says of one event. `reload` are other leads whose earlier visits may have changed hands."""

    lead_id: int | None
    subject_id: int | None
    identifier_ids: tuple[int, ...] = ()
    company_key_id: int | None = None
    company_id: int | None = None
    company_facts: int = 0
    made_lead: bool = False
    reload: set[int] = field(default_factory=set)
    merged_company: int | None = None


@dataclass(slots=True)
class _Named:
    kind: str
    value: str
    row: int
    lead_id: int | None
    joins: bool


class Identity:
    """Decides inside the intake's transaction. `names` is what it has at hand; a rollback makes it forget."""

    def __init__(self, rules: IdentityRules) -> None:
        self.names = Names()
        self._rules = rules
        self._order = {kind: place for place, kind in enumerate(rules.identifying)}
        self._companies = Companies(rules.own_domains, rules.free_mail)

    def belongs(self, tx: Tx, event: SourcedEvent, source: str, seq: int, now: Instant) -> Belonging:
        """Find or make the lead of an event, and the company that it names; remembers what was named together."""
        named = [self._look_up(tx, one, now) for one in event.identifiers if not self._is_own(one)]
        persons = [one for one in named if one.kind != "anonymous_id"]
        anonymous = [one.row for one in named if one.kind == "anonymous_id"]
        ids = tuple(one.row for one in named)
        for a, b in combinations(sorted(set(ids)), 2):
            identities.name_together(tx, a, b, now)
        found = Belonging(None, None, ids)
        if not event.quarantine:
            self._join(tx, [*persons, *self._aliases(tx, event, persons, now)], found, seq, now)
        subject = self._subject(persons)
        found.subject_id = subject.row if subject else (anonymous[0] if anonymous else None)
        if subject is not None:
            found.lead_id = subject.lead_id
            if not event.quarantine:
                self._identify(tx, event, source, anonymous, subject, found)
        elif anonymous:
            found.lead_id = whose(event.occurred_at, self._counting(tx, anonymous[0]))
        self._name_company(tx, event, found, seq, now)
        return found

    def _look_up(self, tx: Tx, one: Identifier, now: Instant) -> _Named:
        row, lead_id = self.names.identifier(tx, one.kind, one.value, now)
        role = one.kind == "email" and one.value.partition("@")[0].partition("+")[0] in self._rules.role_addresses
        return _Named(one.kind, one.value, row, lead_id, joins=not role)

    def _aliases(self, tx: Tx, event: SourcedEvent, persons: Sequence[_Named], now: Instant) -> list[_Named]:
        """Who the person was before, unless both are known by addresses and have none in common."""
        before = [
            self._look_up(tx, one, now) for one in event.alias_of if not _anonymous(one) and not self._is_own(one)
        ]
        if not before:
            return []
        old, new = (identities.addresses_with(tx, [one.row for one in some]) for some in (before, persons))
        return [] if old and new and old.isdisjoint(new) else before

    def _is_own(self, one: Identifier) -> bool:
        return one.kind == "email" and one.value.rpartition("@")[2] in self._rules.own_domains

    def _identifying(self, one: _Named) -> bool:
        return one.kind in self._order

    def _join(self, tx: Tx, persons: Sequence[_Named], found: Belonging, seq: int, now: Instant) -> None:
        """Make the lead where there is none, and give it every identifier that this event names and that has none."""
        joining = sorted((one for one in persons if one.joins), key=self._place)
        if not any(self._identifying(one) for one in joining):
            joining = [one for one in sorted(persons, key=self._place) if self._identifying(one)][:1]
        if not joining:
            return
        known = list(dict.fromkeys(one.lead_id for one in joining if one.lead_id is not None))
        if known:
            kept = known[0]
            for other in known[1:]:
                identities.conflict(
                    tx, kind="lead", kept=min(kept, other), other=max(kept, other), event_seq=seq, now=now
                )
        else:
            kept = leads.add(tx, now)
            found.made_lead = True
        for one in joining:
            if one.lead_id is None and self.names.join(tx, one.kind, one.value, one.row, kept):
                one.lead_id = kept
                if not self._identifying(one):
                    found.reload.add(kept)  # events that waited at a vendor's id come to the lead

    def _place(self, one: _Named) -> tuple[int, int]:
        return (self._order.get(one.kind, len(self._order)), one.row)

    def _subject(self, persons: Sequence[_Named]) -> _Named | None:
        """The first that it names, in the order of IDENTITY.md: identifying kinds, vendors' ids, role addresses."""
        if not persons:
            return None
        return min(persons, key=lambda one: (one.lead_id is None, not one.joins, *self._place(one)))

    def _identify(
        self, tx: Tx, event: SourcedEvent, source: str, anonymous: Sequence[int], subject: _Named, found: Belonging
    ) -> None:
        """Somebody was identified with an anonymous id: earlier visits may become theirs, and stop being another's."""
        if subject.lead_id is None:
            return
        before = [identities.identifier(tx, one.kind, one.value, 0)[0] for one in event.alias_of if _anonymous(one)]
        for row in dict.fromkeys((*anonymous, *before)):
            known = self._counting(tx, row)
            identities.identify(
                tx,
                anonymous_id=row,
                subject_id=subject.row,
                occurred_at=event.occurred_at,
                source=source,
                event_id=event.id,
                by_mail=event.type.startswith("email_"),
            )
            owners = {one.lead_id for one in known if one.lead_id is not None}
            if owners != {subject.lead_id}:  # with the same person before and after, no visit changes hands
                found.reload |= owners | {subject.lead_id}

    def _counting(self, tx: Tx, anonymous_id: int) -> list[Identification]:
        rows = identities.identifications_of(tx, anonymous_id)
        return that_count([Identification(row["occurred_at"], row["lead_id"], bool(row["by_mail"])) for row in rows])

    @staticmethod
    def _has_company(tx: Tx, lead_id: int | None) -> bool:
        return lead_id is not None and leads.company_of(tx, lead_id) is not None

    def _name_company(self, tx: Tx, event: SourcedEvent, found: Belonging, seq: int, now: Instant) -> None:
        keys = self._companies.named(event.traits)
        if not keys and not (event.type.startswith("email_") and self._has_company(tx, found.lead_id)):
            email = next((one.value for one in event.identifiers if one.kind == "email"), None)
            key = self._companies.of_address(email)
            keys = (key,) if key else ()
        if says_something_of_a_company(event.traits):
            found.company_facts = 1
        if not keys:
            return
        known = [self.names.company_key(tx, kind, value) for kind, value in keys]
        companies = list(dict.fromkeys(one[1] for one in known if one is not None))
        kept = companies[0] if companies else None
        if len(companies) > 1:  # a group id and a domain in one event name one company
            identities.conflict(tx, kind="company", kept=companies[0], other=companies[1], event_seq=seq, now=now)
            identities.merge_companies(tx, companies[0], companies[1])
            found.merged_company = companies[1]
            self.names.forget()
        for place, (kind, value) in enumerate(keys):
            row = known[place] or identities.add_company_key(tx, kind, value, kept, now)
            kept = kept or row[1]
            if place == 0:
                found.company_key_id = row[0]
        found.company_id = kept


def _anonymous(one: Identifier) -> bool:
    return one.kind == "anonymous_id"
