"""What a sender is: it takes one owed row and says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class Owed:
    """One row of the outbox. `lane` is the channel or person it goes to; rows of a lane are sent in order.

    `kind` is alert (post the alert `key`), update (bring its message up to date), thread, direct or channel (say the
    notice in `payload`). `tried_at` is when the attempt before this one began, None for the first.
    """

    id: int
    kind: str
    key: str
    lane: str
    payload: Mapping[str, object]
    tried_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived: the message is `ts` in `channel`, or the file `file`; with neither there was nothing to do."""

    channel: str
    ts: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """It certainly did not arrive; try again after `seconds`. `blocks` says whom it holds up: row, lane or method."""

    seconds: float
    reason: str
    blocks: str = "row"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may have arrived: look it up after a settle time before it is repeated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken there; a person has to act. `code` is the system's own, `advice` says what to do.

    `scope` is row (this message alone), lane (that channel or person) or all (the whole system, such as a revoked
    token).
    """

    code: str
    advice: str
    scope: str = "row"


Result: TypeAlias = Sent | Later | Ambiguous | Refused


class Sender(Protocol):
    """Delivers owed rows to one outside system. It never raises for what that system answers."""

    async def send(self, owed: Owed) -> Result: ...

    async def look_up(self, owed: Owed) -> Sent | Later | Refused | None:
        """After an ambiguous attempt: what arrived, or None if nothing did.

        Later: it could not be looked up now, ask again then (repeating it now might say it twice). Refused: it cannot
        be found out at all, so a repetition may be a duplicate.
        """
