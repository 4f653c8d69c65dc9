"""The desk of handling: what reps and managers do and see all day, each in one transaction of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.clock import Clock
from bot.metrics import Metrics
from bot.service.configured import note_groups
from bot.service.handling.acts import Acts
from bot.service.handling.digests import Digests
from bot.service.handling.ending import Ending, Said
from bot.service.handling.gathering import Gathering
from bot.service.handling.listing import PAGE, Listing
from bot.service.handling.members import Members
from bot.service.handling.results import Results
from bot.service.handling.routing import route_from_json
from bot.service.handling.state import CLOSED_KINDS, qualification_of, ref
from bot.service.handling.team import Team
from bot.service.handling.views import Choices, HomeView, Record, RepView, RouteView, StatsView, TeamView
from bot.service.handling.working import ContactMade, Working
from bot.service.handling.working_time import Calendar
from bot.service.views import Actor, ContactEntry, ListPage, ListRow, Note, Outcome
from bot.storage import alerts, audit, handling, leads, results, written
from bot.storage.store import Store, Tx
from scoring.instants import DAY, Instant

_SHOWN: Final = 20
_FIGURES: Final = 30
"""Days that the figures of Home cover."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """Everything that acts on leads' handling."""

    team: Team
    acts: Acts
    ending: Ending
    working: Working
    members: Members
    results: Results
    gathering: Gathering
    listing: Listing
    digests: Digests


