"""The one rule of docs/handling.md, under random acts, events, time and restarts; and one winner of a race."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.service.handling.state import CLOSED_KINDS
from bot.service.views import Actor
from tests.bot.service.house import ANNA, BO, CARL, DAY, HOUR, MANAGER, MINUTE, House, SetClock, house

T = TypeVar("T")
ADDRESSES = ("a@x.example", "b@x.example", "c@y.example")
KINDS = {"customer": "won", "lost": "lost", "unqualified": "rejected", "nurture": "recycled"}

leads = st.sampled_from(ADDRESSES)
people = st.sampled_from((ANNA, BO, CARL, MANAGER))
statuses = st.sampled_from(("attempting", "connected", "deal", "customer", "lost", "unqualified", "nurture"))


class OneRule(RuleBasedStateMachine):
    """Whatever happens, no hot lead is without an owner or a live alert, and no change without its audit row."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = SetClock()
        self.ids = itertools.count(1)
        self.open()

    def open(self) -> None:
        self.stack = AsyncExitStack()
        self.it: House = self.run(
            self.stack.enter_async_context(house(Path(self.folder.name), clock=self.clock, ids=self.ids))
        )

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    async def number(self, email: str) -> int | None:
        found = await self.it.core.desk.find(email)
        return found[0].number if found else None

    # ---- what may happen

    @rule(email=leads, word=st.sampled_from(("warm", "hot", "dip", "dip3", "newsletter")))
    def event(self, email: str, word: str) -> None:
        self.run(self.it.says(word, email))

    @rule(email=leads, actor=people)
    def claim(self, email: str, actor: Actor) -> None:
        self.run(self.act(email, "claim", actor))

    @rule(email=leads, actor=people)
    def release(self, email: str, actor: Actor) -> None:
        self.run(self.act(email, "release", actor))

    @rule(email=leads, actor=people, key=statuses)
    def status(self, email: str, actor: Actor, key: str) -> None:
        self.run(self.act(email, "status", actor, key))

    @rule(email=leads, actor=people, to=people)
    def reassign(self, email: str, actor: Actor, to: Actor) -> None:
        self.run(self.handle(email, "reassign", actor, to.user_id))

    @rule(email=leads, actor=people, time=st.sampled_from((HOUR, DAY, 5 * DAY)))
    def snooze(self, email: str, actor: Actor, time: int) -> None:
        self.run(self.handle(email, "snooze", actor, self.clock() + time))

    @rule(email=leads, actor=people)
    def wake(self, email: str, actor: Actor) -> None:
        self.run(self.handle(email, "wake", actor))

    @rule(email=leads, actor=people, claim=st.booleans())
    def log_contact(self, email: str, actor: Actor, claim: bool) -> None:
        self.run(self.handle(email, "log_contact", actor, "call", "no_answer", None, claim))

    @rule(email=leads, actor=people)
    def not_now(self, email: str, actor: Actor) -> None:
        self.run(self.handle(email, "not_now", actor, "Too early", self.clock() + 2 * DAY))

    @rule(actor=people)
    def leaves_and_is_back(self, actor: Actor) -> None:
        for active in (False, True):
            self.run(self.it.core.handling.member_changed(actor.user_id, active=active))

    async def handle(self, email: str, name: str, actor: Actor, *more: object) -> None:
        number = await self.number(email)
        if number is not None:
            await getattr(self.it.core.handling, name)(number, actor, *more)

    async def act(self, email: str, name: str, actor: Actor, *more: str) -> None:
        number = await self.number(email)
        if number is not None:
            await getattr(self.it, name)(number, *more, actor)

    @rule(email=leads)
    def arrives_in_slack(self, email: str) -> None:
        async def work() -> None:
            number = await self.number(email)
            if number is not None and await self.it.rows("SELECT 1 FROM alerts WHERE lead_id = :n", n=number):
                await self.it.posted(number)

        self.run(work())

    @rule(time=st.sampled_from((MINUTE, HOUR, 12 * HOUR, DAY, 3 * DAY, 31 * DAY, 91 * DAY)))
    def time_passes(self, time: int) -> None:
        self.run(self.it.pass_(time))

    @rule()
    def restart(self) -> None:
        self.run(self.stack.aclose())
        self.open()

    # ---- what must hold

    @invariant()
    def holds(self) -> None:
        self.run(self.look())

    async def look(self) -> None:
        await self.it.pass_(0)
        for row in await self.it.rows("SELECT l.*, s.label FROM leads AS l JOIN scores AS s ON s.lead_id = l.id"):
            last = await self.it.rows(
                "SELECT COALESCE(MAX(at), 0) AS at FROM crossings WHERE lead_id = :n", n=row["id"]
            )
            self.one_rule(row, last[0]["at"])
            self.trail(row, await self.it.rows("SELECT * FROM audit WHERE lead_id = :n ORDER BY id", n=row["id"]))
        await self.nothing_twice()
        await self.results_add_up()

    async def results_add_up(self) -> None:
        total = (await self.it.core.handling.stats(MANAGER, 3650)).total
        parts = (total.joined, total.superseded, total.rejected, total.recycled, total.accepted, total.pending)
        (made,) = await self.it.rows("SELECT COUNT(*) AS n FROM alerts WHERE anew = 0")
        assert sum(parts) + total.unanswered == total.passed == made["n"]

    @staticmethod
    def one_rule(row: Any, crossed_at: int) -> None:
        kind = KINDS.get(row["status"], "open")
        if kind in CLOSED_KINDS | {"recycled"}:
            assert (row["alert_id"], row["deadline"]) == (None, None)
            assert kind != "recycled" or row["owner"] is None
        elif row["label"] in ("warm", "hot"):
            assert row["owner"] or row["alert_id"], "a hot lead is left lying"
            contacted = row["owner"] and row["contacted_at"] is not None and row["contacted_at"] >= crossed_at
            assert row["deadline"] is not None or contacted, "nobody's clock runs"
        elif row["owner"] is None and row["snoozed_until"] is None:
            assert (row["alert_id"], row["deadline"]) == (None, None)

    @staticmethod
    def trail(row: Any, acts: Any) -> None:
        """The trail, played again, gives owner and status: so each change has one row, and each row a change."""
        owner, status = None, "new"
        for act in acts:
            match act["action"]:
                case "claimed":
                    assert owner is None
                    owner = act["after"]
                case "assigned":
                    assert owner is None
                    owner = act["after"]
                case "reassigned":
                    assert owner == act["before"] != act["after"]
                    owner = act["after"]
                case "released":
                    assert owner == act["before"] is not None
                    owner = None
                case "status":
                    assert status == act["before"] != act["after"]
                    status = act["after"]
        assert (owner, status) == (row["owner"], row["status"])

    async def nothing_twice(self) -> None:
        told = await self.it.rows(
            "SELECT kind, lane, alert_id, json_extract(payload, '$.notice.code') AS code, "
            "json_extract(payload, '$.notice.at') AS at, json_extract(payload, '$.notice.lead.number') AS lead "
            "FROM outbox WHERE kind IN ('thread', 'direct')"
        )
        assert all(count == 1 for count in Counter(tuple(row) for row in told).values())
        alerts = await self.it.rows("SELECT crossing_id FROM alerts WHERE anew = 0")
        assert all(count == 1 for count in Counter(row["crossing_id"] for row in alerts).values())


