"""A rep's and a manager's day, by presses, windows and commands, against the whole service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.slack import ids
from bot.standin import DemoWorkspace, Message
from scoring.instants import DAY, HOUR, MINUTE
from tests.rig import T0, Rig, rig


async def press(it: Rig, user: str, target: Message, act: str, value: Any = None) -> None:
    delivery = await it.standin.press(user, target, act, value)
    assert delivery.ok, delivery.error
    await it.settle()


async def send(it: Rig, user: str, values: dict[str, Any]) -> None:
    delivery = await it.standin.submit_view(user, it.standin.views(user)[-1], values)
    assert delivery.ok, delivery.view_errors
    await it.settle()


async def command(it: Rig, user: str, text: str, name: str = "/lead") -> str:
    assert (await it.standin.run_command(user, it.workspace.sales, name, text)).ok
    await it.settle()
    return it.standin.ephemerals(user)[-1].text


async def handling(it: Rig, number: int) -> Any:
    lead = await it.hotlead.core.desk.lead(number)
    assert lead is not None
    return lead.handling


async def test_a_rep_tries_again_later_qualifies_and_wins_the_lead(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        (alert,) = it.alerts()
        await press(it, rep, alert, ids.MORE, f"{ids.LOG} {number} {(alert.metadata or {})['event_payload']['key']}")
        await send(it, rep, {ids.OUTCOME_BLOCK: "no_answer"})
        assert "and you have Anneke" in it.standin.ephemerals(rep)[-1].text
        await press(it, rep, it.standin.ephemerals(rep)[-1], ids.AGAIN)
        await send(it, rep, {ids.UNTIL_BLOCK: "3h"})
        assert (await handling(it, number)).state == "snoozed"
        await it.later(3 * HOUR)
        assert "back from its snooze" in it.standin.dms(rep)[-1].text
        await press(it, rep, it.alerts()[0], ids.SET_STATUS)
        await press_view(it, rep, ids.STATUS_BLOCK, "deal")
        await send(it, rep, {ids.AMOUNT_BLOCK: "12000", ids.CLOSE_BLOCK: "2026-06-01"})
        assert "Not known yet: budget, authority, need, timeline." in it.standin.ephemerals(rep)[-1].text
        assert "is now Customer" in (await command(it, rep, f'won L-{number} "the case"'))


async def press_view(it: Rig, user: str, act: str, value: str) -> None:
    assert (await it.standin.press(user, it.standin.views(user)[-1], act, value)).ok
    await it.settle()


async def test_a_manager_hands_a_lead_on_and_both_are_told(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep, other = await it.make_hot(), it.workspace.reps[0], it.workspace.reps[1]
        await command(it, rep, f"claim L-{number}")
        await command(it, it.workspace.manager, f"reassign L-{number} <@{other}|marijke>")
        assert (await handling(it, number)).owner == other
        assert "handed you" in it.standin.dms(other)[-1].text
        assert "which was yours" in it.standin.dms(rep)[-1].text


async def test_route_says_where_a_lead_went_and_where_it_stands_now(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await command(it, rep, f"claim L-{number}")
        told = await command(it, rep, f"route L-{number}")
        assert f"goes: now: Claimed by <@{rep}>" in told
        assert "; open to the channel" in told


async def test_who_was_offered_a_lead_hears_who_is_asked_now_and_who_has_it(tmp_path: Path) -> None:
    shop = DemoWorkspace(now=lambda: T0)
    turns = {"name": "Turns", "how": "round_robin", "channel": shop.sales}
    async with rig(tmp_path, rep=[{"user": user} for user in shop.reps], route=[turns]) as it:
        number = await it.make_hot()
        one, two, _ = it.workspace.reps
        assert "is offered to you until" in it.standin.dms(one)[-1].text
        await it.later(15 * MINUTE)
        told = it.standin.dms(one)[-1]
        assert "is no longer offered to you." in told.text
        assert f"Offered to <@{two}> until" in told.text
        assert "Claim" not in str(told.blocks[-1])
        await command(it, it.workspace.manager, f"claim L-{number}")
        told = it.standin.dms(two)[-1]
        assert f"Claimed by <@{it.workspace.manager}>" in told.text
        assert "Claim" not in str(told.blocks[-1])


@pytest.mark.parametrize(
    ("text", "stands"), [("lost {} price", "Closed: Lost"), ("notnow {} other", "Not now: Nurture")]
)
async def test_an_owner_hears_which_colleague_ended_it_and_why(tmp_path: Path, text: str, stands: str) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await command(it, rep, f"claim L-{number}")
        await command(it, it.workspace.manager, text.format(f"L-{number}"))
        told = it.standin.dms(rep)[-1].text
        assert told.startswith(f"<@{it.workspace.manager}> set the status of Anneke de Vries")
        assert stands in told
        assert "CRM" not in told


async def test_the_message_of_an_alert_before_says_where_to_look_instead_of_that_a_taken_lead_is_free(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await command(it, rep, f"notnow L-{number} other 2d")
        await it.later(2 * DAY)
        await command(it, rep, f"claim L-{number}")
        old, new = it.alerts()
        assert f"Claimed by <@{rep}>" in new.text
        assert "the newer alert says where the lead stands" in old.text
        assert f"/p{new.ts.replace('.', '')}|the newer alert>" in str(old.blocks)
        assert [one["action_id"] for one in old.blocks[-1]["elements"]] == [ids.DETAILS]


async def test_a_lead_that_is_no_fit_is_closed_with_its_reason_on_the_alert(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await press(it, rep, it.alerts()[0], ids.NOT_FIT)
        await send(it, rep, {ids.REASON_BLOCK: "Competitor", ids.TEXT_BLOCK: "they sell the same"})
        assert (await handling(it, number)).state == "closed"
        assert "Competitor" in it.alerts()[0].text


async def test_what_one_rep_writes_down_another_reads_in_details_and_goes_on_from_in_the_window(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep, other = await it.make_hot(), it.workspace.reps[0], it.workspace.reps[1]
        await command(it, rep, f'log L-{number} call reached "asks for *prices*"')
        await command(it, rep, f'note L-{number} "calls back on Monday"')
        answer = await command(it, rep, f'qualify L-{number} budget:"40,000" need:"less paper"')
        assert "Still unknown: authority, timeline." in answer
        await press(it, other, it.alerts()[0], ids.DETAILS)
        shown = str(it.standin.views(other)[-1].content)
        assert "*Written down*" in shown
        for words in (
            "Budget: 40,000",
            "Need: less paper",
            "Call, reached – asks for ∗prices∗",
            "calls back on Monday",
        ):
            assert words in shown
        await press(it, rep, it.alerts()[0], ids.MORE, f"{ids.QUALIFY} {number} L-1-1")
        await send(it, rep, {ids.AUTHORITY_BLOCK: "the board"})
        record = await it.hotlead.core.handling.record(number)
        assert record is not None
        assert record.qualification is not None
        assert (record.qualification.budget, record.qualification.authority) == ("40,000", "the board")


async def test_a_lead_that_goes_back_to_the_team_after_a_contact_shows_its_new_deadline(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await command(it, rep, f"claim L-{number}")
        await command(it, rep, f"log L-{number} call reached")
        assert "Last contact" in it.alerts()[-1].text
        assert "Follow up by" not in it.alerts()[-1].text
        await command(it, rep, f"release L-{number}")
        assert (await handling(it, number)).deadline is not None
        assert "Follow up by" in it.alerts()[-1].text
        assert "follow up by" in str(await listed(it, rep, "unclaimed"))


async def listed(it: Rig, user: str, name: str) -> Any:
    await command(it, user, name, "/leads")
    return it.standin.ephemerals(user)[-1].blocks


async def test_the_history_tells_when_a_lead_crossed_and_when_it_was_accepted(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await it.later(HOUR)
        await command(it, rep, f"claim L-{number}")
        told = await it.hotlead.core.desk.history(number)
        assert told is not None
        assert [(act.action, act.actor) for act in told.acts] == [("claimed", rep), ("crossed", "hotlead")]
        assert told.acts[0].at - told.acts[1].at >= HOUR
        said = await command(it, rep, f"history L-{number}")
        assert "hotlead: crossed Hot" in said
        assert f"<@{rep}>: claimed it;" in said


async def test_every_act_by_command_works_on_the_whole_service(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        for text, answer in (
            ("snooze {} 2h", "is snoozed until"),
            ("wake {}", "is awake again"),
            ('note {} "loves the wind case"', "is written down"),
            ("log {} call reached", "is logged"),
            ("notnow {} too early 2026-06-01", "is now Nurture"),
            ("log {} call left a message", "you have"),
            ("lost {} price", "is now Lost"),
        ):
            assert answer in (await command(it, rep, text.format(f"L-{number}"))), text


async def test_somebody_whom_a_rep_met_is_added_found_and_listed(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        rep = it.workspace.reps[0]
        assert "is a lead now" in (await command(it, rep, "add nina@solvind.example Nina Vind, Solvind"))
        number = (await it.hotlead.core.desk.find("nina@solvind.example"))[0].number
        await command(it, rep, f"claim L-{number}")
        assert "Nina Vind, Solvind" in (await command(it, rep, "mine owner:me", "/leads"))
        assert "No lead matches." in (await command(it, rep, "team owner:none", "/leads"))


async def test_home_and_the_managers_commands_work_on_the_whole_service(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, manager = await it.make_hot(), it.workspace.manager
        assert (await it.standin.open_home(manager)).ok
        await it.settle()
        home = it.standin.home(manager)
        assert home is not None
        assert "The team" in str(home.content)
        assert "Team: 1 unclaimed" in (await command(it, manager, "team", "/hotlead"))
        stats = await command(it, manager, "stats", "/hotlead")
        assert "1 passed" in stats
        shown = str(it.standin.ephemerals(manager)[-1].blocks)
        assert all(f"{rule}: 1 passed" in shown for rule in ("Meeting booked", "Job title", "Company size", "Country"))
        assert "tier" not in shown
        assert "now: Open" in (await command(it, manager, f"route L-{number}"))
        assert "You as routing sees you" in (await command(it, manager, "me capacity 5"))


async def test_a_managers_digest_arrives_in_the_morning_with_its_picture(tmp_path: Path) -> None:
    async with rig(tmp_path, digest={"enabled": True}) as it:
        await it.make_hot()
        await it.later(23 * HOUR + HOUR // 2)
        found = [one for one in it.standin.dms(it.workspace.manager) if "The day." in one.text]
        assert found
        assert any(block["type"] == "image" for block in found[-1].blocks)


async def test_an_alert_warns_of_an_address_as_soon_as_it_must_not_be_used(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot("anneke@ijsselmeer.example")
        assert "Do not contact" not in it.alerts()[0].text
        await it.send({"type": "email_unsubscribed", "email": "anneke@ijsselmeer.example"})
        await it.settle()
        assert "Do not contact by e-mail: unsubscribed. E-mail anneke@ijsselmeer.example" in it.alerts()[0].text
        await it.send({"type": "page_viewed", "email": "anneke@ijsselmeer.example", "traits": {"phone": "+4533445566"}})
        await it.settle()
        assert "+4533445566" in it.alerts()[0].text


async def test_of_two_leads_that_are_one_its_other_owner_hears_which_goes_on_and_whose_it_is(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        one, two, _ = it.workspace.reps
        ann, bo = await it.make_hot("a@one.example", name="Ann"), await it.make_hot("a@two.example", name="Bo")
        await command(it, one, f"claim L-{ann}")
        await it.later(MINUTE)
        await command(it, two, f"claim L-{bo}")
        same = {"type": "page_viewed", "user_id": "u1"}
        await it.send({**same, "email": "a@one.example"}, {**same, "email": "a@two.example"})
        await it.settle()
        told = it.standin.dms(two)[-1].text
        assert told.startswith(
            f"Bo, IJsselmeer BV (L-{bo}) turned out to be the same as Ann, IJsselmeer BV (L-{ann}), "
        )
        assert f"which <@{one}> has. It goes on there." in told
        said = {message.text.partition(",")[0]: message for message in it.alerts()}
        joined = next(message for message in said.values() if "Joined with" in message.text)
        (other,) = [message for message in said.values() if message is not joined]
        assert f"/p{other.ts.replace('.', '')}|the other alert> says where the lead stands" in str(joined.blocks)
        assert [button["action_id"] for button in joined.blocks[-1]["elements"]] == [ids.DETAILS]
        assert f"Claimed by <@{one}>" in other.text
