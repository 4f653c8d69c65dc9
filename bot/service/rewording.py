"""Applies a changed vocabulary at start: what stored traits mean is worked out anew, audited, and nobody is alerted."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

from bot.language import counted
from bot.service.scorebook import HISTORY, Scorebook
from bot.service.vocabulary import Vocabulary
from bot.storage import audit, meta, rederiving
from bot.storage.store import Store, Tx
from scoring.instants import Instant

_KEY: Final = "vocabulary"
_CHUNK: Final = 2_000
_KEPT: Final = 100_000
"""Different values that are counted at most; beyond these only those that are there."""


class Rewording:
    """Compares the words with those by which the stored events were read."""

    def __init__(self, store: Store, vocabulary: Vocabulary, scorebook: Scorebook) -> None:
        self._store = store
        self._vocabulary = vocabulary
        self._scorebook = scorebook

    async def apply(self, now: Instant) -> bool:
        """Read every event's traits anew if the words changed; whether they did."""
        fingerprint = self._vocabulary.words.fingerprint()
        before = await self._store.read(lambda tx: meta.get(tx, _KEY))
        if before == fingerprint:
            return False
        return await self._store.write(lambda tx: self._apply(tx, before, fingerprint, now))

    def _apply(self, tx: Tx, before: str | None, fingerprint: str, now: Instant) -> bool:
        meta.put(tx, _KEY, fingerprint)
        if not rederiving.is_any(tx):
            return False
        while self._scorebook.due(tx, now):
            pass
        changed = self._read_anew(tx)
        self._scorebook.histories.forget_all()
        self._scorebook.make_due(tx, rederiving.lead_ids(tx), now, HISTORY)
        after = f"{fingerprint[:12]}, {counted(changed, 'event')} changed"
        audit.record(
            tx, at=now, actor=audit.SYSTEM, action="vocabulary_changed", before=(before or "")[:12], after=after
        )
        return True

    def _read_anew(self, tx: Tx) -> int:
        after, changed = 0, 0
        while rows := rederiving.traits_after(tx, after, _CHUNK):
            after = rows[-1]["seq"]
            for row in rows:
                meaning = self._vocabulary.meaning(json.loads(row["traits"]))
                means = json.dumps(meaning, ensure_ascii=False) if meaning else None
                if means != row["means"]:
                    rederiving.say_meaning(tx, row["seq"], means)
                    changed += 1
        return changed


def unmatched(tx: Tx, vocabulary: Vocabulary, after: int, found: Counter[tuple[str, str]]) -> int | None:
    """Count the values of the next events that no table knows; where to go on, None at the end of the log."""
    rows = rederiving.traits_after(tx, after, _CHUNK)
    for row in rows:
        for value in vocabulary.unmatched(json.loads(row["traits"])):
            if value in found or len(found) < _KEPT:
                found[value] += 1
    return rows[-1]["seq"] if rows else None
