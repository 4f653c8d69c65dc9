"""A store that is made large has leads like those that were sent to it."""

from __future__ import annotations

import itertools
from pathlib import Path

from bot.app.paths import DATABASE
from bot.bench.workload import Workload
from bot.storage.multiplying import multiply
from tests.bot.service.house import house

LEADS = 6


async def test_a_copied_lead_is_found_and_goes_on_like_the_one_that_was_sent(tmp_path: Path) -> None:
    workload = Workload(LEADS * 3)
    async with house(tmp_path) as it:
        for lead in range(LEADS):
            await it.says("warm", workload.address(lead), traits={"email": workload.address(lead)})
    done: list[int] = []
    multiply(tmp_path / DATABASE, LEADS, 2, prefix="b", told=done.append)
    assert done == [1, 2]
    async with house(tmp_path, ids=itertools.count(100)) as it:
        assert [row[0] for row in await it.rows("SELECT COUNT(*) FROM leads")] == [LEADS * 3]
        for lead in (0, LEADS, LEADS * 3 - 1):
            number = await it.says("warm", workload.address(lead))
            assert number == lead + 1
            events = await it.rows("SELECT COUNT(*) FROM events WHERE subject_id = :id", id=number)
            assert [row[0] for row in events] == [2]
            (found,) = await it.core.desk.find(workload.address(lead).partition(".")[0])
            assert found.number == number
        assert await it.rows("PRAGMA foreign_key_check") == []
