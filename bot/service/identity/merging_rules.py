"""How two leads are handled that turn out to be one, and one that turns out to be two (docs/identity.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.service.handling.state import Statuses
from bot.service.views import State
from bot.storage.former_leads import PERSON

Row = Mapping[str, Any]

_ORDER: Final = ("claimed", "snoozed", "won", "offered", "open", "recycled", "lost", "rejected", "quiet")
"""Of two states the one that comes first is the state of both together."""


_OF_OWNER: Final = ("owner", "owner_since", "taken", "acted", "worked_at", "asked_at", "dm_at", "untold_from")
_OF_CLOCK: Final = ("deadline", "clock_from", "clock_span", "clock_snoozed", "missed", "escalated_at")


@dataclass(frozen=True, slots=True)
class Joined:
    """What becomes of two leads: the columns of the one that is kept, and what is told."""

    values: dict[str, Any]
    status: str
    alert_id: int | None
    """The live alert of both."""
    ended: tuple[int, ...] = ()
    """Live alerts that end, because the lead is closed or recycled."""
    told_owner: str | None = None
    """Who had the other, and has it no more."""


def handling_of(row: Row) -> dict[str, Any]:
    """The columns of a lead that say how it is handled."""
    return {name: row[name] for name in row.keys() if name not in PERSON}  # noqa: SIM118 -- a database row


def join(kept: Row, other: Row, statuses: Statuses, last_crossing: int | None) -> Joined:
    """The state that comes first wins, with its status; the earlier of two claims; the earlier deadline."""
    first, second = sorted((kept, other), key=lambda row: (_rank(row, statuses), row["id"]))
    state = statuses.state(first)
    owner = first
    if second["owner"] is not None and _claims(state) and _claims(statuses.state(second)):
        owner = min(first, second, key=lambda row: (row["owner_since"] or 0, row["id"]))
    values = handling_of(first)
    values |= {name: owner[name] for name in _OF_OWNER}
    values["last_owner"] = first["last_owner"] or second["last_owner"]
    values["contacted_at"] = _greater(kept["contacted_at"], other["contacted_at"])
    live = [row["alert_id"] for row in (kept, other) if row["alert_id"] is not None]
    over = state in (State.CLOSED, State.RECYCLED)
    values["alert_id"] = None if over else max(live, default=None)
    if values["owner"] is not None or over:
        values |= {"offered_to": None, "offered_until": None}
    running = [row for row in (kept, other) if row["deadline"] is not None]
    values |= {name: min(running, key=lambda row: row["deadline"])[name] for name in _OF_CLOCK if running}
    values["clock_no"] = 1 + max(kept["clock_no"], other["clock_no"])
    contacted = values["contacted_at"] is not None and values["contacted_at"] >= (last_crossing or 0)
    stopped = contacted and values["owner"] is not None
    values["deadline"] = None if over or stopped else values["deadline"]
    values["cooled"] = int(state is State.QUIET and bool(kept["cooled"] or other["cooled"]))
    loser = second["owner"] if owner is first else first["owner"]
    return Joined(
        values,
        first["status"],
        values["alert_id"],
        tuple(live) if over else (),
        loser if loser is not None and loser != values["owner"] else None,
    )


def _rank(row: Row, statuses: Statuses) -> int:
    state = statuses.state(row)
    word = statuses.of(row["status"]).kind if state is State.CLOSED else state.value
    return _ORDER.index(word)


def _claims(state: State) -> bool:
    return state in (State.CLAIMED, State.SNOOZED)


def _greater(one: int | None, other: int | None) -> int | None:
    found = [value for value in (one, other) if value is not None]
    return max(found, default=None)


def part_again(now: Row, before: Row, after: Row) -> dict[str, Any]:
    """What the merge changed and nobody since is as it was before; what was done later stays."""
    return {name: before[name] for name in after if now[name] == after[name] and before.get(name) != after[name]}
