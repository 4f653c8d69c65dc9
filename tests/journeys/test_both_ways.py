"""Whatever Slack can send, over HTTP and over Socket Mode: the same day ends the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.slack import ids
from tests.journeys.test_day_in_slack import command, handling, press, send
from tests.rig import rig


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket mode"])
async def test_presses_windows_shortcuts_suggestions_and_events_arrive_both_ways(tmp_path: Path, socket: bool) -> None:
    async with rig(tmp_path, socket=socket) as it:
        number, (rep, other, *_) = await it.make_hot(), it.workspace.reps
        await press(it, rep, it.alerts()[0], ids.CLAIM)
        await press(it, rep, it.alerts()[0], ids.LOG)
        refused = await it.standin.submit_view(rep, it.standin.views(rep)[-1], {})
        assert list(refused.view_errors) == [ids.OUTCOME_BLOCK]
        await send(it, rep, {ids.OUTCOME_BLOCK: "reached"})
        assert (await handling(it, number)).contacted_at is not None
        # find a lead while typing
        assert (await it.standin.shortcut(other, ids.FIND)).ok
        await it.settle()
        (option,) = await it.standin.suggest(other, it.standin.views(other)[-1], ids.FIND, "anneke")
        await it.standin.press(other, it.standin.views(other)[-1], ids.FIND, option["value"])
        await it.settle()
        assert "*Ledger*" in str(it.standin.views(other)[-1].content)
        # make a lead of a message
        message = await it.standin.say(other, it.workspace.sales, "Met Nina, nina@solvind.example")
        assert (await it.standin.shortcut(other, ids.MAKE, message)).ok
        await it.settle()
        await send(it, other, {"name": "Nina"})
        assert "is a lead now" in it.standin.ephemerals(other)[-1].text
        # the Home tab, and somebody who leaves
        assert (await it.standin.open_home(rep)).ok
        await it.settle()
        home = it.standin.home(rep)
        assert home is not None
        assert "Anneke de Vries" in str(home.content)
        it.workspace.deactivate(rep)
        await it.standin.settled()
        await it.settle()
        assert (await handling(it, number)).owner is None
        assert "You have Anneke de Vries" in (await command(it, other, f"claim L-{number}"))
