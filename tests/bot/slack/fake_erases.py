"""Exporting and erasing leads in memory."""

from __future__ import annotations

from bot.service.erasing import CannotErase, Done, Plan
from tests.bot.slack.fake_desk import FakeDesk


class FakeErases:
    """Implements bot.service.desk.Erases on a FakeDesk. `exported` and `erased` list who asked for what."""

    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk
        self.exported: list[tuple[int, str]] = []
        self.erased: list[tuple[int, str]] = []

    async def export_to(self, number: int, actor: str) -> None:
        await self.plan(number)
        self.exported.append((number, actor))

    async def plan(self, number: int) -> Plan:
        case = self.desk.cases.get(number)
        if case is None:
            raise CannotErase(f"L-{number} was erased already.")
        lead = case.facts.lead
        return Plan(lead, (number,), (f"email: {lead.email}",), {"events": 3, "outbox": 2})

    async def was_erased(self, number: int) -> bool:
        return any(one == number for one, _ in self.erased)

    async def erase(self, number: int, actor: str) -> Done:
        await self.plan(number)
        self.erased.append((number, actor))
        del self.desk.cases[number]
        return Done("t", 0, actor, (number,), {}, 1, 1, 1)
