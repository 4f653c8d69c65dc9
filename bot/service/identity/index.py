"""Who is who (docs/identity.md), step by step: which lead an event belongs to, and which company it names.

The index agrees with `identity.partition`, which says the same from zero. Most events name whom an event named
before, together or alone: they are looked up. What is new is remembered (who was named together, since when), counted
against the limits, and either simply attached to the one lead that is named, or worked out from the sets around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from bot.service.identity.at_hand import Known, Names
from bot.service.identity.changes import Changed, Hands, LeadChanges
from bot.service.identity.company_naming import CompanyNaming, that_count
from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, USER_ID
from bot.service.identity.joining import is_past_limit
from bot.service.identity.rules import LEAD, NOBODY, NORMAL, OVERSIZED, PAST, IdentityRules
from bot.service.identity.sets import Sets
from bot.service.identity.standing import Standing
from bot.service.identity.subjects import Subjects, choose
from bot.service.incoming import Identifier, SourcedEvent
from bot.storage import events, identities
from bot.storage.store import Tx
from scoring.instants import Instant


@dataclass(slots=True)
class Belonging:
    """What identity says of one event. `changed` are leads that are no longer what they were."""

    lead_id: int | None
    subject_id: int | None
    identifier_ids: tuple[int, ...] = ()
    alias_ids: tuple[int, ...] = ()
    company_key_id: int | None = None
    company_id: int | None = None
    company_facts: int = 0
    company_weak: int = 0
    changed: Changed = field(default_factory=Changed)
    companies: set[int] = field(default_factory=set)
    """Companies that are no longer what they were."""


@dataclass(slots=True)
class _New:
    """What an event tells that was not known: identifiers with new company, and those that are past a limit now."""

    together: dict[int, set[str]] = field(default_factory=dict)
    addressed: set[int] = field(default_factory=set)
    """User ids that an address joins now: what an alias says of them may hold no more, or again."""
    joins: bool = False
    past: list[Known] = field(default_factory=list)


class Identity:
    """Decides inside the intake's transaction. `names` is what it has at hand; a rollback makes it forget."""

    def __init__(self, rules: IdentityRules, hands: Hands) -> None:
        self.rules = rules
        self.names = Names(rules)
        self.standing = Standing()
        self.changes = LeadChanges(rules, self.names, hands)
        self._hands = hands
        self.subjects = Subjects(rules, self.names)
        self.companies = CompanyNaming(rules, self.names, hands.company_past_limit)

    def forget(self) -> None:
        """Look everything up again: a transaction was rolled back."""
        self.names.forget()
        self.standing.forget()
        self.companies.sets.forget()

    def belongs(self, tx: Tx, event: SourcedEvent, source: str, now: Instant) -> Belonging:
        """Find or make the lead of an event, and the company that it names; remembers what was named together."""
        at = event.occurred_at
        self.names.added.clear()
        named = [self.names.get(tx, one, now) for one in event.identifiers]
        aliases = [self.names.get(tx, one, now) for one in event.alias_of]
        found = Belonging(None, None, tuple(one.row for one in named), tuple(one.row for one in aliases))
        meant, previous = self.meant(tx, named, at), self.meant(tx, aliases, at)
        new = self._remember(tx, meant, None if event.quarantine else at, now)
        if not event.quarantine:
            self._alias(tx, meant, previous, new, at, now)
            self._settle(tx, that_count(meant), that_count(previous), new, found, now)
        elif new.past:
            found.changed = self._work_out(tx, (), new.past, now)
        meant = self._again(tx, meant, now)
        subject = choose(self.rules, meant)
        if subject is None and meant:
            # none of these counts now; should one count later, the event is found by it
            found.subject_id = meant[0].row
        if subject is not None:
            found.subject_id = subject.row
            if subject.kind == ANONYMOUS_ID:
                found.lead_id = self.subjects.visit(tx, subject, at)
            else:
                found.lead_id = subject.lead_id or self._stand_alone(tx, event, subject, now)
        if not event.quarantine and subject is not None and subject.kind != ANONYMOUS_ID:
            self._identify(tx, event, source, (*meant, *self._again(tx, previous, now)), subject.row, found)
        self._name_company(tx, event, that_count(meant), found, now)
        return found

    def meant(self, tx: Tx, named: Sequence[Known], at: Instant) -> list[Known]:
        """Whom an event of this instant means: corrected, each once."""
        said = self.standing.verdicts(tx)
        if said.corrected:
            rows = dict.fromkeys(said.correct(one.row, at) for one in named)
            loaded = self.names.load(tx, rows)
            named = [loaded[row] for row in rows]
        return list(named)

    def _again(self, tx: Tx, named: Sequence[Known], now: Instant) -> list[Known]:
        """The same identifiers as they stand now."""
        return [self.names.get(tx, Identifier(one.kind, one.value), now) for one in named]

    # ---- what is new

    def _remember(self, tx: Tx, meant: Sequence[Known], since: Instant | None, now: Instant) -> _New:
        """Remember who was named together, and find who is past a limit by it."""
        new = _New()
        for a, b in combinations(meant, 2):
            known, before = self.names.together_since(tx, a, b)
            if known and (since is None or (before is not None and before <= since)):
                continue
            self.names.name_together(tx, a, b, since, now)
            if not known:
                new.together.setdefault(a.row, set()).add(b.kind)
                new.together.setdefault(b.row, set()).add(a.kind)
            if before is None and since is not None:
                new.addressed |= {
                    one.row for one, other in ((a, b), (b, a)) if (one.kind, other.kind) == (USER_ID, EMAIL)
                }
            if ANONYMOUS_ID not in (a.kind, b.kind) and NOBODY not in (a.standing, b.standing):
                new.joins = new.joins or before is None or bool(self.standing.verdicts(tx).apart)
        for one in meant:
            kinds = new.together.get(one.row, set())
            if kinds and one.standing in (NORMAL, OVERSIZED) and self.is_past(tx, one, kinds):
                new.past.append(one)
        for one in new.past:
            self._pass(tx, one, now)
        return new

    def is_past(self, tx: Tx, one: Known, kinds: Iterable[str]) -> bool:
        """Whether an identifier is past its limit by how many of these kinds it was named with."""
        if one.row in self.standing.verdicts(tx).cleared:
            return False
        counts = {}
        for kind in kinds:
            limit = self.rules.limit(one.kind, kind)
            if limit is not None:
                counts[kind] = identities.count_named(tx, one.row, kind, limit + 1)
        return is_past_limit(self.rules, one.kind, counts)

    def _pass(self, tx: Tx, one: Known, now: Instant) -> None:
        identities.set_standing(tx, [one.row], PAST)
        self.names.drop([one.row])
        if not one.role and identities.find_fault(tx, "past_limit", one.row, now):
            self._hands.past_limit(tx, one.kind, one.value, now, f"past_limit:{one.row}")

    def _alias(
        self, tx: Tx, meant: Sequence[Known], previous: Sequence[Known], new: _New, at: Instant, now: Instant
    ) -> None:
        for before in (one for one in previous if one.kind != ANONYMOUS_ID):
            for one in (one for one in meant if one.kind in (USER_ID, EMAIL) and one.row != before.row):
                identities.alias(tx, one.row, before.row, at)
                new.joins = True
                sets = self.sets(tx)
                both = sets.addresses_of(tx, one), sets.addresses_of(tx, before)
                if all(both) and not both[0] & both[1] and identities.find_fault(tx, "alias", one.row, now, before.row):
                    self._hands.alias_contradicts(tx, one.value, before.value, now, f"alias:{one.row}:{before.row}")

    # ---- whose it is

    def sets(self, tx: Tx) -> Sets:
        """Walks under the instructions of now."""
        return Sets(self.rules, self.names, self.standing.verdicts(tx))

    def _settle(
        self, tx: Tx, meant: Sequence[Known], previous: Sequence[Known], new: _New, found: Belonging, now: Instant
    ) -> None:
        """Bring the leads of those whom an event names into line with what it told."""
        gone = {one.row for one in new.past}
        joining = [one for one in meant if one.joins and one.kind != ANONYMOUS_ID and one.row not in gone]
        fresh = any(one.lead_id is None and self.rules.identifies(one.kind) for one in joining)
        if not (new.joins or new.past or fresh):
            return
        if not previous and not new.past and self._attach(tx, joining, new, now):
            return
        starts = [one.row for one in (*joining, *previous) if one.kind != ANONYMOUS_ID]
        left = [one for one in new.addressed if identities.aliases_of(tx, one)]
        found.changed = self._work_out(tx, starts, new.past, now, left)

    def _attach(self, tx: Tx, joining: Sequence[Known], new: _New, now: Instant) -> bool:
        """The plain case: at most one lead is named, and it gets what has none. False when it is not so plain."""
        if not any(self.rules.identifies(one.kind) for one in joining):
            return True
        leads = {one.lead_id for one in joining if one.lead_id is not None}
        if len(leads) > 1 or self._is_unusual(tx, joining, new):
            return False
        without = [one for one in joining if one.lead_id is None]
        kept = next(iter(leads), None)
        addresses = sum(one.kind == EMAIL for one in without)
        if kept is not None and addresses:
            addresses += identities.count_of_lead(tx, kept, EMAIL)
        if addresses > self.rules.addresses_of_a_set:
            return False
        if without:
            self._give(tx, without, kept, now)
        return True

    def _is_unusual(self, tx: Tx, joining: Sequence[Known], new: _New) -> bool:
        """Whether a mark, an instruction, an alias or a vendor's id that events wait for needs the full case."""
        if any(one.standing != NORMAL for one in joining):
            return True
        if self.standing.concerns(tx, (one.row for one in joining)):
            return True
        for one in joining:
            waited = one.lead_id is None and not self.rules.identifies(one.kind) and one.row not in self.names.added
            if waited or (one.row in new.addressed and identities.aliases_of(tx, one.row)):
                return True
        return False

    def _give(self, tx: Tx, some: Sequence[Known], kept: int | None, now: Instant) -> None:
        if kept is None:
            kept = self._hands.number_for(tx, [one.row for one in some], now)
        rows = [one.row for one in some]
        identities.give(tx, rows, kept)
        self.names.drop(rows)

    def _work_out(
        self, tx: Tx, starts: Iterable[int], past: Sequence[Known], now: Instant, left: Iterable[int] = ()
    ) -> Changed:
        """The full case: walk the sets around, and change leads by what they are now."""
        gone = [one.row for one in past]
        persons = [one.row for one in past if one.kind != ANONYMOUS_ID]
        region = self.sets(tx).around(tx, starts, (*persons, *left))
        changed = self.changes.apply(tx, region, self.standing.verdicts(tx), now, demoted=persons)
        for row in gone:
            if row not in persons:  # an anonymous id attributes nothing any more
                changed.leads |= identities.identified_with(tx, row)
                changed.companies |= events.disinherit(tx, row)
        return changed

    def _stand_alone(self, tx: Tx, event: SourcedEvent, subject: Known, now: Instant) -> int | None:
        """An identifier that joins nothing is a lead as soon as an event belongs by it."""
        if event.quarantine or not self.rules.identifies(subject.kind):
            return None
        self._give(tx, [subject], None, now)
        return self.names.load(tx, [subject.row])[subject.row].lead_id

    # ---- anonymous ids

    def _identify(
        self, tx: Tx, event: SourcedEvent, source: str, named: Sequence[Known], subject: int, found: Belonging
    ) -> None:
        """Somebody was identified with an anonymous id: earlier visits may become theirs, and stop being another's."""
        visitors = dict.fromkeys(one.row for one in named if one.kind == ANONYMOUS_ID and one.standing == NORMAL)
        by_mail = event.type.startswith("email_")
        lead_id = self.names.load(tx, [subject])[subject].lead_id if visitors else None
        for visitor in dict.fromkeys(one.row for one in named if one.kind == ANONYMOUS_ID):
            concerned: set[int] = set()
            if visitor in visitors and lead_id is not None:
                concerned = self._next_to(tx, visitor, event.occurred_at, lead_id, by_mail=by_mail)
            identities.identify(
                tx,
                anonymous_id=visitor,
                subject_id=subject,
                occurred_at=event.occurred_at,
                source=source,
                event_id=event.id,
                by_mail=by_mail,
            )
            found.changed.leads |= concerned

    @staticmethod
    def _next_to(tx: Tx, visitor: int, at: Instant, lead_id: int, *, by_mail: bool) -> set[int]:
        """Whose visits may change hands when somebody is identified at this instant: what is next to it decides."""
        others = identities.is_identified(tx, visitor, by_mail=False)
        if by_mail and others:
            return set()
        if not by_mail and not others:
            return identities.identified_with(tx, visitor) | {lead_id}
        before, following = identities.around(tx, visitor, at, by_mail=by_mail)
        owners = {row["lead_id"] for row in (before, following) if row is not None}
        return set() if before is not None and owners == {lead_id} else owners | {lead_id}

    # ---- companies

    def _name_company(
        self, tx: Tx, event: SourcedEvent, meant: Sequence[Known], found: Belonging, now: Instant
    ) -> None:
        since = None if event.quarantine else event.occurred_at
        company = self.companies.named(tx, event.type, event.traits, since, meant, now)
        found.company_facts, found.company_weak = company.facts, company.weak
        found.company_key_id, found.company_id = company.key_id, company.company_id
        found.companies = company.changed


__all__ = ["LEAD", "Belonging", "Identity", "IdentityRules"]
