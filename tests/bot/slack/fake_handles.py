"""The rest of handling in memory: acts of a rep's and a manager's whole day on the leads of a FakeDesk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.service.handling.views import (
    Choices,
    Considered,
    HomeView,
    Numbers,
    Record,
    RepView,
    ResultRow,
    RouteView,
    StatsView,
    TeamView,
)
from bot.service.views import Actor, ListPage, ListRow, Outcome, Qualification, State, Unknown
from scoring.instants import DAY, HOUR, Instant
from tests.bot.slack.fake_desk import NOON, STATUSES, Case, FakeDesk

CHOICES = Choices(
    ("Not the target group", "Student or job seeker", "Other"),
    ("No budget yet", "Too early", "Other"),
    ("Price", "No decision", "Other"),
)


class FakeHandles:
    """Implements bot.service.desk.Handles. `said` lists what was asked, with its words; `warnings` go with each act."""

    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk
        self.said: list[tuple[Any, ...]] = []
        self.by: list[str] = []
        self.warnings: tuple[str, ...] = ()
        self.refuse: str | None = None
        self.gone: list[tuple[str, bool]] = []
        self.managers: tuple[str, ...] = ()
        self.groups: dict[str, Sequence[str]] = {}
        self.set: dict[str, str | None] = {}
        self.filters: Mapping[str, str] = {}
        self.listed_name = ""
        self.unknown: Unknown | None = None
        self.languages: dict[str, str] = {}

    @property
    def choices(self) -> Choices:
        return CHOICES

    def _case(self, number: int) -> Case | None:
        return self.desk._case(number)

    def _done(self, number: int, actor: Actor, code: str, *words: Any, **changed: Any) -> Outcome | None:
        case = self._case(number)
        if case is None:
            return None
        if self.refuse is not None:
            return Outcome(False, self.refuse, *case.outcome)
        self.said.append((code, number, *words))
        self.by.append(actor.user_id)
        case.handling = replace(case.handling, **changed)
        return Outcome(True, code, *case.outcome, warnings=self.warnings)

    async def set_status(
        self,
        number: int,
        status: str,
        actor: Actor,
        reason: str | None = None,
        amount: Decimal | None = None,
        close_on: date | None = None,
    ) -> Outcome | None:
        self.said.append(("status", number, status, reason, amount, close_on))
        return await self.desk.set_status(number, status, actor, reason)

    async def reassign(self, number: int, actor: Actor, to: str) -> Outcome | None:
        return self._done(number, actor, "reassigned", to, state=State.CLAIMED, owner=to, owner_since=self.desk.clock())

    async def snooze(self, number: int, actor: Actor, until: Instant) -> Outcome | None:
        owner = {"owner": actor.user_id, "state": State.SNOOZED, "snoozed_until": until}
        return self._done(number, actor, "snoozed", until, **owner)

    async def wake(self, number: int, actor: Actor) -> Outcome | None:
        return self._done(number, actor, "woken", state=State.CLAIMED, snoozed_until=None)

    async def not_now(self, number: int, actor: Actor, reason: str, until: Instant | None = None) -> Outcome | None:
        back = {"back_at": until or self.desk.clock() + 90 * DAY, "owner": None, "reason": reason}
        return self._done(number, actor, "status_set", reason, until, state=State.RECYCLED, status=STATUSES[7], **back)

    async def not_fit(self, number: int, actor: Actor, reason: str, text: str | None = None) -> Outcome | None:
        ended = {"state": State.CLOSED, "status": STATUSES[6], "reason": reason}
        return self._done(number, actor, "status_set", reason, text, **ended)

    async def log_contact(
        self,
        number: int,
        actor: Actor,
        kind: str,
        outcome: str,
        note: str | None = None,
        claim: bool = True,
        again_at: Instant | None = None,
    ) -> Outcome | None:
        case = self._case(number)
        free = case is not None and case.handling.owner is None
        owned = {"owner": actor.user_id, "state": State.CLAIMED} if claim and free else {}
        code = "logged_claimed" if owned else "logged"
        return self._done(
            number, actor, code, kind, outcome, note, claim, again_at, contacted_at=self.desk.clock(), **owned
        )

    async def qualify(
        self,
        number: int,
        actor: Actor,
        budget: str | None,
        authority: str | None,
        need: str | None,
        timeline: str | None,
    ) -> Outcome | None:
        known = Qualification(budget, authority, need, timeline, actor.user_id, self.desk.clock())
        return self._done(number, actor, "qualified", budget, authority, need, timeline, qualification=known)

    async def note(self, number: int, actor: Actor, text: str, content_feedback: str | None = None) -> Outcome | None:
        return self._done(number, actor, "noted", text, content_feedback)

    async def still_working(self, number: int, actor: Actor, answer: str) -> Outcome | None:
        return self._done(number, actor, "still_working", answer, asked_at=None)

    async def groups_are(self, groups: Mapping[str, Sequence[str]]) -> None:
        self.groups = dict(groups)

    async def managers_are(self, users: Sequence[str]) -> None:
        self.managers = tuple(users)

    async def member_changed(self, user_id: str, *, active: bool) -> int:
        self.gone.append((user_id, active))
        mine = [case for case in self.desk.cases.values() if case.handling.owner == user_id and not active]
        for case in mine:
            case.handling = replace(case.handling, owner=None, state=State.OPEN)
        return len(mine)

    async def record(self, number: int) -> Record | None:
        case = self._case(number)
        return None if case is None else Record(case.facts.lead)

    async def me(self, actor: Actor) -> RepView:
        return RepView(actor.user_id, "Europe/Copenhagen", "Mon-Fri 09:00-17:00", capacity=10, claimed=2)

    async def language(self, user_id: str) -> str | None:
        return self.languages.get(user_id)

    async def set_me(self, actor: Actor, **changes: str | None) -> RepView:
        self.set |= changes
        self.languages |= {actor.user_id: changes["language"] or ""} if "language" in changes else {}
        return replace(await self.me(actor), unknown=tuple(key for key, value in changes.items() if value == "always"))

    async def team(self, actor: Actor) -> TeamView:
        reps = (await self.me(actor), RepView("U0AWAY", away=(("2026-03-01", "2026-03-14"),), passed_over="away"))
        return TeamView(reps, 3, 1, 1, longest_open=self._rows("hot", actor)[:3])

    def _rows(self, name: str, actor: Actor) -> tuple[ListRow, ...]:
        cases = [case for case in self.desk.cases.values() if name != "mine" or case.handling.owner == actor.user_id]
        return tuple(ListRow(case.facts.lead, case.facts.rating, case.handling, NOON - HOUR) for case in cases)

    async def home(self, actor: Actor) -> HomeView:
        rows = self._rows("all", actor)
        mine = tuple(row for row in rows if row.handling.owner == actor.user_id)
        free = tuple(row for row in rows if row.handling.state is State.OPEN)
        numbers = Numbers(NOON - 30 * DAY, 12, 11, 9, 2, 1, 3, 1, 20 * 60 * 10**6, 2 * HOUR)
        return HomeView(await self.me(actor), mine, (), free, (), (), numbers)

    async def route(self, number: int) -> RouteView | None:
        case = self._case(number)
        if case is None:
            return None
        considered = (Considered("U0AWAY", "away"), Considered("U0REP", "taken"))
        return RouteView(
            case.facts.lead, "C0SALES", "rule", "dk", "round_robin", "offered", "U0REP", NOON + HOUR, considered,
            (("big", False), ("dk", True)),
        )  # fmt: skip

    async def stats(self, actor: Actor, days: int = 30) -> StatsView:
        row = ResultRow(actor.user_id, 10, 6, 2, 1, 1)
        numbers = Numbers(NOON - days * DAY, 7, 6, 6, 2, 1, 1, 0, HOUR, 2 * HOUR)
        return StatsView(NOON - days * DAY, NOON, row, {"cell": (row,)}, numbers, (("Competitor", 2),))

    async def listed(
        self, name: str, actor: Actor, page: int = 1, filters: Mapping[str, str] | None = None
    ) -> ListPage:
        self.filters = filters or {}
        self.listed_name = name
        if self.unknown:
            return ListPage(name, (), 1, 1, 0, self.unknown)
        rows, size = self._rows(name, actor), 8
        shown = rows[(page - 1) * size : page * size]
        return ListPage(name, shown, page, max(1, -(-len(rows) // size)), len(rows))
