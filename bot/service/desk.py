"""The desk: what people do with leads. Each method is one transaction; every change is audited."""

from __future__ import annotations

from typing import Protocol

from bot.service.explain_views import CoolingPage, Course, Forecast, MissingFields, NearMiss
from bot.service.views import (
    Actor,
    AlertView,
    Explanation,
    HistoryPage,
    LeadRef,
    LeadView,
    ListPage,
    Outcome,
    Status,
)


class Desk(Protocol):
    """What the Slack side asks of the service."""

    @property
    def statuses(self) -> tuple[Status, ...]: ...

    async def find(self, who: str, limit: int = 10) -> tuple[LeadRef, ...]:
        """Leads meant by an e-mail address, `L-123`, or the beginnings of words of a name or company; best first."""

    async def lead(self, number: int) -> LeadView | None: ...

    async def why(self, number: int, model: str | None = None) -> Explanation | None:
        """The ledger by a model; where none is named (or it is not known), by the first that scores the lead."""

    async def history(self, number: int, page: int = 1) -> HistoryPage | None: ...

    async def leads(self, name: str, actor: Actor, page: int = 1) -> ListPage:
        """The list hot, mine, unclaimed or recent, ordered as SCORING section 6 says (recent: newest first)."""

    async def alert(self, key: str) -> AlertView | None: ...

    async def claim(self, number: int, actor: Actor) -> Outcome | None: ...

    async def release(self, number: int, actor: Actor) -> Outcome | None: ...

    async def set_status(self, number: int, status: str, actor: Actor, reason: str | None = None) -> Outcome | None:
        """`status` is a key of `statuses`; it does what HANDLING.md says for the status's kind."""

    async def relink(self, key: str, channel: str, ts: str) -> None:
        """A button was pressed on a message of ours that we do not know: remember it as the alert's message."""


class Explains(Protocol):
    """What the Slack side asks about scores: what is missing, what comes, what it would be worth to know."""

    async def why_not(self, number: int) -> NearMiss | None:
        """What is missing to a lead's next label."""

    async def forecast(self, number: int) -> Forecast | None:
        """What becomes of a lead's score if nothing happens."""

    async def course(self, number: int) -> Course | None:
        """A lead's score over the last 90 days; None where it has no events."""

    async def cooling(self, page: int = 1) -> CoolingPage:
        """Leads at the hand-over label that leave their label soon, the soonest first."""

    async def missing(self) -> MissingFields:
        """The fields whose knowledge would bring most leads to the hand-over label."""
