"""The store: one writer, readers that cannot write, all or nothing, and one winner of every conditional UPDATE."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StoreUnusable
from bot.service.views import AlertFacts, Contact, LeadRef, Notice, Reason
from bot.service.views_json import facts_from_json, facts_to_json, notice_from_json, notice_to_json
from bot.storage import audit, events, leads, meta
from bot.storage.migrate import bring_up_to_date
from bot.storage.store import Store, Tx
from tests.bot.service.house import T0


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    await asyncio.to_thread(bring_up_to_date, tmp_path / "x.db", T0)
    opened = Store(tmp_path / "x.db")
    yield opened
    await opened.close()


async def test_a_transaction_that_raises_leaves_nothing_and_what_was_remembered_is_forgotten(
    store: Store,
) -> None:
    forgotten: list[bool] = []
    store.rolled_back = lambda: forgotten.append(True)

    def work(tx: Tx) -> None:
        meta.put(tx, "a", "1")
        raise ArithmeticError("a fault of ours")

    with pytest.raises(ArithmeticError):
        await store.write(work)
    assert forgotten == [True]
    assert await store.read(lambda tx: meta.get(tx, "a")) is None


async def test_what_is_to_follow_a_commit_follows_it_and_no_rollback(store: Store) -> None:
    told: list[str] = []

    def work(tx: Tx, *, fails: bool) -> None:
        tx.after_commit(lambda: told.append("after"))
        told.append("in")
        if fails:
            raise ArithmeticError("a fault of ours")

    await store.write(lambda tx: work(tx, fails=False))
    with pytest.raises(ArithmeticError):
        await store.write(lambda tx: work(tx, fails=True))
    assert told == ["in", "after", "in"]


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await store.read(lambda tx: meta.put(tx, "a", "1"))


async def test_a_reader_sees_one_snapshot_and_only_what_is_committed(store: Store) -> None:
    def work(tx: Tx) -> None:
        meta.put(tx, "a", "1")
        assert meta.get(tx, "a") == "1"

    assert await store.read(lambda tx: meta.get(tx, "a")) is None
    await store.write(work)
    assert await store.read(lambda tx: meta.get(tx, "a")) == "1"


async def test_of_fifty_that_change_a_row_on_a_condition_at_once_one_wins(store: Store) -> None:
    number = await store.write(lambda tx: leads.add(tx, T0))
    claims = (store.write(lambda tx, n=n: leads.claim(tx, number, f"U{n}", T0)) for n in range(50))  # type: ignore[misc]
    won = await asyncio.gather(*claims)
    assert won.count(True) == 1
    lead = await store.read(lambda tx: leads.get(tx, number))
    assert lead["owner"] == f"U{won.index(True)}"


async def test_a_unit_of_work_has_the_write_lock_from_its_first_moment(store: Store) -> None:
    def work(_tx: Tx) -> None:
        other = sqlite3.connect(store.path, timeout=0, isolation_level=None)
        try:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()

    await store.write(work)


async def test_a_part_that_fails_takes_back_only_itself(store: Store) -> None:
    def fails(tx: Tx) -> None:
        with tx.attempt():
            meta.put(tx, "within", "1")
            raise ArithmeticError("a fault of ours")

    def work(tx: Tx) -> None:
        meta.put(tx, "before", "1")
        with pytest.raises(ArithmeticError):
            fails(tx)
        with tx.attempt():
            meta.put(tx, "after", "1")

    forgotten: list[bool] = []
    store.rolled_back = lambda: forgotten.append(True)
    await store.write(work)
    assert forgotten == [True]
    rows = await store.read(lambda tx: tx.all("SELECT name FROM meta WHERE value = '1' ORDER BY name"))
    assert [row["name"] for row in rows] == ["after", "before"]


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'other'", "DELETE FROM audit"])
async def test_the_audit_trail_is_never_changed(store: Store, sql: str) -> None:
    await store.write(lambda tx: audit.record(tx, at=T0, actor="U1", action="claimed"))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        await store.write(lambda tx: tx.run(sql))
    (row,) = await store.read(lambda tx: tx.all("SELECT actor FROM audit"))
    assert row["actor"] == "U1"


async def test_the_words_beside_the_trail_can_be_erased(store: Store) -> None:
    await store.write(lambda tx: audit.record(tx, at=T0, actor="U1", action="status", lead_id=1, note="private"))
    await store.write(lambda tx: tx.run("DELETE FROM audit_notes"))
    (row,) = await store.read(lambda tx: audit.of_lead(tx, 1, 10))
    assert (row["action"], row["note"]) == ("status", None)


async def test_no_number_of_an_event_is_given_twice_in_a_transaction(store: Store) -> None:
    assert await store.write(lambda tx: [events.next_seq(tx) for _ in range(3)]) == [1, 2, 3]
    assert await store.write(events.next_seq) == 1


async def test_the_pragmas_are_those_that_keep_what_was_accepted(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
    found = await store.write(lambda tx: {name: tx.value(f"PRAGMA {name}") for name in wanted})
    assert found == wanted


async def test_a_value_of_the_wrong_kind_is_refused(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER column"):
        await store.write(lambda tx: tx.run("INSERT INTO leads (created_at) VALUES ('yesterday')"))


async def test_a_database_that_cannot_be_written_says_so(store: Store) -> None:
    await store.check()
    await store.write(lambda tx: tx.run("DROP TABLE meta"))
    with pytest.raises(StoreUnusable, match=r"cannot be written"):
        await store.check()


@given(text=st.text(), cents=st.decimals(-10_000, 10_000, places=2), at=st.integers(0, 2**53))
def test_what_is_frozen_in_an_alert_and_a_notice_comes_back_as_it_was(text: str, cents: object, at: int) -> None:
    lead = LeadRef(1, text, text, None, "hot", cents)  # type: ignore[arg-type]
    reason = Reason(None, text, cents, 2, at)  # type: ignore[arg-type]
    facts = AlertFacts(lead, text, "m", "hot", None, cents, cents, cents, at, (reason,), ((text, text),), ())  # type: ignore[arg-type]
    notice = Notice("better", lead=lead, contact=Contact(text, None), at=at, broadcast=True)
    assert facts_from_json(facts_to_json(facts)) == facts
    assert notice_from_json(notice_to_json(notice)) == notice
