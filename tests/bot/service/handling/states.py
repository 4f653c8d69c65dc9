"""A lead brought into each of its states, and acts on it: what the tests of handling begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.service.views import Actor, Outcome
from tests.bot.service.house import ANNA, BO, DAY, HOUR, MINUTE, SALES, House, house

CLOSED = {"won": "customer", "lost": "lost", "rejected": "unqualified"}
TURNS = [
    {"name": "Turns", "channel": SALES, "how": "round_robin", "reps": [ANNA.user_id, BO.user_id], "offer_for": "1h"}
]
"""Anna has first refusal, then Bo."""


def opened(tmp_path: Path, state: str, **sections: Any) -> Any:
    """A house whose alerts are offered in turns, where the state asks for it."""
    offered: dict[str, Any] = {"route": TURNS} if state == "offered" else {}
    return house(tmp_path, **offered, **sections)


async def bring(it: House, state: str) -> int:
    """A lead in this state, at the label but for quiet and cooled, its alert posted; its number.

    Cooled is a quiet lead that was alerted. Anna owns what is claimed, snoozed, recycled or closed.
    """
    if state == "quiet":
        return await it.says("newsletter")
    number = await it.says("warm")
    await it.posted(number)
    if state == "cooled":
        await it.says("dip3")
    elif state not in ("open", "offered"):
        await it.claim(number)
    if state == "snoozed":
        await act(it, "snooze", number, ANNA, it.clock() + 3 * HOUR)
    elif state == "recycled":
        await act(it, "not_now", number, ANNA, "Too early")
    elif state in CLOSED:
        await it.status(number, CLOSED[state])
    await it.pass_(MINUTE)
    return number


async def state_of(it: House, number: int) -> str:
    """Where the lead stands."""
    return (await it.lead(number)).handling.state.value


async def cross_again(it: House) -> None:
    """Dip, wait until the cooldown is over, and come back."""
    await it.says("dip3")
    await it.pass_(3 * DAY)


async def act(it: House, name: str, number: int, actor: Actor, *more: Any, **named: Any) -> Outcome:
    """Ask the desk of handling for an act."""
    outcome = await getattr(it.core.handling, name)(number, actor, *more, **named)
    assert isinstance(outcome, Outcome)
    return outcome


def codes(**by_state: str) -> list[tuple[str, str, str]]:
    """A row of the table in docs/handling.md: state=code>after."""
    return [(state, *told.split(">")) for state, told in by_state.items()]  # type: ignore[misc]


def as_plain(found: Any) -> Any:
    """A row as a dict, so that it can be compared after the transaction."""
    return dict(found) if hasattr(found, "keys") else found
