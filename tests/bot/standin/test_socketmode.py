"""Socket Mode with slack_bolt's own handler: envelopes, acknowledgements, reconnects and redelivery."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, StandIn
from tests.bot.standin.leadapp import LeadApp

QUIET = logging.getLogger("standin-tests.socket")
QUIET.setLevel(logging.CRITICAL)


@pytest.fixture
async def socket_app(standin: StandIn, workspace: DemoWorkspace) -> AsyncIterator[LeadApp]:
    """The same app, connected by Socket Mode."""
    made = LeadApp(standin)
    handler = AsyncSocketModeHandler(made.bolt, workspace.app_token, logger=QUIET, ping_interval=1)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await standin.sockets.connected.wait()
    yield made
    await handler.close_async()  # type: ignore[no-untyped-call]


class RawClient:
    """A bare connection, to see envelopes as they come."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self) -> dict[str, Any]:
        said = await asyncio.wait_for(self.socket.receive_json(), 5)
        assert isinstance(said, dict)
        return said


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


async def connect(client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession) -> RawClient:
    opened = await client.apps_connections_open(app_token=workspace.app_token)
    return RawClient(await session.ws_connect(str(opened["url"])))


async def test_commands_clicks_modals_and_events_work_as_over_http(
    standin: StandIn, socket_app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    done = await standin.run_command(rep, workspace.sales, "/lead", "score anna")
    assert (done.ok, done.body) == (True, {"text": "You asked: score anna"})
    assert standin.ephemerals(rep)[0].text == "You asked: score anna"
    await socket_app.post_alert(workspace.sales)
    assert (await standin.press(rep, standin.messages(workspace.sales)[0], "claim")).ok
    await standin.wait_for(lambda: standin.messages(workspace.sales)[0].edits)
    await standin.run_command(rep, workspace.sales, "/lead", "note")
    view = (await standin.wait_for(lambda: standin.views(rep)))[0]
    assert (await standin.submit_view(rep, view, {"text": "secret"})).view_errors
    assert (await standin.open_home(rep)).ok
    await standin.wait_for(lambda: standin.home(rep))
    assert standin.failures == ()


async def test_the_first_word_is_hello(
    client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession
) -> None:
    raw = await connect(client, workspace, session)
    hello = await raw.next()
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"] == {"app_id": workspace.app_id}


async def test_an_address_works_once(
    client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession
) -> None:
    opened = await client.apps_connections_open(app_token=workspace.app_token)
    url = str(opened["url"])
    await session.ws_connect(url)
    for again in (url, url.replace("/link/", "/link/x")):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(again)


async def test_an_unacknowledged_event_comes_again_and_says_so(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession
) -> None:
    raw = await connect(client, workspace, session)
    await raw.next()
    standin.deliveries.ack_seconds = 0.05
    failed = await standin.open_home(workspace.reps[0])
    assert (failed.ok, failed.error) == (False, "operation_timeout")
    first = await raw.next()
    assert (first["type"], first["retry_attempt"], first["accepts_response_payload"]) == ("events_api", 0, False)
    standin.deliveries.ack_seconds = 3
    task = asyncio.create_task(standin.redeliver())
    again = await raw.next()
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
    assert again["payload"]["event_id"] == first["payload"]["event_id"]
    await raw.socket.send_str("no json")
    await raw.socket.send_json({"envelope_id": "of another"})
    await raw.socket.send_json({"envelope_id": again["envelope_id"]})
    assert [d.ok for d in await task] == [True]


async def test_envelopes_take_turns_between_connections(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession
) -> None:
    pair = [await connect(client, workspace, session) for _ in range(2)]
    for raw in pair:
        await raw.next()

    async def ack_one(raw: RawClient) -> str:
        envelope = await raw.next()
        await raw.socket.send_json({"envelope_id": envelope["envelope_id"]})
        return str(envelope["payload"]["command"])

    both = asyncio.gather(*(ack_one(raw) for raw in pair))
    for command in ("/one", "/two"):
        assert (await standin.run_command(workspace.reps[0], workspace.sales, command)).ok
    assert sorted(await both) == ["/one", "/two"]


async def test_an_eleventh_connection_is_sent_away(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession
) -> None:
    ten = [await connect(client, workspace, session) for _ in range(10)]
    assert (await ten[-1].next())["num_connections"] == 10
    extra = await connect(client, workspace, session)
    assert (await extra.next())["reason"] == "too_many_websockets"
    assert standin.sockets.count == 10


async def test_a_connection_that_breaks_before_its_acknowledgement_is_a_failure(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession
) -> None:
    raw = await connect(client, workspace, session)
    await raw.next()
    task = asyncio.create_task(standin.open_home(workspace.reps[0]))
    await raw.next()
    await raw.socket.close()
    assert (await task).error == "connection_closed"
    assert len(standin.deliveries.waiting) == 1


async def test_a_warning_leaves_the_connection_open_and_a_refresh_closes_it(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace, session: aiohttp.ClientSession
) -> None:
    raw = await connect(client, workspace, session)
    await raw.next()
    await standin.sockets.disconnect("warning")
    assert (await raw.next())["reason"] == "warning"
    assert standin.sockets.count == 1
    closing = asyncio.create_task(standin.sockets.disconnect("refresh_requested"))
    assert (await raw.next())["reason"] == "refresh_requested"
    assert (await raw.socket.receive()).type == aiohttp.WSMsgType.CLOSE
    await closing
    assert standin.sockets.count == 0


async def test_the_real_client_connects_anew_when_asked_and_goes_on(
    standin: StandIn, socket_app: LeadApp, workspace: DemoWorkspace
) -> None:
    await standin.sockets.disconnect("warning")
    await standin.wait_for(lambda: (standin.sockets.opened, standin.sockets.count) == (2, 1))
    done = await standin.run_command(workspace.reps[0], workspace.sales, "/lead", "again")
    assert done.ok
