"""The store: one writer, a few readers, and transactions that run whole in the database's thread.

Rules. A unit of work is a plain function of a `Tx`; it runs between BEGIN IMMEDIATE and COMMIT on the writer's only
connection, in one hop to its thread, so that no statement of another unit can come between and nobody ever waits for a
lock (the defaults gave one lead to many reps). Readers are query_only and short. Only the writer checkpoints.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import StoreUnusable
from bot.logs import current_request
from bot.storage.disk import full, has_no_room, is_full
from bot.storage.wal import Log

T = TypeVar("T")

_EVERY: Final = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
)
_WRITER: Final = (
    "PRAGMA cache_size=-32768",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=1000",
    "PRAGMA journal_size_limit=67108864",
)
_READER: Final = ("PRAGMA cache_size=-4096", "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON")


_TOGETHER: Final = 128
"""Rows of one statement at most. Sizes are powers of two, so that the driver keeps few texts prepared."""


_PREPARED: Final = 512
"""Statements that a connection keeps prepared: all that the intake uses, in every size of `Tx.together`."""


@lru_cache(maxsize=256)
def _spelled(sql: str, rows: int, columns: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return sql.replace("{rows}", f"VALUES {', '.join([row] * rows)}")


class Moves:
    """Where stored events came to say something of another company, or to count no more, or again.

    Whoever remembers what is said of companies takes it from here before asking itself.
    """

    __slots__ = ("_everything", "_keys")

    def __init__(self) -> None:
        self._keys: set[int] = set()
        self._everything = False

    def key(self, company_key_id: int | None) -> None:
        """Other events than before name the company by this key."""
        if company_key_id is not None:
            self._keys.add(company_key_id)

    def everything(self) -> None:
        """It is not known which company."""
        self._everything = True

    def take(self) -> Iterable[int] | None:
        """The keys since it was asked last; None: any may be."""
        keys, everything = self._keys, self._everything
        self._keys, self._everything = set(), False
        return None if everything else keys


class Tx:
    """One transaction. Statements are plain SQL with `:name` parameters that SQLite and PostgreSQL both accept."""

    __slots__ = ("_db", "_hooks", "_rolled_back", "given", "left", "moves", "request")

    def __init__(
        self,
        db: sqlite3.Connection,
        request: str | None = None,
        rolled_back: Callable[[], None] = lambda: None,
        moves: Moves | None = None,
    ) -> None:
        self._db = db
        self._rolled_back = rolled_back
        self.moves = moves or Moves()
        self.request = request
        """The id of the request that causes what is written now; None for what nobody asked for."""
        self._hooks: list[Callable[[], None]] = []
        self.left: set[str] = set()
        """What this transaction leaves for the loops: something `owed` to somebody, or `due` at once."""
        self.given: dict[str, int] = {}
        """The last number given out in this transaction, of rows that are stored together at its end."""

    def all(self, sql: str, /, **values: Any) -> list[Any]:
        """Every row; columns are read by name or position."""
        return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, /, **values: Any) -> Any:
        """The first row, or None."""
        return self._db.execute(sql, values).fetchone()

    def value(self, sql: str, /, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, /, **values: Any) -> int:
        """Change something; how many rows it changed. Whoever sends a conditional UPDATE looks at it."""
        return self._db.execute(sql, values).rowcount

    def insert(self, sql: str, /, **values: Any) -> int:
        """Insert a row with `RETURNING` its number."""
        row = self._db.execute(sql, values).fetchone()
        return int(row[0])

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """The same statement for every row."""
        self._db.executemany(sql, rows)

    def together(self, sql: str, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """One statement for many rows, which stand where it says `{rows}` as VALUES (…), (…); what it finds.

        Beside a busy event loop each statement waits for its turn twice, so that a group of events must cost a few.
        """
        found: list[Any] = []
        start = 0
        while start < len(rows):
            size = min(_TOGETHER, 1 << ((len(rows) - start).bit_length() - 1))
            part = rows[start : start + size]
            start += size
            found += self._db.execute(_spelled(sql, size, len(part[0])), list(chain.from_iterable(part))).fetchall()
        return found

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may fail: then only what it changed is taken back, and its error goes on.

        What was remembered beside the store is forgotten, as when a whole transaction fails.
        """
        self._db.execute("SAVEPOINT attempt")
        hooks = len(self._hooks)
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO SAVEPOINT attempt")
            del self._hooks[hooks:]
            self._rolled_back()
            raise
        finally:
            self._db.execute("RELEASE SAVEPOINT attempt")

    @contextmanager
    def asked_by(self, request: str | None) -> Iterator[None]:
        """A part that is written because of this request."""
        before, self.request = self.request, request
        try:
            yield
        finally:
            self.request = before

    def after_commit(self, hook: Callable[[], None]) -> None:
        """Call `hook` on the event loop once this transaction is durable; never if it is rolled back."""
        self._hooks.append(hook)

    def committed(self) -> None:
        """Run the hooks (the store calls this)."""
        for hook in self._hooks:
            hook()


