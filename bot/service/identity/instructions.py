"""Standing instructions of admins about who is who: shown first, audited, revocable (docs/identity.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.clock import Clock
from bot.errors import HotleadError
from bot.service.erased import Erased
from bot.service.identity.changes import Changed
from bot.service.identity.identifiers import EMAIL, PHONE, normalise
from bot.service.identity.index import Identity
from bot.service.identity.inheriting import settle
from bot.service.identity.instructed import Instructed
from bot.service.identity.instructions_listed import Fault, Said, listed, said_of
from bot.service.identity.joining import Verb
from bot.service.identity.merging import Merging
from bot.service.identity.saying_again import standing_already
from bot.service.identity.standing import LEADS
from bot.service.incoming import Identifier
from bot.service.scorebook import Scorebook
from bot.storage import audit, identities, leads
from bot.storage import instructions as stored
from bot.storage.store import Store, Tx
from scoring.instants import Instant

_AT_ONCE: Final = 50
_LONGEST: Final = 17
"""Characters of a lead's number with its L-."""


class CannotInstruct(HotleadError):
    """The instruction means nobody, or more than one; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Group:
    """A lead with its identifiers, or (`lead` is None) identifiers that are nobody's."""

    lead: int | None
    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an instruction does, or would do: the leads concerned before and after."""

    number: int | None
    before: tuple[Group, ...]
    after: tuple[Group, ...]
    stands: Said | None = None
    """The instruction that says so already: nothing is done."""


class _Shown(Exception):
    def __init__(self, effect: Effect) -> None:
        super().__init__()
        self.effect = effect


class Instructions:
    """Gives, revokes and lists instructions; each in one transaction."""

    def __init__(
        self, store: Store, identity: Identity, merging: Merging, scorebook: Scorebook, erased: Erased, clock: Clock
    ) -> None:
        self._store = store
        self._erased = erased
        self._identity = identity
        self._instructed = Instructed(identity)
        self._merging = merging
        self._scorebook = scorebook
        self._clock = clock
        self.changed: Callable[[], None] = lambda: None

    async def say(
        self, verb: Verb, one: Sequence[str], other: Sequence[str], actor: str, note: str | None, *, show: bool
    ) -> Effect:
        """Give an instruction about leads (`L-3`) or values; with `show` only say what it would do."""

        def work(tx: Tx) -> Effect:
            now = self._clock()
            sides = self._sides(tx, verb, one, other)
            self._unless_said(tx, verb, sides, now)
            _must_be_two(tx, verb, sides, one, other)
            return self._say(tx, verb, sides, actor, note, now, show=show)

        return await self._done(work)

    async def revoke(self, number: int, actor: str, *, show: bool) -> Effect:
        """Take an instruction back."""
        return await self._done(lambda tx: self._revoke(tx, number, actor, self._clock(), show=show))

    async def _done(self, work: Callable[[Tx], Effect]) -> Effect:
        try:
            effect = await self._store.write(work)
        except _Shown as shown:
            return shown.effect
        self.changed()
        return effect

    async def listed(self) -> tuple[tuple[Said, ...], tuple[Fault, ...]]:
        """Every instruction, newest first, and what was found about values."""
        return await self._store.read(listed)

    # ---- in the transaction

    def _unless_said(self, tx: Tx, verb: Verb, sides: tuple[list[int], list[int]], now: Instant) -> None:
        """What stands already is said, and nothing else happens."""
        row = standing_already(tx, LEADS, self._identity.standing.verdicts(tx), verb, *sides, now)
        if row is not None:
            stand = _groups(tx, [*sides[0], *sides[1]])
            raise _Shown(Effect(None, stand, stand, said_of(tx, row)))

    def _say(
        self,
        tx: Tx,
        verb: Verb,
        sides: tuple[list[int], list[int]],
        actor: str,
        note: str | None,
        now: Instant,
        *,
        show: bool,
    ) -> Effect:
        ids = [*sides[0], *sides[1]]
        shown = _with_the_rest(tx, ids)
        before = _groups(tx, shown)
        number = stored.add(
            tx, at=now, actor=actor, about=LEADS, verb=verb.value, one=sides[0], other=sides[1], note=note
        )
        changed = self._instructed.apply(tx, verb, ids, now)
        return self._finish(tx, f"identity_{verb.value}", number, shown, before, changed, actor, note, now, show=show)

    def _revoke(self, tx: Tx, number: int, actor: str, now: Instant, *, show: bool) -> Effect:
        row = stored.get(tx, number)
        if row is None or row["about"] != LEADS or not stored.revoke(tx, number, actor, now):
            raise CannotInstruct(f"There is no standing instruction {number}. `hotlead identity list` shows them.")
        ids = [*json.loads(row["one"]), *json.loads(row["other"])]
        shown = _with_the_rest(tx, ids)
        before = _groups(tx, shown)
        changed = self._instructed.apply(tx, Verb(row["verb"]), ids, now)
        return self._finish(tx, "identity_revoked", number, shown, before, changed, actor, None, now, show=show)

    def _finish(
        self,
        tx: Tx,
        action: str,
        number: int,
        ids: Sequence[int],
        before: tuple[Group, ...],
        changed: Changed,
        actor: str,
        note: str | None,
        now: Instant,
        *,
        show: bool,
    ) -> Effect:
        effect = Effect(number, before, _groups(tx, ids))
        if show:
            raise _Shown(Effect(None, effect.before, effect.after))
        told = [json.dumps([_word(group) for group in some]) for some in (effect.before, effect.after)]
        audit.record(tx, at=now, actor=actor, action=action, before=told[0], after=told[1], note=note)
        self._evaluate(tx, changed, now)
        return effect

    def _evaluate(self, tx: Tx, changed: Changed, now: Instant) -> None:
        there = [one for one in sorted(changed.leads) if (row := leads.get(tx, one)) is not None and row["id"] == one]
        settle(tx, self._scorebook, there, changed.companies, now)
        for lead_id in there[:_AT_ONCE]:
            self._scorebook.describe(tx, lead_id, now)
            self._scorebook.evaluate(tx, lead_id, now, "event", silent=lead_id in changed.silent)
        self._scorebook.make_due(tx, there[_AT_ONCE:], now, "event")
        self._merging.settle(tx, now)

    def _sides(self, tx: Tx, verb: Verb, one: Sequence[str], other: Sequence[str]) -> tuple[list[int], list[int]]:
        if verb in (Verb.NOT_A_PERSON, Verb.CLEAR):
            return [row["id"] for text in one for row in [_value(tx, text)]], []
        if verb is Verb.CORRECT:
            wrong, right = _value(tx, one[0]), self._address(tx, other[0])
            return [wrong["id"]], [right]
        first = [row for text in one for row in _whole(tx, text)]
        second = [
            row
            for text in other
            for row in (_whole(tx, text) if verb is not Verb.UNMERGE else [_value(tx, text)["id"]])
        ]
        if verb is Verb.UNMERGE and set(second) < set(first):
            first = [row for row in first if row not in second]
        return first, second

    def _address(self, tx: Tx, text: str) -> int:
        value = normalise(EMAIL, text)
        if value is None:
            raise CannotInstruct(f"{text} is no e-mail address.")
        if self._erased.is_erased(tx, Identifier(EMAIL, value)):
            raise CannotInstruct(
                f"Whoever had {text} was erased on request. `hotlead leads lift {text}` comes first, if they want it."
            )
        row = identities.find(tx, EMAIL, value)
        return int(row["id"]) if row is not None else identities.add(tx, EMAIL, value, self._clock())


def _must_be_two(
    tx: Tx, verb: Verb, sides: tuple[list[int], list[int]], one: Sequence[str], other: Sequence[str]
) -> None:
    """Two sides, of two leads; of an unmerge, of one."""
    if verb not in (Verb.JOIN, Verb.NEVER_JOIN, Verb.UNMERGE):
        return
    first, second = sides
    both = bool(set(first) & set(second))
    if verb is Verb.UNMERGE:
        of = {row["lead_id"] for row in identities.by_ids(tx, [*first, *second])}
        if both or len(of) != 1 or None in of:
            raise CannotInstruct(f"Name some identifiers of {one[0]}, and not all; the rest is the other side.")
    elif both:
        raise CannotInstruct(_same(tx, one[0], other[0], first))
    elif not first or not second:
        raise CannotInstruct("Name two leads, or identifiers of two leads.")


def _of_number(tx: Tx, text: str) -> Sequence[Any] | None:
    """The identifiers of the lead that a number names; None where the text is no number of a lead."""
    if text[:2].upper() != "L-" or not text[2:].isdecimal() or len(text) > _LONGEST:
        return None
    lead = leads.get(tx, int(text[2:]))
    if lead is None:
        raise CannotInstruct(f"There is no lead {text.upper()}.")
    return identities.of_lead(tx, lead["id"])


def _whole(tx: Tx, text: str) -> list[int]:
    """The identifiers of a lead, or of the lead of a value."""
    rows = _of_number(tx, text)
    if rows is not None:
        return [row["id"] for row in rows]
    row = _value(tx, text)
    return [one["id"] for one in identities.of_lead(tx, row["lead_id"])] if row["lead_id"] is not None else [row["id"]]


def _value(tx: Tx, text: str) -> Any:
    """An identifier by its value, or as `kind=value` where two kinds have it."""
    kind, equals, value = text.partition("=")
    wanted = [value] if equals else [text, normalise(EMAIL, text) or text, normalise(PHONE, text) or text]
    found = {row["id"]: row for one in wanted for row in identities.with_value(tx, one)}
    rows = [row for row in found.values() if not equals or row["kind"] == kind]
    if not rows:
        lead = _of_number(tx, text)
        if lead:
            known = ", ".join(row["value"] for row in lead)
            raise CannotInstruct(f"{text} is a lead, and this is about one value. Name one of: {known}.")
        raise CannotInstruct(f"No event ever named {text}.")
    if len(rows) > 1:
        ways = ", ".join(f"{row['kind']}={row['value']}" for row in rows)
        raise CannotInstruct(f"{text} is of several kinds; write one of: {ways}.")
    return rows[0]


def _same(tx: Tx, one: str, other: str, ids: Sequence[int]) -> str:
    number = next((row["lead_id"] for row in identities.by_ids(tx, ids)), None)
    lead = f"L-{number}" if number is not None else "one that waits for a name"
    return (
        f"{one} and {other} are the same lead already: {lead}. Name two leads, or identifiers of two; "
        "`hotlead identity unmerge` makes two of one."
    )


def _with_the_rest(tx: Tx, ids: Sequence[int]) -> tuple[int, ...]:
    """With these identifiers all of the leads that they are of: what becomes of those is shown too."""
    rows = identities.by_ids(tx, ids)
    whole = (one["id"] for row in rows if row["lead_id"] is not None for one in identities.of_lead(tx, row["lead_id"]))
    return tuple(dict.fromkeys((*ids, *whole)))


def _groups(tx: Tx, ids: Sequence[int]) -> tuple[Group, ...]:
    """Leads of identifiers, each with all of its own."""
    by_lead: dict[int | None, list[str]] = {}
    for row in identities.by_ids(tx, ids):
        if row["lead_id"] is None:
            by_lead.setdefault(None, []).append(row["value"])
        elif row["lead_id"] not in by_lead:
            by_lead[row["lead_id"]] = [one["value"] for one in identities.of_lead(tx, row["lead_id"])]
    return tuple(Group(lead, tuple(values)) for lead, values in by_lead.items())


def _word(group: Group) -> str:
    return f"L-{group.lead}" if group.lead is not None else "nobody"
