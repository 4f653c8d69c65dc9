"""A workspace whose time stands still until the test moves it, a stand-in around it, and a small app."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, StandIn
from tests.bot.standin.leadapp import LeadApp

START = 1_800_000_000_000_000  # 2027-01-15 08:00 UTC


class FakeClock:
    """Microseconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> int:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += int(seconds * 1_000_000)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def workspace(clock: FakeClock) -> DemoWorkspace:
    made = DemoWorkspace(now=clock)
    made.limits.on = False
    return made


@pytest.fixture
async def standin(workspace: DemoWorkspace) -> AsyncIterator[StandIn]:
    made = StandIn(workspace)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def client(standin: StandIn, workspace: DemoWorkspace) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=standin.api_url, retry_handlers=[])


@pytest.fixture
async def app(standin: StandIn) -> AsyncIterator[LeadApp]:
    """The app, told of everything over HTTP."""
    made = LeadApp(standin)
    standin.deliver_to(await made.serve())
    yield made
    await made.close()


def code(refused: pytest.ExceptionInfo[SlackApiError]) -> str:
    """The error code of a refused call."""
    return str(refused.value.response["error"])
