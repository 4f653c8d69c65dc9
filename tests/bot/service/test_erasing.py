"""Erasing a lead: nothing of it is left in the store, nothing brings it back, and the others are as without it."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.app.core import open_core
from bot.app.paths import DATABASE
from bot.errors import StoreUnusable
from bot.service.adding import CannotAdd
from bot.service.erasing import CannotErase, Lifted
from bot.service.erasure import Looked, apply_tombstones
from bot.service.identity.instructions import CannotInstruct
from bot.service.identity.joining import Verb
from bot.settings import settings_from
from bot.storage import outbox, tombstones
from bot.storage.backups import copy
from bot.storage.store import Store, Tx
from scoring.events import Value
from scoring.instants import DAY
from tests.bot.service.house import ALERTS, ANNA, COMPANY_MODEL, MODEL, House, house

ADDRESS, PHONE, NAME = "Karen.Blixen@rungsted.example", "+4533123456", "Karen Blixen"
TRAITS = {"name": NAME, "phone": "+45 33 12 34 56", "title": "Forfatter"}


def bytes_of(folder: Path) -> bytes:
    """Everything that lies in a data folder, in lower case."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()).lower()


def assert_gone(folder: Path, *words: str) -> None:
    whole = bytes_of(folder)
    assert [word for word in words if word.lower().encode() in whole] == []


async def karen(it: House) -> int:
    """A lead with an address, a telephone and a browser."""
    email = ADDRESS.lower()
    await it.take(
        it.event("warm", anonymous_id="browser-of-karen"),
        it.event("hot", email=email, phone=PHONE, anonymous_id="browser-of-karen", traits=TRAITS),
    )
    return await it.number(email)


async def test_nothing_of_a_lead_is_left_in_the_folder(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)
        await it.claim(number)
        await it.core.handling.note(number, ANNA, f"Called {NAME} at {PHONE}")
        assert ADDRESS.lower().encode() in bytes_of(tmp_path)
        done = await it.core.erasing.erase(number, "U0BOSS")
        assert done.numbers == (number,)
        assert done.standing == 3  # address, telephone, browser
        assert await it.core.desk.find(ADDRESS) == ()
        assert_gone(tmp_path, ADDRESS, PHONE, "33 12 34 56", NAME, "Blixen", "browser-of-karen", "forfatter")
    assert_gone(tmp_path, ADDRESS, PHONE, NAME, "browser-of-karen")


async def test_later_events_are_taken_and_not_stored(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)
        await it.core.erasing.erase(number, "U0BOSS")
        receipt = await it.take(it.event("hot", email=ADDRESS.lower()), it.event("hot", email="other@x.example"))
        assert (receipt.accepted, receipt.duplicates, receipt.erased) == (1, 0, 1)
        assert (await it.take(it.event("warm", anonymous_id="browser-of-karen"))).erased == 1
        assert await it.core.desk.find(ADDRESS) == ()
        assert_gone(tmp_path, ADDRESS, "browser-of-karen")


