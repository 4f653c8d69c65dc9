"""Invariant 7: of many who claim a lead at once one has it and the others are told who, also while it is erased."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.service.views import Actor, Outcome
from tests.bot.service.house import house
from tests.rig import rig


async def race(folder: Path, leads: int, reps: int) -> None:
    async with house(folder) as it:
        numbers = [await it.says("warm", f"lead{n}@x.example") for n in range(leads)]
        people = [Actor(f"U{n:03}") for n in range(reps)]
        outcomes = await asyncio.gather(*(it.claim(number, rep) for rep in people for number in numbers))
        codes = Counter((outcome.lead.number, outcome.code) for outcome in outcomes)
        assert codes == Counter({(n, "claimed"): 1 for n in numbers} | {(n, "taken"): reps - 1 for n in numbers})
        for number in numbers:
            (claimed,) = await it.rows("SELECT after FROM audit WHERE lead_id = :n AND action = 'claimed'", n=number)
            assert {one.handling.owner for one in outcomes if one.lead.number == number} == {claimed["after"]}


@pytest.mark.full
async def test_of_50_reps_who_claim_each_of_200_leads_at_once_one_has_each_and_49_are_told_who(tmp_path: Path) -> None:
    await race(tmp_path, leads=200, reps=50)


async def test_claims_during_an_erasure_have_one_winner_or_none_and_leave_nothing_behind(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        for round_ in range(10):
            number = await it.says("warm", f"lead{round_}@x.example")
            people = [Actor(f"U{n:03}") for n in range(6)]
            claims = [it.core.desk.claim(number, rep) for rep in people]
            *outcomes, done = await asyncio.gather(*claims[:3], it.core.erasing.erase(number, "U0BOSS"), *claims[3:])
            made = [one for one in (*outcomes, done) if isinstance(one, Outcome)]
            assert sum(one.code == "claimed" for one in made) <= 1
            assert await it.rows("SELECT id FROM leads WHERE id = :n", n=number) == []
            late = await it.core.desk.claim(number, people[0])
            assert late is None


async def test_of_three_who_press_twice_on_a_stale_message_one_has_it_and_two_are_told_who(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        (stale,) = it.alerts()
        presses = [it.standin.press(rep, stale, "lead_claim") for rep in it.workspace.reps for _ in range(2)]
        said = await asyncio.gather(*presses)
        assert all(one.ok for one in said)
        await it.hotlead.slack.idle()
        await it.settle()
        (row,) = await it.rows("SELECT owner FROM leads WHERE id = :n", n=number)
        others = [rep for rep in it.workspace.reps if rep != row["owner"]]
        assert len(others) == 2
        for rep in others:
            assert any(f"<@{row['owner']}> has" in text for text in it.heard(rep))


async def test_a_press_on_a_message_that_is_not_known_links_it_again_and_it_is_kept_up_to_date(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        await it.hotlead.core.store.write(
            lambda tx: tx.run("UPDATE alerts SET channel = NULL, ts = NULL, posted_at = NULL")
        )
        (alert,) = it.alerts()
        await it.standin.press(it.workspace.reps[0], alert, "lead_claim")
        await it.hotlead.slack.idle()
        await it.settle()
        (row,) = await it.rows("SELECT channel, ts FROM alerts WHERE lead_id = :n", n=number)
        assert (row["channel"], row["ts"]) == (alert.channel, alert.ts)
        (shown,) = it.alerts()
        assert f"<@{it.workspace.reps[0]}>" in str(shown.blocks)
