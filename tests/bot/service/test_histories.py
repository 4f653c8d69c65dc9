"""What is held of leads' events in memory is bounded by the events, not by the leads."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.service import histories as histories_module
from bot.service import logged
from bot.service.company_facts import CompanyFacts
from bot.service.histories import Histories
from bot.service.logbook import LeadLog, read_logs
from bot.storage.store import Tx
from scoring.events import Value
from scoring.instants import MINUTE
from tests.bot.service.house import House, house

KEEP = 60_000
"""Bytes: half a dozen leads with a few events each."""


def held(histories: Histories) -> list[int]:
    return list(histories._entries)


async def looked_at(it: House, histories: Histories, *lead_ids: int) -> None:
    def look(tx: Tx) -> None:
        for lead_id in lead_ids:
            histories.get(tx, lead_id)

    await it.core.store.write(look)


async def test_leads_with_many_events_leave_room_for_fewer_others(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        few = [await it.says("warm", f"{n}@x.example") for n in range(6)]
        many = await it.says("warm", "many@x.example")
        await it.take(*[it.event("warm", email="many@x.example", at=it.clock() + n) for n in range(250)])
        histories = Histories(it.core.scorebook.models, keep=KEEP)
        await looked_at(it, histories, *few)
        assert held(histories) == few
        await looked_at(it, histories, many)
        assert held(histories) == [*few[-4:], many]


async def test_an_event_that_says_very_much_weighs_as_much(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        first, second = [await it.says("warm", f"{n}@x.example") for n in range(2)]
        histories = Histories(it.core.scorebook.models, keep=KEEP)
        await it.take(it.event("warm", email="1@x.example", traits={"about": "x" * 55_000}))
        await looked_at(it, histories, first, second)
        assert held(histories) == [second]


async def test_what_grows_while_it_is_held_is_weighed_again(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        histories = it.core.scorebook.histories
        histories._keep = 20_000
        first, second = [await it.says("warm", f"{n}@x.example") for n in range(2)]
        assert held(histories) == [first, second]
        for _ in range(80):
            it.clock.now += MINUTE
            await it.says("warm", "1@x.example")
        assert held(histories) == [second]


async def test_the_weight_is_about_what_is_taken_of_memory(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        traits: dict[str, Value] = {
            "title": "Direktør",
            "company": {"country": "DK", "employees": 120, "industry": "Software"},
        }
        for n in range(100):
            await it.take(it.event("warm", email=f"{n}@firm{n // 3}.example", traits=traits))
            await it.take(*[it.event("warm", email=f"{n}@firm{n // 3}.example") for _ in range(n % 20)])
        models = [
            replace(live, model=replace(live.model, name=name)) for live in it.core.scorebook.models for name in "ab"
        ]

        def measured(tx: Tx) -> tuple[int, int]:
            histories = Histories(models)
            histories.read_ahead(tx, range(1, 21))  # what is held for all leads is there
            tracemalloc.start()
            try:
                histories.read_ahead(tx, range(21, 101))
                entries = [histories.get(tx, lead_id) for lead_id in range(21, 101)]
                for entry in entries:
                    assert all(running.score(it.clock()) for running in entry.running.values())
                logged._read.cache_clear()
                return tracemalloc.get_traced_memory()[0], sum(entry.weight for entry in entries)
            finally:
                tracemalloc.stop()

        taken, weight = await it.core.store.read(measured)
        assert 0.9 * taken < weight < 1.6 * taken


async def test_a_group_of_many_leads_reads_ahead_some_at_a_time_and_no_more_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def read(tx: Tx, lead_ids: Sequence[int], *, facts: CompanyFacts) -> dict[int, LeadLog]:
        sizes.append(len(lead_ids))
        return read_logs(tx, lead_ids, facts=facts)

    async with house(tmp_path) as it:
        await it.take(*[it.event("warm", email=f"{n}@x.example") for n in range(300)])
        monkeypatch.setattr(histories_module, "read_logs", read)
        roomy, tight = [Histories(it.core.scorebook.models, keep=keep) for keep in (32_000_000, KEEP)]

        def ahead(tx: Tx) -> None:
            roomy.read_ahead(tx, range(1, 301))
            assert (sum(sizes), max(sizes)) == (300, 64)
            sizes.clear()
            tight.read_ahead(tx, range(1, 301))
            assert sizes == [64]

        await it.core.store.write(ahead)
        assert held(roomy) == list(range(1, 301))
