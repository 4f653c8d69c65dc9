"""Models in Slack: in words for everybody, changed, tried, published and taken back by admins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from bot.senders.base import Owed, Sent
from bot.service.models.live import shipped
from bot.slack import ids
from bot.slack import model_modals as windows
from bot.slack.model_words import condition_words, model_lines, target_lines
from bot.slack.models import publication_message, tried_blocks
from bot.standin import Message, check_message, check_view
from scoring.definition import load_model
from scoring.model import AllOf
from tests.bot.slack.fake_models import FOUND, TEXT
from tests.bot.slack.world import World, open_world

CASE_PAGE = "e 0 0"
MANY = """name = "Many"
market = "b2b"
[[engagement]]
name = "<!channel> *All* of it"
""" + "".join(
    f'[[engagement.rule]]\nname = "Rule `{n}` <@U1> {"x" * 90}"\nevent = "e{n}"\npoints = {n}\n' for n in range(1, 301)
) + "[labels]\nhot = 100\n"  # fmt: skip


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    async with open_world(admins=lambda shop: [shop.manager]) as opened:
        yield opened


async def type_model(world: World, user: str | None = None) -> Message:
    return await world.ask("model", "/hotlead", user or world.shop.manager)


def buttons(message: Message) -> list[str]:
    return [one["text"]["text"] for block in message.blocks if block["type"] == "actions" for one in block["elements"]]


async def test_a_rep_reads_the_model_in_words_and_may_not_change_it(world: World) -> None:
    answer = await type_model(world, world.rep)
    assert "Target: handed over from Warm upwards" in answer.text
    assert "Not a student" in answer.text
    assert buttons(answer) == ["More ›"]


async def test_its_owners_and_the_day_of_its_review_stand_under_it(world: World) -> None:
    (small,) = [one["elements"][0]["text"] for one in (await type_model(world)).blocks if one["type"] == "context"]
    assert "\nOwners: marketing, sales · Review due <!date^" in small


async def test_its_pages_say_every_rule(world: World) -> None:
    await type_model(world)
    for _ in range(2):
        await world.press(world.slack.ephemerals(world.shop.manager)[-1], ids.RUN_ON, user=world.shop.manager)
    last = world.slack.ephemerals(world.shop.manager)[-1]
    assert "Silent for 30 days: −15 after 30d without anything" in last.text
    assert buttons(last) == ["‹ Back", "Change …", "Roll back"]


async def test_a_model_that_is_not_there_is_said_with_those_that_are(world: World) -> None:
    answer = await world.ask("model everything", "/hotlead")
    assert answer.text == "No model is called “everything”. There are: B2B inbound."


@pytest.mark.parametrize(
    "line",
    [
        "Case page: +10 for page viewed, each url page once, expires after 100d, when url contains one of",
        "Price page: +16 for page viewed, at most 2 in 1w, half after 14d, expires after 100d",
        "Comes back: +20 for 10 within 2w; +10 for 5 within 1w of page viewed",
        "Asks for a demo: +50 for form submitted, 100 % within 2w, 50 % within 45d, 20 % within 90d",
        "Webinar: +20 for webinar attended, 25 % less every 30d, when duration s is at least 900",
        "*Fit: Job title*, 35 of 100",
        "100 % when company employees is between 50 and 1000",
        "Job seekers: 2 × page viewed within 60d where url contains one of",
    ],
)
def test_every_kind_of_rule_has_words(line: str) -> None:
    assert any(line in one for one in model_lines(load_model(TEXT)))


@pytest.mark.parametrize("name", ["b2b", "b2c", "points"])
def test_the_shipped_models_have_a_target_in_words(name: str) -> None:
    lines = target_lines(load_model(shipped(name)))
    assert lines[0].startswith("*Target*: handed over from ")
    assert any("from " in line for line in lines[1:])
    assert condition_words(AllOf(())) == "always"


async def open_choice(world: World) -> None:
    await world.press(await type_model(world), ids.MODEL_CHANGE, user=world.shop.manager)


async def submit(world: World, values: dict[str, Any]) -> Any:
    delivery = await world.slack.submit_view(world.shop.manager, world.modal(world.shop.manager), values)
    await world.done()
    return delivery


async def test_an_admin_changes_a_rule_sees_the_back_test_and_publishes(world: World) -> None:
    await open_choice(world)
    assert world.modal(world.shop.manager).callback_id == ids.MODEL_CHOOSE_MODAL
    await submit(world, {windows.WHAT: CASE_PAGE})
    assert "Case page: +10" in str(world.modal(world.shop.manager).content)
    await submit(world, {"points": "12,5", "expires_after": "60d"})
    shown = str(world.modal(world.shop.manager).content)
    for words in (
        "Case page: points 12.5",
        "Case page: expires after 60d",
        "Alerts a week: 2.5 → 4",
        "4 of 6 → 5 of 6",
        "+points = 12.5",
        "7 leads",
        "… and 2 more",
    ):
        assert words in shown
    assert "One case read three times is worth 10" in shown  # an example that expects something else then
    await submit(world, {windows.NOTE: "cases matter"})
    assert world.models.acts == [("publish", 3, world.shop.manager)]
    assert world.models.notes == ["cases matter"]
    (draft,) = world.models.published
    assert draft.model.engagement[0].rules[0].points == 1250  # type: ignore[union-attr]
    assert "Newly at the hand-over label: 2 leads" in str(world.modal(world.shop.manager).content)


async def test_the_target_is_changed_in_the_same_way(world: World) -> None:
    await open_choice(world)
    await submit(world, {windows.WHAT: windows.TARGET})
    await submit(world, {"r_A": "80"})
    assert "Fit: A from 80" in str(world.modal(world.shop.manager).content)
    assert "+A = 80" in str(world.modal(world.shop.manager).content)


@pytest.mark.parametrize(
    ("values", "block", "said"),
    [
        ({"points": "many"}, "points", "Type a number"),
        ({"points": "1.234"}, "points", "Type a number"),
        ({"expires_after": "soon"}, "expires_after", "Type a whole number and s, m, h, d or w"),
        ({}, "points", "This is as it is now."),
    ],
)
async def test_what_is_no_value_is_said_at_its_field(
    world: World, values: dict[str, str], block: str, said: str
) -> None:
    await open_choice(world)
    await submit(world, {windows.WHAT: CASE_PAGE})
    delivery = await submit(world, {"points": "10", "expires_after": "100d"} | values)
    assert delivery.view_errors[block].startswith(said)


async def test_a_model_that_would_be_refused_is_said_before_anything_is_tried(world: World) -> None:
    await open_choice(world)
    await submit(world, {windows.WHAT: windows.TARGET})
    delivery = await submit(world, {"r_A": "10"})
    assert "rating" in str(delivery.view_errors)


async def test_a_rep_who_presses_an_old_button_is_told_who_may(world: World) -> None:
    sent = await world.send(Owed(1, "publication", "publication:3", world.shop.sales, {"version": 3}))
    assert isinstance(sent, Sent)
    message = world.shop.messages.get(sent.channel, sent.ts)
    for act in (ids.MODEL_POST, ids.MODEL_ROLLBACK):
        await world.press(message, act)
        assert world.heard()[-1] == "Only admins of hotlead may change models."
    assert world.models.acts == []


async def announced(world: World) -> Message:
    sent = await world.send(Owed(1, "publication", "publication:3", world.shop.admin, {"version": 3}))
    assert isinstance(sent, Sent)
    return world.shop.messages.get(sent.channel, sent.ts)


async def test_post_them_posts_once_and_the_message_says_so_to_everybody(world: World) -> None:
    message = await announced(world)
    assert buttons(message) == ["Post them", "Roll back"]
    await world.press(message, ids.MODEL_POST, user=world.shop.manager)
    changed = world.shop.messages.get(message.channel, message.ts)
    assert buttons(changed) == ["Roll back"]
    assert "was Warm – posted" in changed.text
    assert world.heard(world.shop.manager) == ["Posted those that version 3 found: 2 alerted."]


async def test_a_press_that_slack_sends_again_posts_once(world: World) -> None:
    delivery = await world.press(await announced(world), ids.MODEL_POST, user=world.shop.manager)
    await world.slack.repeat(delivery)
    await world.done()
    assert [act for act, _, _ in world.models.acts] == ["post"]


async def test_roll_back_brings_the_version_before_and_the_old_message_has_no_buttons(world: World) -> None:
    message = await announced(world)
    await world.press(message, ids.MODEL_ROLLBACK, user=world.shop.manager)
    assert world.models.acts == [("roll back", 3, world.shop.manager)]
    assert "Version 4 of B2B inbound is live" in world.heard(world.shop.manager)[-1]
    assert "Post them" not in buttons(world.shop.messages.get(message.channel, message.ts))


async def test_after_the_hour_there_is_no_button_and_an_old_one_says_why(world: World) -> None:
    message = await announced(world)
    world.models.revocable, world.models.refuse = False, "Version 3 of B2B inbound is live for over an hour."
    await world.press(message, ids.MODEL_ROLLBACK, user=world.shop.manager)
    assert world.heard(world.shop.manager)[-1] == "Version 3 of B2B inbound is live for over an hour."
    assert buttons(world.shop.messages.get(message.channel, message.ts)) == ["Post them"]


async def test_a_draft_that_another_version_overtook_is_told_in_the_window(world: World) -> None:
    await open_choice(world)
    await submit(world, {windows.WHAT: CASE_PAGE})
    await submit(world, {"points": "11"})
    world.models.refuse = "Another version of B2B inbound has gone live meanwhile."
    await submit(world, {})
    assert "has gone live meanwhile" in str(world.modal(world.shop.manager).content)
    assert world.models.acts == []


async def test_a_model_of_300_rules_with_names_that_attack_is_shown_chosen_from_and_changed(world: World) -> None:
    world.models.text = MANY
    answer = await type_model(world)
    assert "page 1 of 26" in answer.text
    assert check_message(list(answer.blocks)) == []
    await open_choice(world)
    assert len(world.modal(world.shop.manager).content["blocks"][1]["element"]["option_groups"]) == 4
    await submit(world, {windows.WHAT: "e 0 299"})
    await submit(world, {"points": "7"})
    assert "+points = 7" in str(world.modal(world.shop.manager).content)


async def test_what_a_publication_and_a_back_test_say_fits_into_slack_whatever_leads_are_called(world: World) -> None:
    odd = replace(FOUND[0], lead=replace(FOUND[0].lead, name="<!channel>" * 40, company="*" * 300), settled="odd one")
    found = await world.models.publication(3)
    assert found is not None
    many = replace(found, publication=replace(found.publication, found=(odd,) * 50))
    message = publication_message(many)
    assert check_message(message.as_arguments()["blocks"]) == []
    assert "<!channel>" not in message.text
    draft = await world.models.draft(3, [(("engagement", 0, "rule", 0, "points"), Decimal(11))])
    tried = await world.models.try_out(replace(draft, diff="+x" * 9000), lambda _done, _all: None)
    assert check_view(windows.tried_view(windows.Kept(3), tried), "modal") == []
    assert tried_blocks(tried)


def test_what_a_window_remembers_is_read_back_and_nothing_else_is() -> None:
    kept = windows.Kept(3, "e 0 1", ((("engagement", 0, "rule", 1, "points"), Decimal("7.5")), (("a", "b"), None)))
    assert windows.read_kept(kept.as_metadata()) == kept
    for other in ("", "{}", "[]", '{"v": "x"}', '{"v": 1, "p": "", "e": [[1]]}', "null"):
        assert windows.read_kept(other) is None


@pytest.mark.parametrize("place", ["", "e 9 9", "f 0 0", "e 0 2", "x 1 1", "e -1 0", "target 1"])
def test_a_place_that_the_model_does_not_have_has_no_fields(place: str) -> None:
    assert windows.fields_of(load_model(TEXT), place) == ()
