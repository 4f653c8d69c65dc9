"""Two leads become one, one becomes two: numbers, handling, alerts and hand-over (docs/identity.md, One lead from two).

Identity calls `before`, moves the identifiers, and says what became of the leads. Whoever asked identity evaluates
them, and then calls `settle`, which makes sure that none is left without an owner or an alert.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.service.evaluations import hand_over_of
from bot.service.handling.state import ref
from bot.service.handling.team import Team
from bot.service.identity.merging_rules import Joined, handling_of, join, part_again
from bot.service.journal import Journal
from bot.service.scorebook import Scorebook
from bot.service.views import Notice, State
from bot.storage import alerts, audit, former_leads, leads, scores
from bot.storage.store import Tx
from scoring.handover import merge
from scoring.instants import Instant
from scoring.model import LABEL_RANK


@dataclass(slots=True)
class _Owed:
    """What is done when the leads have been evaluated."""

    merged: list[int] = field(default_factory=list)
    splits: list[tuple[int, int]] = field(default_factory=list)


class Merging:
    """Implements bot.service.identity.changes.Hands; every method runs inside its caller's transaction."""

    def __init__(self, scorebook: Scorebook, journal: Journal, team: Team) -> None:
        self._scorebook = scorebook
        self._book = team.book
        self._statuses = team.statuses
        self._journal = journal
        self._team = team
        self._owed = _Owed()
        self.flush: Callable[[Tx], None] = lambda _tx: None
        """Called before leads change: events that are decided but not stored yet are stored."""

    def forget(self) -> None:
        """A transaction was rolled back."""
        self._owed = _Owed()

    def before(self, tx: Tx, lead_ids: Iterable[int], now: Instant) -> None:
        for lead_id in sorted(lead_ids):
            self._scorebook.catch_up(tx, lead_id, now)
        self.flush(tx)
        for lead_id in lead_ids:
            self._scorebook.histories.forget(lead_id)

    # ---- numbers

    def number_for(self, tx: Tx, identifiers: Iterable[int], now: Instant) -> int:
        former = former_leads.with_eldest(tx, identifiers)
        if not former:
            return leads.add(tx, now)
        first, *rest = former
        self._take_back(tx, first, now)
        former_leads.point(tx, [row["id"] for row in rest], first["id"])
        return int(first["id"])

    def _take_back(self, tx: Tx, former: Any, now: Instant) -> None:
        """A lead is there again with what was its own; the one that it was joined into gives back what was not."""
        number, origin = former["id"], former["into_id"]
        kept = json.loads(former["kept"])
        columns = leads.columns(tx)
        former_leads.take_back(tx, number, {name: value for name, value in kept["other"].items() if name in columns})
        former_leads.move_crossings(tx, kept["crossings"], number)
        former_leads.move_alerts(tx, kept["alerts"], number)
        former_leads.join_alerts(tx, kept["joined"], None)
        stands = leads.get(tx, origin)
        if stands is not None:
            was = {name: value for name, value in kept["after"].items() if name in columns}
            values = part_again(stands, kept["kept"], was)
            status = values.pop("status", None)
            former_leads.put(tx, origin, values)
            if status is not None:
                self._journal.set_status(tx, origin, status, audit.SYSTEM, now)
        for lead_id in (origin, number):
            self._scorebook.histories.forget(lead_id)
            self._book.refresh(tx, lead_id, now)

    # ---- two become one

    def merged(self, tx: Tx, kept: int, other: int, eldest: int | None, now: Instant) -> None:
        rows = {one: dict(leads.get(tx, one)) for one in (kept, other)}
        crossed = [row["crossed_at"] for one in rows for row in scores.of_lead(tx, one).values() if row["crossed_at"]]
        joined = join(rows[kept], rows[other], self._statuses, max(crossed, default=None))
        crossings = former_leads.crossings_of(tx, other)
        theirs, told_by_another = self._alerts(tx, kept, other, joined, now)
        self._hand_over(tx, kept, other)
        former_leads.move_crossings(tx, crossings, kept)
        former_leads.move_rest(tx, other, kept)
        self._handle(tx, kept, rows, joined, now)
        after = handling_of(leads.get(tx, kept))
        former_leads.add(
            tx,
            other,
            into=kept,
            at=now,
            eldest=eldest,
            kept={
                "other": rows[other],
                "kept": handling_of(rows[kept]),
                "after": after,
                "crossings": crossings,
                "alerts": theirs,
                "joined": told_by_another,
            },
        )
        for lead_id in (kept, other):
            self._scorebook.histories.forget(lead_id)
        self._tell_merged(tx, kept, rows[other], joined, told_by_another, now)
        self._owed.merged.append(kept)

    def _alerts(self, tx: Tx, kept: int, other: int, joined: Joined, now: Instant) -> tuple[list[int], list[int]]:
        """One alert of both goes on, the others are told by it: those of the other lead, and those."""
        ours, theirs = former_leads.alerts_of(tx, kept), former_leads.alerts_of(tx, other)
        for one in joined.ended:
            alerts.end(tx, one, why="joined", now=now)
        goes_on = joined.alert_id or max((*ours, *theirs), default=None)
        losing = theirs if goes_on in ours else ours
        if goes_on is None or not losing:
            former_leads.move_alerts(tx, theirs, kept)
            return theirs, []
        for one in losing:
            alerts.end(tx, one, why="joined", now=now)
        former_leads.move_alerts(tx, theirs, kept)
        former_leads.join_alerts(tx, losing, goes_on)
        return theirs, losing

    @staticmethod
    def _hand_over(tx: Tx, kept: int, other: int) -> None:
        """By model; the better label counts as the one before (docs/model.md, Hand-over)."""
        ours, theirs = scores.of_lead(tx, kept), scores.of_lead(tx, other)
        rows = []
        for model, row in theirs.items():
            mine = ours.get(model)
            if mine is None:
                rows.append({**dict(row), "lead_id": kept})
                continue
            state = merge(hand_over_of(mine), hand_over_of(row))
            better = max(mine["label"], row["label"], key=lambda label: LABEL_RANK.get(label or "", -1))
            rows.append(
                {
                    **dict(mine),
                    "label": better,
                    "last_label": state.label,
                    "armed": int(state.armed),
                    "dipped": int(state.dipped),
                    "cooldown_ended": int(state.cooldown_ended),
                    "crossed_at": state.last_crossing_at,
                }
            )
        scores.save(tx, rows)

    def _handle(self, tx: Tx, kept: int, rows: dict[int, dict[str, Any]], joined: Joined, now: Instant) -> None:
        values = dict(joined.values)
        status = {name: values.pop(name) for name in ("status", "status_since", "status_by")}
        former_leads.put(tx, kept, values)
        if len({row["status"] for row in rows.values()}) > 1:
            self._journal.say_status(tx, kept, joined.status, audit.SYSTEM, now)
        former_leads.put(tx, kept, status)

    def _tell_merged(
        self, tx: Tx, kept: int, row: dict[str, Any], joined: Joined, told_by_another: Sequence[int], now: Instant
    ) -> None:
        """`row` is the other lead, as it was."""
        other = row["id"]
        audit.record(
            tx, at=now, actor=audit.SYSTEM, action="joined", lead_id=kept, before=f"L-{other}", after=f"L-{kept}"
        )
        lead = leads.get(tx, kept)
        notice = Notice(
            "joined",
            lead=ref(lead),
            handling=self._statuses.handling(lead),
            other=ref(row),
            at=now,
        )
        if told_by_another:
            self._book.thread(tx, alerts.get(tx, told_by_another[-1]), notice, f"joined:{other}:{kept}:{now}", now)
            self._book.update(tx, told_by_another[-1], now)
        self._book.refresh(tx, kept, now)
        if joined.told_owner is not None:
            self._book.direct(tx, joined.told_owner, notice, f"joined:{kept}:{other}:{now}", now)

    # ---- one becomes two

    def split(self, tx: Tx, origin: int, part: int, now: Instant) -> None:
        audit.record(tx, at=now, actor=audit.SYSTEM, action="split", lead_id=origin, after=f"L-{part}")
        audit.record(tx, at=now, actor=audit.SYSTEM, action="split", lead_id=part, before=f"L-{origin}")
        self._owed.splits.append((origin, part))

    def settle(self, tx: Tx, now: Instant) -> None:
        """After the evaluations: whoever is at the label has an owner or goes back to the team; owners are told."""
        owed, self._owed = self._owed, _Owed()
        for kept in dict.fromkeys(owed.merged):
            self._team.hold_the_rule(tx, kept, now)
        for origin, part in owed.splits:
            rows = {one: leads.get(tx, one) for one in (origin, part)}
            for one, other in ((origin, part), (part, origin)):
                row = rows[one]
                if row is None or rows[other] is None:
                    continue
                self._back_to_team(tx, row, now)
                if row["owner"] is not None:
                    notice = Notice("split", lead=ref(row), other=ref(rows[other]), at=now)
                    self._book.direct(tx, row["owner"], notice, f"split:{one}:{other}:{now}", now)

    def _back_to_team(self, tx: Tx, row: Any, now: Instant) -> None:
        self._team.clock.align(tx, row["id"], now)
        if row["owner"] is not None or self._statuses.state(row) is not State.QUIET:
            return
        label = self._scorebook.labelled(tx, row["id"], now)
        if label.at_label:
            self._team.to_team(tx, row, now, label)

    # ---- what admins are told

    def past_limit(self, tx: Tx, kind: str, value: str, now: Instant, key: str) -> None:
        self._book.tell_admins(
            tx,
            f"{value} ({kind}) was named with too many others, so it joins nobody any more. If it is one "
            f"person, `hotlead identity clear {value}`; if it is nobody, `hotlead identity not-a-person {value}`.",
            key,
            now,
        )

    def company_past_limit(self, tx: Tx, kind: str, value: str, now: Instant, key: str) -> None:
        self._book.tell_admins(
            tx,
            f"The {kind} {value} was named with too many companies, so it joins none any more. If it is no company at "
            f"all: `hotlead identity not-a-company {value}`.",
            key,
            now,
        )

    def too_large(self, tx: Tx, values: list[str], now: Instant, key: str) -> None:
        some = ", ".join(values[:12])
        self._book.tell_admins(
            tx,
            f"Too many addresses would be one person, so each stands alone: {some}. Look at what sends them; call "
            "a value that is nobody's by `hotlead identity not-a-person VALUE`.",
            key,
            now,
        )

    def alias_contradicts(self, tx: Tx, one: str, other: str, now: Instant, key: str) -> None:
        self._book.tell_admins(
            tx,
            f"An alias says that {one} and {other} are one, but they are known by different addresses: they stay two. "
            "`hotlead identity join` makes them one.",
            key,
            now,
        )
