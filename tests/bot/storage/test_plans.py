"""No query of the service reads a whole table that grows: SQLite is asked how it would run each one.

Every statement in bot/storage is found in its source. Most are plain text; those that are put together as they are
needed are run once (`SAMPLES`), and what was run is looked at. What may read a whole table is named, with the reason.
"""

from __future__ import annotations

import ast
import importlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

import pytest

import bot.storage
from bot.storage import (
    audit,
    forgetting,
    former_leads,
    handling,
    identities,
    leads,
    personal,
    rederiving,
    results,
    source_counts,
)
from bot.storage.migrate import bring_up_to_date
from bot.storage.store import Tx, _spelled
from bot.storage.tables import metadata

GROWING: Final = frozenset(
    """
    events identifiers namings aliases identifications leads former_leads name_words scores crossings alerts outbox
    steps turns contacts notes qualifications audit audit_notes companies company_keys company_namings found letters
    """.split()
)
"""Tables that grow with traffic; all others grow with what people configure, instruct or publish."""

MAY_SCAN: Final[Mapping[str, str]] = {
    # asked by an admin, once in a while
    "identities.with_value": "an instruction about an identifier whose kind was not said",
    "forgetting": "erasing somebody reads everything, so that nothing is left",
    "identities.every": "a restore compares everybody with who was erased",
    "log.count": "progress of an export or a back-test",
    "publications.begin": "a publication counts the leads that it will rescore",
    "rederiving": "another configuration is applied to everything, at a start",
    "outbox.doubt_all": "a restore looks at everything that was owed",
    "letters.counts": "refused requests that were kept; there are few",
    "letters.forget_old": "the same, by the hour",
    # a report
    "results.held_back": "a digest, once a day",
    "results.cooled": "a digest, once a day",
    "results.listed recent": "how many leads there are, beside the first page of them",
    "results.listed all": "the same of those that pass filters",
    # ends with its first row
    "events.first_instant": "the first event",
    "events.last_instant": "the newest event and the newest row of the trail",
    "rederiving.is_any": "whether there is any",
}

PARTIAL: Final = frozenset(
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
)
"""Indexes of what waits, is owned, is owed: reading one from end to end reads nothing that is over."""

_SCAN: Final = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
_CALLS: Final = frozenset({"all", "one", "value", "run", "insert", "many", "together"})
_ALIASES: Final = re.compile(r"(?:FROM|JOIN|UPDATE|,)\s+(\w+)(?:\s+AS\s+(\w+))?")
_COLUMNS: Final = re.compile(r"(?:INSERT INTO )?\w+ \(([\w, ]+)\)(?: AS \()? ?\(?\{rows\}")


class Statement(NamedTuple):
    """A statement and where it stands: module.function."""

    where: str
    sql: str


def lists(tx: Tx, name: str) -> list[object]:
    """A list with each of its filters, and with none."""
    filtered = ({}, *({key: "x" if key != "territory" else "[]"} for key in results.FILTERS))
    return [results.listed(tx, name, filters, model="m", user="U1", now=1, limit=10) for filters in filtered]


