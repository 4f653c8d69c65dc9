"""`hotlead status`: one screen says whether all is well, what is owed, and what is wrong with what to do."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from bot.app import status as looking
from bot.app.status import Status, look
from bot.cli.status import as_table, screen
from bot.service.models.live import shipped
from bot.standin import Fault
from bot.storage import meta
from scoring.instants import SECOND
from tests.bot.cli.shell import configuration, typed
from tests.rig import DAY, HOUR, MINUTE, Rig, SetClock, rig, rig_settings

MINE = shipped("b2b")


async def looked(it: Rig, model: str | None = MINE) -> Status:
    """How a running service is, by its own clock, beside a model file."""
    data = it.hotlead.core.store.path.parent
    file = data / "model.toml"
    if model is not None:
        file.write_text(model, encoding="utf-8")
    settings = rig_settings(it.workspace, it.standin, data, backup={"nightly": True})
    return await look(settings, file, it.clock())


def said(found: Status) -> str:
    """The whole screen."""
    return "\n".join(f"{name:<10} {text}" for name, text in screen(found))


def wrong(found: Status) -> list[str]:
    return [one.place for one in found.wrong]


async def test_a_service_that_is_well_says_so_with_everything_that_an_engineer_asks(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        it.clock.pass_(3 * HOUR)
        found = await looked(it)
        assert found.ok, found.wrong
        told = said(found)
        for part in (
            "UTC: all is well.",
            f"ready, version {found.program}, process {os.getpid()}, since 2026-03-02 09:00 (3 h), {it.hotlead.url}",
            "by HTTP at /slack/events",
            "1 lead, 2 events",
            "0 messages; 0 evaluations; 0 steps; 0 events",
            "B2B inbound, version 1 of 2026-03-02 09:00 by hotlead; review due 2026-05-31; model.toml says the same",
            "forms (generic): last event 3 hours ago; 24 h: 2 accepted",
            "website (segment): nothing has come yet",
        ):
            assert part in told
        assert len(told.splitlines()) <= 24
        assert max(map(len, told.splitlines())) <= 250


async def test_a_service_that_is_down_is_wrong_and_all_else_is_told_from_the_database(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        settings = rig_settings(it.workspace, it.standin, tmp_path)
        clock = it.clock
    found = await look(settings, tmp_path / "model.toml", clock())
    assert wrong(found) == ["Service"]
    told = said(found)
    assert "WRONG      Service: it does not run. Start it: systemctl start hotlead" in told
    assert "1 lead, 2 events" in told
    assert "forms (generic): last event just now" in told


async def test_before_the_first_start_there_is_nothing_to_look_at_and_no_file_is_made(tmp_path: Path) -> None:
    async with rig(tmp_path / "other") as it:
        settings = rig_settings(it.workspace, it.standin, tmp_path / "data")
        found = await look(settings, tmp_path / "model.toml", it.clock())
    assert wrong(found) == ["Service"]
    assert "is not there yet" in said(found)
    assert not (tmp_path / "data").exists()


async def test_messages_that_slack_does_not_take_are_wrong_after_ten_minutes(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.standin.inject(Fault("error", "chat.postMessage", 99, code="internal_error"))
        with pytest.raises(AssertionError, match="still owed"):
            await it.make_hot()
        assert "Messages" not in wrong(await looked(it))
        it.clock.pass_(11 * MINUTE)
        found = await looked(it)
        assert "Messages" in wrong(found)
        assert "1 waits, the oldest for 12 minutes" in said(found)


async def test_what_keeps_the_service_from_being_ready_is_wrong(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.hotlead.deliverer.trouble = "token_revoked: Install the app again."
        found = await looked(it)
        assert wrong(found) == ["Service"]
        assert "NOT READY" in said(found)
        assert "token_revoked: Install the app again. Nothing is lost meanwhile." in said(found)


async def test_a_source_whose_signatures_fail_is_wrong(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        for _ in range(3):
            await it.post("/hooks/forms", "{}", {"x-hotlead-key": "wrong"})
        it.clock.pass_(MINUTE)
        await it.hotlead.core.source_health.work()
        await it.settle()
        found = await looked(it)
        assert wrong(found) == ["Source forms"]
        assert "hotlead sources show forms" in said(found)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (MINE.replace('"24h"', '"25h"', 1), "model.toml differs: `hotlead model diff`"),
        ("[broken", "model.toml is no model: hotlead model check"),
        (shipped("b2c"), ""),
        (None, ""),
    ],
    ids=["differs", "is none", "another model's file", "no file"],
)
async def test_a_model_file_that_differs_is_said_and_is_not_wrong(
    tmp_path: Path, model: str | None, words: str
) -> None:
    async with rig(tmp_path) as it:
        found = await looked(it, model)
        assert found.ok
        assert words in said(found)
        assert ("model.toml" in said(found)) == bool(words)


async def test_no_backup_for_two_days_is_wrong_and_a_fresh_one_is_not(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({"type": "x"})
        await it.later(3 * DAY)
        found = await looked(it)
        assert wrong(found) == ["Backup"]
        assert "there is none after 3 days. `hotlead backup` makes one" in said(found)
        made = tmp_path / "backups" / "hotlead-20260305T090000Z.db"
        made.parent.mkdir(exist_ok=True)
        made.write_bytes(b"a backup")
        os.utime(made, (it.clock() // SECOND, it.clock() // SECOND))
        found = await looked(it)
        assert found.ok
        assert f"(just now), 8 bytes, {made}" in said(found)
        await it.later(3 * DAY)
        assert "the last is 3 days old" in said(await looked(it))


async def test_who_backs_up_in_another_way_and_said_so_is_not_told_of_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({"type": "x"})
        await it.later(9 * DAY)
        mine = rig_settings(it.workspace, it.standin, tmp_path, backup={"nightly": False})
        assert (await look(mine, tmp_path / "model.toml", it.clock())).ok


async def test_a_nightly_backup_is_found_and_its_failure_is_wrong(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.hotlead.core.backups.make_in_turn("nightly")
        found = await looked(it)
        assert found.backup is not None
        assert found.backup.path.name.startswith("nightly-")
        trouble = json.dumps({"words": "The disk is full."})
        await it.hotlead.core.store.write(lambda tx: meta.put(tx, "backup_trouble", trouble))
        assert "Backup: The disk is full. It is tried again every hour." in said(await looked(it))


async def test_another_version_that_still_runs_is_to_be_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig(tmp_path) as it:
        monkeypatch.setattr(looking, "version", lambda _: "9.9.9")
        found = await looked(it)
        assert wrong(found) == ["Service"]
        assert "9.9.9 is installed. Start it again" in said(found)


async def test_a_full_disk_and_a_log_without_end_are_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with rig(tmp_path) as it:
        monkeypatch.setattr(looking, "LEAST_FREE", 2**60)
        monkeypatch.setattr(looking, "LARGEST_WAL", 0)
        await it.send({"type": "x"})
        assert wrong(await looked(it)) == ["Database", "Disk"]


async def test_a_database_that_cannot_be_read_is_said_in_words(tmp_path: Path) -> None:
    async with rig(tmp_path / "other") as it:
        settings, now = rig_settings(it.workspace, it.standin, tmp_path), it.clock()
    (tmp_path / "hotlead.db").write_bytes(b"no database at all" * 100)
    found = await look(settings, tmp_path / "model.toml", now)
    assert wrong(found) == ["Service", "Database"]
    assert "Traceback" not in said(found)


async def test_machines_are_told_the_same(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        table = json.loads(json.dumps(as_table(await looked(it))))
        assert table["ok"] is True
        assert table["wrong"] == []
        assert table["service"]["started_at"] == "2026-03-02T09:00:00Z"
        assert table["owed"]["messages"] == 0
        assert [one["name"] for one in table["sources"]] == ["forms", "website"]
        assert table["models"] == [
            {
                "name": "B2B inbound",
                "version": 1,
                "published_at": "2026-03-02T09:00:00Z",
                "file": "same",
                "review_due": "2026-05-31T09:00:00Z",
            }
        ]


def test_the_command_ends_with_1_when_something_is_wrong_also_as_json(tmp_path: Path) -> None:
    path = configuration(tmp_path, tmp_path / "data")
    shown = typed("status", "-c", path)
    assert (shown.code, "1 thing is wrong" in shown.out) == (1, True)
    told = typed("status", "-c", path, "--json")
    assert (told.code, told.json()["ok"]) == (1, False)


async def test_the_command_ends_with_0_when_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock()
    async with rig(tmp_path, clock=clock) as it:
        found = await looked(it)

    async def as_it_was(*_: object) -> Status:
        return found

    monkeypatch.setattr("bot.cli.status.look", as_it_was)
    path = configuration(tmp_path, tmp_path)
    shown = await asyncio.to_thread(typed, "status", "-c", path)
    assert (shown.code, "all is well" in shown.out) == (0, True)
