"""How the sources are, through a running service: counts by reason, troubles told once, refused requests kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.service.source_health import ACCEPTED, DUPLICATE, HISTORY, NOBODY, SourceView
from bot.standin import Message
from scoring.instants import MINUTE
from tests.rig import DAY, HOUR, KEY, SECOND, Rig, rig

HUBSPOT = {"crm": {"kind": "hubspot", "scheme": "v1", "secrets": ["CRM_SECRET"]}}
WRONG = b"what somebody pasted wrongly"
RIGHT = b"the client secret of the app"


async def _view(it: Rig, name: str) -> SourceView:
    (found,) = [one for one in await it.hotlead.core.source_health.overview() if one.name == name]
    return found


async def _look(it: Rig) -> Sequence[Message]:
    """Let the sources be looked at; what the admins were told so far."""
    it.clock.pass_(MINUTE)
    await it.hotlead.core.source_health.work()
    await it.settle()
    return [message for message in it.standin.messages(it.workspace.admin) if message.text.startswith("The source")]


def _contact(secret: bytes, number: int = 1) -> tuple[bytes, dict[str, str]]:
    event = {"subscriptionType": "contact.creation", "portalId": 1, "subscriptionId": 2, "eventId": 100}
    body = json.dumps([{**event, "objectId": number, "occurredAt": 1772438400000}]).encode()
    return body, {"x-hubspot-signature": hashlib.sha256(secret + body).hexdigest()}


async def test_events_are_counted_by_what_became_of_them_and_refusals_by_reason(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({"type": "x", "id": "a"}, {"type": "x", "id": "b"})
        await it.send({"type": "x", "id": "a"}, {"type": ""})
        await it.send({"type": "x", "email": "anna@x.example"}, {"type": "x", "email": "anna@@x"})
        await it.send({"type": "x"}, history=True)
        await it.post("/hooks/forms", "{", {"x-hotlead-key": KEY})
        await it.post("/hooks/forms", "{}", {"x-hotlead-key": "wrong"})
        await it.post("/hooks/forms", "{}")
        view = await _view(it, "forms")
        assert (view.day.of(ACCEPTED), view.day.of(DUPLICATE), view.day.of(HISTORY)) == (4, 1, 1)
        assert view.day.of(NOBODY) == 5, "all but Anna's; a duplicate and history too"
        assert view.day.refused == {"bad_json": 1, "no_type": 1, "signature_missing": 1, "signature_wrong": 1}
        assert view.last_at == it.clock()


async def test_counts_outlive_a_restart_and_leave_the_day_after_a_day(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({"type": "x"})
        clock = it.clock
    clock.pass_(2 * DAY)
    async with rig(tmp_path, clock=clock) as it:
        view = await _view(it, "forms")
        assert (view.day.of(ACCEPTED), view.week.of(ACCEPTED)) == (0, 1)


async def test_a_secret_that_fails_three_times_in_a_row_is_told_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        told = []
        for _ in range(5):
            await it.post("/hooks/forms", "{}", {"x-hotlead-key": "wrong"})
            told.append(len(await _look(it)))
        assert told == [0, 0, 1, 1, 1]
        (message,) = await _look(it)
        assert "forms" in message.text
        assert "signature_wrong" in message.text
        assert not (await _view(it, "forms")).ok


async def test_strangers_between_good_requests_are_no_failing_secret(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        for _ in range(6):
            await it.post("/hooks/forms", "{}", {"x-hotlead-key": "wrong"})
            await it.send({"type": "x"})
        assert await _look(it) == []


async def test_a_secret_that_was_mended_and_fails_again_is_told_again(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        for expected in (1, 2):
            for _ in range(3):
                await it.post("/hooks/forms", "{}", {"x-hotlead-key": "wrong"})
            assert len(await _look(it)) == expected
            await it.send({"type": "x"})
            await _look(it)
            assert (await _view(it, "forms")).ok


async def test_a_source_that_goes_quiet_against_its_habit_is_told_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        for _ in range(3 * 7 * 24):
            it.clock.pass_(HOUR)
            it.hotlead.core.source_health.took("forms", {ACCEPTED: 4})
        await it.hotlead.core.source_health.store()
        counts = []
        for _ in range(6):
            it.clock.pass_(HOUR)
            counts.append(len(await _look(it)))
        assert counts == [0, 0, 1, 1, 1, 1]
        (message,) = await _look(it)
        assert "forms is quiet" in message.text
        await it.send({"type": "x"})
        await _look(it)
        assert (await _view(it, "forms")).ok


async def test_what_hubspot_will_not_send_again_is_kept_with_its_counts(tmp_path: Path) -> None:
    async with rig(tmp_path, source=HUBSPOT, secrets={"crm": (RIGHT,)}) as it:
        body, headers = _contact(WRONG)
        status, _ = await it.post("/hooks/crm", body, {**headers, "authorization": "Bearer no business of ours"})
        assert status == 401
        assert (await _view(it, "crm")).kept == 1
        (letter,) = await it.rows("SELECT body, headers FROM letters")
        assert letter["body"] == body
        assert "no business" not in letter["headers"]


@pytest.mark.parametrize("more", [{"keep_refused": False}, {"scheme": "header", "header": "x-key"}])
async def test_nothing_is_kept_where_it_is_not_wanted_or_could_prove_nothing_later(
    tmp_path: Path, more: dict[str, object]
) -> None:
    async with rig(tmp_path, source={"crm": HUBSPOT["crm"] | more}, secrets={"crm": (RIGHT,)}) as it:
        body, headers = _contact(WRONG)
        assert (await it.post("/hooks/crm", body, headers))[0] == 401
        assert (await _view(it, "crm")).kept == 0


async def test_admins_see_in_slack_how_the_sources_are_and_reps_do_not(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({"type": "x"})
        await it.post("/hooks/forms", "{}", {"x-hotlead-key": "wrong"})
        for user in (it.workspace.manager, it.workspace.reps[0]):
            await it.standin.run_command(user, it.workspace.sales, "/hotlead", "sources")
            await it.settle()
        (answer,) = it.standin.ephemerals(it.workspace.manager)
        assert "forms (generic): last event" in answer.text.replace("*", "")
        assert "1 accepted, 1 naming nobody, 1 refused (signatureˍwrong 1)" in answer.text.replace("_", "ˍ")
        assert "for admins" in it.heard(it.workspace.reps[0])[-1]


async def test_counting_costs_no_write_of_its_own(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        before = await it.rows("SELECT COUNT(*) AS n FROM source_counts")
        await asyncio.gather(*(it.send({"type": "x"}) for _ in range(5)))
        assert [tuple(row) for row in await it.rows("SELECT COUNT(*) AS n FROM source_counts")] == [tuple(before[0])]
        it.clock.pass_(10 * SECOND)
        assert (await _view(it, "forms")).day.of(ACCEPTED) == 5


async def test_a_write_key_of_no_source_is_the_fault_of_none(tmp_path: Path) -> None:
    sites = {"shop": {"kind": "segment", "insecure": True}}
    async with rig(tmp_path, source=sites, secrets={"shop": (b"another key of sixteen bytes",)}) as it:
        body = json.dumps({"type": "page", "userId": "u", "writeKey": "nobody's"})
        assert (await it.post("/v1/page", body))[0] == 401
        assert [(await _view(it, name)).day.refused for name in ("website", "shop")] == [{}, {}]
