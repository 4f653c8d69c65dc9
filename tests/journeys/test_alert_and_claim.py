"""From a webhook to an alert to one owner."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.slack import ids
from tests.rig import DAY, DIRECTOR, rig


async def test_a_hot_lead_is_posted_once_with_its_reasons_and_how_to_reach_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        (alert,) = it.alerts()
        for words in ("Anneke de Vries", "IJsselmeer BV", "A1", "86", "anneke@ijsselmeer.example"):
            assert words in alert.text
        await it.later(DAY // 24)
        assert len(it.alerts()) == 1


async def test_one_of_three_reps_who_press_claim_at_once_gets_the_lead(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        (alert,) = it.alerts()
        reps = it.workspace.reps
        await asyncio.gather(*(it.standin.press(rep, alert, ids.CLAIM) for rep in reps))
        await it.settle()
        (row,) = await it.rows("SELECT owner FROM leads")
        assert row["owner"] in reps
        losers = [rep for rep in reps if rep != row["owner"]]
        assert all(any(f"<@{row['owner']}>" in text for text in it.heard(loser)) for loser in losers)
        assert any("anneke@ijsselmeer.example" in text for text in it.heard(row["owner"]))
        (alert,) = it.alerts()
        assert f"<@{row['owner']}>" in str(alert.blocks)


async def test_an_alert_names_who_has_a_colleague_of_the_lead_and_calls_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        company, rep = {**DIRECTOR["company"], "domain": "ijsselmeer.example"}, it.workspace.reps[0]
        number = await it.make_hot(company=company)
        await it.standin.run_command(rep, it.workspace.sales, "/lead", f"claim L-{number}")
        await it.settle()
        await it.make_hot("bo@ijsselmeer.example", name="Bo Bakker", company=company)
        alert = it.alerts()[-1]
        shown = f"{alert.text} {alert.blocks}"
        assert "Anneke de Vries (L-1) with Søren" in shown
        assert rep not in str(alert.blocks[:-2])
