"""A mail filter follows every link: nobody is alerted, and a rep who knows better lets the clicks count."""

from __future__ import annotations

from pathlib import Path

from bot.slack import ids
from tests.bot.service.test_quarantine import MODEL, WHO, clicked
from tests.rig import rig


async def test_a_rep_sees_why_clicks_count_for_nothing_and_restores_them(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(*(clicked(link) for link in "abc"))
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", WHO)
        await it.settle()
        assert it.alerts() == []
        await it.standin.press(rep, it.standin.ephemerals(rep)[-1], ids.DETAILS)
        await it.settle()
        for _ in range(3):
            await it.standin.press(rep, it.standin.views(rep)[-1], ids.EVENT_RESTORE)
            await it.settle()
        shown = str(it.standin.views(rep)[-1].content)
        assert ids.EVENT_RESTORE not in shown
        assert "restored an event" in shown
        (alert,) = it.alerts()
        assert "30 points" in alert.text


async def test_a_click_taken_out_by_hand_cools_the_lead(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(*(clicked(link, after) for link, after in (("a", 0), ("b", 60), ("c", 120))))
        await it.settle()
        rep = it.workspace.reps[0]
        (alert,) = it.alerts()
        await it.standin.press(rep, alert, ids.DETAILS)
        await it.settle()
        await it.standin.press(rep, it.standin.views(rep)[-1], ids.EVENT_QUARANTINE, "1 3 1")
        await it.settle()
        assert "not counted: a colleague took it out" in str(it.standin.views(rep)[-1].content)
        assert "ooled" in str(it.alerts()[0].blocks)
