"""What people are shown of the team's work: reps, the team, Home, routing, digests and figures. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.service.views import ContactEntry, LeadRef, ListRow, Note, Qualification
from scoring.instants import Duration, Instant
from scoring.ranking import PRIORITIES

CLOSED_WON: Final = "Closed won"
LISTED_PRIORITIES: Final = (*PRIORITIES, CLOSED_WON)
"""What a list may be narrowed to: the quarters of all leads by score, without the customers, and the customers."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen in modals. Reasons are the texts themselves, as configured under [reasons]."""

    not_fit: tuple[str, ...]
    not_now: tuple[str, ...]
    lost: tuple[str, ...]
    contact_kinds: tuple[str, ...] = ("call", "email", "meeting", "message")
    contact_outcomes: tuple[str, ...] = ("reached", "left_message", "no_answer", "wrong_contact")
    answers: tuple[str, ...] = ("yes", "release", "not_now")
    """Answers to "Still working on it?"."""


@dataclass(frozen=True, slots=True)
class RepView:
    """One rep as routing sees them. Dates are ISO texts, hours as `Mon-Fri 09:00-17:00`; None means no limit.

    `passed_over` says why routing passes them over now: out_of_hours, away, full, gone; None: they are available.
    """

    user_id: str
    time_zone: str | None = None
    hours: str | None = None
    away: tuple[tuple[str, str], ...] = ()
    """Periods of absence, first and last day."""
    capacity: int | None = None
    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    language: str | None = None
    """The language they are talked to in, where they chose one."""
    claimed: int = 0
    """Claimed and not snoozed: what capacity counts."""
    snoozed: int = 0
    overdue: int = 0
    passed_over: str | None = None
    due_while_away: tuple[LeadRef, ...] = ()
    """Their leads whose follow-up deadline lies in their absence."""
    unknown: tuple[str, ...] = ()
    """Of `set_me`: what could not be set, because there is no such key or its value is none; the rest was set."""


@dataclass(frozen=True, slots=True)
class TeamView:
    """The whole team for a manager: every rep, and what nobody has."""

    reps: tuple[RepView, ...]
    unclaimed: int
    overdue: int
    """Leads past their follow-up deadline, owned or not."""
    offered: int
    needs_owner: tuple[LeadRef, ...] = ()
    """Contacted once, without an owner now."""
    longest_open: tuple[ListRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """The figures of one rep, or of all, over a period. Times are in the clock's units (working time, where set)."""

    since: Instant
    claimed: int = 0
    contacted: int = 0
    accepted: int = 0
    rejected: int = 0
    recycled: int = 0
    won: int = 0
    lost: int = 0
    time_to_claim: Duration | None = None  # medians
    time_to_contact: Duration | None = None

    @property
    def acceptance(self) -> Decimal | None:
        """accepted / (accepted + rejected), in percent with one decimal; None where neither is there."""
        judged = self.accepted + self.rejected
        return None if judged == 0 else round(Decimal(100 * self.accepted) / judged, 1)


@dataclass(frozen=True, slots=True)
class HomeView:
    """The Home tab: my leads with deadlines first, offers to me, open alerts, my numbers of the last 30 days."""

    me: RepView
    mine: tuple[ListRow, ...]
    offered: tuple[ListRow, ...]
    open: tuple[ListRow, ...]
    snoozed: tuple[ListRow, ...]
    stale: tuple[ListRow, ...]
    """Mine, and asked "Still working on it?" without an answer."""
    numbers: Numbers
    overdue: tuple[ListRow, ...] = ()
    """For a manager: everybody's leads past their deadline."""
    more: Mapping[str, int] = field(default_factory=dict)
    """List -> how many leads it has in all, where not all are shown."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A rep whom routing looked at. `why`: taken, or out_of_hours, away, full, gone, had_it, not_theirs
    (territory or language), too_late (half the clock is gone, or three offers were made)."""

    user_id: str
    why: str


@dataclass(frozen=True, slots=True)
class RouteView:
    """Why a lead goes (or went) where it does.

    `first` is last_owner, colleague or rule: what decided. `rule` names the rule, None: none took it. `how` is pool,
    round_robin or owner. `result` is open, offered or assigned, `to` the one offered or assigned. `rules` says of each
    rule, in order, whether its condition holds.
    """

    lead: LeadRef
    channel: str
    first: str
    rule: str | None
    how: str
    result: str
    to: str | None = None
    until: Instant | None = None
    considered: tuple[Considered, ...] = ()
    rules: tuple[tuple[str, bool], ...] = ()
    fallback: bool = False
    """No rule takes it: it goes to the fallback channel."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What became of the alerts of one group: they sum to `passed`."""

    group: str
    passed: int
    accepted: int = 0
    rejected: int = 0
    recycled: int = 0
    pending: int = 0
    unanswered: int = 0
    joined: int = 0
    superseded: int = 0

    @property
    def acceptance(self) -> Decimal | None:
        """accepted / (accepted + rejected), in percent with one decimal; None where neither is there."""
        judged = self.accepted + self.rejected
        return None if judged == 0 else round(Decimal(100 * self.accepted) / judged, 1)


@dataclass(frozen=True, slots=True)
class StatsView:
    """What marketing passed and what became of it, in all and by cell, rule, model version, channel and rep."""

    since: Instant
    until: Instant
    total: ResultRow
    by: Mapping[str, tuple[ResultRow, ...]]
    """cell, rule, model, channel, rep -> rows, most passed first."""
    numbers: Numbers
    rejected_why: tuple[tuple[str, int], ...] = ()
    """Reason -> how often, most often first."""
    recycled_why: tuple[tuple[str, int], ...] = ()
    lost_why: tuple[tuple[str, int], ...] = ()
    held_back: int = 0
    """Crossings that alerted nobody: `never_alert`, `alert = false`."""


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A lead in a digest, with the one thing that is said of it: since when, until when, whose."""

    lead: LeadRef
    owner: str | None = None
    at: Instant | None = None
    rating: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest, for a channel or a manager. Lists are cut at `SHOWN`; `counts` has every list's whole length.

    Lists: held_back (alerts that quiet hours or the ceiling kept, with Claim), new_hot, claimed, overdue (past the
    deadline and open), won, lost, cooled (cooled unclaimed), stale ("Still working on it?" unanswered for 3 working
    days), needs_owner, crossed_closed (weekly), due_while_away.
    """

    for_whom: str
    """A channel's or a person's id."""
    since: Instant
    until: Instant
    rows: Mapping[str, tuple[DigestRow, ...]]
    counts: Mapping[str, int]
    total: ResultRow
    """What marketing passed in the period, and what became of it so far."""
    numbers: Numbers
    rejected_why: tuple[tuple[str, int], ...] = ()
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What was written down about a lead by hand."""

    lead: LeadRef
    contacts: tuple[ContactEntry, ...] = ()
    notes: tuple[Note, ...] = ()
    qualification: Qualification | None = None


SHOWN = 10
"""Rows per list of a digest."""
