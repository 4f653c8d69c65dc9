"""The service without its doors: a real store, a clock that the test sets, and a model that does as it is told.

`async with house(tmp_path) as it:` then `it.take(it.event("warm", email="a@x.example"))`, `it.pass_(DAY)`, and look.
Of the events of MODEL `warm` and `hot` reach these labels for 30 days;
`dip` and `dip3` push below for half a day and 3 days.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app.core import Core, open_core
from bot.service.group import Receipt
from bot.service.incoming import Identifier, SourcedEvent
from bot.service.views import Actor, LeadView, Outcome, Role
from bot.settings import settings_from
from bot.workers.due import DueWork
from scoring.events import Value
from scoring.instants import DAY, HOUR, MINUTE, SECOND, Duration, Instant, parse_instant

T0: Instant = parse_instant("2026-03-02T09:00:00Z")
SALES, FALLBACK, ADMIN = "C0SALES", "C0FALLBACK", "C0ADMIN"
ALERTS = {"channel": SALES, "fallback_channel": FALLBACK, "admin_channel": ADMIN}
ANNA, BO, CARL = Actor("U0ANNA"), Actor("U0BO"), Actor("U0CARL")
MANAGER = Actor("U0MANAGER", Role.MANAGER)

_RULE = '[[engagement.rule]]\nname = "{0}"\nevent = "{0}"\npoints = {1}\nexpires_after = "{2}"\n'
RULES = "".join(
    _RULE.format(*rule)
    for rule in (("warm", 60, "30d"), ("hot", 100, "30d"), ("dip", -200, "12h"), ("dip3", -200, "3d"))
)
HEAD = 'name = "house"\nmarket = "b2b"\n[[engagement]]\nname = "All"\n' + RULES
TAIL = (
    '[score]\nengagement_floor = -1000\n[labels]\nhot = 100\nwarm = 60\nfollow_up_within = "24h"\n'
    '[hand_over]\nlabel = "warm"\ncooldown = "2d"\n'
)
FACTS = (
    '[[fit]]\nname = "Company"\n[[fit.rule]]\nname = "Size"\n'
    "when = { company.employees = { at_least = 50 } }\npoints = 60\n"
)
MODEL = HEAD + TAIL
COMPANY_MODEL = HEAD + FACTS + TAIL


class SetClock:
    """Time as the test says."""

    def __init__(self, now: Instant = T0) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now


class House:
    """A core with nothing running but its intake; due work is done when time passes."""

    def __init__(self, core: Core, clock: SetClock, ids: Iterator[int]) -> None:
        self.core = core
        self.clock = clock
        self._due = DueWork(core.store, core.scorebook, core.steps, core.clock)
        self._ids = ids

    # ---- events in

    def event(
        self,
        event_type: str = "warm",
        *,
        at: Instant | None = None,
        event_id: str | None = None,
        traits: Mapping[str, Value] | None = None,
        properties: Mapping[str, Value] | None = None,
        alias_of: Sequence[tuple[str, str]] = (),
        quarantine: str | None = None,
        **named: str,
    ) -> SourcedEvent:
        """An event of now that names a person: email="a@x.example", user_id="site:1", anonymous_id="a1", …"""
        return SourcedEvent(
            id=event_id or f"e{next(self._ids)}",
            type=event_type,
            occurred_at=self.clock() if at is None else at,
            properties=properties or {},
            traits=traits or {},
            identifiers=tuple(Identifier(kind.replace("__", ":"), value) for kind, value in named.items()),
            raw="{}",
            alias_of=tuple(Identifier(kind, value) for kind, value in alias_of),
            quarantine=quarantine,
        )

    async def take(self, *events: SourcedEvent, history: bool = False, source: str = "site") -> Receipt:
        """One request."""
        return await self.core.intake.accept(source, events, history=history)

    async def says(self, event_type: str, email: str = "lead@x.example", **more: Any) -> int:
        """One event of a lead; the lead's number."""
        await self.take(self.event(event_type, email=email, **more))
        return await self.number(email)

    # ---- time

    async def pass_(self, time: Duration) -> None:
        """Time passes, and what is due is done."""
        self.clock.now += time
        await self._due.catch_up()

    # ---- looking

    async def rows(self, sql: str, **values: Any) -> Sequence[Any]:
        """Look into the database."""
        rows: Sequence[Any] = await self.core.store.read(lambda tx: tx.all(sql, **values))
        return rows

    async def number(self, email: str) -> int:
        """The lead of an address."""
        (found,) = await self.core.desk.find(email)
        return found.number

    async def lead(self, number: int) -> LeadView:
        """A lead as Details shows it."""
        view = await self.core.desk.lead(number)
        assert view is not None
        return view

    async def row(self, number: int) -> Any:
        """A lead as it is stored."""
        (row,) = await self.rows("SELECT * FROM leads WHERE id = :id", id=number)
        return row

    async def owed(self, kind: str) -> list[Any]:
        """What is owed of a kind, oldest first."""
        return list(await self.rows("SELECT * FROM outbox WHERE kind = :kind ORDER BY id", kind=kind))

    async def codes(self, kind: str) -> list[str]:
        """The codes of the notices that are owed: kind is thread, direct or channel."""
        rows = await self.rows(
            "SELECT json_extract(payload, '$.notice.code') AS code FROM outbox WHERE kind = :kind ORDER BY id",
            kind=kind,
        )
        return [row["code"] for row in rows]

    async def actions(self, number: int) -> list[str]:
        """What the audit trail says was done about a lead, oldest first."""
        rows = await self.rows("SELECT action FROM audit WHERE lead_id = :id ORDER BY id", id=number)
        return [row["action"] for row in rows]

    async def posted(self, number: int) -> None:
        """The lead's newest alert reached Slack just now."""
        (row,) = await self.rows("SELECT key FROM alerts WHERE lead_id = :id ORDER BY id DESC LIMIT 1", id=number)
        await self.core.desk.relink(row["key"], SALES, f"{self.clock() / SECOND:.6f}")

    # ---- acting

    async def claim(self, number: int, actor: Actor = ANNA) -> Outcome:
        return _some(await self.core.desk.claim(number, actor))

    async def release(self, number: int, actor: Actor = ANNA) -> Outcome:
        return _some(await self.core.desk.release(number, actor))

    async def status(self, number: int, key: str, actor: Actor = ANNA, reason: str | None = None) -> Outcome:
        return _some(await self.core.desk.set_status(number, key, actor, reason))


