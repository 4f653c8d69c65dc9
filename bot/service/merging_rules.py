"""How two leads are handled that turn out to be one, and how one is that turns out to be two (HANDLING.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.service.handling import Statuses
from bot.service.views import State
from bot.storage.former_leads import PERSON

Row = Mapping[str, Any]

_ORDER: Final = ("claimed", "snoozed", "won", "offered", "open", "recycled", "lost", "rejected", "quiet")
"""Of two states the one that comes first is the state of both together."""


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
    values |= {"owner": owner["owner"], "owner_since": owner["owner_since"]}
    values["last_owner"] = first["last_owner"] or second["last_owner"]
    values["contacted_at"] = _greater(kept["contacted_at"], other["contacted_at"])
    live = [row["alert_id"] for row in (kept, other) if row["alert_id"] is not None]
    over = state in (State.CLOSED, State.RECYCLED)
    values["alert_id"] = None if over else max(live, default=None)
    deadlines = [row["deadline"] for row in (kept, other) if row["deadline"] is not None]
    contacted = values["contacted_at"] is not None and values["contacted_at"] >= (last_crossing or 0)
    stopped = contacted and values["owner"] is not None
    values["deadline"] = None if over or stopped else min(deadlines, default=None)
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
