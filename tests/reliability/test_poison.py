"""Invariant 19: one bad event, one bad row, one bad message harms nobody."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.service.identity.index import Identity
from tests.rig import HOT, KEY, Rig, rig


async def send(it: Rig, events: list[dict[str, Any]]) -> tuple[int, Any]:
    return await it.post("/hooks/forms", json.dumps(events), {"x-hotlead-key": KEY})


def good(number: int) -> dict[str, Any]:
    return {"id": f"e{number}", "type": "page_viewed", "email": f"lead{number}@nord.example"}


@pytest.mark.parametrize(
    "bad",
    [
        {"id": "bad", "type": 7, "email": "x@nord.example"},
        {"id": "bad", "email": "x@nord.example"},
        {"id": "bad", "type": "page_viewed", "occurred_at": "yesterday"},
        ["no", "event"],
        None,
    ],
)
async def test_of_200_events_of_a_request_one_is_bad_and_199_are_accepted(tmp_path: Path, bad: Any) -> None:
    async with rig(tmp_path) as it:
        status, answer = await send(it, [*(good(n) for n in range(120)), bad, *(good(n) for n in range(120, 199))])
        assert (status, answer["accepted"]) == (200, 199)
        assert [refused["position"] for refused in answer["refused"]] == [120]
        assert len(await it.rows("SELECT id FROM events")) == 199


async def test_of_200_requests_of_a_commit_one_fails_and_199_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    belongs = Identity.belongs

    def bad(self: Identity, tx: Any, event: Any, *more: Any) -> Any:
        if event.id == "e120":
            raise ArithmeticError("a fault of ours")
        return belongs(self, tx, event, *more)

    monkeypatch.setattr(Identity, "belongs", bad)
    async with rig(tmp_path) as it:
        answers = await asyncio.gather(*(send(it, [good(n)]) for n in range(200)))
        statuses = [status for status, _ in answers]
        assert (statuses.count(200), statuses[120]) == (199, 503)
        assert answers[120][1]["code"] == "try_again"
        assert len(await it.rows("SELECT id FROM events")) == 199
        monkeypatch.undo()
        assert (await send(it, [good(120)]))[0] == 200


async def test_a_row_of_the_outbox_that_cannot_be_sent_stops_no_alert(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.hotlead.core.store.write(
            lambda tx: tx.many(
                "INSERT INTO outbox (sender, kind, key, lane, payload, made_at, not_before) "
                "VALUES (:sender, :kind, :key, :lane, :payload, 0, 0)",
                [
                    {"sender": "slack", "kind": "alert", "key": "gone", "lane": it.workspace.sales, "payload": "{}"},
                    {"sender": "slack", "kind": "alert", "key": "torn", "lane": it.workspace.sales, "payload": "{"},
                    {"sender": "pigeon", "kind": "alert", "key": "who", "lane": it.workspace.sales, "payload": "{}"},
                    {"sender": "slack", "kind": "thread", "key": "where", "lane": "C0", "payload": "[]"},
                    {"sender": "slack", "kind": "new", "key": "later", "lane": it.workspace.sales, "payload": "{}"},
                ],
            )
        )
        await it.send(*({**event, "email": "a@nord.example", "traits": {"title": "CEO"}} for event in HOT))
        known = {"company": {"country": "Nederland", "employees": 250, "industry": "Software"}}
        await it.send({**HOT[0], "email": "a@nord.example", "traits": known})
        for _ in range(10):
            await it.hotlead.deliverer.work()
            await it.hotlead.deliverer.drain()
            it.clock.pass_(1_000_000)
        assert len(it.alerts()) == 1
        async with it.http.get(f"{it.hotlead.operations_url}/readyz") as response:
            assert response.status == 200