class HandlingDesk:
    """Implements bot.service.desk.Handles on the store. `changed` is called after an act."""

    def __init__(self, store: Store, handlers: Handlers, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._on = handlers
        self._team = handlers.team
        self._clock = clock
        self._metrics = metrics
        self.changed: Callable[[], None] = lambda: None

    @property
    def choices(self) -> Choices:
        return self._team.policy.choices

    # ---- acts

    async def _act(self, name: str, number: int, act: Callable[[Tx, Any, Instant], Outcome | None]) -> Outcome | None:
        """(transaction, the lead's row, now): what became of it. None where there is no such lead."""

        def work(tx: Tx) -> Outcome | None:
            lead = leads.get(tx, number)  # whose number may be another, since two leads were joined
            return None if lead is None else act(tx, lead, self._clock())

        outcome = await self._store.write(work)
        self._metrics.acts.labels(name, outcome.code if outcome else "gone").inc()
        self.changed()
        return outcome

    async def claim(self, number: int, actor: Actor) -> Outcome | None:
        return await self._act("claim", number, lambda tx, lead, now: self._on.acts.claim(tx, lead, actor, now))

    async def release(self, number: int, actor: Actor) -> Outcome | None:
        return await self._act("release", number, lambda tx, lead, now: self._on.acts.release(tx, lead, actor, now))

    async def reassign(self, number: int, actor: Actor, to: str) -> Outcome | None:
        return await self._act(
            "reassign", number, lambda tx, lead, now: self._on.acts.reassign(tx, lead, actor, to, now)
        )

    async def snooze(self, number: int, actor: Actor, until: Instant) -> Outcome | None:
        return await self._act(
            "snooze", number, lambda tx, lead, now: self._on.acts.snooze(tx, lead, actor, until, now)
        )

    async def wake(self, number: int, actor: Actor) -> Outcome | None:
        return await self._act("wake", number, lambda tx, lead, now: self._on.acts.wake(tx, lead, actor, now))

    async def set_status(
        self,
        number: int,
        status: str,
        actor: Actor,
        reason: str | None = None,
        amount: Decimal | None = None,
        close_on: date | None = None,
    ) -> Outcome | None:
        said = Said(reason, amount=amount, close_on=close_on)
        return await self._act(
            "status", number, lambda tx, lead, now: self._on.ending.set_status(tx, lead, status, actor, now, said)
        )

    async def not_now(self, number: int, actor: Actor, reason: str, until: Instant | None = None) -> Outcome | None:
        return await self._act(
            "not_now", number, lambda tx, lead, now: self._on.ending.not_now(tx, lead, actor, reason, until, now)
        )

    async def not_fit(self, number: int, actor: Actor, reason: str, text: str | None = None) -> Outcome | None:
        return await self._act(
            "not_fit", number, lambda tx, lead, now: self._on.ending.not_fit(tx, lead, actor, reason, text, now)
        )

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
        made = ContactMade(kind, outcome, note, claim, again_at)
        return await self._act(
            "contact", number, lambda tx, lead, now: self._on.working.log_contact(tx, lead, actor, made, now)
        )

    async def qualify(
        self,
        number: int,
        actor: Actor,
        budget: str | None,
        authority: str | None,
        need: str | None,
        timeline: str | None,
    ) -> Outcome | None:
        known = {"budget": budget, "authority": authority, "need": need, "timeline": timeline}
        return await self._act(
            "qualify", number, lambda tx, lead, now: self._on.working.qualify(tx, lead, actor, known, now)
        )

    async def note(self, number: int, actor: Actor, text: str, content_feedback: str | None = None) -> Outcome | None:
        return await self._act(
            "note", number, lambda tx, lead, now: self._on.working.note(tx, lead, actor, text, content_feedback, now)
        )

    async def still_working(self, number: int, actor: Actor, answer: str) -> Outcome | None:
        return await self._act(
            "still_working", number, lambda tx, lead, now: self._on.working.still_working(tx, lead, actor, answer, now)
        )

    async def groups_are(self, groups: Mapping[str, Sequence[str]]) -> None:
        if groups:
            await self._store.write(lambda tx: note_groups(tx, groups, self._clock()))

    async def managers_are(self, users: Sequence[str]) -> None:
        book = self._team.book
        managers = tuple(dict.fromkeys((*book.channels.managers, *users)))
        if managers != book.managers:
            book.managers = managers
            await self._store.write(lambda tx: self._on.digests.plan(tx, self._clock()))

    async def member_changed(self, user_id: str, *, active: bool) -> int:
        moved = await self._store.write(
            lambda tx: self._on.members.changed(tx, user_id, active=active, now=self._clock())
        )
        self.changed()
        return moved

    # ---- reps

    async def me(self, actor: Actor) -> RepView:
        return await self._store.read(lambda tx: self._rep(tx, actor.user_id, self._clock()))

    async def language(self, user_id: str) -> str | None:
        return await self._store.read(lambda tx: self._team.reps.get(tx, user_id).language or None)

    async def set_me(self, actor: Actor, **changes: str | None) -> RepView:
        def work(tx: Tx) -> RepView:
            now = self._clock()
            before = self._team.reps.chosen(tx, actor.user_id)
            unknown = self._team.reps.set(tx, actor.user_id, changes)
            after = self._team.reps.chosen(tx, actor.user_id)
            if before != after:
                audit.record(tx, at=now, actor=actor.user_id, action="me", before=before, after=after)
            view = self._rep(tx, actor.user_id, now, unknown)
            if "away" in changes and "away" not in unknown and view.due_while_away:
                self._team.due_while_away(tx, actor.user_id, view.due_while_away, now)
            return view

        view = await self._store.write(work)
        self.changed()
        return view

    def _rep(self, tx: Tx, user_id: str, now: Instant, unknown: tuple[str, ...] = ()) -> RepView:
        view = self._team.reps.view(tx, user_id, now, unknown)
        calendar = Calendar(zone=self._team.reps.get(tx, user_id).calendar(self._team.policy).zone)
        due = tuple(
            ref(lead)
            for lead in handling.of_owner(tx, user_id)
            if lead["deadline"] is not None
            and any(first <= calendar.day_of(lead["deadline"]).isoformat() <= last for first, last in view.away)
        )
        return replace(view, due_while_away=due)

    async def team(self, actor: Actor) -> TeamView:
        return await self._store.read(lambda tx: self._teams(tx, actor, self._clock()))

    def _teams(self, tx: Tx, actor: Actor, now: Instant) -> TeamView:
        closed = self._team.statuses.keys((*CLOSED_KINDS, "recycled"))
        needs = results.needing_an_owner(tx, closed, model=self._on.results.model, limit=_SHOWN)
        unclaimed, longest = self._some(tx, "unclaimed", actor, now)
        views = self._team.reps.views(tx, now)
        return TeamView(
            reps=views,
            unclaimed=unclaimed,
            overdue=self._some(tx, "overdue", actor, now)[0],
            offered=sum(1 for row in longest if row.handling.offered_to is not None),
            needs_owner=tuple(ref(row) for row in needs),
            longest_open=tuple(sorted(longest, key=lambda row: row.handling.deadline or now)[:PAGE]),
        )

    # ---- Home, lists and figures

    async def home(self, actor: Actor) -> HomeView:
        return await self._store.read(lambda tx: self._home(tx, actor, self._clock()))

    def _home(self, tx: Tx, actor: Actor, now: Instant) -> HomeView:
        since = now - _FIGURES * DAY
        mine_in_all, mine = self._some(tx, "mine", actor, now, closed=False)
        open_in_all, unclaimed = self._some(tx, "unclaimed", actor, now)
        return HomeView(
            me=self._rep(tx, actor.user_id, now),
            mine=tuple(row for row in mine if row.handling.snoozed_until is None),
            offered=self._some(tx, "offered", actor, now)[1],
            open=tuple(row for row in unclaimed if row.handling.offered_to is None),
            snoozed=tuple(row for row in mine if row.handling.snoozed_until is not None),
            stale=tuple(row for row in mine if row.handling.asked_at is not None),
            numbers=self._on.results.numbers(tx, results.alerts(tx, since, now + 1), since, now + 1, actor.user_id),
            overdue=self._some(tx, "overdue", actor, now)[1] if actor.manages else (),
            more={
                name: total
                for name, total, shown in (("mine", mine_in_all, mine), ("open", open_in_all, unclaimed))
                if total > len(shown)
            },
        )

    def _some(
        self, tx: Tx, name: str, actor: Actor, now: Instant, *, closed: bool = True
    ) -> tuple[int, tuple[ListRow, ...]]:
        total, rows = results.listed(
            tx,
            name,
            {},
            model=self._on.results.model,
            user=actor.user_id,
            now=now,
            limit=_SHOWN,
            without=() if closed else self._team.statuses.keys(CLOSED_KINDS),
        )
        return total, self._on.listing.rows(tx, rows, self._on.results.model)

    async def listed(
        self, name: str, actor: Actor, page: int = 1, filters: Mapping[str, str] | None = None
    ) -> ListPage:
        lists, model = self._on.listing, self._on.results.model
        return await self._store.read(
            lambda tx: lists.page(tx, name, actor, page, filters or {}, model=model, now=self._clock())
        )

    async def stats(self, actor: Actor, days: int = 30) -> StatsView:
        def work(tx: Tx) -> StatsView:
            now = self._clock()
            view = self._on.results.stats(tx, now - max(days, 1) * DAY, now + 1)
            if actor.manages:
                return view
            own = tuple(row for row in view.by["rep"] if row.group == actor.user_id)
            return replace(view, by={**view.by, "rep": own})

        return await self._store.read(work)

    async def route(self, number: int) -> RouteView | None:
        return await self._store.read(lambda tx: self.routed(tx, number, self._clock()))

    def routed(self, tx: Tx, number: int, now: Instant) -> RouteView | None:
        """Where the lead's alert went and why; where it has none, where it would go now."""
        lead = leads.get(tx, number)
        if lead is None:
            return None
        number = lead["id"]
        alert = alerts.latest_of(tx, number)
        went = route_from_json(alert["route"]) if alert is not None else None
        return went if went is not None else self._team.would_route(tx, lead, now)

    async def record(self, number: int) -> Record | None:
        return await self._store.read(lambda tx: self._record(tx, number))

    def _record(self, tx: Tx, number: int) -> Record | None:
        lead = leads.get(tx, number)
        if lead is None:
            return None
        number = lead["id"]
        return Record(
            lead=ref(lead),
            contacts=tuple(ContactEntry(*row) for row in written.contacts(tx, number)),
            notes=tuple(Note(*row) for row in written.notes(tx, number)),
            qualification=qualification_of(tx, number),
        )
