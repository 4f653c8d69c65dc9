"""The Slack sender against a workspace that answers like Slack: once, late, refused or lost."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from bot.senders.base import Ambiguous, Later, Owed, Refused, Result, Sent
from bot.senders.calling import Calls
from bot.senders.pace import Pace
from bot.senders.pictures import Pictures
from bot.senders.saying import Saying
from bot.senders.slack import SlackSender
from bot.service.views import Contact, Handling, Notice, State
from bot.service.views_json import notice_to_json
from bot.slack.calls import make_client
from bot.slack.languages import Languages
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.settings import SlackSettings
from bot.standin import DemoWorkspace, Fault, StandIn
from scoring.instants import MINUTE, SECOND
from tests.bot.slack.fake_desk import STATUSES, FakeDesk, Now, facts
from tests.bot.slack.fake_handles import FakeHandles
from tests.bot.slack.fake_models import FakeModels
from tests.bot.slack.world import no_export

KEY = "b2b:1:1"


@dataclass
class World:
    """A workspace, a desk with one lead, and the sender between them."""

    now: Now
    slack: StandIn
    desk: FakeDesk
    sender: SlackSender
    places: Places

    @property
    def shop(self) -> DemoWorkspace:
        assert isinstance(self.slack.workspace, DemoWorkspace)
        return self.slack.workspace

    def owed(self, kind: str = "alert", lane: str | None = None, key: str = KEY, **payload: Any) -> Owed:
        return Owed(1, kind, key, lane or self.shop.sales, payload, tried_at=self.now())

    def notice(self, code: str, **more: Any) -> dict[str, Any]:
        return notice_to_json(Notice(code, lead=facts().lead, **more))

    def texts(self, channel: str) -> list[str]:
        return [message.text for message in self.slack.messages(channel)]


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    now = Now()
    shop = DemoWorkspace(now=now)
    slack = StandIn(shop)
    await slack.start()
    client = make_client(shop.bot_token, base_url=slack.api_url, repeats_limited=False)
    client.timeout = 1
    desk = FakeDesk(now)
    desk.add()
    settings = SlackSettings(shop.team_id, workspace_url="https://nordwind.slack.com/")
    people, places = People(client, settings, now), Places(client, settings, now)
    calls = Calls(client, Pace(now, settings.post_interval), places)
    saying = Saying(desk, FakeModels(), people, Pictures(client, now), settings)
    languages = Languages(people, FakeHandles(desk).language, settings)
    yield World(now, slack, desk, SlackSender(calls, saying, languages, no_export, now), places)
    await slack.close()


async def test_an_alert_is_posted_with_its_key_and_says_it_all_in_its_text(world: World) -> None:
    sent = await world.sender.send(world.owed())
    (message,) = world.slack.messages(world.shop.sales)
    assert sent == Sent(world.shop.sales, message.ts)
    assert message.metadata == {"event_type": "hotlead_alert", "event_payload": {"key": KEY}}
    for said in ("Anna Berg", "Nordwind", "Hot", "A1", "87 points", "Case page", "lead1@nordwind.example", "Follow up"):
        assert said in message.text


async def test_an_update_shows_the_new_owner_in_the_same_message(world: World) -> None:
    sent = await world.sender.send(world.owed())
    assert isinstance(sent, Sent)
    rep = world.shop.reps[0]
    case = world.desk.cases[1]
    case.handling = replace(case.handling, state=State.CLAIMED, owner=rep, owner_since=world.now())
    again = await world.sender.send(world.owed("update", channel=sent.channel, ts=sent.ts))
    (message,) = world.slack.messages(world.shop.sales)
    assert again == sent
    assert f"Claimed by <@{rep}>" in message.text
    assert message.metadata == {"event_type": "hotlead_alert", "event_payload": {"key": KEY}}


async def test_an_update_of_a_deleted_message_concerns_that_message_alone(world: World) -> None:
    gone = await world.sender.send(world.owed("update", channel=world.shop.sales, ts="1.000001"))
    assert isinstance(gone, Refused)
    assert (gone.code, gone.scope) == ("message_not_found", "row")


async def test_an_alert_of_an_erased_lead_is_not_sent(world: World) -> None:
    world.desk.cases.clear()
    assert await world.sender.send(world.owed()) == Refused(
        "gone", "The lead was erased, so there is nothing left to tell."
    )
    assert world.texts(world.shop.sales) == []


async def test_a_shadow_alert_says_that_it_is_a_rehearsal(world: World) -> None:
    world.desk.cases[1].more["shadow"] = True
    await world.sender.send(world.owed(lane=world.shop.admin))
    assert world.texts(world.shop.admin)[0].startswith("Shadow mode, a rehearsal.")


async def test_a_thread_line_is_sent_to_the_channel_too_when_it_asks_for_it(world: World) -> None:
    alert = await world.sender.send(world.owed())
    assert isinstance(alert, Sent)
    world.now.forward(2 * SECOND)
    notice = world.notice("back_to_team", broadcast=True)
    owed = world.owed("thread", key="row-2", channel=alert.channel, thread_ts=alert.ts, notice=notice)
    assert isinstance(await world.sender.send(owed), Sent)
    line = world.slack.messages(world.shop.sales)[-1]
    assert line.is_reply
    assert line.broadcast
    assert "back with the team" in line.text


async def test_the_owner_gets_contact_details_and_deadline_in_a_dm(world: World) -> None:
    rep = world.shop.reps[0]
    handling = Handling(State.CLAIMED, STATUSES[0], rep, world.now(), world.now() + MINUTE)
    notice = world.notice("claimed", contact=Contact("a@b.example", "+45 1"), handling=handling, alert_key=KEY)
    sent = await world.sender.send(world.owed("direct", rep, key="row-3", notice=notice))
    (message,) = world.slack.dms(rep)
    assert isinstance(sent, Sent)
    assert sent.channel.startswith("D")
    assert "a@b.example" in message.text
    assert "Follow up by" in message.text


async def test_an_address_that_must_not_be_used_is_preceded_by_the_warning(world: World) -> None:
    world.desk.cases[1].contact = Contact("lead1@nordwind.example", None, "unsubscribed")
    await world.sender.send(world.owed())
    text = world.texts(world.shop.sales)[0]
    assert text.index("Do not contact by e-mail: unsubscribed") < text.index("lead1@nordwind.example")


async def test_a_health_line_goes_to_the_admin_channel(world: World) -> None:
    notice = notice_to_json(Notice("health", text="#sales is archived"))
    await world.sender.send(world.owed("channel", world.shop.admin, key="row-4", notice=notice))
    assert world.texts(world.shop.admin) == ["#sales is archived"]


@pytest.mark.parametrize("kind", ["500_after", "drop_after"])
async def test_a_lost_answer_is_ambiguous_and_the_message_is_found_by_its_key(world: World, kind: Any) -> None:
    world.slack.inject(Fault(kind, "chat.postMessage"))
    assert isinstance(await world.sender.send(world.owed()), Ambiguous)
    world.now.forward(MINUTE)
    found = await world.sender.look_up(replace(world.owed(), tried_at=world.now() - MINUTE))
    (message,) = world.slack.messages(world.shop.sales)
    assert found == Sent(world.shop.sales, message.ts)


async def test_a_message_is_found_in_a_channel_that_has_got_another_id_since(world: World) -> None:
    world.slack.inject(Fault("drop_after", "chat.postMessage"))
    owed = world.owed()
    assert isinstance(await world.sender.send(owed), Ambiguous)
    new = world.shop.change_channel_id(owed.lane)
    world.places.moved[owed.lane] = new
    (message,) = world.slack.messages(new)
    assert await world.sender.look_up(owed) == Sent(new, message.ts)


@pytest.mark.parametrize("kind", ["500_before", "drop_before"])
async def test_a_request_that_never_arrived_is_ambiguous_and_nothing_is_found(world: World, kind: Any) -> None:
    world.slack.inject(Fault(kind, "chat.postMessage"))
    assert isinstance(await world.sender.send(world.owed()), Ambiguous)
    assert await world.sender.look_up(world.owed()) is None


async def test_a_timeout_is_ambiguous(world: World) -> None:
    world.slack.inject(Fault("latency_after", "chat.postMessage", seconds=1.3))
    assert isinstance(await world.sender.send(world.owed()), Ambiguous)
    assert isinstance(await world.sender.look_up(world.owed()), Sent)


@pytest.mark.parametrize("code", ["fatal_error", "internal_error"])
async def test_slacks_own_failures_are_ambiguous(world: World, code: str) -> None:
    world.slack.inject(Fault("error", "chat.postMessage", code=code))
    assert isinstance(await world.sender.send(world.owed()), Ambiguous)


@pytest.mark.parametrize("kind", ["thread", "direct"])
async def test_lines_in_threads_and_dms_are_found_by_their_key_too(world: World, kind: str) -> None:
    alert = await world.sender.send(world.owed())
    assert isinstance(alert, Sent)
    world.now.forward(2 * SECOND)
    payload = {"channel": alert.channel, "thread_ts": alert.ts} if kind == "thread" else {}
    lane = world.shop.sales if kind == "thread" else world.shop.reps[0]
    owed = world.owed(kind, lane, key="row-5", notice=world.notice("cooled"), **payload)
    world.slack.inject(Fault("drop_after", "chat.postMessage"))
    assert isinstance(await world.sender.send(owed), Ambiguous)
    found = await world.sender.look_up(owed)
    assert isinstance(found, Sent)
    assert found.ts == world.slack.messages(found.channel)[-1].ts


async def test_a_rate_limit_holds_the_method_for_as_long_as_slack_says(world: World) -> None:
    world.slack.inject(Fault("429", "chat.postMessage", retry_after=7))
    assert await world.sender.send(world.owed()) == Later(7.0, "ratelimited", "method")
    world.now.forward(3 * SECOND)
    assert await world.sender.send(world.owed()) == Later(4.0, "chat.postMessage is at its rate", "method")
    assert len(world.slack.calls_of("chat.postMessage")) == 1
    world.now.forward(4 * SECOND)
    assert isinstance(await world.sender.send(world.owed()), Sent)


async def test_a_channel_gets_one_message_a_second(world: World) -> None:
    assert isinstance(await world.sender.send(world.owed()), Sent)
    later = await world.sender.send(world.owed(key="b2b:1:1"))
    assert isinstance(later, Later)
    assert (later.seconds, later.blocks) == (1.0, "lane")
    assert isinstance(await world.sender.send(world.owed(lane=world.shop.admin)), Sent)


async def test_updates_stay_below_slacks_rate_and_wait_rather_than_fail(world: World) -> None:
    sent = await world.sender.send(world.owed())
    assert isinstance(sent, Sent)
    owed = world.owed("update", channel=sent.channel, ts=sent.ts)
    results = [await world.sender.send(owed) for _ in range(60)]
    waiting = [result for result in results if isinstance(result, Later)]
    assert len(results) - len(waiting) == 48
    assert {(result.blocks, result.seconds) for result in waiting} == {("method", 60.0)}
    assert all(call.ok for call in world.slack.calls)


async def test_a_lost_answer_to_an_update_is_simply_sent_again(world: World) -> None:
    sent = await world.sender.send(world.owed())
    assert isinstance(sent, Sent)
    owed = world.owed("update", channel=sent.channel, ts=sent.ts)
    world.slack.inject(Fault("drop_after", "chat.update"))
    assert isinstance(await world.sender.send(owed), Later)
    assert await world.sender.look_up(owed) is None


async def test_slack_out_of_reach_is_tried_again_later_and_nothing_is_ambiguous(world: World) -> None:
    await world.slack.close()
    later = await world.sender.send(world.owed())
    assert isinstance(later, Later)
    assert (later.reason, later.blocks) == ("unreachable", "method")


async def test_a_public_channel_that_the_app_is_not_in_is_joined(world: World) -> None:
    world.shop.scopes -= {"chat:write.public"}
    assert isinstance(await world.sender.send(world.owed(lane=world.shop.general)), Sent)
    assert world.slack.calls_of("conversations.join")[0].ok


async def test_a_private_channel_that_the_app_is_not_in_refuses_with_the_line_to_type(world: World) -> None:
    refused = await world.sender.send(world.owed(lane=world.shop.channel_id("board")))
    assert isinstance(refused, Refused)
    assert refused.scope == "lane"
    assert "/invite" in refused.advice or "invite the app" in refused.advice


async def test_an_archived_channel_refuses_for_all_that_is_owed_to_it(world: World) -> None:
    refused = await world.sender.send(world.owed(lane=world.shop.archived))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.scope) == ("is_archived", "lane")


async def test_a_revoked_token_refuses_for_everything(world: World) -> None:
    world.shop.revoked.add(world.shop.bot_token)
    refused = await world.sender.send(world.owed())
    assert isinstance(refused, Refused)
    assert (refused.code, refused.scope) == ("token_revoked", "all")


async def test_without_the_history_scope_it_is_said_that_nothing_can_be_looked_up(world: World) -> None:
    world.shop.scopes -= {"channels:history"}
    refused = await world.sender.look_up(world.owed())
    assert isinstance(refused, Refused)
    assert refused.code == "missing_scope"


async def test_a_look_up_that_fails_for_the_moment_is_asked_again_later(world: World) -> None:
    world.slack.inject(Fault("500_before", "conversations.history"))
    assert isinstance(await world.sender.look_up(world.owed()), Later)
    world.slack.inject(Fault("429", "conversations.history", retry_after=9))
    assert await world.sender.look_up(world.owed()) == Later(9.0, "ratelimited", "method")


@pytest.mark.parametrize(
    ("kind", "payload", "code"),
    [
        ("fax", {}, "unknown_kind"),
        ("update", {}, "unknown_message"),
        ("thread", {"channel": "C1", "notice": {}}, "unknown_message"),
        ("direct", {}, "unreadable_notice"),
    ],
)
async def test_a_row_that_makes_no_sense_is_refused_alone(
    world: World, kind: str, payload: dict[str, Any], code: str
) -> None:
    refused = await world.sender.send(world.owed(kind, **payload))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.scope) == (code, "row")


async def test_a_notice_that_this_version_does_not_know_is_still_said(world: World) -> None:
    owed = world.owed("channel", key="row-9", notice=world.notice("moved_to_mars", text="really"))
    assert isinstance(await world.sender.send(owed), Sent)
    assert "really" in world.texts(world.shop.sales)[0]


async def test_a_thread_line_does_not_repeat_how_to_reach_the_lead(world: World) -> None:
    alert = await world.sender.send(world.owed())
    assert isinstance(alert, Sent)
    world.now.forward(2 * SECOND)
    notice = world.notice("crossed_again", contact=Contact("a@b.example", None), label="hot")
    place = {"channel": alert.channel, "thread_ts": alert.ts}
    await world.sender.send(world.owed("thread", key="row-6", notice=notice, **place))
    line = world.slack.messages(world.shop.sales)[-1]
    assert "a@b.example" not in line.text
    assert world.slack.mentions(line) == ()


async def test_an_alert_links_to_the_one_before_it(world: World) -> None:
    world.desk.cases[1].more["previous"] = (world.shop.sales, "1772000000.000100")
    await world.sender.send(world.owed())
    (message,) = world.slack.messages(world.shop.sales)
    (link,) = world.slack.links(message)
    assert link.url == f"https://nordwind.slack.com/archives/{world.shop.sales}/p1772000000000100"


@pytest.mark.parametrize("seed", range(4))
async def test_in_a_storm_of_faults_every_alert_arrives_exactly_once(world: World, seed: int) -> None:
    dice = random.Random(seed)
    kinds: list[Any] = ["429", "500_before", "500_after", "drop_before", "drop_after"]
    keys = [world.desk.add(number).key for number in range(1, 26)]
    for key in keys:
        owed, unknown, sent = world.owed(key=key), False, False
        while not sent:
            for method in ("chat.postMessage", "conversations.history"):
                if dice.random() < 0.5:
                    world.slack.inject(Fault(dice.choice(kinds), method, retry_after=2))
            owed = replace(owed, tried_at=owed.tried_at if unknown else world.now())
            result: Result | None = await world.sender.look_up(owed) if unknown else None
            if result is None:
                result = await world.sender.send(owed)
                unknown = isinstance(result, Ambiguous)
            assert not isinstance(result, Refused)
            sent = isinstance(result, Sent)
            world.now.forward(20 * SECOND)
            world.slack.faults.clear()
    posted = [(message.metadata or {})["event_payload"]["key"] for message in world.slack.messages(world.shop.sales)]
    assert posted == keys
