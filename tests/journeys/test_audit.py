"""Every change of owner, status, model, configuration, role, instruction and erasure leaves exactly one row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app.operations import operations_of
from bot.cli.beside import author
from bot.control import Progress
from bot.service.models.live import shipped
from bot.slack import ids
from tests.bot.cli.shell import configuration, typed_beside
from tests.journeys.test_model_in_slack import MODEL as SMALL
from tests.rig import Rig, SetClock, rig, running

ADDRESS = "anneke@ijsselmeer.example"


@asynccontextmanager
async def one_row(it: Rig, action: str, **expected: Any) -> AsyncIterator[None]:
    """What happens within leaves one row of this kind, which says this."""
    (last,) = await it.rows("SELECT MAX(id) AS id FROM audit")
    yield
    await it.settle()
    rows = await it.rows("SELECT * FROM audit WHERE id > :id AND action = :action", id=last["id"], action=action)
    assert len(rows) == 1, [dict(row) for row in rows]
    row = dict(rows[0])
    assert {name: row[name] for name in expected} == expected
    assert row["at"] <= it.clock()


async def ask(it: Rig, name: str, **values: Any) -> Any:
    """What a command asks of the running service."""

    def told(_: Progress) -> None: ...

    return await operations_of(it.hotlead.core)[name](values, told)


async def test_each_change_through_its_front_door_leaves_one_row(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        await it.send({"type": "page_viewed", "email": "bo@syd.example"})
        rep, other, boss, sales = *it.workspace.reps[:2], it.workspace.manager, it.workspace.sales

        async def command(user: str, text: str, name: str = "/lead") -> None:
            assert (await it.standin.run_command(user, sales, name, text)).ok

        async with one_row(it, "claimed", actor=rep, lead_id=number, before=None, after=rep):
            await it.standin.press(rep, it.alerts()[0], ids.CLAIM)
        async with one_row(it, "reassigned", actor=rep, lead_id=number, before=rep, after=other):
            await command(rep, f"reassign L-{number} <@{other}>")
        async with one_row(it, "status", actor=other, lead_id=number, before="new", after="connected"):
            await command(other, f"status L-{number} connected")
        async with one_row(it, "released", actor=other, lead_id=number, before=other, after=None):
            await command(other, f"release L-{number}")
        async with one_row(it, "status", actor=boss, before="connected", after="customer"):
            await command(boss, f"won L-{number}")
        async with one_row(it, "me", actor=rep, before="{}"):
            await command(rep, "me capacity 7")
        async with one_row(it, "model_published", actor="cli:eva"):
            text = shipped("b2b").replace("hot = ", "hot = 1", 1) if "hot = " in shipped("b2b") else shipped("b2b")
            await ask(it, "model.publish", text=text + "\n# changed\n", author="cli:eva", note=None)
        async with one_row(it, "identity_never_join", actor="cli:eva"):
            values = {"verb": "never_join", "one": ["L-1"], "other": ["L-2"], "actor": "cli:eva", "show": False}
            await ask(it, "identity.say", **values)
        async with one_row(it, "identity_revoked", actor="cli:eva"):
            await ask(it, "identity.revoke", number=1, actor="cli:eva", show=False)
        async with one_row(it, "exported", actor=boss, lead_id=number):
            await command(boss, f"export L-{number}")
        async with one_row(it, "erased", actor="cli:eva", lead_id=number):
            it.hotlead.core.erasing.delivers = False
            done = await ask(it, "leads.erase", number=number, actor="cli:eva")
        async with one_row(it, "erasure_lifted", actor="cli:eva", after=done["token"]):
            await ask(it, "leads.lift", value=ADDRESS, actor="cli:eva")
        trail = json.dumps([[row["before"], row["after"]] for row in await it.rows("SELECT * FROM audit")])
        assert ADDRESS not in trail
        assert "Anneke" not in trail


async def test_putting_off_and_waking_leave_one_row_each(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep, sales = await it.make_hot(), it.workspace.reps[0], it.workspace.sales
        async with one_row(it, "snoozed", actor=rep, lead_id=number, before=None, after="2026-03-05T08:00:00Z"):
            assert (await it.standin.run_command(rep, sales, "/lead", f"snooze L-{number} 2026-03-05 09:00")).ok
        await it.standin.run_command(rep, sales, "/lead", f"history L-{number}")
        await it.settle()
        assert "snoozed it" in str(it.standin.ephemerals(rep)[-1].blocks)
        async with one_row(it, "woken", actor=rep, lead_id=number):
            assert (await it.standin.run_command(rep, sales, "/lead", f"wake L-{number}")).ok


async def test_an_event_that_is_taken_out_and_restored_leaves_one_row_each(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await it.standin.press(rep, it.alerts()[0], ids.DETAILS)
        await it.settle()
        async with one_row(it, "event_quarantined", actor=rep, lead_id=number, before=None, after="hand"):
            await it.standin.press(rep, it.standin.views(rep)[-1], ids.EVENT_QUARANTINE, f"{number} 1 1")
        async with one_row(it, "event_restored", actor=rep, lead_id=number, before="hand", after=None):
            await it.standin.press(rep, it.standin.views(rep)[-1], ids.EVENT_RESTORE)


async def test_a_model_rolled_back_and_those_found_posted_leave_one_row_each(tmp_path: Path) -> None:
    async with rig(tmp_path, model=SMALL) as it:
        await it.send({"type": "page_viewed", "email": ADDRESS})
        async with one_row(it, "model_published", actor="cli:eva", before="Small 1", after="Small 2"):
            text = SMALL.replace("points = 10", "points = 60").replace("engagement = 10", "engagement = 60")
            await ask(it, "model.publish", text=text, author="cli:eva", note=None)
        async with one_row(it, "found_posted", actor="cli:eva", after="Small 2"):
            posted = await ask(it, "model.post", version=2, author="cli:eva")
        assert posted["posted"] == 1
        async with one_row(it, "model_rolled_back", actor="cli:eva", before="Small 2", after="Small 3"):
            await ask(it, "model.rollback", version=1, author="cli:eva", note=None)


async def test_roles_that_change_through_a_user_group_leave_one_row(tmp_path: Path) -> None:
    clock = SetClock()
    async with rig(tmp_path, clock=clock) as it:
        group, boss, rep = it.workspace.managers_group, it.workspace.manager, it.workspace.reps[0]
        await it.hotlead.stop()
        by_group: dict[str, Any] = {"slack": {"api_url": it.standin.api_url, "managers_group": group}}
        async with running(tmp_path, it.standin, it.workspace, clock, **by_group) as again:
            await again.settle()
            async with one_row(
                again, "roles", actor="hotlead", before=of_group(boss), after=of_group(*sorted([rep, boss]))
            ):
                it.workspace.set_usergroup(group, [rep, boss])
                it.workspace.set_usergroup(group, [boss, rep])
                await it.standin.settled()
        async with running(tmp_path, it.standin, it.workspace, clock, **by_group) as once_more:
            await once_more.settle()
            rows = await once_more.rows("SELECT before FROM audit WHERE action = 'roles' ORDER BY id")
            assert [row["before"] for row in rows][1:] == [None, of_group(boss)]


def of_group(*users: str) -> str:
    return json.dumps({"slack.managers_group": list(users)})


async def test_an_export_by_command_leaves_one_row(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with rig(data) as it:
        number = await it.make_hot()
        config = configuration(tmp_path, data)
        async with one_row(it, "exported", actor=author(), lead_id=number):
            said = await typed_beside("leads", "export", ADDRESS, "-c", config)
        (score,) = said.json()["scores"]
        assert score["stored"][0]["follow_up_within"] == "1d"
        assert said.json()["history"][-1]["action"] == "exported"
        (none,) = await it.rows("SELECT COUNT(*) AS n FROM audit WHERE action = 'exported'")
        assert (await typed_beside("leads", "export", "L-99", "-c", config)).error.startswith("There is no lead L-99.")
        assert [dict(row) for row in await it.rows("SELECT COUNT(*) AS n FROM audit WHERE action = 'exported'")] == [
            dict(none)
        ]


async def test_another_configuration_and_other_roles_leave_one_row_each(tmp_path: Path) -> None:
    clock = SetClock()
    async with rig(tmp_path, clock=clock) as it:
        rep = it.workspace.reps[0]
        admins = {"admins": [it.workspace.manager, rep], "managers": [it.workspace.manager]}
        await it.hotlead.stop()
        more: dict[str, Any] = {"slack": {"api_url": it.standin.api_url, **admins}, "alerts": {"mode": "shadow"}}
        async with running(tmp_path, it.standin, it.workspace, clock, **more) as again:
            rows = await again.rows("SELECT * FROM audit WHERE action IN ('configured', 'roles') ORDER BY id")
            assert [(row["action"], json.loads(row["before"]), json.loads(row["after"])) for row in rows] == [
                ("configured", {"alerts.mode": "live"}, {"alerts.mode": "shadow"}),
                ("roles", {"slack.admins": [it.workspace.manager]}, {"slack.admins": [it.workspace.manager, rep]}),
            ]
        async with running(tmp_path, it.standin, it.workspace, clock, **more) as once_more:
            (count,) = await once_more.rows("SELECT COUNT(*) AS n FROM audit WHERE action IN ('configured', 'roles')")
            assert count["n"] == 2


async def test_a_row_is_never_changed_or_deleted(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "UPDATE audit SET note_id = NULL"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                await it.hotlead.core.store.write(lambda tx, sql=statement: tx.run(sql))  # type: ignore[misc]


async def test_the_trail_is_shown_by_lead_by_whom_and_since(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with rig(data) as it:
        number = await it.make_hot()
        rep = it.workspace.reps[0]
        await it.standin.press(rep, it.alerts()[0], ids.CLAIM)
        await it.settle()
        config = configuration(tmp_path, data)
        said = await typed_beside("audit", "show", "--lead", ADDRESS, "-c", config)
        assert [line.split()[2:] for line in said.out.splitlines()] == [[rep, "claimed", "L-1", "–", "→", rep]]
        await it.hotlead.core.erasing.erase(number, "U0BOSS")
        more = await typed_beside("audit", "show", "--lead", f"L-{number}", "--json", "-c", config)
        assert [json.loads(line)["action"] for line in more.out.splitlines()] == ["claimed", "erased"]
        by = await typed_beside("audit", "show", "--by", "hotlead", "-c", config)
        assert "model_published" in by.out
        assert rep not in by.out
        none = await typed_beside("audit", "show", "--since", "2030-01-01", "-c", config)
        assert "Nothing of the kind" in none.out
        assert "claimed" in (await typed_beside("audit", "show", "--since", "2026-03-02", "-c", config)).out
        assert (await typed_beside("audit", "show", "--since", "today", "-c", config)).code == 0
        refused = (await typed_beside("audit", "show", "--since", "some day", "-c", config)).error
        assert "some day" in refused
        assert "yesterday" in refused