OneRule.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    phases=[Phase.explicit, Phase.generate],  # shrinking starts a service for every try
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestOneRule = OneRule.TestCase


async def test_of_fifty_reps_who_claim_each_of_twenty_leads_at_once_one_has_each(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        numbers = [await it.says("warm", f"lead{n}@x.example") for n in range(20)]
        reps = [Actor(f"U{n:03}") for n in range(50)]
        outcomes = await asyncio.gather(*(it.claim(number, rep) for rep in reps for number in numbers))
        codes = Counter((outcome.lead.number, outcome.code) for outcome in outcomes)
        assert codes == Counter({(n, "claimed"): 1 for n in numbers} | {(n, "taken"): 49 for n in numbers})
        for number in numbers:
            (claimed,) = await it.rows("SELECT after FROM audit WHERE lead_id = :n AND action = 'claimed'", n=number)
            assert (await it.row(number))["owner"] == claimed["after"]
            assert {one.handling.owner for one in outcomes if one.lead.number == number} == {claimed["after"]}
        assert len(await it.owed("direct")) == 20


async def test_two_presses_of_the_same_rep_at_once_are_one_claim(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")
        codes = {one.code for one in await asyncio.gather(it.claim(number), it.claim(number))}
        assert codes == {"claimed", "already_yours"}
        assert await it.actions(number) == ["claimed"]


async def test_a_release_and_a_status_at_once_leave_one_of_both_orders(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")
        await it.claim(number)
        await asyncio.gather(it.release(number), it.status(number, "lost"))
        row = await it.row(number)
        OneRule.trail(row, await it.rows("SELECT * FROM audit WHERE lead_id = :n ORDER BY id", n=number))
        assert (row["status"], row["alert_id"]) == ("lost", None)
