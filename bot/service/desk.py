"""The desk: what people do with leads. Each method is one transaction; every change is audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from bot.service.adding import Added
from bot.service.erasing import Done, Plan
from bot.service.explain_views import CoolingPage, Forecast, Judged, MissingFields, NearMiss
from bot.service.handling.views import (
    Choices,
    HomeView,
    Record,
    RepView,
    RouteView,
    StatsView,
    TeamView,
)
from bot.service.identity.known_as import KnownAs
from bot.service.models.draft_views import Draft, Edit, Published, PublishedModel, Tried
from bot.service.models.views import Course, PastScore, Posted
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
from scoring.instants import Instant

Stepped = Callable[[int, int], None]
"""(done, in all): called now and then while something long goes on."""


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

    async def known_as(self, number: int) -> tuple[KnownAs, ...]:
        """By which identifiers a lead is known, and what joined them when."""

    async def alert(self, key: str) -> AlertView | None: ...

    async def claim(self, number: int, actor: Actor) -> Outcome | None: ...

    async def release(self, number: int, actor: Actor) -> Outcome | None: ...

    async def set_status(self, number: int, status: str, actor: Actor, reason: str | None = None) -> Outcome | None:
        """`status` is a key of `statuses`; it does what docs/handling.md says for the status's kind."""

    async def relink(self, key: str, channel: str, ts: str) -> None:
        """A button was pressed on a message of ours that we do not know: remember it as the alert's message."""


class Quarantines(Protocol):
    """What people say of an event of a lead: that it counts no more, or again."""

    async def restore(self, number: int, seq: int, actor: Actor) -> Judged: ...

    async def quarantine(self, number: int, seq: int, actor: Actor) -> Judged: ...


class Models(Protocol):
    """What the Slack side asks of models, and does with them. Failures are HotleadErrors and InvalidModel, in words."""

    async def models(self) -> tuple[PublishedModel, ...]:
        """The live models, the one that lists show first."""

    async def model(self, version: int) -> PublishedModel | None:
        """A live model by its version's number."""

    async def publication(self, number: int) -> Published | None:
        """A publication as it stands now."""

    async def draft(self, base: int, edits: Sequence[Edit]) -> Draft:
        """The live version with these values."""

    async def try_out(self, draft: Draft, stepped: Stepped) -> Tried:
        """Replay the stored history under the draft and under the live version."""

    async def publish(self, draft: Draft, actor: Actor, note: str | None, stepped: Stepped) -> Published: ...

    async def roll_back(self, number: int, actor: Actor, stepped: Stepped) -> Published:
        """Publish what was live before this version; within an hour of its publication."""

    async def post(self, number: int, actor: Actor, stepped: Stepped) -> Posted:
        """Post whom a publication found; what was posted is not posted again."""


class Explains(Protocol):
    """What the Slack side asks about scores: what is missing, what comes, what it would be worth to know."""

    async def why_not(self, number: int) -> NearMiss | None:
        """What is missing to a lead's next label."""

    async def forecast(self, number: int) -> Forecast | None:
        """What becomes of a lead's score if nothing happens."""

    async def why_at(self, number: int, at: Instant) -> PastScore | None:
        """A lead's score at a past instant, as it was known then and as it is known today.

        Raises HotleadError where no model was live then.
        """

    async def course(self, number: int) -> Course | None:
        """A lead's score over the last 90 days."""

    async def cooling(self, page: int = 1) -> CoolingPage:
        """Leads at the hand-over label that leave their label soon, the soonest first."""

    async def missing(self) -> MissingFields:
        """The fields whose knowledge would bring most leads to the hand-over label."""


class Adds(Protocol):
    """Leads that somebody met."""

    async def add_lead(
        self,
        actor: Actor,
        *,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        title: str | None = None,
        company: str | None = None,
    ) -> Added:
        """Add a lead, or what is told to the one that it is. Raises a HotleadError in words."""


class Erases(Protocol):
    """What admins ask for a person: everything about them, and that it is taken away. Failures are HotleadErrors."""

    async def export_to(self, number: int, actor: str) -> None:
        """Owe somebody a lead's export as a file in their direct messages."""

    async def plan(self, number: int) -> Plan:
        """What erasing a lead would take."""

    async def was_erased(self, number: int) -> bool:
        """Whether there was a lead of this number, and an erasure took it."""

    async def erase(self, number: int, actor: str) -> Done:
        """Erase a lead for good."""


