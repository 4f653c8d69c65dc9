"""What an attempt's result means for its row: done, owed again, to be looked up, or for a person to mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.senders.base import Ambiguous, Later, Refused, Result, Sent
from bot.storage import outbox
from bot.storage.store import Tx
from scoring.instants import SECOND, Duration, Instant

TOKEN_WAIT: Final[Duration] = 15 * SECOND
"""How soon a token that was refused is tried again."""
_LONGEST_WAIT: Final[Duration] = 300 * SECOND

Delivered = Callable[[Tx, Any, Sent, Instant], None]
"""(transaction, row, where it is, now): what the service does when something arrived."""
Overtaken = Callable[[Tx, Any, Sent, Instant], None]
"""The same of something in whose place something else is owed by now."""
Undeliverable = Callable[[Tx, Any, Refused, Instant], str | None]
"""(transaction, row, why, now): what the service does when it is never taken there; another lane to try, or None."""


@dataclass(frozen=True, slots=True)
class NotLookedUp:
    """It could not be found out now whether an ambiguous attempt arrived."""

    seconds: float
    reason: str


Outcome: TypeAlias = Result | NotLookedUp


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles leased rows and tells the service of it, in the transaction of its caller."""

    delivered: Delivered
    undeliverable: Undeliverable
    overtaken: Overtaken = lambda _tx, _row, _sent, _now: None

    def settle(self, tx: Tx, row: Any, outcome: Outcome, now: Instant) -> None:
        """Say what became of a leased row; nothing where something newer is owed in its place."""
        match outcome:
            case NotLookedUp(seconds, reason):  # still unknown: repeating it now could say it twice
                at = now + int(seconds * SECOND)
                outbox.settle(tx, row["id"], row["version"], state="unknown", now=now, not_before=at, error=reason)
            case Sent():
                place = outbox.Place(outcome.channel or None, outcome.ts or None, outcome.file or None)
                if outbox.settle(tx, row["id"], row["version"], state="done", now=now, place=place):
                    self.delivered(tx, row, outcome, now)
                else:
                    self.overtaken(tx, row, outcome, now)
            case Later(seconds, reason):
                at = now + int(seconds * SECOND)
                outbox.settle(tx, row["id"], row["version"], state="owed", now=now, not_before=at, error=reason)
            case Ambiguous(reason):
                at = now + outbox.SETTLE
                outbox.settle(tx, row["id"], row["version"], state="unknown", now=now, not_before=at, error=reason)
            case Refused():
                self._refused(tx, row, outcome, now)

    def _refused(self, tx: Tx, row: Any, refused: Refused, now: Instant) -> None:
        error = f"{refused.code}: {refused.advice}"
        if refused.scope == "all":  # the token: everything waits, nothing is lost, readiness says why
            again = now + min(_LONGEST_WAIT, TOKEN_WAIT * (row["attempts"] + 1))
            outbox.settle(tx, row["id"], row["version"], state="owed", now=now, not_before=again, error=error)
            return
        if not outbox.is_current(tx, row["id"], row["version"]):
            return
        other_lane = self.undeliverable(tx, row, refused, now)
        if other_lane is not None and other_lane != row["lane"]:
            outbox.move(tx, row["id"], row["version"], other_lane, now)
        elif other_lane is not None:  # nowhere else to go: owed and visible until a person has acted
            again = now + min(_LONGEST_WAIT, TOKEN_WAIT * (row["attempts"] + 1))
            outbox.settle(tx, row["id"], row["version"], state="owed", now=now, not_before=again, error=error)
        else:
            outbox.settle(tx, row["id"], row["version"], state="refused", now=now, error=error)
