"""Invariants 3, 4 and 5: an event counts once, a score follows from events, model and instant, a crossing alerts."""

from __future__ import annotations

import asyncio
import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from bot.service.erasing import CannotErase
from bot.service.incoming import SourcedEvent
from bot.service.logbook import read_log
from bot.storage.store import Tx
from tests.bot.service.handling.test_one_rule import OneRule, leads, people
from tests.bot.service.house import MODEL, House, SetClock, house

OTHER_MODEL = MODEL.replace("points = 60", "points = 70").replace("hot = 100", "hot = 120")


def recomputed(it: House, tx: Tx) -> list[str]:
    """Each lead's stored score beside that of its events from zero, at the instant of its evaluation."""
    wrong = []
    for row in tx.all("SELECT * FROM scores"):
        (model,) = [live.model for live in it.core.scorebook.models if live.model.name == row["model"]]
        score = read_log(tx, row["lead_id"]).history(model).score(row["at"])
        zero = (score.score_cents, score.fit_cents, score.engagement_cents, score.label)
        stored = (row["score"], row["fit"], row["engagement"], row["label"])
        if stored != zero:
            wrong.append(f"L-{row['lead_id']}: {stored} is stored, from zero it is {zero}")
    return wrong


class Everything(OneRule):
    """The one rule, and stored = recomputed, with erasures, other models, late and repeated events besides."""

    def __init__(self) -> None:
        super().__init__()
        self.models = itertools.cycle((OTHER_MODEL, MODEL))
        self.sent: list[SourcedEvent] = []

    @rule(email=leads, word=st.sampled_from(("warm", "hot", "dip", "dip3", "newsletter")))
    def event(self, email: str, word: str) -> None:
        self.run(self.it.take(self.it.event(word, email=email)))  # of one who was erased nothing is stored

    @rule(email=leads, word=st.sampled_from(("warm", "hot", "dip")), days=st.integers(0, 40), again=st.booleans())
    def late(self, email: str, word: str, days: int, again: bool) -> None:
        event = self.it.event(word, email=email, at=self.clock() - days * 86_400_000_000)
        self.sent.append(event)
        self.run(self.it.take(event, *([event] if again else [])))

    @rule(data=st.data())
    def once_more(self, data: st.DataObject) -> None:
        if self.sent:
            receipt = self.run(self.it.take(data.draw(st.sampled_from(self.sent))))
            assert receipt.accepted == 0

    @rule()
    def another_model(self) -> None:
        async def work() -> None:
            await self.it.core.publishing.publish(next(self.models), "U0MANAGER", None)
            await self.it.core.publishing.idle()

        self.run(work())

    @rule(email=leads, actor=people)
    def erase(self, email: str, actor: Any) -> None:
        async def work() -> None:
            number = await self.number(email)
            if number is not None:
                try:
                    await self.it.core.erasing.erase(number, actor.user_id)
                except CannotErase:
                    return
                self.sent = []

        self.run(work())

    async def look(self) -> None:
        await super().look()
        assert await self.it.core.store.read(lambda tx: recomputed(self.it, tx)) == []


Everything.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestEverything = Everything.TestCase


class Longer(Everything):
    """The full size."""


Longer.TestCase.settings = settings(Everything.TestCase.settings, max_examples=400, stateful_step_count=50)
TestEverythingForLong = pytest.mark.full(Longer.TestCase)


# ---- one event, one effect


def many_events(count: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    kinds = ("warm", "hot", "dip", "newsletter", "page")
    return [
        {"event_type": chance.choice(kinds), "email": f"lead{chance.randrange(count // 20 + 1)}@x.example", "number": n}
        for n in range(count)
    ]


async def bring(folder: Path, events: list[dict[str, Any]], seed: int | None) -> list[tuple[Any, ...]]:
    """Bring events in: once each in order, or shuffled, one to five times each, with restarts; what is stored then."""
    clock = SetClock()
    deliveries = list(range(len(events)))
    chance = random.Random(seed)
    if seed is not None:
        deliveries = [n for n in deliveries for _ in range(chance.randint(1, 5))]
        chance.shuffle(deliveries)
    while deliveries:
        part, deliveries = deliveries[: len(events) // 3 + 1], deliveries[len(events) // 3 + 1 :]
        async with house(folder, clock=clock) as it:
            made = [event_of(it, events[n]) for n in part]
            while made:
                size = chance.randint(1, 50)
                group, made = made[:size], made[size:]
                await asyncio.gather(*(it.take(one) for one in group))
    async with house(folder, clock=clock) as it:
        await it.pass_(0)
        assert await it.core.store.read(lambda tx: recomputed(it, tx)) == []
        rows = await it.rows(
            "SELECT l.email, s.score, s.label, (SELECT COUNT(*) FROM events) "
            "FROM scores AS s JOIN leads AS l ON l.id = s.lead_id ORDER BY l.email"
        )
        return [tuple(row) for row in rows]


def event_of(it: House, told: dict[str, Any]) -> SourcedEvent:
    number = told["number"]
    return it.event(told["event_type"], email=told["email"], event_id=f"n{number}", at=it.clock() - number * 1_000_000)


async def test_500_events_delivered_one_to_five_times_in_any_order_across_restarts_count_once(tmp_path: Path) -> None:
    events = many_events(500, seed=1)
    assert await bring(tmp_path / "shuffled", events, seed=2) == await bring(tmp_path / "calm", events, seed=None)


@pytest.mark.full
async def test_10_000_events_delivered_one_to_five_times_in_any_order_across_restarts_count_once(
    tmp_path: Path,
) -> None:
    events = many_events(10_000, seed=1)
    assert await bring(tmp_path / "shuffled", events, seed=2) == await bring(tmp_path / "calm", events, seed=None)


# ---- one crossing, one alert


async def cross_at_once(folder: Path, leads: int, times: int) -> None:
    async with house(folder) as it:
        addresses = [f"lead{n}@x.example" for n in range(leads)]
        requests = [it.take(it.event("warm", email=email)) for _ in range(times) for email in addresses]
        await asyncio.gather(*requests)
        crossed = await it.rows("SELECT lead_id, COUNT(*) AS n FROM crossings GROUP BY lead_id")
        alerted = await it.rows("SELECT lead_id, COUNT(*) AS n FROM alerts GROUP BY lead_id")
        assert [row["n"] for row in crossed] == [row["n"] for row in alerted] == [1] * leads
        assert len(await it.owed("alert")) == leads


async def test_each_of_20_leads_that_50_events_push_over_the_line_at_once_is_alerted_once(tmp_path: Path) -> None:
    await cross_at_once(tmp_path, leads=20, times=50)


@pytest.mark.full
async def test_each_of_200_leads_that_50_events_push_over_the_line_at_once_is_alerted_once(tmp_path: Path) -> None:
    await cross_at_once(tmp_path, leads=200, times=50)
