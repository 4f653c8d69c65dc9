"""Logs carry no token, no authorization, no address: planted ones are found nowhere after a whole run."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.logs import redact, set_up_logs
from bot.standin import Fault
from tests.rig import rig

CANARIES = (
    "xoxb-1234-canary",
    "xapp-1-canary",
    "whsec_canary+/=",
    "Bearer canary.token",
    "Basic Y2FuYXJ5",
    "canary.person@secret.example",
)


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Logs as `hotlead serve` sets them up."""
    before = logging.getLogger().handlers[:]
    yield capsys
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


@pytest.mark.parametrize("canary", CANARIES)
def test_what_is_secret_is_taken_out_wherever_it_stands(canary: str) -> None:
    assert "canary" not in redact(f"before {canary} after").casefold().replace("y2fuyxj5", "canary")
    assert redact("nothing of the kind, L-12 at 10:30") == "nothing of the kind, L-12 at 10:30"


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("canary", CANARIES)
def test_neither_values_nor_tracebacks_nor_other_libraries_tell_it(
    logs: pytest.CaptureFixture[str], log_format: Any, canary: str
) -> None:
    set_up_logs(log_format)
    log, other = structlog.get_logger(), logging.getLogger("other")
    log.warning("event", text=canary, several=[canary], inner={"a": canary}, error=ValueError(canary))
    try:
        int(canary)
    except ValueError:
        log.exception("failed")
        other.exception("failed with %s", canary)
    told = logs.readouterr().err
    assert "failed" in told
    assert canary.split(" ")[-1] not in told


def test_json_is_one_object_a_line(logs: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    structlog.get_logger().warning("two\nlines of a@b.example", n=1)
    (line,) = logs.readouterr().err.splitlines()
    assert json.loads(line) | {"timestamp": ""} == {
        "event": "two\nlines of …",
        "n": 1,
        "level": "warning",
        "timestamp": "",
    }


async def test_a_whole_run_with_trouble_tells_nobodys_address_and_no_secret(
    tmp_path: Path, logs: pytest.CaptureFixture[str]
) -> None:
    async with rig(tmp_path) as it:
        set_up_logs("text")
        it.standin.inject(Fault("500_after", "chat.postMessage", channel=it.workspace.sales))
        it.standin.inject(Fault("error", "chat.postMessage", code="invalid_blocks"))
        await it.make_hot("canary.person@secret.example", name="Canary Person")
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", "claim canary.person@secret.example")
        for body in ("{canary.person@secret.example", '[{"email": "canary.person@secret.example"}]'):
            await it.post("/hooks/forms", body, {"x-hotlead-key": "canary-key"})
        await it.settle(200)
        told = logs.readouterr().err.casefold()
        assert "request_refused" in told
        assert "canary" not in told
        assert it.workspace.bot_token.casefold() not in told
