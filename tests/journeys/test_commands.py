"""What reps type, over HTTP and over Socket Mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig import HOUR, rig


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket mode"])
async def test_a_rep_claims_by_command_sets_a_status_and_both_are_in_the_history(tmp_path: Path, socket: bool) -> None:
    async with rig(tmp_path, socket=socket) as it:
        number = await it.make_hot()
        rep = it.workspace.reps[0]
        for text in (f"claim L-{number}", "status anneke@ijsselmeer.example open deal", "history anneke"):
            delivery = await it.standin.run_command(rep, it.workspace.sales, "/lead", text)
            assert delivery.ok
            await it.settle()
        (row,) = await it.rows("SELECT owner, status FROM leads")
        assert (row["owner"], row["status"]) == (rep, "deal")
        answer = it.standin.ephemerals(rep)[-1]
        assert "claimed" in str(answer.blocks).lower()


async def test_a_guest_may_neither_claim_nor_ask(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        await it.standin.run_command(it.workspace.guest, it.workspace.sales, "/lead", f"claim L-{number}")
        await it.settle()
        (row,) = await it.rows("SELECT owner FROM leads")
        assert row["owner"] is None
        assert "Guests" in it.heard(it.workspace.guest)[-1]


async def test_lists_show_who_is_hot_mine_and_unclaimed(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot("anna@nord.example", name="Anna Ø")
        number = await it.make_hot("bo@syd.example", name="Bo Å")
        rep = it.workspace.reps[1]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", f"claim L-{number}")
        await it.settle()
        told = {}
        for name in ("hot", "mine", "unclaimed", "recent"):
            await it.standin.run_command(rep, it.workspace.sales, "/leads", name)
            await it.settle()
            told[name] = str(it.standin.ephemerals(rep)[-1].blocks)
        assert "Anna Ø" in told["hot"]
        assert "Bo Å" in told["hot"]
        assert "Bo Å" in told["mine"]
        assert "Anna Ø" not in told["mine"]
        assert "Anna Ø" in told["unclaimed"]
        assert "Bo Å" not in told["unclaimed"]
        assert "Anna Ø" in told["recent"]


async def test_why_adds_up_to_the_score_that_is_shown(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        found = await it.hotlead.core.desk.why(number)
        assert found is not None
        assert sum(line.points for line in found.lines) == found.score.score == 86


async def test_a_mistyped_verb_gets_a_suggestion(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", "stauts anna deal")
        await it.settle()
        assert "status" in it.heard(rep)[-1]


async def test_the_score_falls_with_time_and_an_unclaimed_alert_says_that_it_cooled(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        await it.later(46 * 24 * HOUR)
        view = await it.hotlead.core.desk.lead(number)
        assert view is not None
        assert view.scores[0].label == "cold"
        (alert,) = it.alerts()
        assert "ooled" in str(alert.blocks)
        assert view.handling.cooled
