"""What is asked before anything is sent: browsers' preflights, and the handshake of CloudEvents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from tests.bot.web.door import serving
from tests.rig import Rig

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORIGIN = {"WebHook-Request-Origin": "eventemitter.example.com", "WebHook-Request-Rate": "120"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    more = {
        "azure": {"kind": "cloudevents", "insecure": True},
        "calendly": {"kind": "calendly", "insecure": True},
    }
    async with serving(tmp_path_factory.mktemp("door"), source=more) as rig:
        yield rig


async def _asked(
    it: Rig, path: str, headers: Mapping[str, str], method: str = "OPTIONS"
) -> tuple[int, Mapping[str, str]]:
    async with it.http.request(method, f"{it.hotlead.url}{path}", headers=headers) as response:
        return response.status, response.headers


async def test_a_cloudevents_sender_that_asks_is_allowed_at_any_rate(running: Rig) -> None:
    status, headers = await _asked(running, "/hooks/azure", ORIGIN)
    assert status == 200
    assert headers["WebHook-Allowed-Origin"] == "eventemitter.example.com"
    assert headers["WebHook-Allowed-Rate"] == "*"
    assert "POST" in headers["Allow"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/hooks/calendly", ORIGIN),
        ("/hooks/azure", {}),
        ("/hooks/azure", {"WebHook-Request-Origin": "x" * 300}),
        ("/v1/batch", ORIGIN),
    ],
    ids=["another kind of source", "nobody asked", "no host name is so long", "the SDKs' paths"],
)
async def test_nothing_is_agreed_to_where_no_cloudevents_sender_asks(
    running: Rig, path: str, asked: Mapping[str, str]
) -> None:
    status, headers = await _asked(running, path, asked)
    assert status == 200
    assert "WebHook-Allowed-Origin" not in headers


async def test_an_unknown_source_agrees_to_nothing(running: Rig) -> None:
    status, headers = await _asked(running, "/hooks/nothing", ORIGIN)
    assert (status, "WebHook-Allowed-Origin" in headers) == (404, False)


async def test_the_browser_sdk_may_send_its_headers(running: Rig) -> None:
    asked = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "POST"}
    status, headers = await _asked(running, "/v1/t", asked)
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, "*")
    allowed = headers["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "content-type", "x-retry-count"} <= set(allowed)


async def test_a_page_may_send_the_header_that_a_generic_source_is_proved_by(running: Rig) -> None:
    _, headers = await _asked(running, "/hooks/forms", {"Origin": "https://www.example.com"})
    assert "x-hotlead-key" in headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/v1/t", "/v1/batch", "/hooks/website", "/hooks/forms"])
async def test_a_page_can_read_why_it_was_refused(running: Rig, path: str) -> None:
    status, headers = await _asked(running, path, {"Origin": "https://www.example.com"}, "POST")
    assert (status in (400, 401), headers["Access-Control-Allow-Origin"]) == (True, "*")
    assert headers["Access-Control-Expose-Headers"] == "Retry-After"


async def test_no_page_reads_answers_of_other_sources(running: Rig) -> None:
    _, headers = await _asked(running, "/hooks/calendly", {"Origin": "https://www.example.com"}, "POST")
    assert "Access-Control-Allow-Origin" not in headers
