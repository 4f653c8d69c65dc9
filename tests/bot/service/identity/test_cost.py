"""One event costs the same among 2,000 users whatever a site does wrong. Counted: the database's own steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.service.identity.rules import IdentityRules
from bot.service.incoming import SourcedEvent
from tests.bot.service.identity.step_by_step import Index, event


def off_by_one(n: int) -> SourcedEvent:
    """Every user is named with the address of the next one too: all would be one."""
    return event(n, n, (f"p{(n + 1) // 2}@x.example", f"u:{n // 2}"))


def everybodys_address(n: int) -> SourcedEvent:
    return event(n, n, ("test@test.com", f"u:{n}"))


def everybodys_computer(n: int) -> SourcedEvent:
    return event(n, n, (f"p{n}@x.example", f"u:{n}", "n:kiosk"))


def everybodys_visits(n: int) -> SourcedEvent:
    return event(n, n, (f"p{n}@x.example", "n:kiosk") if n % 2 else ("n:kiosk",))


def one_busy_person(n: int) -> SourcedEvent:
    return event(n, n, ("a@x.example", "n:laptop") if n % 2 else ("n:laptop",))


def steps_at(make: Callable[[int], SourcedEvent], sizes: tuple[int, ...], among: int = 40) -> list[float]:
    """The database's steps per event, for the last of so many events."""
    index = Index(IdentityRules())
    counted = 0

    def step() -> int:
        nonlocal counted
        counted += 1
        return 0

    found = []
    for n in range(max(sizes)):
        if n + among in sizes:
            counted = 0
            index.tx._db.set_progress_handler(step, 10)
        index.take(make(n))
        if n + 1 in sizes:
            index.tx._db.set_progress_handler(None, 10)
            found.append(10 * counted / among)
    return found


@pytest.mark.parametrize(
    "make",
    [off_by_one, everybodys_address, everybodys_computer, everybodys_visits, one_busy_person],
    ids=lambda make: make.__name__,
)
def test_an_event_costs_the_same_among_2000_users_as_among_200(make: Callable[[int], SourcedEvent]) -> None:
    few, many = steps_at(make, (200, 2000))
    assert many < 1.5 * few
