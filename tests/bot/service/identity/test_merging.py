"""Two leads become one, and one becomes two: numbers, owners, alerts, clocks and hand-over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.service.views import Actor, Role
from tests.rig import DAY, HOUR, Rig, rig

VISIT = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/"}}


async def one(it: Rig, sql: str, **values: Any) -> Any:
    (row,) = await it.rows(sql, **values)
    return row


async def meet(it: Rig, email: str, user: str) -> None:
    """One event names both: they are one person."""
    await it.send({"type": "form_submitted", "email": email, "user_id": user})
    await it.settle()


async def test_the_elder_number_is_kept_and_the_other_goes_on_resolving_to_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({**VISIT, "email": "anna@nord.example"}, {**VISIT, "user_id": "u1"})
        await meet(it, "anna@nord.example", "u1")
        assert [row["id"] for row in await it.rows("SELECT id FROM leads")] == [1]
        desk = it.hotlead.core.desk
        assert [found.number for found in await desk.find("L-2")] == [1]
        view = await desk.history(2)
        assert view is not None
        assert (view.lead.number, view.total) == (1, 3)
        assert any(act.action == "joined" and act.before == "L-2" for act in view.acts)


async def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({**VISIT, "email": "anna@nord.example"}, {**VISIT, "user_id": "u1"})
        await meet(it, "anna@nord.example", "u1")
        await it.send({**VISIT, "email": "bo@syd.example"})
        assert [found.number for found in await it.hotlead.core.desk.find("bo@syd.example")] == [3]


async def test_one_alert_stays_live_and_the_other_says_joined(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        first = await it.make_hot("anna@nord.example", phone="+4533445566")
        second = await it.make_hot("anna@privat.example", phone="+4533445577")
        await it.send({"type": "form_submitted", "email": "anna@privat.example", "user_id": "u1"})
        await meet(it, "anna@nord.example", "u1")
        row = await one(it, "SELECT id, alert_id FROM leads")
        assert row["id"] == first
        told = [str(alert.blocks) for alert in it.alerts()]
        assert len(told) == 2
        assert [f"oined with L-{first}" in text for text in told].count(True) == 1
        assert (await one(it, "SELECT COUNT(*) AS n FROM alerts WHERE ended_at IS NULL AND joined_id IS NULL"))[
            "n"
        ] == 1
        assert second == 2


async def test_of_two_owners_the_earlier_claim_wins_and_the_other_is_told(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        first = await it.make_hot("anna@nord.example")
        second = await it.make_hot("anna@privat.example")
        early, late = it.workspace.reps[:2]
        await it.standin.run_command(early, it.workspace.sales, "/lead", f"claim L-{second}")
        await it.later(HOUR)
        await it.standin.run_command(late, it.workspace.sales, "/lead", f"claim L-{first}")
        await it.later(HOUR)
        await it.send({"type": "form_submitted", "email": "anna@privat.example", "user_id": "u1"})
        await meet(it, "anna@nord.example", "u1")
        row = await one(it, "SELECT id, owner, deadline FROM leads")
        assert (row["id"], row["owner"]) == (first, early)
        assert any("L-2" in text for text in it.heard(late))


async def test_a_won_lead_and_an_open_one_are_won_and_its_log_says_so(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({**VISIT, "email": "anna@nord.example"})
        number = await it.make_hot("anna@privat.example")
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", f"claim L-{number}")
        await it.settle()
        await it.standin.run_command(rep, it.workspace.sales, "/lead", f"status L-{number} customer")
        await it.settle()
        await it.send({"type": "form_submitted", "email": "anna@privat.example", "user_id": "u1"})
        await meet(it, "anna@nord.example", "u1")
        row = await one(it, "SELECT id, status, owner, deadline, alert_id FROM leads")
        assert tuple(row) == (1, "customer", rep, None, None)


@pytest.mark.parametrize("history", [False, True], ids=["news", "history"])
async def test_two_armed_leads_that_are_hot_together_cross_once_unless_history_says_so(
    tmp_path: Path, history: bool
) -> None:
    async with rig(tmp_path) as it:
        visit = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/prijzen"}}
        facts = {"title": "Directeur", "company": {"country": "Nederland", "employees": 250, "industry": "Software"}}
        await it.send(
            {**visit, "email": "anna@nord.example", "traits": facts}, {"type": "meeting_booked", "user_id": "u1"}
        )
        await it.settle()
        assert not it.alerts()
        await it.send({"type": "form_submitted", "email": "anna@nord.example", "user_id": "u1"}, history=history)
        await it.settle()
        assert len(it.alerts()) == (0 if history else 1)


async def test_the_part_that_is_split_off_takes_back_its_number_owner_and_alert(tmp_path: Path) -> None:
    async with rig(tmp_path, identity={"limits": {"email": 2}}) as it:
        await it.make_hot("anna@nord.example")
        second = await it.make_hot("bo@syd.example")
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", f"claim L-{second}")
        await it.later(DAY)
        await meet(it, "anna@nord.example", "u1")
        await meet(it, "bo@syd.example", "u1")
        assert (await one(it, "SELECT owner FROM leads"))["owner"] == rep
        await meet(it, "carl@syd.example", "u1")  # a third address: the user id is nobody's in particular
        rows = {row["id"]: row["owner"] for row in await it.rows("SELECT id, owner FROM leads ORDER BY id")}
        assert rows == {1: None, second: rep, 3: None}
        assert (await one(it, "SELECT lead_id FROM alerts WHERE key LIKE 'L-2%'"))["lead_id"] == second
        assert any("L-1" in text for text in it.heard(rep))


async def test_admins_are_told_once_which_value_is_past_its_limit(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        for number in range(8):
            await it.send({**VISIT, "email": "test@test.com", "user_id": f"u{number}"})
        await it.settle()
        told = [message.text for message in it.standin.messages(it.workspace.admin) if "test@test.com" in message.text]
        assert len(told) == 1


async def test_people_whom_a_quarantined_event_joined_are_two_until_it_is_restored(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        admin = Actor(it.workspace.manager, Role.ADMIN)
        await it.send({**VISIT, "email": "anna@nord.example"}, {**VISIT, "user_id": "u1"})
        await meet(it, "anna@nord.example", "u1")
        row = await one(it, "SELECT seq FROM events WHERE type = 'form_submitted'")
        for act, numbers in (("quarantine", [1, 2]), ("restore", [1])):
            await getattr(it.hotlead.core.quarantine, act)(1, row["seq"], admin)
            await it.settle()
            assert [lead["id"] for lead in await it.rows("SELECT id FROM leads ORDER BY id")] == numbers
