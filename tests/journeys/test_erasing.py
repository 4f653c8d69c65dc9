"""From a lead that everybody in Slack talks of to nothing: erased through the front doors, looked for everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.service.views import Actor, Notice
from bot.slack import ids
from bot.standin import Fault, Message
from tests.bot.cli.shell import configuration, typed_beside
from tests.rig import DAY, DIRECTOR, HOT, HOUR, Rig, rig

ADDRESS, NAME, PHONE = "anneke@ijsselmeer.example", "Anneke de Vries", "+31205550000"
WORDS = (ADDRESS, "Anneke", "de Vries", PHONE, "browser-of-anneke")


def kept_by_slack(it: Rig) -> str:
    """Everything that Slack keeps: messages, files, Home tabs. Answers that one person saw once are not kept there."""
    workspace = it.workspace
    messages = [message for channel in workspace.channels for message in workspace.messages.all_in(channel)]
    files = [file.data.decode("utf-8", "replace") + file.name + file.title for file in workspace.files.values()]
    homes = [view.content for user in workspace.users if (view := it.standin.home(user)) is not None]
    return json.dumps([[_whole(message) for message in messages], files, homes], ensure_ascii=False)


def _whole(message: Message) -> Any:
    return {**message.to_json(metadata=True)}


def kept_on_disk(folder: Path) -> str:
    return "".join(_bytes_of(path) for path in sorted(folder.rglob("*")) if path.is_file())


def _bytes_of(path: Path) -> str:
    return path.read_bytes().decode("latin-1")


def found_in(text: str) -> list[str]:
    return [word for word in WORDS if word.encode().decode("latin-1") in text or word in text]


async def talked_of(it: Rig) -> int:
    """A lead with an alert, a thread, a direct message, a digest of others, notes and a refused request."""
    visit = {"type": "page_viewed", "anonymous_id": "browser-of-anneke"}
    await it.send({**visit, "properties": {"url": "https://www.example.nl/"}})
    first, *rest = HOT
    await it.send(
        {**first, "email": ADDRESS, "anonymous_id": "browser-of-anneke", "traits": {**DIRECTOR, "phone": PHONE}},
        *({**event, "email": ADDRESS} for event in rest),
    )
    await it.settle()
    core, rep = it.hotlead.core, Actor(it.workspace.reps[0])
    (lead,) = await core.desk.find(ADDRESS)
    await core.desk.claim(lead.number, rep)
    await core.handling.note(lead.number, Actor(it.workspace.manager), f"{NAME} asks to be called at {PHONE}")
    await core.handling.log_contact(lead.number, rep, "call", "reached", f"spoke to {NAME}")
    await it.settle()
    return lead.number


async def erase_by_hand(it: Rig, number: int, typed: str | None = None) -> None:
    """An admin types the command, presses the button, types the number and submits."""
    boss = it.workspace.manager
    await it.standin.run_command(boss, it.workspace.sales, "/lead", f"erase L-{number}")
    await it.settle()
    asked = next(one for one in it.standin.ephemerals(boss) if one.text == f"Erase L-{number}?")
    await it.standin.press(boss, asked, ids.ERASE)
    await it.settle()
    await it.standin.submit_view(boss, it.standin.views(boss)[-1], {ids.TEXT_BLOCK: typed or f"l-{number}"})
    await it.settle()


async def test_nothing_of_a_lead_is_left_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    async with rig(data) as it:
        number = await talked_of(it)
        boss = it.workspace.manager
        await it.standin.open_home(it.workspace.reps[0])
        await it.standin.run_command(boss, it.workspace.sales, "/lead", f"export {ADDRESS}")
        await it.settle()
        before = kept_by_slack(it)
        assert found_in(before) == list(WORDS)
        assert found_in(kept_on_disk(data)) == list(WORDS)
        (file,) = it.workspace.files.values()
        exported = json.loads(file.data)
        assert (exported["lead"], len(exported["events"])) == (f"L-{number}", 3)

        await erase_by_hand(it, number)
        assert found_in(kept_by_slack(it)) == []
        assert found_in(kept_on_disk(data)) == []
        (done,) = await it.hotlead.core.erasing.listed()
        assert (done.waiting, done.refused) == (0, ())
        assert done.taken_back >= 4  # the alert, its thread, the owner's message, the file
        assert it.workspace.files == {}
        assert all("erased" in one.text for one in it.standin.dms(boss) if f"L-{number}" in one.text or one.files)
        assert "This was about a lead that was erased" in it.standin.dms(boss)[-1].text  # beside the file, it named it
        (alert,) = it.standin.messages(it.workspace.sales)[:1]
        assert "erased" in alert.text
        said = [message.text for message in it.standin.ephemerals(boss)]
        assert any(f"L-{number} is erased. Slack is taking" in text for text in said)
        assert f"Erase L-{number}?" not in said  # the question that named it gave way to the answer
        await it.standin.run_command(boss, it.workspace.sales, "/lead", f"why L-{number}")
        await it.settle()
        assert it.standin.ephemerals(boss)[-1].text == f"L-{number} was erased. Nothing is left to work on."
    assert found_in(kept_on_disk(data)) == []
    logged = capsys.readouterr()
    assert found_in(logged.out + logged.err) == []


async def test_what_is_typed_must_be_the_number_and_only_admins_are_asked(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        await erase_by_hand(it, number, typed="L-77")
        assert it.standin.views(it.workspace.manager)[-1].errors == {
            ids.TEXT_BLOCK: f"That is not L-{number}. Nothing was erased."
        }
        rep = it.workspace.reps[0]
        for text in (f"erase L-{number}", f"export L-{number}"):
            await it.standin.run_command(rep, it.workspace.sales, "/lead", text)
            await it.settle()
        assert [one.text for one in it.standin.ephemerals(rep)] == [
            "`/lead erase` is for admins.",
            "`/lead export` is for admins.",
        ]
        assert await it.hotlead.core.desk.lead(number) is not None


async def test_what_slack_refuses_is_told_to_admins_and_reported(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        alert = it.alerts()[0]
        it.workspace.archive(it.workspace.sales)
        await it.hotlead.core.erasing.erase(number, "U0BOSS")
        await it.settle()
        (done,) = await it.hotlead.core.erasing.listed()
        assert len(done.refused) == 1
        assert alert.ts in done.refused[0]
        told = [message.text for message in it.standin.messages(it.workspace.admin)]
        assert any("could not be taken back" in text and alert.ts in text for text in told)


async def test_an_alert_that_may_be_arriving_is_looked_for_and_taken_back(tmp_path: Path) -> None:
    """Slack posts it and does not answer; the lead is erased before anybody knows that it is there."""
    async with rig(tmp_path) as it:
        it.standin.inject(Fault("drop_after", method="chat.postMessage"))
        first, *rest = HOT
        await it.send({**first, "email": ADDRESS, "traits": DIRECTOR}, *({**event, "email": ADDRESS} for event in rest))
        await it.hotlead.deliverer.work()
        await it.hotlead.deliverer.drain()
        assert ADDRESS in kept_by_slack(it)
        (row,) = await it.rows("SELECT state FROM outbox WHERE kind = 'alert'")
        assert row["state"] == "unknown"
        (lead,) = await it.hotlead.core.desk.find(ADDRESS)
        await it.hotlead.core.erasing.erase(lead.number, "U0BOSS")
        await it.settle()
        assert found_in(kept_by_slack(it)) == []
        (done,) = await it.hotlead.core.erasing.listed()
        assert (done.waiting, done.refused) == (0, ())


async def test_a_claim_beside_the_erasure_is_told_that_it_is_gone(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        alert = it.alerts()[0]
        rep = it.workspace.reps[0]
        await it.hotlead.core.erasing.erase(number, "U0BOSS")
        await it.standin.press(rep, alert, ids.CLAIM)  # the message still has its button
        await it.settle()
        assert [one.text for one in it.standin.ephemerals(rep)] == [f"There is no lead L-{number} any more."]
        assert found_in(kept_by_slack(it)) == []


async def test_a_backup_from_before_is_erased_again_when_it_is_restored(tmp_path: Path) -> None:
    data = tmp_path / "data"
    config = configuration(tmp_path, data)
    async with rig(data) as it:
        await talked_of(it)
        await it.make_hot("bo@syd.example", name="Bo Holm")
        saved = await typed_beside("backup", tmp_path / "before.db", "-c", config)
        assert saved.code == 0, saved.error
        asked = await typed_beside("leads", "erase", ADDRESS, "-c", config)  # nobody says yes
        assert asked.code != 0
        assert "events with their bodies" in asked.out
        assert found_in(kept_on_disk(data)) == list(WORDS)
        it.hotlead.core.erasing.delivers = False
        done = await typed_beside("leads", "erase", ADDRESS, "--yes", "-c", config)
        assert "is erased (erasure" in done.out, done.error
        await it.settle()
        assert "was erased already" in (await typed_beside("leads", "erase", "L-1", "--yes", "-c", config)).error
    restored = await typed_beside("restore", tmp_path / "before.db", "-c", config)
    assert restored.code == 0, restored.error
    assert found_in(_bytes_of(data / "hotlead.db")) == []
    told = await typed_beside("leads", "erased", "-c", config)
    assert "L-1 " in told.out
    exported = await typed_beside("leads", "export", "bo@syd.example", "--out", tmp_path / "bo.json", "-c", config)
    assert exported.code == 0, exported.error
    whole = json.loads(_bytes_of(tmp_path / "bo.json"))
    assert whole["attributes"]["name"] == "Bo Holm"
    again = await typed_beside("leads", "export", "bo@syd.example", "--out", tmp_path / "bo.json", "-c", config)
    assert "bo.json is there already. Name a new file" in again.error
    assert json.loads(_bytes_of(tmp_path / "bo.json")) == whole
    assert (await typed_beside("leads", "export", "L-1", "-c", config)).error.startswith("L-1 was erased already.")
    assert "There is no lead" in (await typed_beside("leads", "erase", f"L-{10**20}", "--yes", "-c", config)).error


async def test_the_commands_count_what_goes_and_say_what_stays_away_and_who_is_gone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    config = configuration(tmp_path, data)
    async with rig(data) as it:
        await it.make_hot(ADDRESS)
        exported = await typed_beside("leads", "export", "L-1", "--out", tmp_path / "l.json", "-c", config)
        assert "1 message, 1 line of history." in exported.out
        assert "       1  alert\n" in (await typed_beside("leads", "erase", "L-1", "-c", config)).out
        done = await it.hotlead.core.erasing.erase(1, "U0BOSS")
        gone = await typed_beside("leads", "explain", "L-1", "-c", config)
        assert gone.error == "L-1 was erased. `hotlead audit show --lead L-1` says when and by whom.\n"
        assert done.standing == 2
        one = (await typed_beside("leads", "lift", ADDRESS, "-c", config)).out
        assert one.startswith("1 identifier is let in again; what was erased stays erased.")
        assert f"1 other of the same person is still kept away: `hotlead leads lift {done.token}`" in one
        rest = (await typed_beside("leads", "lift", done.token, "-c", config)).out
        assert rest == "1 identifier is let in again; what was erased stays erased.\n"


async def test_an_alert_that_is_being_sent_while_the_lead_is_erased_is_taken_back(tmp_path: Path) -> None:
    """Slack has it, its answer is on the way, and the lead goes in between."""
    async with rig(tmp_path) as it:
        it.standin.inject(Fault("latency_after", method="chat.postMessage", seconds=0.5))
        first, *rest = HOT
        await it.send({**first, "email": ADDRESS, "traits": DIRECTOR}, *({**event, "email": ADDRESS} for event in rest))
        await it.hotlead.deliverer.work()
        await it.standin.wait_for(lambda: it.alerts() or None)
        (lead,) = await it.hotlead.core.desk.find(ADDRESS)
        await it.hotlead.core.erasing.erase(lead.number, "U0BOSS")
        await it.hotlead.deliverer.drain()
        await it.settle()
        assert found_in(kept_by_slack(it)) == []
        (done,) = await it.hotlead.core.erasing.listed()
        assert (done.taken_back, done.waiting, done.refused) == (2, 0, ())  # what was in doubt, and the message
        told = [message.text for message in it.standin.messages(it.workspace.admin)]
        assert not any("waits" in text for text in told)


async def test_a_digest_and_a_list_are_told_anew_without_the_lead(tmp_path: Path) -> None:
    async with rig(tmp_path, digest={"enabled": True}) as it:
        number = await it.make_hot()
        other = await it.make_hot("bo@syd.example", name="Bo Holm")
        core, rep = it.hotlead.core, it.workspace.reps[0]
        refs = [view.lead for one in (number, other) if (view := await core.desk.lead(one)) is not None]
        notice = Notice("stale", leads=tuple(refs), at=it.clock())
        await core.store.write(lambda tx: core.book.direct(tx, rep, notice, "stale:test", it.clock()))
        await it.later(DAY - HOUR // 2)  # the next morning
        digest = it.standin.messages(it.workspace.sales)[-1]
        shown = json.dumps(digest.to_json(), ensure_ascii=False)
        assert "Anneke de Vries" in shown
        assert "Bo Holm" in shown
        await core.erasing.erase(number, "U0BOSS")
        await it.settle()
        assert found_in(kept_by_slack(it)) == []
        (now,) = [one for one in it.standin.messages(it.workspace.sales) if one.ts == digest.ts]
        assert "Bo Holm" in json.dumps(now.to_json(), ensure_ascii=False)
        pictures = [[one for one in said.blocks if one["type"] == "image"] for said in (digest, now)]
        assert [len(some) for some in pictures] == [1, 1]  # it names nobody, and is still there
        assert pictures[0][0]["alt_text"] == pictures[1][0]["alt_text"]
        assert "Bo Holm" in json.dumps(it.standin.dms(rep)[-1].to_json(), ensure_ascii=False)


async def test_without_permission_to_hand_over_files_it_is_said_how_else(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, boss = await it.make_hot(), it.workspace.manager
        it.workspace.scopes.discard("files:write")
        await it.standin.run_command(boss, it.workspace.sales, "/lead", f"export L-{number}")
        await it.settle()
        assert f"hotlead leads export L-{number} --out" in it.standin.dms(boss)[-1].text
        assert await it.hotlead.trouble() == []  # nothing else waits for it


async def test_without_permission_to_look_for_its_message_the_file_is_deleted_all_the_same(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number, boss = await it.make_hot(), it.workspace.manager
        await it.standin.run_command(boss, it.workspace.sales, "/lead", f"export L-{number}")
        await it.settle()
        it.workspace.scopes.discard("files:read")
        await erase_by_hand(it, number)
        assert it.workspace.files == {}
        assert await it.hotlead.trouble() == []
