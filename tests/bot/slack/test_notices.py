"""Lines beside the alert: each says it by itself, and those about several leads have buttons for each."""

from __future__ import annotations

import pytest

from bot.senders.base import Owed, Sent
from bot.service.views import Handling, Notice, State
from bot.service.views_json import notice_to_json
from bot.slack import ids
from bot.slack.notice_sentences import NOTICES
from bot.slack.notices import notice_message
from scoring.instants import HOUR
from tests.bot.slack.fake_desk import NOON, STATUSES, facts
from tests.bot.slack.world import World

LEADS = tuple(facts(number, f"Lead {number}").lead for number in range(1, 31))
OWNED = Handling(State.CLAIMED, STATUSES[0], "U0AAAAAAAA", deadline=NOON + HOUR)


def test_every_line_names_its_lead() -> None:
    for code in NOTICES.keys() - {"health", "stale", "due_while_away", "status"}:
        assert "L-1" in notice_message(Notice(code, LEADS[0], handling=OWNED)).text, code


def test_a_reminder_says_who_has_it_and_by_when() -> None:
    text = notice_message(Notice("reminder", LEADS[0], handling=OWNED)).text
    assert "waits for its first contact, and <@U0AAAAAAAA> has it. Follow up by" in text


def test_an_escalation_of_several_names_each_and_has_buttons_for_each() -> None:
    message = notice_message(Notice("escalation", leads=LEADS[:3]))
    assert message.text.startswith("3 leads are past their follow-up deadline")
    assert [block["type"] for block in message.blocks] == ["section", *["section", "actions"] * 3]


def test_a_long_list_is_cut_and_says_so() -> None:
    message = notice_message(Notice("stale", leads=LEADS))
    assert len(message.blocks) <= 50
    assert "… and 10 more" in str(message.blocks[-1])


@pytest.mark.parametrize("code", ["crossed_again", "better", "also_crossed"])
async def test_what_the_score_does_to_a_lead_that_was_put_off_offers_to_wake_it(world: World, code: str) -> None:
    handling = Handling(State.SNOOZED, STATUSES[0], world.rep, snoozed_until=NOON + HOUR)
    world.desk.add(1, handling=handling)
    owed = {"notice": notice_to_json(Notice(code, LEADS[0], handling=handling))}
    assert isinstance(await world.send(Owed(1, "direct", code, world.rep, owed)), Sent)
    await world.press(world.slack.dms(world.rep)[-1], ids.WAKE)
    assert world.handles.said == [("woken", 1)]
    claimed = notice_message(Notice(code, LEADS[0], handling=OWNED))
    assert [block["type"] for block in claimed.blocks] == ["section"]


async def test_still_working_is_answered_for_each_lead_by_itself(world: World) -> None:
    for number in (1, 2):
        world.desk.add(number)
    owed = {"notice": notice_to_json(Notice("stale", leads=LEADS[:2]))}
    sent = await world.send(Owed(1, "direct", "stale:1", world.rep, owed))
    assert isinstance(sent, Sent)
    message = world.slack.dms(world.rep)[-1]
    await world.press(message, ids.STILL, block=message.blocks[4]["block_id"])
    assert world.handles.said == [("still_working", 2, "yes")]
    assert "stays yours" in world.slack.ephemerals(world.rep)[-1].text
