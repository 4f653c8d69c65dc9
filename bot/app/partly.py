"""What the desk can do of handling as long as it cannot do all: statuses with their reasons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.service.desk import Desk
from bot.service.handling_views import Choices
from bot.service.views import Actor, Outcome
from bot.settings import ReasonsSection


class Partly:
    """Set status, by the desk as it is; what is missing here has no button and no command."""

    def __init__(self, desk: Desk, reasons: ReasonsSection) -> None:
        self._desk = desk
        self._reasons = reasons

    @property
    def choices(self) -> Choices:
        return Choices(self._reasons.not_fit, self._reasons.not_now, self._reasons.lost)

    async def set_status(
        self,
        number: int,
        status: str,
        actor: Actor,
        reason: str | None = None,
        amount: Decimal | None = None,  # noqa: ARG002
        close_on: date | None = None,  # noqa: ARG002
    ) -> Outcome | None:
        return await self._desk.set_status(number, status, actor, reason)

    async def not_fit(self, number: int, actor: Actor, reason: str, text: str | None = None) -> Outcome | None:
        return await self._of_kind("rejected", number, actor, f"{reason}: {text}" if text else reason)

    async def not_now(
        self,
        number: int,
        actor: Actor,
        reason: str,
        until: int | None = None,  # noqa: ARG002
    ) -> Outcome | None:
        return await self._of_kind("recycled", number, actor, reason)

    async def _of_kind(self, kind: str, number: int, actor: Actor, reason: str) -> Outcome | None:
        key = next((status.key for status in self._desk.statuses if status.kind == kind), "")
        return await self._desk.set_status(number, key, actor, reason)
