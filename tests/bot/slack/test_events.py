"""Events that machines made: shown with the reason in Details, let count again or taken out by any rep."""

from __future__ import annotations

import pytest

from bot.slack import ids
from bot.slack.words import quarantine_words
from tests.bot.slack.world import World


async def test_details_say_why_an_event_counts_for_nothing_and_restore_lets_it_count(world: World) -> None:
    await world.press(await world.alert(world.desk.add()), ids.DETAILS)
    assert "not counted: three or more links within 2 seconds, as mail filters do" in str(world.modal().content)
    await world.press(world.modal(), ids.EVENT_RESTORE)
    assert world.desk.acts == [("restored 8", 1, world.rep)]
    assert "not counted" not in str(world.modal().content)


async def test_an_event_is_taken_out_by_hand_after_a_question(world: World) -> None:
    await world.press(await world.alert(world.desk.add()), ids.DETAILS)
    (block,) = [one for one in world.modal().content["blocks"] if ids.EVENT_QUARANTINE in str(one)]
    assert block["accessory"]["confirm"]["confirm"]["text"] == "Take it out"
    await world.press(world.modal(), ids.EVENT_QUARANTINE, "1 7 1")
    assert world.desk.acts == [("quarantined 7", 1, world.rep)]
    assert "not counted: a colleague took it out" in str(world.modal().content)


async def test_a_press_that_slack_sends_again_judges_once(world: World) -> None:
    await world.press(await world.alert(world.desk.add()), ids.DETAILS)
    delivery = await world.press(world.modal(), ids.EVENT_RESTORE)
    await world.slack.repeat(delivery)
    await world.done()
    assert world.desk.acts == [("restored 8", 1, world.rep)]


async def test_the_page_of_the_timeline_stays_where_it_was(world: World) -> None:
    await world.press(await world.alert(world.desk.add()), ids.DETAILS)
    await world.press(world.modal(), ids.DETAILS_PAGE_OLDER)
    await world.press(world.modal(), ids.EVENT_RESTORE)
    assert "Page 2 of 3" in str(world.modal().content)


@pytest.mark.parametrize("value", ["", "1", "1 2", "1 2 x", "-1 2 3", "1 2 3 4", "9" * 30 + " 1 1"])
def test_a_value_that_is_no_event_is_none(value: str) -> None:
    assert ids.read_event(value) is None
    assert ids.read_event(ids.EventTarget(3, 4, 5).as_value()) == ids.EventTarget(3, 4, 5)


def test_every_reason_has_words_and_a_vendors_unknown_one_is_said_as_it_is() -> None:
    assert quarantine_words("agent:Barracuda") == "it was Barracuda, not a person"
    assert quarantine_words("address:hosting") == "it came from a data centre"
    assert quarantine_words("new_vendor_flag") == "new_vendor_flag"
