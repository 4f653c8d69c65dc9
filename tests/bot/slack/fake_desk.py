"""A desk in memory: the handling of docs/handling.md as far as Slack's side needs it, and leads to try it on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bot.service.identity.known_as import JoinedBy, KnownAs
from bot.service.views import (
    Act,
    Activity,
    Actor,
    AlertFacts,
    AlertView,
    Contact,
    Explanation,
    Handling,
    HistoryPage,
    LeadRef,
    LeadView,
    Outcome,
    Reason,
    ScoreView,
    State,
    Status,
)
from scoring.instants import DAY, HOUR, MINUTE, Instant

NOON: Instant = 1_772_539_200_000_000  # 2026-03-03T12:00:00Z
STATUSES = (
    Status("new", "New"),
    Status("attempting", "Attempting contact", is_contact=True),
    Status("connected", "Connected", is_contact=True),
    Status("deal", "Open deal", is_contact=True, asks_qualification=True),
    Status("customer", "Customer", "won"),
    Status("lost", "Lost", "lost"),
    Status("unqualified", "Unqualified", "rejected"),
    Status("nurture", "Nurture", "recycled"),
)
STATE_OF = {"won": State.CLOSED, "lost": State.CLOSED, "rejected": State.CLOSED, "recycled": State.RECYCLED}


class Now:
    """The clock of a test: it stands still until the test moves it."""

    def __init__(self, at: Instant = NOON) -> None:
        self.at = at

    def __call__(self) -> Instant:
        return self.at

    def forward(self, length: int) -> None:
        self.at += length


def facts(number: int = 1, name: str | None = "Anna Berg", company: str | None = "Nordwind A/S") -> AlertFacts:
    """A lead that crossed five minutes before noon."""
    lead = LeadRef(number, name, f"lead{number}@nordwind.example", company, "hot", Decimal("87.00"))
    reasons = (
        Reason("website", "Case page", Decimal("40.00"), 3, NOON - 2 * HOUR),
        Reason("e-mail", "Clicked a link in a mail", Decimal("20.00"), 1, NOON - DAY),
        Reason("title", "Head of Sales or above", Decimal("25.00"), kind="fit"),
        Reason("website", "Careers page", Decimal("-10.00"), 1, NOON - 3 * DAY, kind="adjustment"),
        Reason("size", "51–200 employees", Decimal("12.00"), kind="fit"),
    )
    activities = (
        Activity(NOON - 2 * HOUR, "page", "website", "/cases/wind", Decimal("10.00"), seq=7),
        Activity(NOON - DAY, "email_clicked", "mailchimp", "Spring news", quarantined="burst", seq=8),
    )
    fit_facts = (("industry", "Energy"), ("employees", "51-200"), ("country", "DK"))
    scores = {"score": Decimal("87.00"), "fit": Decimal("37.00"), "engagement": Decimal("50.00")}
    return AlertFacts(
        lead, "Head of Sales", "b2b", "hot", "A1", **scores,
        crossed_at=NOON - 5 * MINUTE, reasons=reasons, fit_facts=fit_facts, activities=activities,
    )  # fmt: skip


@dataclass
class Case:
    """One lead with its alert, as the desk holds it."""

    facts: AlertFacts
    contact: Contact
    handling: Handling
    key: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def view(self) -> AlertView:
        return AlertView(self.facts.lead.number, self.key, self.facts, self.contact, self.handling, **self.more)

    @property
    def outcome(self) -> tuple[LeadRef, Handling]:
        return self.facts.lead, self.handling


class FakeDesk:
    """Implements bot.service.desk.Desk. `acts` lists what had an effect; `broken` makes every call fail."""

    def __init__(self, clock: Now) -> None:
        self.clock = clock
        self.cases: dict[int, Case] = {}
        self.acts: list[tuple[str, int, str]] = []
        self.links: list[tuple[str, str, str]] = []
        self.reasons: list[str | None] = []
        self.broken = False

    def add(self, number: int = 1, *, made: AlertFacts | None = None, **more: Any) -> Case:
        """A lead whose alert is open, with a day to follow up."""
        handling = Handling(State.OPEN, STATUSES[0], deadline=self.clock() + DAY)
        made = made or facts(number)
        contact = more.pop("contact", None) or Contact(made.lead.email, "+4512345678")
        case = Case(made, contact, more.pop("handling", None) or handling, f"b2b:{number}:1", more)
        self.cases[number] = case
        return case

    @property
    def statuses(self) -> tuple[Status, ...]:
        return STATUSES

    def _case(self, number: int) -> Case | None:
        if self.broken:
            raise RuntimeError("the desk is broken")
        return self.cases.get(number)

    async def find(self, who: str, limit: int = 10) -> tuple[LeadRef, ...]:
        self._case(0)
        wanted = who.casefold().split()
        found = [case.facts.lead for case in self.cases.values() if self._means(case.facts.lead, who, wanted)]
        return tuple(found[:limit])

    def _means(self, lead: LeadRef, who: str, wanted: list[str]) -> bool:
        if who.casefold() in (lead.key.casefold(), (lead.email or "").casefold()):
            return True
        words = f"{lead.name or ''} {lead.company or ''}".casefold().split()
        return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)

    async def lead(self, number: int) -> LeadView | None:
        case = self._case(number)
        if case is None:
            return None
        shown, lead = case.facts, case.facts.lead
        view = ScoreView(
            shown.model, shown.score, shown.fit, shown.engagement, shown.rating, shown.label, "sales",
            reasons=shown.reasons, forecast=NOON + 9 * DAY,
        )  # fmt: skip
        return LeadView(
            lead, shown.title, case.contact, (view,), case.handling, shown.fit_facts, ("title",), ("phone",),
            case.more.get("crm_url"), case.key,
        )  # fmt: skip

    async def why(self, number: int, model: str | None = None) -> Explanation | None:
        view = await self.lead(number)
        if view is None:
            return None
        score = replace(view.scores[0], model=model or view.scores[0].model)
        return Explanation(view.lead, score, score.reasons, self.clock())

    async def history(self, number: int, page: int = 1) -> HistoryPage | None:
        case = self._case(number)
        if case is None:
            return None
        acts = (
            Act(NOON - MINUTE, "U0REP", "status", "New", "Attempting contact", "left a message"),
            Act(NOON - 5 * MINUTE, "hotlead", "crossed", after="hot"),
        )
        return HistoryPage(case.facts.lead, case.facts.activities, acts, page, 3, 30)

    async def known_as(self, number: int) -> tuple[KnownAs, ...]:
        case = self._case(number)
        if case is None:
            return ()
        email = case.facts.lead.email or ""
        joined = (
            JoinedBy(email, "together", NOON - DAY, "website"),
            JoinedBy(email, "alias", NOON - HOUR),
            JoinedBy(email, "instruction", NOON - MINUTE),
        )
        return (KnownAs("email", email, NOON - 2 * DAY), KnownAs("user_id", "website:u1", NOON - DAY, joined))

    async def alert(self, key: str) -> AlertView | None:
        self._case(0)
        return next((case.view for case in self.cases.values() if case.key == key), None)

    async def claim(self, number: int, actor: Actor) -> Outcome | None:
        case = self._case(number)
        if case is None:
            return None
        if case.handling.state is State.CLOSED:
            return Outcome(False, "closed", *case.outcome)
        if case.handling.owner is not None:
            mine = case.handling.owner == actor.user_id
            return Outcome(mine, "already_yours" if mine else "taken", *case.outcome)
        self.acts.append(("claim", number, actor.user_id))
        claimed = {"state": State.CLAIMED, "owner": actor.user_id, "owner_since": self.clock()}
        case.handling = replace(case.handling, **claimed)  # type: ignore[arg-type]
        return Outcome(True, "claimed", *case.outcome, contact=case.contact)

    async def release(self, number: int, actor: Actor) -> Outcome | None:
        case = self._case(number)
        if case is None:
            return None
        if case.handling.owner is None:
            return Outcome(False, "not_claimed", *case.outcome)
        if case.handling.owner != actor.user_id and not actor.manages:
            return Outcome(False, "not_yours", *case.outcome)
        self.acts.append(("release", number, actor.user_id))
        case.handling = replace(case.handling, state=State.OPEN, owner=None, owner_since=None)
        return Outcome(True, "released", *case.outcome)

    async def set_status(self, number: int, status: str, actor: Actor, reason: str | None = None) -> Outcome | None:
        case = self._case(number)
        if case is None:
            return None
        found = next(each for each in STATUSES if each.key == status)
        before = case.handling.status
        if found == before:
            return Outcome(True, "status_unchanged", *case.outcome)
        if case.handling.owner not in (None, actor.user_id) and not actor.manages:
            return Outcome(False, "not_yours", *case.outcome)
        self.acts.append((f"status {status}", number, actor.user_id))
        self.reasons.append(reason)
        state = STATE_OF.get(found.kind, case.handling.state)
        case.handling = replace(case.handling, status=found, state=state, since=self.clock())
        return Outcome(True, "status_set", *case.outcome, before=before.key)

    async def relink(self, key: str, channel: str, ts: str) -> None:
        self._case(0)
        self.links.append((key, channel, ts))