async def test_somebody_else_at_the_same_browser_is_a_lead(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.erasing.erase(await karen(it), "U0BOSS")
        await it.take(it.event("hot", email="guest@x.example", anonymous_id="browser-of-karen"))
        assert await it.number("guest@x.example") > 1
        assert_gone(tmp_path, "browser-of-karen")


async def test_a_number_and_a_place_in_the_log_are_never_given_again(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)
        (last,) = await it.rows("SELECT MAX(seq) AS seq FROM events")
        await it.core.erasing.erase(number, "U0BOSS")
        assert await it.says("hot", "next@x.example") == number + 1
        (seq,) = await it.rows("SELECT MIN(seq) AS seq FROM events")
        assert seq["seq"] > last["seq"]


async def test_twice_says_that_it_was_erased(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)
        await it.core.erasing.erase(number, "U0BOSS")
        with pytest.raises(CannotErase, match=f"L-{number} was erased already"):
            await it.core.erasing.erase(number, "U0BOSS")
        with pytest.raises(CannotErase, match="There is no lead L-99"):
            await it.core.erasing.erase(99, "U0BOSS")
        assert (await it.actions(number)).count("erased") == 1


async def test_an_old_backup_is_erased_again(tmp_path: Path) -> None:
    data, old = tmp_path / "data", tmp_path / "old.db"
    async with house(data) as it:
        number = await karen(it)
        await it.says("hot", "other@x.example")
        copy(data / DATABASE, old)
        await it.core.erasing.erase(number, "U0BOSS")
        now = it.clock()
    for ending in ("", "-wal", "-shm"):
        (data / f"{DATABASE}{ending}").unlink(missing_ok=True)
    old.replace(data / DATABASE)
    store = Store(data / DATABASE)
    try:
        assert await apply_tombstones(store, data, now) == 1
        assert await apply_tombstones(store, data, now) == 0
    finally:
        await store.close()
    assert_gone(data, ADDRESS, PHONE, NAME, "browser-of-karen")
    db = sqlite3.connect(data / DATABASE)
    assert db.execute("SELECT COUNT(*) FROM leads").fetchone() == (1,)
    assert db.execute("SELECT COUNT(*) FROM audit WHERE action = 'erased'").fetchone() == (1,)
    db.close()


async def test_a_start_makes_up_what_a_kill_cut_off(tmp_path: Path) -> None:
    """The file is written before the commit: killed between the two, the next start goes on."""
    async with house(tmp_path) as it:
        await karen(it)
        key = tombstones.key_of(tmp_path)
        hashes = (tombstones.hashed(key, "email", ADDRESS.lower()),)
        tombstones.append(tmp_path, tombstones.Line("f" * 16, it.clock(), "U0BOSS", (1,), hashes))
        clock = it.clock
    core = await open_core(settings_from({"service": {"data": tmp_path}, "alerts": ALERTS}), clock, None)
    try:
        assert await core.desk.find(ADDRESS) == ()
        assert [one.token for one in await core.erasing.listed()] == ["f" * 16]
    finally:
        await core.store.close()
    assert_gone(tmp_path, ADDRESS, NAME)


async def test_lifting_lets_somebody_come_back_with_nothing_old(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)
        done = await it.core.erasing.erase(number, "U0BOSS")
        with pytest.raises(CannotErase, match="names nobody who was erased"):
            await it.core.erasing.lift("nobody@x.example", "U0BOSS")
        assert await it.core.erasing.lift(ADDRESS, "U0BOSS") == Lifted(done.token, 1, done.standing - 1)
        assert (await it.take(it.event("warm", email=ADDRESS.lower()))).accepted == 1
        assert await it.number(ADDRESS) == number + 1
        assert (await it.take(it.event("warm", phone=PHONE))).erased == 1
        assert await it.core.erasing.lift(done.token, "U0BOSS") == Lifted(done.token, done.standing - 1, 0)
        assert (await it.take(it.event("warm", phone=PHONE))).accepted == 1
        assert [line.lifted != () for line in tombstones.read(tmp_path)] == [False, True, True]


async def test_the_company_s_other_leads_are_scored_without_what_only_the_erased_said(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        traits: dict[str, Value] = {"company": {"domain": "acme.example", "employees": 100, "name": "Acme of Karen"}}
        await it.take(it.event("warm", email="karen@acme.example", traits=traits))
        other = await it.says("warm", "other@acme.example")
        (row,) = await it.rows("SELECT score FROM scores WHERE lead_id = :id", id=other)
        assert row["score"] == 12000
        assert (await it.lead(other)).lead.company == "Acme of Karen"
        await it.core.erasing.erase(await it.number("karen@acme.example"), "U0BOSS")
        await it.pass_(0)
        (row,) = await it.rows("SELECT score FROM scores WHERE lead_id = :id", id=other)
        assert row["score"] == 6000
        assert (await it.lead(other)).lead.company is None
        assert_gone(tmp_path, "karen@")  # the name stays in what was frozen when the other crossed


async def test_a_merged_lead_goes_whole_by_any_of_its_numbers(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        first = await it.says("hot", "karen@rungsted.example", traits={"name": NAME})
        second = await it.says("warm", "isak@dinesen.example", traits={"name": "Isak Dinesen"})
        await it.core.instructions.say(
            Verb.JOIN, [f"L-{first}"], [f"L-{second}"], "cli:eva", "Isak is Karen", show=False
        )
        done = await it.core.erasing.erase(second, "U0BOSS")
        assert done.numbers == (first, second)
        assert_gone(tmp_path, "karen", "isak", "dinesen", NAME)
        assert await it.says("warm", "next@x.example") == second + 1
        assert await it.rows("SELECT 1 FROM instructions") == []
        actions = [row["action"] for row in await it.rows("SELECT action FROM audit ORDER BY id")]
        assert actions.count("identity_join") == 1  # the trail has it still, without the address


async def test_of_a_shared_browser_the_other_s_visits_stay(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(
            it.event("warm", anonymous_id="shared"), it.event("warm", email="a@x.example", anonymous_id="shared")
        )
        await it.pass_(DAY)
        await it.take(
            it.event("warm", anonymous_id="shared"), it.event("warm", email="b@x.example", anonymous_id="shared")
        )
        await it.core.erasing.erase(await it.number("a@x.example"), "U0BOSS")
        other = await it.number("b@x.example")
        assert len(await it.rows("SELECT seq FROM events")) == 2
        assert (await it.take(it.event("warm", anonymous_id="shared"))).accepted == 1
        await it.pass_(0)
        (row,) = await it.rows("SELECT score FROM scores WHERE lead_id = :id", id=other)
        assert row["score"] == 18000
        assert_gone(tmp_path, "a@x.example")


async def test_an_address_in_the_words_of_others_goes(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)
        other = await it.says("warm", "other@x.example", properties={"referred_by": ADDRESS})
        await it.core.handling.note(other, ANNA, f"Knows {ADDRESS}, who has {PHONE}.")
        letters = [
            gzip.compress(json.dumps({"email": ADDRESS}).encode()),
            f"mail={quote(ADDRESS, safe='')}".encode(),
            b"x",
        ]
        for body in letters:
            await it.core.store.write(
                lambda tx, body=body: tx.run(  # type: ignore[misc]
                    "INSERT INTO letters (source, received_at, code, method, url, path, headers, body) "
                    "VALUES ('site', 0, 'signature', 'POST', 'u', 'p', '{}', :body)",
                    body=body,
                )
            )
        await it.core.erasing.erase(number, "U0BOSS")
        assert_gone(tmp_path, ADDRESS, PHONE, quote(ADDRESS, safe=""))
        (note,) = await it.rows("SELECT text FROM notes WHERE lead_id = :id", id=other)
        assert note["text"] == "Knows erased, who has erased."
        assert [bytes(row["body"]) for row in await it.rows("SELECT body FROM letters")] == [b"x"]


async def test_added_by_hand_says_that_somebody_was_erased(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.erasing.erase(await karen(it), "U0BOSS")
        with pytest.raises(CannotAdd, match="was erased on request"):
            await it.core.adding.add_lead(ANNA, email=ADDRESS)
        assert_gone(tmp_path, ADDRESS)


async def test_two_admins_at_once_erase_once(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)
        erasing = it.core.erasing
        both = [erasing.erase(number, who) for who in ("U0BOSS", "U0CHIEF")]
        told = await asyncio.gather(*both, it.core.desk.claim(number, ANNA), return_exceptions=True)
        assert sum(isinstance(one, CannotErase) for one in told) == 1
        assert (await it.actions(number)).count("erased") == 1
        assert len(await erasing.listed()) == 1
        assert_gone(tmp_path, ADDRESS, NAME)


async def test_an_erasure_while_a_publication_rescores(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        numbers = [await it.says("hot", f"lead{n}@x.example") for n in range(150)]
        changed = MODEL.replace("hot = 100", "hot = 90")
        publishing = asyncio.create_task(it.core.publishing.publish(changed, "cli:eva", None, lambda _done, _all: None))
        for number in (numbers[3], numbers[70], numbers[149]):
            await it.core.erasing.erase(number, "U0BOSS")
        await publishing
        (left,) = await it.rows("SELECT COUNT(*) AS n FROM leads")
        assert left["n"] == 147
        for table in ("scores", "found", "crossings", "alerts"):
            ids = {row["lead_id"] for row in await it.rows(" ".join(("SELECT lead_id FROM", table)))}
            assert ids.isdisjoint({numbers[3], numbers[70], numbers[149]}), table
        assert_gone(tmp_path, "lead3@x.example", "lead70@", "lead149@")


async def test_who_is_named_while_the_log_is_looked_through_is_erased_there_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path) as it:
        number, other = await karen(it), await it.says("warm", "bo@syd.example")
        erasing, look_through = it.core.erasing, it.core.erasing._look_through

        def owe(tx: Tx) -> None:
            said = {"text": "soon"}
            outbox.owe(tx, sender="slack", kind="line", key="k", lane="C1", payload=said, now=it.clock())

        def say(tx: Tx) -> None:
            tx.run("UPDATE outbox SET payload = :said WHERE key = 'k'", said=json.dumps({"text": f"ask {ADDRESS}"}))

        async def looked(*args: Any) -> Looked:
            found = await look_through(*args)
            await it.core.store.write(say)
            await it.core.handling.note(other, ANNA, f"a colleague of {ADDRESS}")
            return found

        await it.core.store.write(owe)
        monkeypatch.setattr(erasing, "_look_through", looked)
        await erasing.erase(number, "U0BOSS")
        assert_gone(tmp_path, ADDRESS)
        texts = [row["text"] for row in await it.rows("SELECT text FROM notes")]
        assert texts == ["a colleague of erased"]


async def test_a_file_that_cannot_be_written_erases_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path) as it:
        number = await karen(it)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(tombstones, "append", full)
        with pytest.raises(CannotErase, match="Nothing was erased"):
            await it.core.erasing.erase(number, "U0BOSS")
        monkeypatch.undo()
        assert (await it.lead(number)).lead.name == NAME
        assert (await it.take(it.event("warm", email=ADDRESS.lower()))).accepted == 1


def test_a_torn_line_of_the_file_is_none(tmp_path: Path) -> None:
    tombstones.append(tmp_path, tombstones.Line("a", 1, "x", (1,), ("h",)))
    whole = (tmp_path / tombstones.FILE).read_bytes()
    (tmp_path / tombstones.FILE).write_bytes(whole + whole[:20])
    tombstones.append(tmp_path, tombstones.Line("b", 2, "x", (2,), ("i",)))
    assert [line.token for line in tombstones.read(tmp_path)] == ["a", "b"]
    (tmp_path / tombstones.FILE).write_bytes(b"garbage\n" + whole)
    with pytest.raises(StoreUnusable, match="Line 1 of"):
        tombstones.read(tmp_path)
    assert (tmp_path / tombstones.FILE).stat().st_mode & 0o077 == 0


def test_a_key_that_is_missing_beside_the_file_is_said(tmp_path: Path) -> None:
    tombstones.append(tmp_path, tombstones.Line("a", 1, "x"))
    with pytest.raises(StoreUnusable, match="but its key"):
        tombstones.key_of(tmp_path)


async def test_an_address_that_was_erased_is_nobody_s_right_one(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.core.erasing.erase(await karen(it), "U0BOSS")
        await it.says("warm", "karin@rungsted.example")
        with pytest.raises(CannotInstruct, match="was erased on request"):
            await it.core.instructions.say(
                Verb.CORRECT, ["karin@rungsted.example"], [ADDRESS], "cli:eva", None, show=False
            )
        assert_gone(tmp_path, ADDRESS)
