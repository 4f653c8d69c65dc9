"""The log of many leads at once says of each what is stored of it, and what is at hand of it says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.service.histories import load
from bot.service.logbook import events_of, read_logs
from bot.storage.log import Known
from scoring.instants import MINUTE, format_instant
from tests.bot.service.drafts import VISIT
from tests.rig import DAY, HOUR, SECOND, Rig, rig


async def a_colourful_past(it: Rig) -> list[int]:
    """Anonymous visits that change hands, colleagues, a change of company, a late event; the leads."""
    visit = {**VISIT, "anonymous_id": "cookie-1"}
    await it.send(visit, visit)
    it.clock.pass_(HOUR)
    await it.send({"type": "form_submitted", "email": "anna@nord.example", "anonymous_id": "cookie-1"})
    it.clock.pass_(DAY)
    await it.send({"type": "form_submitted", "email": "bo@nord.example", "anonymous_id": "cookie-1"}, visit)
    facts = {"company": {"domain": "nord.example", "employees": 5000, "country": "DK"}}
    await it.send({**VISIT, "email": "bo@nord.example", "traits": {"title": "Head of IT", **facts}})
    await it.send({**VISIT, "email": "carl@syd.example", "traits": {"company": {"domain": "syd.example"}}})
    await it.send({**VISIT, "email": "carl@syd.example", "traits": facts})
    await it.send({**VISIT, "email": "anna@nord.example", "occurred_at": "2026-01-01T00:00:00Z"})
    await it.settle()
    soon = format_instant(it.clock() + 2 * MINUTE)
    await it.send({"type": "crm_sync", "email": "bo@nord.example", "traits": facts, "occurred_at": soon})
    return [row["id"] for row in await it.rows("SELECT id FROM leads ORDER BY id")]


async def test_every_lead_has_the_same_events_company_and_score(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        ids = await a_colourful_past(it)
        live = it.hotlead.core.scorebook.models[0]
        now = it.clock()

        def compare(tx: Any) -> None:
            logs = read_logs(tx, ids)
            assert list(logs) == ids
            for lead_id in ids:
                entry = load(tx, lead_id, [live])
                one = logs[lead_id]
                ours, theirs = one.history(live.model).score(now), entry.running[live.model.name].score(now)
                counting = [row["seq"] for row in events_of(tx, lead_id) if row["quarantined"] is None]
                assert [row["seq"] for row in one.rows] == counting
                assert entry.count == len(counting)
                assert one.next_ahead(now) == entry.next_ahead(now)
                assert one.latest_at == (entry.latest[0] if entry.latest else None)
                assert (one.events[-1].company if one.events else None) == entry.company
                assert ours == theirs

        await it.hotlead.core.store.read(compare)


async def test_what_came_later_is_not_there(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        visit = {**VISIT, "anonymous_id": "cookie-1"}
        await it.send({**VISIT, "email": "anna@nord.example"}, visit)
        then = it.clock()
        it.clock.pass_(SECOND)
        await it.send({"type": "form_submitted", "email": "anna@nord.example", "anonymous_id": "cookie-1"})
        logs = await it.hotlead.core.store.read(lambda tx: read_logs(tx, [1], Known(received_by=then)))
        assert [event.type for event in logs[1].events] == ["page_viewed"]
        logs = await it.hotlead.core.store.read(lambda tx: read_logs(tx, [1]))
        assert len(logs[1].events) == 3
