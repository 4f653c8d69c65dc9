"""What a rep asks about a score, typed in Slack, answered from real events."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.slack import ids
from tests.rig import DAY, rig


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("why anneke", "Meeting booked"),
        ("why-not anneke", "has the best label there is"),
        ("forecast anneke", "If nothing happens, Anneke de Vries, IJsselmeer BV (L-1) is Hot until"),
    ],
)
async def test_a_rep_asks_about_one_lead(tmp_path: Path, text: str, told: str) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", text)
        await it.settle()
        assert told in it.heard(rep)[-1]


async def test_a_rep_asks_who_is_about_to_cool_and_claims_from_the_list(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        it.clock.pass_(35 * DAY)
        await it.settle()
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/leads", "cooling")
        await it.settle()
        answer = it.standin.ephemerals(rep)[-1]
        await it.standin.press(rep, answer, ids.CLAIM)
        await it.settle()
        assert f"About to cool – 1 within 14 days: Anneke de Vries, IJsselmeer BV · L-{number}" in answer.text
        assert (await it.rows("SELECT owner FROM leads"))[0]["owner"] == rep


async def test_details_show_the_score_over_time(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        await it.later(30 * DAY)
        rep = it.workspace.reps[0]
        await it.standin.press(rep, it.alerts()[-1], ids.DETAILS)
        await it.settle()
        shown = str(it.standin.views(rep)[-1].content)
        assert "highest 86 (" in shown
        assert "Known: 6 of 10 that the model asks for; missing: lifecycle, company domain, form submitted" in shown


async def test_an_old_score_is_explained_as_it_was_with_what_came_to_be_known_later(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        it.clock.pass_(3 * DAY)
        late = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/cases/acme"}}
        await it.send({**late, "email": "anneke@ijsselmeer.example", "occurred_at": "2026-03-02T08:00:00Z"})
        await it.settle()
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", "why anneke 2 March")
        await it.settle()
        told = it.heard(rep)[-1]
        assert "had 86 at the end of 2 March 2026" in told
        assert "With what is known today it was 92" in told
        assert "Received later: www.example.nl/cases/acme" in told
        assert "Last crossed" in told
