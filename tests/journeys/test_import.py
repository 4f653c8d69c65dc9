"""Files of the past, brought in beside a running service and without one."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.commands import app
from bot.control import RefusedByService
from bot.errors import HotleadError, Overloaded
from bot.service.importing import Importing
from tests.rig import DIRECTOR, HOT, KEY, Rig, rig

CONFIG = """
[service]
data = "{data}"
[alerts]
channel = "C0000000001"
fallback_channel = "C0000000002"
admin_channel = "C0000000003"
[source.forms]
kind = "generic"
insecure = true
[source.website]
kind = "segment"
insecure = true
[source.crm]
kind = "hubspot"
insecure = true
"""
EMAIL = "anneke@ijsselmeer.example"


def config(folder: Path) -> Path:
    path = folder / "hotlead.toml"
    path.write_text(CONFIG.format(data=folder), encoding="utf-8")
    return path


def lines(folder: Path, records: Iterable[Mapping[str, Any]], name: str = "past.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def hot(at: str = "2026-03-02T08:00:00Z") -> list[Mapping[str, Any]]:
    """What makes a lead hot, in the past."""
    person = {"email": EMAIL, "occurred_at": at, "traits": DIRECTOR}
    return [{"id": f"past-{n}", **one, **person} for n, one in enumerate(HOT)]


def run(folder: Path, file: Path, *more: str, source: str = "forms") -> Result:
    return CliRunner().invoke(app, ["import", str(file), "--source", source, "-c", str(config(folder)), *more])


async def beside(it: Rig, folder: Path, file: Path, *more: str, source: str = "forms") -> str:
    """Run the command while the service runs; what it printed."""
    result = await asyncio.to_thread(run, folder, file, *more, source=source)
    assert result.exception is None, result.output
    await it.settle()
    return result.output


async def test_the_past_is_stored_and_scored_and_alerts_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        said = await beside(it, tmp_path, lines(tmp_path, hot()))
        assert "2 events are imported, 0 were there before, 0 bad lines" in said
        (lead,) = await it.hotlead.core.desk.find(EMAIL)
        assert lead.label == "hot"
        assert it.alerts() == []
        (row,) = await it.rows(
            "SELECT a.after, n.text FROM audit AS a JOIN audit_notes AS n ON n.id = a.note_id WHERE action = 'import'"
        )
        assert (row["after"], row["text"]) == ("forms: 2 events", "past.jsonl")


async def test_who_does_something_after_the_past_was_imported_is_no_news_either(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await beside(it, tmp_path, lines(tmp_path, hot()))
        await it.send({"type": "page_viewed", "email": EMAIL})
        await it.settle()
        assert it.alerts() == []


async def test_what_came_by_webhook_already_is_not_there_twice(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send(*hot())
        said = await beside(it, tmp_path, lines(tmp_path, hot()))
        assert "0 events are imported, 2 were there before" in said


async def test_a_file_that_was_imported_is_not_read_again_unless_asked(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        file = lines(tmp_path, hot())
        await beside(it, tmp_path, file)
        assert "This file was imported at" in await beside(it, tmp_path, file)
        assert "2 were there before" in await beside(it, tmp_path, file, "--again")


async def test_an_interrupted_import_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = ({"id": f"e{n}", "type": "x", "email": f"p{n}@a.example", "occurred_at": n + 1} for n in range(2500))
    file = lines(tmp_path, many)
    async with rig(tmp_path) as it:
        take = Importing.take

        async def once(self: Importing, *args: Any, **more: Any) -> Any:
            if more["lines"] > 1000:
                raise HotleadError("the disk is full")
            return await take(self, *args, **more)

        monkeypatch.setattr(Importing, "take", once)
        failed = await asyncio.to_thread(run, tmp_path, file)
        assert isinstance(failed.exception, RefusedByService)
        monkeypatch.setattr(Importing, "take", take)
        said = await beside(it, tmp_path, file)
        assert "Going on after line 1,000." in said
        assert "2,500 events are imported, 0 were there before" in said


async def test_while_the_service_has_much_to_do_the_past_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with rig(tmp_path) as it:
        accept, refused = it.hotlead.core.intake.accept, iter(range(3))

        async def full(*args: Any, **more: Any) -> Any:
            if next(refused, None) is not None:
                raise Overloaded("one moment")
            return await accept(*args, **more)

        monkeypatch.setattr(it.hotlead.core.intake, "accept", full)
        monkeypatch.setattr("bot.service.importing._PAUSE", 0.001)
        assert "2 events are imported" in await beside(it, tmp_path, lines(tmp_path, hot()))


def test_without_a_service_the_command_does_it_itself(tmp_path: Path) -> None:
    result = run(tmp_path, lines(tmp_path, hot()))
    assert result.exception is None, result.output
    assert "2 events are imported" in result.output


def test_a_dry_run_names_every_bad_line_and_writes_nothing(tmp_path: Path) -> None:
    good = {"id": "a", "type": "x", "email": "a@b.example", "occurred_at": "2026-01-01T00:00:00Z"}
    file = lines(tmp_path, [good])
    with file.open("a", encoding="utf-8") as more:
        more.write("\n{broken\n[7]\n")
        times: Iterable[dict[str, Any]] = ({"occurred_at": at} for at in ("soon", None, "2999-01-01"))
        for change in [*times, {"email": "no"}, {"type": ""}]:
            more.write(json.dumps({**good, **change}) + "\n")
    result = run(tmp_path, file, "--dry-run")
    assert result.exit_code == 1
    told = [line.split(":")[:2] for line in result.output.splitlines() if line.startswith("line ")]
    codes = ["bad_json", "no_object", "bad_time", "no_time", "ahead", "nobody", "no_type"]
    assert told == [[f"line {n}", f" {code}"] for n, code in enumerate(codes, 3)]
    assert "1 event can be imported; 7 lines are bad." in result.output
    assert not (tmp_path / "hotlead.db").exists()


async def test_bad_lines_are_named_and_cost_only_themselves(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        file = lines(tmp_path, [*hot(), {"id": "x", "type": "x", "occurred_at": "soon"}])
        said = await beside(it, tmp_path, file)
        assert "line 3: bad_time" in said
        assert "2 events are imported, 0 were there before, 1 bad line was left out" in said


async def test_a_segment_archive_is_read_as_the_sdk_s_requests_are(tmp_path: Path) -> None:
    archive = tmp_path / "archive.gz"
    track = {"type": "track", "event": "Trial Started", "userId": "u1", "messageId": "m1"}
    times = {"originalTimestamp": "2026-01-05T10:00:00.123Z", "sentAt": "2026-01-05T10:00:01Z"}
    identify = {"type": "identify", "userId": "u1", "messageId": "m2", "traits": {"email": EMAIL}, **times}
    archive.write_bytes(gzip.compress(f"{json.dumps({**track, **times})}\n{json.dumps(identify)}\n".encode()))
    async with rig(tmp_path) as it:
        await it.post("/v1/track", json.dumps({**track, "writeKey": KEY}))
        said = await beside(it, tmp_path, archive, source="website")  # the same message came live
        assert "1 event is imported, 1 were there before" in said
        (lead,) = await it.hotlead.core.desk.find(EMAIL)
        history = await it.hotlead.core.desk.history(lead.number)
        assert history is not None
        assert [one.type for one in history.activities] == ["Trial Started", "identified"]


async def test_hubspot_s_contacts_become_leads_with_what_is_known_of_them(tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(
        "Record ID,First Name,Last Name,Email,Job Title,Company name,Industry,Create Date,Custom thing\n"
        '7,Anneke,"de Vries",anneke@ijsselmeer.example,Directeur verkoop,"IJsselmeer, BV",Software,2026-01-31 14:05,x\n'
        "8,Bo,,,,,,2026-01-31 14:05,\n",
        encoding="utf-8-sig",
    )
    async with rig(tmp_path) as it:
        more = ("--shape", "hubspot-contacts", "--portal", "62515", "--zone", "Europe/Amsterdam")
        said = await beside(it, tmp_path, file, *more, source="crm")
        assert "2 events are imported" in said  # HubSpot's number names the contact without an address
        (lead,) = await it.hotlead.core.desk.find(EMAIL)
        assert (lead.name, lead.company) == ("Anneke de Vries", "IJsselmeer, BV")
        rows = await it.rows("SELECT occurred_at, traits FROM events ORDER BY seq")
        assert rows[0]["occurred_at"] // 1_000_000 == 1769864700
        assert json.loads(rows[0]["traits"])["custom_thing"] == "x"


async def test_hubspot_s_activities_join_the_contact_that_webhooks_know_by_number(tmp_path: Path) -> None:
    file = tmp_path / "activities.csv"
    file.write_text(
        "Activity ID;Activity type;Activity date;Contact ID;Email;Subject\n"
        "1;Form submission;2026-01-10 10:00;7;;Demo\n"
        "2;Opened email;2026-01-11 10:00;7;anneke@ijsselmeer.example;News\n"
        "3;Call;2026-01-12 10:00;7;;Hello\n",
        encoding="utf-8",
    )
    async with rig(tmp_path) as it:
        await beside(it, tmp_path, file, "--shape", "hubspot-activities", "--portal", "62515", source="crm")
        (lead,) = await it.hotlead.core.desk.find(EMAIL)
        history = await it.hotlead.core.desk.history(lead.number)
        assert history is not None
        assert [one.type for one in history.activities] == ["hubspot.call", "email_opened", "form_submitted"]


async def test_any_csv_is_read_by_saying_which_column_is_what(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Mail;Dato;Antal ansatte;Side\nann@acme.example;2026-01-10;120;https://x.example/cases/\n", "utf-8")
    maps = ("email=Mail", "occurred_at=Dato", "traits.company.employees=Antal ansatte", "properties.url=Side")
    async with rig(tmp_path) as it:
        await beside(it, tmp_path, file, *(word for one in maps for word in ("--map", one)), "--type", "page_viewed")
        (row,) = await it.rows("SELECT type, properties, traits FROM events")
        assert row["type"] == "page_viewed"
        assert json.loads(row["properties"]) == {"url": "https://x.example/cases/"}
        assert json.loads(row["traits"])["company"] == {"employees": "120"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "nothing"], "No source is called 'nothing'. Configured: forms, website, crm."),
        (["--source", "forms", "--shape", "excel"], "'excel' is no shape."),
        (["--source", "forms", "--zone", "Mars"], "'Mars' is no zone"),
        (["--source", "forms", "--map", "email"], "is not FIELD=COLUMN"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_words(tmp_path: Path, arguments: list[str], said: str) -> None:
    file = lines(tmp_path, hot())
    result = CliRunner().invoke(app, ["import", str(file), "-c", str(config(tmp_path)), *arguments])
    assert isinstance(result.exception, HotleadError)
    assert said in str(result.exception)
