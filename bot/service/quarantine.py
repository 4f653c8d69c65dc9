"""Quarantine: events of machines are kept, shown with the reason and worth nothing, until a person says otherwise.

Each group of events is judged once it is stored, together with earlier ones: a third click within 2 s also quarantines
the two before it, and once a mail is opened its clicks count again. What a person decided about an event stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.clock import Clock
from bot.service import machines
from bot.service.explain_views import Judged
from bot.service.identity.changes import Changed
from bot.service.identity.inheriting import settle
from bot.service.incoming import SourcedEvent
from bot.service.logbook import events_of
from bot.service.machines import BURST, BURST_WITHIN, CLICKED, HAND, OPENED, UNOPENED, Click
from bot.service.scorebook import Scorebook
from bot.service.views import Actor
from bot.storage import audit, events, leads
from bot.storage import quarantine as stored
from bot.storage.store import Store, Tx
from scoring.instants import Instant

JUDGED: Final = frozenset({CLICKED, OPENED})
"""Kinds of events that are judged beside others."""
CAUSE: Final = "quarantine"
"""Why a lead was evaluated, and may have crossed."""


@dataclass(frozen=True, slots=True)
class Change:
    """An event that counts no more, or again (`why` is None), and the leads that this concerns."""

    row: Any
    why: str | None
    leads: frozenset[int]


def looked_at(event: SourcedEvent) -> SourcedEvent:
    """The event, quarantined if it says of itself that a machine made it."""
    if event.quarantine is not None or event.type not in machines.LOOKED_AT:
        return event
    why = machines.by_itself(event.type, event.properties)
    return event if why is None else replace(event, quarantine=why)


def mail_of(source: str, event: SourcedEvent) -> str | None:
    """The mail that an event is about."""
    return machines.mail_of(source, event.properties) if event.type.startswith("email_") else None


class Judge:
    """Judges events beside others, inside the intake's transaction; what it finds is not applied yet."""

    def __init__(self) -> None:
        self._tells: dict[str, bool] = {}

    def forget(self) -> None:
        """Look up again which sources tell of openings: a transaction was rolled back."""
        self._tells.clear()

    def judge(self, tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[Change]:
        """What of these events, just stored, and of those beside them counts no more, or again."""
        changes: dict[int, Change] = {}
        openings = [row for row in rows if row["type"] == OPENED and row["mail"] is not None]
        self._tells |= {row["source"]: True for row in openings}
        clicked = [row for row in rows if row["type"] == CLICKED and row["subject_id"] is not None]
        new = {row["seq"] for row in clicked}
        opened: dict[str, bool] = {}
        for theirs in _beside(tx, clicked).values():
            self._clicks(tx, theirs, new, opened, changes)
        for mail in dict.fromkeys(row["mail"] for row in openings if row["quarantined"] is None):
            self.mail(tx, mail, changes)
        return list(changes.values())

    def _clicks(
        self, tx: Tx, theirs: Sequence[Any], new: set[int], opened: dict[str, bool], changes: dict[int, Change]
    ) -> None:
        """One person's clicks around some new ones."""
        links = ((row, machines.url_of(json.loads(row["properties"]))) for row in theirs)
        together = machines.bursts(Click(row["seq"], row["occurred_at"], url) for row, url in links if url is not None)
        for row in theirs:
            if row["seq"] in together:
                _add(tx, changes, row, BURST)
            elif row["seq"] in new and self._unopened(tx, row, opened):
                _add(tx, changes, row, UNOPENED)

    def _unopened(self, tx: Tx, row: Any, opened: dict[str, bool]) -> bool:
        """Nobody opened the mail, and its source does tell of mails that are opened."""
        mail = row["mail"]
        if mail is None or not self._tells_of_opening(tx, row["source"]):
            return False
        if mail not in opened:
            opened[mail] = stored.is_opened(tx, mail, OPENED)
        return not opened[mail]

    def _tells_of_opening(self, tx: Tx, source: str) -> bool:
        if source not in self._tells:
            self._tells[source] = stored.tells_of(tx, source, OPENED)
        return self._tells[source]

    def mail(self, tx: Tx, mail: str, changes: dict[int, Change]) -> None:
        """The clicks on a mail, of which it has become known that it was opened, or that it was not."""
        if stored.is_opened(tx, mail, OPENED):
            for one in stored.unopened(tx, mail):
                _add(tx, changes, one, None)
            return
        for one in stored.of_mail(tx, mail, CLICKED):
            if one["quarantined"] is None and self._unopened(tx, one, {}):
                _add(tx, changes, one, UNOPENED)


def _beside(tx: Tx, clicked: Iterable[Mapping[str, Any]]) -> dict[int, list[Any]]:
    """By person, the clicks within 2 s of some of theirs, these too: read at once, and each once."""
    windows: list[tuple[int, Instant, Instant]] = []
    for subject, at in sorted({(row["subject_id"], row["occurred_at"]) for row in clicked}):
        since, until = at - BURST_WITHIN, at + BURST_WITHIN
        if windows and windows[-1][0] == subject and since <= windows[-1][2]:
            windows[-1] = (subject, windows[-1][1], until)
        else:
            windows.append((subject, since, until))
    found: dict[int, list[Any]] = {}
    for row in stored.around(tx, CLICKED, windows):
        found.setdefault(row["subject_id"], []).append(row)
    return found


def _add(tx: Tx, changes: dict[int, Change], row: Any, why: str | None) -> None:
    if row["judged_by"] is None and (row["quarantined"] is None) == (why is not None):
        changes[row["seq"]] = Change(row, why, frozenset(concerned(tx, row)))


def concerned(tx: Tx, row: Any) -> set[int]:
    """The leads that an event concerns: its own, and those whose visits it decides."""
    lead_id = stored.lead_of(tx, row["subject_id"])
    return stored.leads_identified_by(tx, row) | ({lead_id} if lead_id is not None else set())


def apply(tx: Tx, change: Change) -> None:
    """Write what was found."""
    if stored.found_machine(tx, change.row["seq"], change.why):
        identify_again(tx, change.row, change.why)


def identify_again(tx: Tx, row: Any, why: str | None) -> None:
    """A quarantined event identifies nobody with an anonymous id; one that counts again does."""
    if why is None:
        stored.identifies_again(tx, row)
    else:
        stored.identifies_nobody(tx, row)


def tell_company(tx: Tx, scorebook: Scorebook, row: Any, but: Iterable[int], now: Instant) -> None:
    """What an event says of a company concerns all its leads, when it counts no more, or again."""
    if not row["company_facts"] or row["company_id"] is None:
        return
    scorebook.histories.forget_company(row["company_id"])
    aside = set(but)
    others = [one for one in events.leads_of_company(tx, row["company_id"]) if one not in aside]
    scorebook.make_due(tx, others, now, "event")


class Quarantine:
    """What people say of an event: one transaction an act, audited; the leads concerned are evaluated in it."""

    def __init__(self, store: Store, scorebook: Scorebook, judge: Judge, clock: Clock) -> None:
        self._store = store
        self._scorebook = scorebook
        self._judge = judge
        self._clock = clock
        self.changed: Callable[[], None] = lambda: None
        self.regrouped: Callable[[Tx, Any, Instant], Changed] = lambda _tx, _row, _now: Changed()
        """What an event joined is one no more, or again: leads may fall apart, or become one."""
        self.settled: Callable[[Tx, Instant], None] = lambda _tx, _now: None
        """Called after the leads were evaluated."""

    async def restore(self, number: int, seq: int, actor: Actor) -> Judged:
        """Let an event of a lead count again, for good."""
        return await self._say(number, seq, actor, None)

    async def quarantine(self, number: int, seq: int, actor: Actor) -> Judged:
        """An event of a lead counts no more."""
        return await self._say(number, seq, actor, HAND)

    async def _say(self, number: int, seq: int, actor: Actor, why: str | None) -> Judged:
        found = await self._store.write(lambda tx: self._said(tx, number, seq, actor, why, self._clock()))
        self.changed()
        return found

    def _said(self, tx: Tx, number: int, seq: int, actor: Actor, why: str | None, now: Instant) -> Judged:
        row = stored.event(tx, seq)
        own = row is not None and not row["type"].startswith(events.OUR_TYPES) and leads.get(tx, number) is not None
        if not own or not any(one["seq"] == seq for one in events_of(tx, number)):
            return Judged("gone", number, seq)
        if (row["quarantined"] is None) == (why is None):
            return Judged("already", number, seq)
        concerns = concerned(tx, row) | {number}
        for lead_id in concerns:
            self._scorebook.catch_up(tx, lead_id, now)
        stored.said(tx, seq, why, actor.user_id)
        identify_again(tx, row, why)
        action = "event_restored" if why is None else "event_quarantined"
        note = f"{row['type']} {row['source']} {row['id']}"
        audit.record(
            tx,
            at=now,
            actor=actor.user_id,
            action=action,
            lead_id=number,
            before=row["quarantined"],
            after=why,
            note=note,
        )
        changed = self.regrouped(tx, row, now)
        lead_ids = leads.that_are(tx, concerns | changed.leads | self._of_its_mail(tx, row))
        settle(tx, self._scorebook, lead_ids, changed.companies, now)
        self._rescore(tx, lead_ids, now, changed.silent)
        self.settled(tx, now)
        tell_company(tx, self._scorebook, row, concerns, now)
        return Judged("restored" if why is None else "quarantined", number, seq)

    def _of_its_mail(self, tx: Tx, row: Any) -> set[int]:
        """An opening that counts no more, or again, is what the clicks on its mail hang on."""
        if row["type"] != OPENED or row["mail"] is None:
            return set()
        changes: dict[int, Change] = {}
        self._judge.mail(tx, row["mail"], changes)
        for change in changes.values():
            apply(tx, change)
        return {lead_id for change in changes.values() for lead_id in change.leads}

    def _rescore(self, tx: Tx, lead_ids: Iterable[int], now: Instant, silent: Collection[int]) -> None:
        for lead_id in sorted(lead_ids):
            self._scorebook.describe(tx, lead_id, now)
            self._scorebook.evaluate(tx, lead_id, now, CAUSE, silent=lead_id in silent)