class Store:
    """The database file of one service."""

    def __init__(self, path: Path, *, readers: int = 4) -> None:
        self.path = path
        url = sa.URL.create("sqlite+aiosqlite", database=str(path))
        self._writer = make_engine(url, size=1, pragmas=_EVERY + _WRITER)
        self._reader = make_engine(url, size=readers, pragmas=_EVERY + _READER)
        self._moves = Moves()
        self._turn = asyncio.Lock()
        self._log = Log(Path(f"{path}-wal"))
        self.told: Callable[[set[str]], None] = lambda _: None
        """Called after a commit that leaves something owed or due."""
        self.waited: Callable[[float], None] = lambda _: None
        """Told how many seconds a unit of work waited for its turn to write."""
        self.rolled_back: Callable[[], None] = lambda: None
        """Called when a unit of work, or a part of it, failed, before anything else is done: what was remembered
        beside the store is wrong."""

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run a unit of work in a transaction of its own; durable when this returns (synchronous=FULL)."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        await self._log.room()
        async with self._turn:
            self.waited(loop.time() - asked)
            try:
                tx, result = await transact(self._writer, "BEGIN IMMEDIATE", work, self.rolled_back, self._moves)
            except BaseException as trouble:
                self.rolled_back()
                if is_full(trouble, self.path):
                    raise full(self.path) from trouble
                raise
        tx.committed()
        if tx.left:
            self.told(tx.left)
        self._log.look(self._checkpoint)
        return result

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a function over one consistent snapshot; it cannot write."""
        async with self._log.read():
            _, result = await transact(self._reader, "BEGIN", work)
        return result

    async def checkpoint(self) -> bool:
        """Write the write-ahead log back into the database and empty it; False where another process reads it.

        Reads of this process are waited for. Only the writer ever does this: older SQLites lose rows when two
        connections do.
        """
        return await self._log.empty(self._checkpoint)

    async def _checkpoint(self, patience: float) -> bool:
        async with self._turn:
            connection = await self._writer.raw_connection()
            try:
                driver = connection.driver_connection
                return driver is not None and bool(await driver._execute(_checkpoint, driver._conn, patience))
            finally:
                connection.close()

    async def check(self) -> None:
        """Raise StoreUnusable unless the database can be written, and what comes in be stored."""
        if await asyncio.to_thread(has_no_room, self.path):
            raise full(self.path)
        try:
            await self.write(lambda tx: tx.run("UPDATE meta SET value = value WHERE name = 'program'"))
        except (sqlite3.Error, SQLAlchemyError) as trouble:
            raise StoreUnusable(f"The database {self.path} cannot be written: {trouble}") from trouble

    async def close(self) -> None:
        await self._log.close()
        await self._reader.dispose()
        await self._writer.dispose()


def _checkpoint(db: sqlite3.Connection, patience: float) -> bool:
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # as much as readers allow, without making them wait
    db.execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
    try:
        (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute("PRAGMA busy_timeout=5000")
    return not busy


def make_engine(url: sa.URL, *, size: int, pragmas: tuple[str, ...]) -> AsyncEngine:
    """An engine whose connections begin with these pragmas. It keeps the connections; `transact` begins and ends."""
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        poolclass=sa.AsyncAdaptedQueuePool,
        pool_reset_on_return=None,
        connect_args={"cached_statements": _PREPARED},
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we send BEGIN IMMEDIATE ourselves: the driver's is late and deferred
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    return engine


async def transact(
    engine: AsyncEngine,
    begin: str,
    work: Callable[[Tx], T],
    rolled_back: Callable[[], None] = lambda: None,
    moves: Moves | None = None,
) -> tuple[Tx, T]:
    """Run `work` between `begin` and COMMIT in one hop to the connection's thread.

    A hop costs more than a statement, and three of them (begin, work, commit) more than most units of work.
    """
    connection = await engine.raw_connection()
    try:
        driver = connection.driver_connection
        if driver is None:  # the pool has just handed it out; this is for the type checker
            raise StoreUnusable("the database connection is gone")
        result: tuple[Tx, T] = await driver._execute(
            _unit, driver._conn, begin, work, current_request(), rolled_back, moves
        )
        return result
    finally:
        connection.close()


def _unit(
    db: sqlite3.Connection,
    begin: str,
    work: Callable[[Tx], T],
    request: str | None,
    rolled_back: Callable[[], None],
    moves: Moves | None,
) -> tuple[Tx, T]:
    db.row_factory = sqlite3.Row
    db.execute(begin)
    try:
        tx = Tx(db, request, rolled_back, moves)
        result = work(tx)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has rolled it back already
            db.execute("ROLLBACK")
        raise
    return tx, result
