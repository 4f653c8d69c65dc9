"""Files of the past: their events go through intake like any other, marked as history, so that nobody is alerted.

The reader of the file hands over batches of events, each with the line it ends at. The line is noted after the batch is
durable. After an interruption in between the batch comes again, and its events are duplicates without effect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.clock import Clock
from bot.errors import Overloaded
from bot.language import counted
from bot.service.group import Receipt
from bot.service.incoming import Identifier, SourcedEvent
from bot.service.intake import Intake
from bot.service.source_health import DUPLICATE, HISTORY, SourceHealth
from bot.storage import audit, imports
from bot.storage.store import Store, Tx
from scoring.instants import Instant

_PATIENCE: Final = 120
"""So often a batch is tried while the service has a lot to do."""
_PAUSE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a file is."""

    import_id: int
    lines: int
    accepted: int
    duplicates: int
    bad: int
    ended_at: Instant | None


class Importing:
    """The service's end of an import."""

    def __init__(self, store: Store, intake: Intake, health: SourceHealth, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._health = health
        self._clock = clock

    async def begin(self, file: str, source: str, name: str, *, again: bool = False) -> Standing:
        """Where to go on with a file, known by a hash of what it holds."""

        def work(tx: Tx) -> Standing:
            row = imports.begin(tx, file=file, source=source, name=name, now=self._clock())
            if again:
                imports.again(tx, row["id"])
                row = imports.begin(tx, file=file, source=source, name=name, now=self._clock())
            return _standing(row)

        return await self._store.write(work)

    async def take(
        self, import_id: int, source: str, events: Sequence[SourcedEvent], *, lines: int, bad: int
    ) -> Receipt:
        """Store a batch; `lines` says up to which line the file is dealt with. Raises Overloaded after a long while."""
        receipt = await self._accept(source, events)
        self._health.took(source, {HISTORY: receipt.accepted, DUPLICATE: receipt.duplicates})

        def work(tx: Tx) -> None:
            done = {"accepted": receipt.accepted, "duplicates": receipt.duplicates}
            imports.advance(tx, import_id, lines=lines, bad=bad, **done)

        await self._store.write(work)
        return receipt

    async def _accept(self, source: str, events: Sequence[SourcedEvent]) -> Receipt:
        """What is live goes first: while the service has enough to do, history waits."""
        for _ in range(_PATIENCE):
            try:
                return await self._intake.accept(source, events, history=True)
            except Overloaded:
                await asyncio.sleep(_PAUSE)
        return await self._intake.accept(source, events, history=True)

    async def end(self, import_id: int, actor: str) -> Standing:
        """The file is through; the audit trail says who brought it."""

        def work(tx: Tx) -> Standing:
            now = self._clock()
            row = imports.end(tx, import_id, now)
            # a file's name may be somebody's: it lies apart
            told = f"{row['source']}: {counted(row['accepted'], 'event')}"
            audit.record(tx, at=now, actor=actor, action="import", after=told, note=row["name"])
            return _standing(row)

        return await self._store.write(work)


def _standing(row: Any) -> Standing:
    return Standing(row["id"], row["lines"], row["accepted"], row["duplicates"], row["bad"], row["ended_at"])


def event_to_json(event: SourcedEvent) -> dict[str, Any]:
    """An event as it goes over the control socket."""
    return {
        "id": event.id,
        "type": event.type,
        "at": event.occurred_at,
        "properties": event.properties,
        "traits": event.traits,
        "who": [[one.kind, one.value] for one in event.identifiers],
        "alias_of": [[one.kind, one.value] for one in event.alias_of],
        "flags": event.flags,
        "quarantine": event.quarantine,
        "raw": event.raw,
    }


def event_from_json(stated: Mapping[str, Any]) -> SourcedEvent:
    """The other way round."""
    return SourcedEvent(
        id=stated["id"],
        type=stated["type"],
        occurred_at=stated["at"],
        properties=stated["properties"],
        traits=stated["traits"],
        identifiers=tuple(Identifier(kind, value) for kind, value in stated["who"]),
        raw=stated["raw"],
        alias_of=tuple(Identifier(kind, value) for kind, value in stated["alias_of"]),
        flags=tuple(stated["flags"]),
        quarantine=stated["quarantine"],
    )
