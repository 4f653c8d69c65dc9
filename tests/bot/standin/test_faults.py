"""Faults happen when a test orders them, and each leaves the workspace as the real one would."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, Fault, StandIn
from tests.bot.standin.conftest import code


async def post(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    await client.chat_postMessage(channel=workspace.sales, text="x")


@pytest.mark.parametrize(
    ("kind", "status", "effect"), [("429", 429, 0), ("500_before", 500, 0), ("500_after", 500, 1), ("error", 200, 0)]
)
async def test_a_refusal_has_its_status_and_its_effect(
    kind: str, status: int, effect: int, standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    standin.inject(Fault(kind, "chat.postMessage", retry_after=7, code="fatal_error"))  # type: ignore[arg-type]
    with pytest.raises(SlackApiError) as refused:
        await post(client, workspace)
    assert refused.value.response.status_code == status
    assert refused.value.response.headers.get("Retry-After") == ("7" if kind == "429" else None)
    assert code(refused) == {"429": "ratelimited", "error": "fatal_error"}.get(kind, "internal_error")
    assert len(standin.messages(workspace.sales)) == effect
    await post(client, workspace)
    assert [c.fault for c in standin.calls_of("chat.postMessage")] == [kind, ""]


@pytest.mark.parametrize(("kind", "effect"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_answer_leaves_the_client_without_one(
    kind: str, effect: int, standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    standin.inject(Fault(kind, "chat.postMessage"))  # type: ignore[arg-type]
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(client, workspace)
    assert len(standin.messages(workspace.sales)) == effect
    assert standin.calls[-1].status == 0


async def test_the_usual_client_posts_twice_when_an_answer_is_dropped(
    standin: StandIn, workspace: DemoWorkspace
) -> None:
    standin.inject(Fault("drop_after", "chat.postMessage"))
    naive = AsyncWebClient(token=workspace.bot_token, base_url=standin.api_url)
    await post(naive, workspace)
    assert len(standin.messages(workspace.sales)) == 2


@pytest.mark.parametrize(("kind", "at_once"), [("latency", 0), ("latency_after", 1)])
async def test_a_late_answer_takes_effect_all_the_same(
    kind: str, at_once: int, standin: StandIn, workspace: DemoWorkspace
) -> None:
    standin.inject(Fault(kind, "chat.postMessage", seconds=0.9))  # type: ignore[arg-type]
    impatient = AsyncWebClient(token=workspace.bot_token, base_url=standin.api_url, retry_handlers=[])
    impatient.timeout = 0.4  # type: ignore[assignment]
    with pytest.raises(asyncio.TimeoutError):
        await post(impatient, workspace)
    assert len(standin.messages(workspace.sales)) == at_once
    await standin.wait_for(lambda: standin.messages(workspace.sales))


async def test_a_fault_is_for_one_method_one_channel_and_so_many_times(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    standin.inject(Fault("500_before", "chat.postMessage", times=2, channel=workspace.sales))
    await client.auth_test()
    await client.chat_postMessage(channel=workspace.admin, text="x")
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await post(client, workspace)
    await post(client, workspace)
    standin.inject(Fault("500_before"))
    standin.faults.clear()
    await client.auth_test()


class EveryOther:
    """Half of all calls go wrong."""

    def __init__(self) -> None:
        self.asked = 0

    def take(self, _method: str, _channel: str) -> Fault | None:
        self.asked += 1
        return Fault("error") if self.asked % 2 else None


async def test_what_goes_wrong_may_be_decided_call_by_call(standin: StandIn, client: AsyncWebClient) -> None:
    standin.goes_wrong = EveryOther()
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await client.auth_test()
        await client.auth_test()
