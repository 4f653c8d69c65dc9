"""The doctor: says what is wrong on Slack's side, and the line to type."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from bot.slack.doctor import Check, examine
from bot.slack.manifest import required_scopes
from bot.standin import Fault
from scoring.instants import HOUR, Instant, from_datetime
from tests.bot.slack.world import World


async def slacks_time(world: World) -> Instant:
    answer = await world.parts.client.auth_test()
    return from_datetime(parsedate_to_datetime(str(answer.headers["Date"])))


async def look(world: World, *, post: bool = False, clock: Instant | None = None, **channels: Any) -> list[Check]:
    settings = replace(world.parts.settings, **({"alert_channel": world.shop.sales} | channels))
    now = await slacks_time(world) if clock is None else clock
    return list(await examine(world.parts.client, settings, lambda: now, post=post))


def bad(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.ok]


async def test_a_workspace_that_is_set_up_has_nothing_to_say_against_it(world: World) -> None:
    world.shop.scopes = set(required_scopes())
    checks = await look(world, admin_channel=world.shop.admin)
    assert bad(checks) == []
    assert len(checks) == 5


async def test_a_bad_token_is_said_first_and_alone(world: World) -> None:
    world.shop.revoke_token()
    (check,) = await look_broken(world)
    assert not check.ok
    assert "token_revoked" in check.what
    assert "SLACK_BOT_TOKEN" in check.advice


async def look_broken(world: World) -> tuple[Check, ...]:
    return await examine(world.parts.client, world.parts.settings, world.now)


async def test_a_missing_scope_is_named_with_what_it_is_for(world: World) -> None:
    world.shop.scopes -= {"channels:history"}
    (check,) = bad(await look(world))
    assert "channels:history (find an alert whose post was not answered" in check.what
    assert "hotlead manifest" in check.advice


async def test_a_clock_that_is_off_is_said_with_by_how_much(world: World) -> None:
    now = await slacks_time(world)
    (check,) = bad(await look(world, clock=now + 2 * HOUR + 1))
    assert "2 hours off" in check.what


@pytest.mark.parametrize(
    ("room", "what", "advice"),
    [
        ("sales-2019", "#sales-2019 is archived", "Unarchive it"),
        ("board", "does not exist or is private without the app", "/invite @hotlead"),
        ("partners-acme", "is shared with another company", "channel of your own"),
    ],
)
async def test_a_channel_that_will_not_do_is_said_with_what_to_do(
    world: World, room: str, what: str, advice: str
) -> None:
    (check,) = bad(await look(world, fallback_channel=world.shop.channel_id(room)))
    assert what in check.what
    assert advice in check.advice


async def test_a_channel_that_does_not_exist_is_said_with_its_setting(world: World) -> None:
    (check,) = bad(await look(world, fallback_channel="C0NOWHERE"))
    assert check.what.startswith("fallback_channel C0NOWHERE does not exist")


async def test_a_public_channel_without_the_app_is_joined_by_itself(world: World) -> None:
    checks = await look(world, fallback_channel=world.shop.general)
    assert bad(checks) == []
    assert "the app joins it" in checks[-1].what


async def test_no_channel_at_all_is_said(world: World) -> None:
    (check,) = bad(await look(world, alert_channel=None))
    assert check.advice == "Set the channel that alerts go to."


async def test_a_test_message_is_posted_and_deleted_in_every_channel(world: World) -> None:
    world.shop.scopes -= {"chat:write.public"}
    checks = await look(world, post=True, fallback_channel=world.shop.general)
    assert bad(checks) == []
    assert len(world.slack.calls_of("chat.delete")) == 2
    assert world.slack.messages(world.shop.sales) == ()
    assert world.slack.messages(world.shop.general) == ()


async def test_without_post_nothing_is_written(world: World) -> None:
    await look(world)
    assert world.slack.calls_of("chat.postMessage") == []


async def test_a_refused_test_message_is_said_with_what_to_do(world: World) -> None:
    world.slack.inject(Fault("error", "chat.postMessage", code="restricted_action"))
    (check,) = bad(await look(world, post=True))
    assert "restricted_action" in check.what
    assert "workspace owner" in check.advice
