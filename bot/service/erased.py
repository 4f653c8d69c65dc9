"""Who was erased, as intake asks it: an event that names one of them is taken, counted, and not stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot.service.identity.identifiers import ANONYMOUS_ID
from bot.service.incoming import Identifier, SourcedEvent
from bot.storage import tombstones
from bot.storage.store import Tx


class Erased:
    """The tombstones of a data folder, at hand until somebody is erased or an erasure is lifted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._standing: frozenset[str] | None = None
        self._key: bytes | None = None

    def forget(self) -> None:
        """Read them again."""
        self._standing = None

    @property
    def key(self) -> bytes:
        """The key of the hashes; made with the first erasure."""
        if self._key is None:
            self._key = tombstones.key_of(self.folder)
        return self._key

    def hashed(self, one: Identifier) -> str:
        return tombstones.hashed(self.key, one.kind, one.value)

    def is_erased(self, tx: Tx, one: Identifier) -> bool:
        """Whether this names somebody who was erased."""
        standing = self._of(tx)
        return bool(standing) and self.hashed(one) in standing

    def let_in(self, tx: Tx, event: SourcedEvent) -> SourcedEvent | None:
        """The event as it may be stored; None where it is about somebody who was erased.

        An anonymous id is a browser's: beside the name of somebody else it is left out, and alone it is of the one who
        was erased.
        """
        if not self._of(tx):
            return event
        kept, gone = self._parted(tx, event.identifiers)
        before, gone_before = self._parted(tx, event.alias_of)
        if not gone and not gone_before:
            return event
        persons = [one for one in kept if one.kind != ANONYMOUS_ID]
        if not persons or any(one.kind != ANONYMOUS_ID for one in (*gone, *gone_before)):
            return None
        return replace(event, identifiers=kept, alias_of=before, raw="{}")

    def _parted(self, tx: Tx, named: Iterable[Identifier]) -> tuple[tuple[Identifier, ...], tuple[Identifier, ...]]:
        kept: list[Identifier] = []
        gone: list[Identifier] = []
        for one in named:
            (gone if self.is_erased(tx, one) else kept).append(one)
        return tuple(kept), tuple(gone)

    def _of(self, tx: Tx) -> frozenset[str]:
        if self._standing is None:
            self._standing = tombstones.standing(tx)
        return self._standing
