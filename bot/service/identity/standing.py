"""What the standing instructions together say; kept in memory until one is given or revoked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from bot.service.identity.correcting import Corrections, corrections_of
from bot.service.identity.joining import Instruction, Verb, Verdicts, verdicts
from bot.storage import instructions
from bot.storage.store import Tx

LEADS = "leads"
COMPANIES = "companies"


class Standing:
    """The verdicts of the instructions about leads, or about companies."""

    def __init__(self, about: str = LEADS) -> None:
        self._about = about
        self._said: Verdicts[int] | None = None
        self._concerned: frozenset[int] = frozenset()
        self._corrections: Corrections | None = None

    def verdicts(self, tx: Tx) -> Verdicts[int]:
        """What they say together."""
        if self._said is None:
            self._said = verdicts(_read(row) for row in instructions.that_stand(tx, self._about))
            joined = {one for edge in self._said.joins for one in (edge.a, edge.b)}
            self._concerned = frozenset(one for pair in self._said.apart for one in pair) | joined
        return self._said

    def corrections(self, tx: Tx) -> Corrections:
        """The addresses that they correct, by value."""
        if self._corrections is None:
            self._corrections = corrections_of(tx)
        return self._corrections

    def concerns(self, tx: Tx, rows: Iterable[int]) -> bool:
        """Whether any instruction joins one of these to another, or keeps it from another."""
        self.verdicts(tx)
        return bool(self._concerned) and any(row in self._concerned for row in rows)

    def forget(self) -> None:
        """Read them again."""
        self._said = None
        self._corrections = None


def rights_of(tx: Tx, wrong: Collection[int]) -> set[int]:
    """As which others these are corrected, or were before that was said anew."""
    rows = (row for row in instructions.that_stand(tx, LEADS) if row["verb"] == Verb.CORRECT)
    return {right for row in rows if json.loads(row["one"])[0] in wrong for right in json.loads(row["other"])}


def _read(row: object) -> Instruction[int]:
    said: dict[str, object] = dict(row)  # type: ignore[call-overload]
    return Instruction(
        int(str(said["id"])),
        int(str(said["at"])),
        Verb(str(said["verb"])),
        tuple(json.loads(str(said["one"]))),
        tuple(json.loads(str(said["other"]))),
    )