SAMPLES: Final[Mapping[str, Callable[[Tx], object]]] = {
    "forgetting.messages_about": lambda tx: forgetting.messages_about(tx, [1], [1], ["ann@x.example"]),
    "forgetting.cut_alerts": lambda tx: forgetting.cut_alerts(tx, [1]),
    "forgetting.mentioning": lambda tx: [
        list(forgetting.mentioning(tx, table, 0, 100, ["ann@x.example"])) for table, _, _ in personal.MENTIONS
    ],
    "forgetting.last_key": lambda tx: [forgetting.last_key(tx, table) for table, _, _ in personal.MENTIONS],
    "forgetting.say_instead": lambda tx: forgetting.say_instead(tx, "events", 1, "raw", "x"),
    "audit.after": lambda tx: [audit.after(tx, 1, 10), audit.after(tx, 1, 10, lead_id=1, by="an", since=1)],
    "former_leads.take_back": lambda tx: former_leads.take_back(tx, 1, {"id": 1, "created_at": 1}),
    "former_leads.put": lambda tx: former_leads.put(tx, 1, {"reason": "x"}),
    "handling.change": lambda tx: handling.change(tx, 1, reason="x"),
    "identities.around": lambda tx: identities.around(tx, 1, 1, by_mail=False),
    "leads.by_words": lambda tx: leads.by_words(tx, ["an", "bo"], 10),
    "personal.held": lambda tx: personal.held(tx, personal.Scope()),
    "personal.counted": lambda tx: personal.counted(tx, personal.Scope()),
    "personal.erase": lambda tx: personal.erase(tx, personal.Scope()),
    "rederiving.forget": rederiving.forget,
    "source_counts.begin_trouble": lambda tx: source_counts.begin_trouble(tx, "x", "quiet", 1),
    "source_counts.end_trouble": lambda tx: source_counts.end_trouble(tx, "x", "quiet"),
    "results.listed": lambda tx: [lists(tx, name) for name in results.LISTS if name not in ("recent", "all")],
    "results.listed recent": lambda tx: lists(tx, "recent"),
    "results.listed all": lambda tx: lists(tx, "all"),
}
"""What is put together as it is needed: one call of each function."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("plans") / "hotlead.db"
    bring_up_to_date(path, 0)
    db = sqlite3.connect(path, isolation_level=None)
    db.row_factory = sqlite3.Row
    yield db
    db.close()


def calls() -> Iterator[tuple[str, str, ast.expr, ModuleType]]:
    """Every statement that storage sends: where, by which method, its text as it is written."""
    folder = Path(bot.storage.__file__).parent
    for path in sorted(folder.glob("*.py")):
        module = importlib.import_module(f"bot.storage.{path.stem}" if path.stem != "__init__" else "bot.storage")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and (method := method_of(call)) in _CALLS:
                    yield f"{path.stem}.{function.name}", method, call.args[0], module


def method_of(call: ast.Call) -> str:
    """Which method of a transaction is called; empty where it is none's."""
    called = call.func
    is_tx = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "tx"
    return called.attr if is_tx and isinstance(called, ast.Attribute) and call.args else ""


def plain(written: ast.expr, module: ModuleType) -> str | None:
    """The text of a statement, where it can be read without calling its function."""
    words = {name: value for name, value in vars(module).items() if isinstance(value, str | tuple)}
    try:
        text = eval(compile(ast.Expression(written), "<sql>", "eval"), words)  # noqa: S307 - our own source
    except NameError:
        return None
    assert isinstance(text, str)
    return text


def statements(db: sqlite3.Connection) -> list[Statement]:
    """Every statement of storage as SQLite gets it, with something for each of its parameters."""
    found = []
    for where, method, written, module in calls():
        text = plain(written, module)
        if text is None:
            continue
        if method == "together":
            columns = _COLUMNS.search(text)
            assert columns is not None, text
            text = _spelled(text, 2, len(columns[1].split(",")))
        found.append(Statement(where, text))
    for where, call in SAMPLES.items():
        said: list[str] = []
        db.execute("BEGIN")
        db.set_trace_callback(said.append)
        call(Tx(db))
        db.set_trace_callback(None)
        db.execute("ROLLBACK")
        found += [Statement(where, sql) for sql in said]
    return found


def scanned(db: sqlite3.Connection, sql: str) -> set[str]:
    """The tables that a statement reads from end to end."""
    values = dict.fromkeys(re.findall(r":(\w+)", sql))
    rows = db.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?") if "?" in sql else values)
    tables = {alias or table: table for table, alias in _ALIASES.findall(sql)}
    read = [found.groups() for row in rows if (found := _SCAN.match(row["detail"]))]
    return {str(tables.get(name, name)) for name, index in read if index not in PARTIAL} & set(metadata.tables)


def allowed(where: str) -> bool:
    return where in MAY_SCAN or where.partition(".")[0] in MAY_SCAN


def test_no_query_reads_a_whole_table_that_grows(database: sqlite3.Connection) -> None:
    wrong = {
        f"{one.where} reads all of {', '.join(sorted(tables))}"
        for one in statements(database)
        if (tables := scanned(database, one.sql) & GROWING) and not allowed(one.where)
    }
    assert not wrong


def test_what_is_put_together_is_looked_at_too() -> None:
    assert {where for where, _, written, module in calls() if plain(written, module) is None} == {
        name.split()[0] for name in SAMPLES
    }


def test_what_may_scan_does(database: sqlite3.Connection) -> None:
    """A reason that no statement needs any more would hide the next one."""
    scanning = {one.where for one in statements(database) if scanned(database, one.sql) & GROWING}
    for name in MAY_SCAN:
        assert any(where == name or where.partition(".")[0] == name for where in scanning), name


def test_a_query_without_an_index_is_found(database: sqlite3.Connection) -> None:
    assert scanned(database, "SELECT id FROM leads WHERE title = :title") == {"leads"}
    assert scanned(database, "SELECT id FROM leads AS l WHERE l.id = :id") == set()


def test_every_table_is_one_that_grows_or_not() -> None:
    assert set(metadata.tables) >= GROWING