class Handles(Protocol):
    """What the Slack side asks of handling beyond claiming: the rep's and the manager's whole day.

    Acts return None where there is no such lead. Who may do what, and what it does in each state, is in
    docs/handling.md; `views.Outcome` has the codes.
    """

    @property
    def choices(self) -> Choices:
        """Reasons, kinds of contact and their outcomes, as configured."""

    async def set_status(
        self,
        number: int,
        status: str,
        actor: Actor,
        reason: str | None = None,
        amount: Decimal | None = None,
        close_on: date | None = None,
    ) -> Outcome | None:
        """Any status; amount and expected close date belong to one that asks for qualification (an open deal)."""

    async def reassign(self, number: int, actor: Actor, to: str) -> Outcome | None:
        """Make `to` (a full member: the caller has looked) the owner."""

    async def snooze(self, number: int, actor: Actor, until: Instant) -> Outcome | None:
        """Put the lead off until then; of a lead without owner the actor becomes it."""

    async def wake(self, number: int, actor: Actor) -> Outcome | None:
        """End the snooze now."""

    async def not_now(self, number: int, actor: Actor, reason: str, until: Instant | None = None) -> Outcome | None:
        """Back to nurture, until it crosses again or its time comes (by default in 90 days)."""

    async def not_fit(self, number: int, actor: Actor, reason: str, text: str | None = None) -> Outcome | None:
        """Reject it; the reason is one of `choices.not_fit`, `text` says more."""

    async def log_contact(
        self,
        number: int,
        actor: Actor,
        kind: str,
        outcome: str,
        note: str | None = None,
        claim: bool = True,
        again_at: Instant | None = None,
    ) -> Outcome | None:
        """A contact was made, or tried. `claim`: take the lead if nobody has it; `again_at`: put it off until then."""

    async def qualify(
        self,
        number: int,
        actor: Actor,
        budget: str | None,
        authority: str | None,
        need: str | None,
        timeline: str | None,
    ) -> Outcome | None:
        """Write down budget, authority, need, timeline; None or "" unsets."""

    async def note(self, number: int, actor: Actor, text: str, content_feedback: str | None = None) -> Outcome | None:
        """Write down a note, and what the lead says of our content."""

    async def still_working(self, number: int, actor: Actor, answer: str) -> Outcome | None:
        """The answer to "Still working on it?": yes, release or not_now."""

    async def groups_are(self, groups: Mapping[str, Sequence[str]]) -> None:
        """Who has a role by a user group, by the group's setting; a change is audited."""

    async def managers_are(self, users: Sequence[str]) -> None:
        """Who is a manager by user group; they are told what the configured ones are."""

    async def member_changed(self, user_id: str, *, active: bool) -> int:
        """Somebody was deactivated or is a guest now (or is back): how many leads that moved."""

    async def record(self, number: int) -> Record | None:
        """Contacts, notes and qualification of a lead, newest first."""

    async def me(self, actor: Actor) -> RepView: ...

    async def language(self, user_id: str) -> str | None:
        """The language that somebody chose to be talked to in, if they did."""

    async def set_me(self, actor: Actor, **changes: str | None) -> RepView:
        """Set time_zone, hours, away ("2026-07-06..2026-07-24", several by commas), capacity, languages, territories,
        language; None or "" goes back to what is configured."""

    async def team(self, actor: Actor) -> TeamView: ...

    async def home(self, actor: Actor) -> HomeView: ...

    async def route(self, number: int) -> RouteView | None:
        """Where the lead's alert went and why; where it has none, where it would go now."""

    async def stats(self, actor: Actor, days: int = 30) -> StatsView: ...

    async def listed(
        self, name: str, actor: Actor, page: int = 1, filters: Mapping[str, str] | None = None
    ) -> ListPage:
        """The list hot, warm, mine, team, unclaimed, overdue, snoozed, offered, stale or recent.

        Filters: owner, status, label, rating, model, channel, company, territory; a value that matches nothing gives
        an empty page.
        """
