"""A lead at hand is as its log says, whatever comes with its events: its score, its facts, and what is shown."""

from __future__ import annotations

from pathlib import Path

from bot.storage.store import Tx
from tests.bot.service.house import DAY, HOUR, House, house
from tests.reliability.test_pure import recomputed


async def wrong(it: House) -> list[str]:
    """Leads whose stored score is not the one of their events."""

    def look(tx: Tx) -> list[str]:
        return recomputed(it, tx)

    return await it.core.store.read(look)


async def test_a_lead_that_is_new_again_while_an_event_of_it_comes_counts_the_event(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")
        await it.status(number, "nurture")
        await it.pass_(HOUR)
        await it.says("dip3")
        it.clock.now += 4 * DAY  # the dip is over, which nobody has seen: the event comes first
        await it.says("hot")
        assert (await it.row(number))["status"] == "new"
        assert await wrong(it) == []
