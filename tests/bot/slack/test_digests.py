"""Digests: with a picture once Slack is ready with it, without where it is not; held back alerts with Claim."""

from __future__ import annotations

from typing import Any

import pytest

from bot.senders.base import Later, Owed, Result, Sent
from bot.service.handling.views import DigestRow, DigestView, Numbers, ResultRow
from bot.service.views import Notice
from bot.service.views_json import digest_to_json, notice_to_json
from bot.slack import ids
from bot.standin import Fault, Message
from scoring.instants import DAY, SECOND
from tests.bot.slack.fake_desk import NOON, facts
from tests.bot.slack.world import World

ROW = DigestRow(facts().lead, "U0AAAAAAAA", NOON, "A1")
TOTAL = ResultRow("all", 9, 5, 2, 1, 1)


def owed(world: World, **rows: tuple[DigestRow, ...]) -> Owed:
    counts = {name: len(some) for name, some in rows.items()}
    view = DigestView(
        world.shop.sales, NOON - DAY, NOON, rows, counts, TOTAL, Numbers(NOON - DAY), (("Competitor", 2),)
    )
    notice = notice_to_json(Notice("digest", text="9 passed, 5 accepted"))
    return Owed(1, "digest", "digest:1", world.shop.sales, {"notice": notice, "digest": digest_to_json(view)})


async def arrived(world: World, row: Owed) -> tuple[Message, int]:
    """Send it as the outbox does; the message, and how often it had to wait."""
    waited = 0
    while isinstance(result := await world.send(row), Later):
        waited += 1
        world.now.forward(int(result.seconds * SECOND))
    assert isinstance(result, Sent)
    return world.shop.messages.get(result.channel, result.ts), waited


def pictures(message: Message) -> list[dict[str, Any]]:
    return [block for block in message.blocks if block["type"] == "image"]


async def test_a_digest_shows_a_picture_once_slack_is_ready_with_it(world: World) -> None:
    world.shop.file_seconds = 3
    message, waited = await arrived(world, owed(world, claimed=(ROW,)))
    (image,) = pictures(message)
    assert image["alt_text"] == "9 leads passed on: 5 accepted, 2 not a fit, 1 not now, 1 pending"
    assert waited == 3
    assert len(world.slack.calls_of("files.completeUploadExternal")) == 1


async def test_a_picture_that_is_not_ready_in_ten_seconds_is_left_out(world: World) -> None:
    world.shop.file_seconds = 60
    message, _ = await arrived(world, owed(world, claimed=(ROW,)))
    assert pictures(message) == []
    assert "In all: 9 passed (5 accepted" in message.text


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"])
async def test_a_picture_that_slack_refuses_is_left_out(world: World, method: str) -> None:
    world.slack.inject(Fault("error", method, code="missing_scope"))
    message, _ = await arrived(world, owed(world, claimed=(ROW,)))
    assert pictures(message) == []


async def test_what_was_held_back_comes_with_claim_beside_each_and_no_picture(world: World) -> None:
    world.desk.add()
    message, _ = await arrived(world, owed(world, held_back=(ROW,)))
    assert world.slack.calls_of("files.getUploadURLExternal") == []
    await world.press(message, ids.CLAIM)
    assert world.desk.acts == [("claim", 1, world.rep)]


async def test_a_managers_digest_hands_leads_over_and_says_why_leads_were_no_fit(world: World) -> None:
    message, _ = await arrived(world, owed(world, overdue=(ROW,), won=(ROW,)))
    assert "Why not a fit* Competitor 2" in str(message.blocks)
    await world.press(message, ids.REASSIGN)
    assert "no lead L-1" in str(world.modal().content)


async def test_a_digest_that_cannot_be_read_is_told_in_its_one_sentence(world: World) -> None:
    row = owed(world)
    result: Result = await world.send(Owed(1, "digest", row.key, row.lane, {"notice": row.payload["notice"]}))
    assert isinstance(result, Sent)
    assert "9 passed, 5 accepted" in world.slack.messages(world.shop.sales)[-1].text
