"""A crossing costs what it tells, not what its lead has ever done; and it tells the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.service import recounting
from scoring.instants import DAY, MINUTE
from tests.bot.service.house import House, house


async def crossing_of(it: House, number: int) -> tuple[Any, Any]:
    """The last crossing's ledger, and what its alert said of what the lead did last."""
    (row,) = await it.rows("SELECT ledger FROM crossings WHERE lead_id = :lead ORDER BY id DESC LIMIT 1", lead=number)
    (alert,) = await it.rows("SELECT facts FROM alerts WHERE lead_id = :lead ORDER BY id DESC LIMIT 1", lead=number)
    return json.loads(row["ledger"]), json.loads(alert["facts"])["activities"]


async def test_a_lead_of_thousands_of_events_crosses_without_reading_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path) as it:
        await it.take(*[it.event("seen", email="lead@x.example", at=it.clock() - n * MINUTE) for n in range(3_000)])
        number = await it.number("lead@x.example")

        def whole(*_: object) -> None:
            raise AssertionError("the whole log was read")

        monkeypatch.setattr(recounting, "read_log", whole)
        await it.pass_(MINUTE)
        await it.says("hot", properties={"url": "https://x.example/pricing"})
        ledger, told = await crossing_of(it, number)
        assert [(line["rule"], line["cents"]) for line in ledger] == [("hot", 10_000)]
        assert [(one["type"], one["what"]) for one in told] == [("hot", "x.example/pricing"), *[("seen", None)] * 4]


async def test_an_event_that_lies_ahead_is_not_told_as_one_that_happened(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(*[it.event("seen", email="lead@x.example", at=it.clock() + (n + 1) * DAY) for n in range(6)])
        number = await it.says("hot")
        ledger, told = await crossing_of(it, number)
        assert [line["rule"] for line in ledger] == ["hot"]
        assert [one["type"] for one in told] == ["hot"]
