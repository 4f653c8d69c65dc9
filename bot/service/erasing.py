"""Export and erasure of a lead, and lifting an erasure; each act is audited (GDPR articles 15, 17, 20)."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.errors import DiskFull, HotleadError
from bot.service.erased import Erased
from bot.service.erasure import BEFOREHAND, LIFTED, Looked, erase, look_through
from bot.service.erasure_scope import scope_of
from bot.service.exporting import export_of
from bot.service.handling.state import ref
from bot.service.identity.identifiers import EMAIL, PHONE, USER_ID, normalise
from bot.service.identity.index import Identity
from bot.service.identity.rules import LEAD
from bot.service.incoming import Identifier
from bot.service.scorebook import Scorebook
from bot.service.source_health import SourceHealth
from bot.service.views import LeadRef
from bot.storage import audit, identities, leads, outbox, personal, tombstones
from bot.storage.forgetting import last_key
from bot.storage.store import Store, Tx
from bot.storage.tombstones import Line
from scoring.instants import Instant

log = structlog.get_logger(__name__)

Stepped = Callable[[int, int], None]
_KINDS: Final = (EMAIL, PHONE, USER_ID, "anonymous_id")
_LOOKS: Final = 240
_BETWEEN: Final = 0.25
_TRIES: Final = 5
_UNSETTLED: Final = frozenset({"owed", "sending", "unknown"})


class CannotErase(HotleadError):
    """There is nobody to erase, or nothing to lift; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would take: how many rows of what."""

    lead: LeadRef
    numbers: tuple[int, ...]
    """The lead's, and those that it had before."""
    identifiers: tuple[str, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Done:
    """An erasure as it stands: what went, and how far Slack is."""

    token: str
    at: Instant
    actor: str
    numbers: tuple[int, ...]
    counts: Mapping[str, int]
    standing: int
    """Identifiers that keep the person away."""
    taken_back: int = 0
    """Messages that say it is erased, or say it no more."""
    waiting: int = 0
    refused: tuple[str, ...] = ()
    """Where Slack refused, and why."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """How many identifiers are let in again, and how many of the same erasure still keep the person away."""

    token: str
    lifted: int
    kept: int


class Erasing:
    """Each method is one transaction, but for the looking through beforehand."""

    def __init__(
        self,
        store: Store,
        erased: Erased,
        identity: Identity,
        scorebook: Scorebook,
        health: SourceHealth,
        clock: Clock,
    ) -> None:
        self._store = store
        self._erased = erased
        self._identity = identity
        self._scorebook = scorebook
        self._health = health
        self._clock = clock
        self.changed: Callable[[], None] = lambda: None
        self.delivers = False
        """Whether this process tells Slack anything: then it is worth waiting for what Slack says."""

    # ---- looking

    async def plan(self, number: int) -> Plan:
        """What erasing a lead would take. Raises CannotErase where there is none."""

        return await self._store.read(lambda tx: plan_of(tx, number))

    async def was_erased(self, number: int) -> bool:
        """Whether there was a lead of this number, and an erasure took it."""
        return await self._store.read(lambda tx: tombstones.token_of_lead(tx, number)) is not None

    async def export(self, number: int) -> dict[str, Any]:
        """Everything that is held about a lead, as JSON values. Raises CannotErase where there is none."""
        models, now = self._scorebook.models, self._clock()
        return await self._store.read(lambda tx: export_of(tx, lead_of(tx, number)["id"], models, now))

    async def listed(self) -> tuple[Done, ...]:
        """Every erasure, newest first."""
        return await self._store.read(lambda tx: tuple(_done(tx, row) for row in tombstones.every(tx)))

    async def done(self, token: str) -> Done:
        """One erasure as it stands now."""
        found = [one for one in await self.listed() if one.token == token]
        if not found:
            raise CannotErase(f"There is no erasure {token}.")
        return found[0]

    # ---- doing

    async def export_to(self, number: int, actor: str) -> None:
        """Owe somebody a lead's export, as a file in their direct messages; audited."""

        def work(tx: Tx) -> None:
            lead, now = lead_of(tx, number), self._clock()
            key = f"export:{lead['id']}:{actor}:{now}"
            outbox.owe(tx, sender="slack", kind="export", key=key, lane=actor, payload={"lead": lead["id"]}, now=now)
            _note_export(tx, lead, actor, now)

        await self._store.write(work)
        self.changed()

    async def exported(self, number: int, actor: str) -> None:
        """Note that somebody takes a lead's export with them. Raises CannotErase where there is no such lead."""
        await self._store.write(lambda tx: _note_export(tx, lead_of(tx, number), actor, self._clock()))

    async def erase(self, number: int, actor: str, stepped: Stepped = lambda _done, _all: None) -> Done:
        """Erase a lead for good. Raises CannotErase where there is none, or where it is erased already."""
        await self._health.store()  # refused requests that are still in memory are looked through like the others
        looked = await self._look_through(number, stepped)
        token = secrets.token_hex(8)

        def work(tx: Tx) -> None:
            now = self._clock()
            lead = lead_of(tx, number)
            scope = scope_of(tx, lead["id"])
            erase(tx, self._erased, scope, Line(token, now, actor), now, self._due, looked)
            self._identity.forget()
            self._scorebook.histories.forget_all()

        try:
            await self._store.write(work)
        except OSError as trouble:
            raise CannotErase(
                f"Nothing was erased: {self._erased.folder / tombstones.FILE} cannot be written ({trouble})."
            ) from trouble
        except DiskFull as trouble:
            raise CannotErase(f"Nothing was erased. {trouble}") from trouble
        await self._empty_log()
        self.changed()
        return await self.done(token)

    async def _empty_log(self) -> None:
        """What was erased must not stay in the write-ahead log; somebody who reads just now is waited for."""
        for _ in range(_TRIES):
            if await self._store.checkpoint():
                return
            await asyncio.sleep(_BETWEEN)
        log.warning("log_not_emptied", advice="somebody reads the database; the next erasure or the night empties it")

    async def said(self, token: str, stepped: Stepped) -> Done:
        """An erasure once Slack has said of every message what became of it; but no longer than a minute."""
        done = await self.done(token)
        for _ in range(_LOOKS if self.delivers else 0):
            if not done.waiting:
                break
            stepped(done.taken_back + len(done.refused), done.taken_back + len(done.refused) + done.waiting)
            await asyncio.sleep(_BETWEEN)
            done = await self.done(token)
        return done

    async def lift(self, value: str, actor: str) -> Lifted:
        """Let somebody who was erased come back with events to come.

        `value` is an identifier, or the name of an erasure, which lifts all of it.
        """

        def work(tx: Tx) -> Lifted:
            now = self._clock()
            standing = tombstones.standing(tx)
            hashes = frozenset(tombstones.of_token(tx, value)) or self._of_value(value) & standing
            if not hashes:
                raise CannotErase(
                    f"{value} names nobody who was erased, or it was lifted. `hotlead leads erased` lists erasures."
                )
            token = tombstones.token_of(tx, next(iter(hashes)))
            tombstones.lift(tx, hashes)
            audit.record(tx, at=now, actor=actor, action=LIFTED, after=token)
            self._erased.forget()
            tombstones.append(self._erased.folder, Line(token, now, actor, lifted=tuple(sorted(hashes))))
            return Lifted(token, len(hashes), len(tombstones.of_token(tx, token)))

        return await self._store.write(work)

    def _of_value(self, value: str) -> frozenset[str]:
        kind, equals, rest = value.partition("=")
        named = {Identifier(kind, rest)} if equals else set()
        for one in _KINDS:
            named |= {Identifier(one, value), Identifier(one, normalise(one, value) or value)}
        return frozenset(self._erased.hashed(one) for one in named)

    def _due(self, tx: Tx, lead_ids: list[int], now: Instant) -> None:
        for number in lead_ids:
            self._scorebook.histories.forget(number)
        self._scorebook.make_due(tx, lead_ids, now, "event")

    async def _look_through(self, number: int, stepped: Stepped) -> Looked:
        """Find where else an address of the person is said, in short readings: the writer must not wait for it."""
        values = await self._store.read(lambda tx: scope_of(tx, lead_of(tx, number)["id"]).values)
        if not values:
            return Looked()
        last = await self._store.read(lambda tx: {table: last_key(tx, table) for table in BEFOREHAND})
        saying: dict[str, frozenset[int]] = {}
        total, before = sum(last.values()), 0
        for table, until in last.items():
            found, done = set[int](), 0
            while done < until:
                done, some = await self._store.read(
                    lambda tx, table=table, after=done: look_through(tx, table, after, values)  # type: ignore[misc]
                )
                found |= some
                stepped(min(before + done, total), total)
            last[table], saying[table], before = done, frozenset(found), before + until
        return Looked(last, saying)


def plan_of(tx: Tx, number: int) -> Plan:
    """What erasing a lead would take. Raises CannotErase where there is none."""
    lead = lead_of(tx, number)
    scope = scope_of(tx, lead["id"])
    rows = identities.by_ids(tx, scope.named)
    named = tuple(f"{row['kind']}: {row['value']}" for row in rows if row["kind"] != LEAD)
    counts = {**personal.counted(tx, scope), "outbox": outbox.count_said(tx, scope.messages)}
    return Plan(ref(lead), tuple(sorted(scope.leads)), named, counts)


def lead_of(tx: Tx, number: int) -> Any:
    """A lead that is one now. Raises CannotErase where it is none, or was erased."""
    lead = leads.get(tx, number)
    if lead is None:
        when = tombstones.token_of_lead(tx, number)
        raise CannotErase(f"L-{number} was erased already." if when else f"There is no lead L-{number}.")
    return lead


def _note_export(tx: Tx, lead: Any, actor: str, now: Instant) -> None:
    audit.record(tx, at=now, actor=actor, action="exported", lead_id=lead["id"])


def _done(tx: Tx, row: Any) -> Done:
    rows = outbox.of_erasure(tx, row["token"])
    return Done(
        row["token"],
        row["at"],
        row["actor"],
        tuple(sorted(json.loads(row["leads"]))),
        json.loads(row["counts"]),
        row["standing"],
        sum(one["state"] == "done" for one in rows),
        sum(one["state"] in _UNSETTLED for one in rows),
        tuple(_refused(one) for one in rows if one["state"] == "refused"),
    )


def _refused(row: Any) -> str:
    where = row["channel"] or row["lane"].removeprefix("update:")
    at = f" at {row['ts']}" if row["ts"] else ""
    return f"{where}{at}: {row['error']}"