def _some(outcome: Outcome | None) -> Outcome:
    assert outcome is not None
    return outcome


@asynccontextmanager
async def house(
    folder: Path,
    *,
    model: str = MODEL,
    clock: SetClock | None = None,
    ids: Iterator[int] | None = None,
    **sections: Any,
) -> AsyncIterator[House]:
    """Open a house; opening it again in the same folder is a restart.

    Nobody is reminded, escalated to, asked, told of activity or sent a digest unless `sections` say so.
    """
    clock = clock or SetClock()
    table: dict[str, Any] = {
        "service": {"data": folder},
        "slack": {"managers": [MANAGER.user_id]},
        "alerts": ALERTS | {"gather": "52w"},
        "identity": {"own_domains": ["ours.example"]},
        "follow_up": {"remind": 0, "escalate": False},
        "stale_after": {},
        "digest": {"enabled": False},
        "backup": {"nightly": False},
    }
    settings = settings_from(table | sections)
    await asyncio.to_thread(folder.mkdir, exist_ok=True, parents=True)
    core = await open_core(settings, clock, lambda: model)
    core.intake.start()
    try:
        yield House(core, clock, ids or itertools.count(1))
    finally:
        await core.intake.stop()
        await core.store.close()


__all__ = [
    "ADMIN", "ALERTS", "ANNA", "BO", "CARL", "COMPANY_MODEL", "DAY", "FALLBACK", "HOUR", "MANAGER", "MINUTE", "MODEL",
    "SALES", "SECOND", "T0", "House", "SetClock", "house",
]  # fmt: skip
