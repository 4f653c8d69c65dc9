"""Deliveries over HTTP: signed, timed, failed after three seconds, and events sent again with their number."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.standin import DemoWorkspace, StandIn
from tests.bot.standin.conftest import FakeClock
from tests.bot.standin.leadapp import LeadApp, StandInClock

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Endpoint:
    """An app of one line: answers with `reply` and keeps what came."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], str]] = []
        self.reply: Handler = self.fine

    async def fine(self, _: web.Request) -> web.Response:
        return web.Response()

    async def serve(self, request: web.Request) -> web.Response:
        self.came.append(({k.lower(): v for k, v in request.headers.items()}, await request.text()))
        return await self.reply(request)


@pytest.fixture
async def endpoint(standin: StandIn) -> AsyncIterator[Endpoint]:
    made = Endpoint()
    app = web.Application()
    app.router.add_post("/", made.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    standin.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    yield made
    await runner.cleanup()


async def test_every_request_carries_slacks_signature(
    standin: StandIn, endpoint: Endpoint, workspace: DemoWorkspace
) -> None:
    await standin.run_command(workspace.reps[0], workspace.sales, "/lead", "søren & co")
    await standin.shortcut(workspace.reps[0], "log")
    await standin.open_home(workspace.reps[0])
    right = SignatureVerifier(workspace.signing_secret, clock=StandInClock(standin))
    wrong = SignatureVerifier("other", clock=StandInClock(standin))
    assert len(endpoint.came) == 3
    for headers, body in endpoint.came:
        assert right.is_valid_request(body, headers)
        assert not wrong.is_valid_request(body, headers)


async def test_the_request_url_proves_itself(standin: StandIn, endpoint: Endpoint) -> None:
    assert not await standin.verify_url()

    async def challenged(request: web.Request) -> web.Response:
        return web.json_response({"challenge": (await request.json())["challenge"]})

    endpoint.reply = challenged
    assert await standin.verify_url()


async def test_an_error_and_a_missing_app_are_failures(
    standin: StandIn, endpoint: Endpoint, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]

    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=500)

    endpoint.reply = broken
    assert (await standin.run_command(rep, workspace.sales, "/lead")).error == "http_error"
    standin.deliver_to("http://127.0.0.1:1/")
    assert (await standin.run_command(rep, workspace.sales, "/lead")).error == "connection_failed"
    standin.deliver_to("")
    assert (await standin.run_command(rep, workspace.sales, "/lead")).error == "no_app_connected"
    said = [m.text for m in standin.ephemerals(rep)]
    assert said[0] == "/lead failed with the error “http_error”"
    assert len(standin.failures) == len(said) == 3


async def test_an_acknowledgement_after_three_seconds_is_a_failure(
    standin: StandIn, endpoint: Endpoint, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    async def slow(_: web.Request) -> web.Response:
        clock.advance(3.1)
        return web.Response(text="too late")

    endpoint.reply = slow
    done = await standin.run_command(workspace.reps[0], workspace.sales, "/lead")
    assert (done.ok, done.error, done.status) == (False, "operation_timeout", 200)
    assert done.seconds == pytest.approx(3.1)
    assert "operation_timeout" in standin.ephemerals(workspace.reps[0])[0].text


async def test_who_does_not_answer_is_not_waited_for(
    standin: StandIn, endpoint: Endpoint, workspace: DemoWorkspace
) -> None:
    asked = asyncio.Event()

    async def silent(_: web.Request) -> web.Response:
        await asked.wait()
        return web.Response()

    endpoint.reply = silent
    standin.deliveries.ack_seconds = 0.05
    done = await standin.run_command(workspace.reps[0], workspace.sales, "/lead")
    asked.set()
    assert (done.ok, done.error) == (False, "operation_timeout")


async def test_a_failed_event_comes_again_with_its_number_three_times(
    standin: StandIn, endpoint: Endpoint, workspace: DemoWorkspace
) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=503)

    endpoint.reply = broken
    first = await standin.open_home(workspace.reps[0])
    for number in (1, 2, 3):
        again = await standin.redeliver()
        assert [(d.retry, d.payload["event_id"]) for d in again] == [(number, first.payload["event_id"])]
    assert await standin.redeliver() == ()
    numbers = [headers.get("x-slack-retry-num") for headers, _ in endpoint.came]
    assert numbers == [None, "1", "2", "3"]
    assert endpoint.came[1][0]["x-slack-retry-reason"] == "http_error"


async def test_events_come_again_when_their_time_has_come(
    standin: StandIn, endpoint: Endpoint, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=503)

    endpoint.reply = broken
    await standin.open_home(workspace.reps[0])
    due = standin.deliveries.redeliver
    assert await due(only_due=True) == ()
    for wait in (1, 60, 300):
        clock.advance(wait - 0.5)
        assert await due(only_due=True) == ()
        clock.advance(0.5)
        assert len(await due(only_due=True)) == 1
    clock.advance(10_000)
    assert await due(only_due=True) == ()


async def test_an_app_may_decline_retries_and_commands_never_come_again(
    standin: StandIn, endpoint: Endpoint, workspace: DemoWorkspace
) -> None:
    async def declined(_: web.Request) -> web.Response:
        return web.Response(status=503, headers={"x-slack-no-retry": "1"})

    endpoint.reply = declined
    await standin.open_home(workspace.reps[0])
    await standin.run_command(workspace.reps[0], workspace.sales, "/lead")
    assert await standin.redeliver() == ()


async def test_bolt_runs_a_handler_again_for_a_repeated_event(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    workspace.archive(workspace.sales)
    await standin.settled()
    first = standin.deliveries.done[-1]
    assert (first.what, first.ok) == ("channel_archive", True)
    await standin.repeat(first)
    assert len(await app.heard_events(2)) == 2
