"""What is held of leads' events in memory is bounded by the events, not by the leads."""

from __future__ import annotations

from pathlib import Path

from bot.service.histories import Histories
from bot.storage.store import Tx
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
        await it.take(*[it.event("warm", email="many@x.example", at=it.clock() + n) for n in range(100)])
        histories = Histories(it.core.scorebook.models, keep=KEEP)
        await looked_at(it, histories, *few)
        assert held(histories) == few
        await looked_at(it, histories, many)
        assert held(histories) == [*few[-4:], many]


async def test_an_event_that_says_very_much_weighs_as_much(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        first, second = [await it.says("warm", f"{n}@x.example") for n in range(2)]
        histories = Histories(it.core.scorebook.models, keep=KEEP)
        await it.take(it.event("warm", email="1@x.example", properties={"page": "x" * 55_000}))
        await looked_at(it, histories, first, second)
        assert held(histories) == [second]


async def test_what_grows_while_it_is_held_is_weighed_again(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        histories = it.core.scorebook.histories
        histories._keep = 20_000
        first, second = [await it.says("warm", f"{n}@x.example") for n in range(2)]
        assert held(histories) == [first, second]
        for _ in range(40):
            it.clock.now += MINUTE
            await it.says("warm", "1@x.example")
        assert held(histories) == [second]
