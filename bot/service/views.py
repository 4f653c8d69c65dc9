"""What people are shown: frozen values, no word of Slack. Instants are microseconds UTC, points have two decimals."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from scoring.instants import Instant


class Role(StrEnum):
    """What somebody may do. A guest, a bot, a stranger or somebody deactivated has no role and no Actor."""

    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks or acts: a full member of the workspace. An admin may do all that a manager may."""

    user_id: str
    role: Role = Role.REP
    zone: str | None = field(default=None, compare=False)
    """The name of their time zone, such as Europe/Copenhagen."""

    @property
    def manages(self) -> bool:
        return self.role in (Role.MANAGER, Role.ADMIN)


class State(StrEnum):
    """Where a lead stands (docs/handling.md): derived from stored facts, always exactly one."""

    CLOSED = "closed"
    RECYCLED = "recycled"
    SNOOZED = "snoozed"
    CLAIMED = "claimed"
    OFFERED = "offered"
    OPEN = "open"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Status:
    """A rep's word for where a lead stands. `kind` is open, won, lost, rejected or recycled."""

    key: str
    label: str
    kind: str = "open"
    is_contact: bool = False
    asks_qualification: bool = False


@dataclass(frozen=True, slots=True)
class LeadRef:
    """Enough to name a lead: `number` is 123 for L-123."""

    number: int
    name: str | None
    email: str | None
    company: str | None
    label: str | None = None
    score: Decimal | None = None

    @property
    def key(self) -> str:
        return f"L-{self.number}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Ledger lines of one rule, grouped: "Case page × 7"."""

    category: str | None
    rule: str
    points: Decimal
    count: int = 1
    latest_at: Instant | None = None
    matched: str | None = None
    kind: str = "engagement"  # fit | engagement | adjustment


@dataclass(frozen=True, slots=True)
class Activity:
    """One accepted event on a lead's timeline. `quarantined` says why it is worth nothing, if so."""

    at: Instant
    type: str
    source: str
    what: str | None = None
    points: Decimal | None = None
    quarantined: str | None = None
    flags: tuple[str, ...] = ()
    seq: int | None = None
    """Its place in the log, by which people quarantine and restore it."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How a lead can be reached. `do_not_mail` is unsubscribed, complained or bounced, else None."""

    email: str | None
    phone: str | None
    do_not_mail: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One model's score of a lead now."""

    model: str
    score: Decimal | None
    fit: Decimal
    engagement: Decimal
    rating: str | None
    label: str | None
    action: str | None
    failed_gates: tuple[str, ...] = ()
    waiting_on: tuple[str, ...] = ()
    never_alert: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    next_change: Instant | None = None
    forecast: Instant | None = None


@dataclass(frozen=True, slots=True)
class Qualification:
    """Budget, authority, need, timeline: what a rep found out before a lead is an opportunity."""

    budget: str | None = None
    authority: str | None = None
    need: str | None = None
    timeline: str | None = None
    by: str | None = None
    at: Instant | None = None

    @property
    def unset(self) -> tuple[str, ...]:
        """What is not known yet."""
        return tuple(name for name in ("budget", "authority", "need", "timeline") if not getattr(self, name))


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact that a rep logged. `kind` is call, email, …, `outcome` reached, no_answer, …"""

    at: Instant
    by: str
    kind: str
    outcome: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Words about a lead. `content_feedback`: what the lead said of our content (which works, which does not)."""

    at: Instant
    by: str
    text: str
    content_feedback: str | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What is being done about a lead. `deadline` is the follow-up deadline while its clock runs.

    `offered_until`, `snoozed_until` and `back_at` (recycled) are when its time comes. `missed` is the deadline of an
    earlier owner, shown beside the new one after the step `release`. `escalated_at`: the deadline passed, the manager
    was told. `asked_at`: "Still working on it?" waits for an answer since. `since`: when it came to stand so.
    """

    state: State
    status: Status
    owner: str | None = None
    owner_since: Instant | None = None
    deadline: Instant | None = None
    contacted_at: Instant | None = None
    cooled: bool = False
    since: Instant | None = None
    offered_to: str | None = None
    offered_until: Instant | None = None
    snoozed_until: Instant | None = None
    back_at: Instant | None = None
    missed: Instant | None = None
    escalated_at: Instant | None = None
    asked_at: Instant | None = None
    reason: str | None = None
    """Why it is closed or recycled, where somebody said so."""
    amount: Decimal | None = None
    close_on: str | None = None
    """The expected close date of a deal, as an ISO date."""
    qualification: Qualification | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another lead of the same company who is already claimed, and by whom."""

    lead: LeadRef
    owner: str
    name: str | None = None
    """What the owner is called, where that is known: an alert names them and does not call them."""


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """The crossing as it was: frozen when the alert is made, never changed afterwards."""

    lead: LeadRef
    title: str | None
    model: str
    label: str
    rating: str | None
    score: Decimal
    fit: Decimal
    engagement: Decimal
    crossed_at: Instant
    reasons: tuple[Reason, ...]
    fit_facts: tuple[tuple[str, str], ...]
    activities: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class Better:
    """What became of a lead since its crossing: a better label or cell, `model` where another model says so; or
    `joined`, the number of the lead that it turned out to be."""

    label: str | None = None
    rating: str | None = None
    model: str | None = None
    joined: int | None = None


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as it is shown: the frozen facts, and the handling as it is now."""

    alert_id: int
    key: str
    facts: AlertFacts
    contact: Contact
    handling: Handling
    colleagues: tuple[Colleague, ...] = ()
    better: Better | None = None
    shadow: bool = False
    previous: tuple[str, str] | None = None  # channel id and ts of the earlier alert's message
    superseded: bool = (
        False  # another alert of the lead has the message that is kept up to date: a newer one, or joined
    )
    newer: tuple[str, str] | None = None  # that message, once it is there
    crm_url: str | None = None


@dataclass(frozen=True, slots=True)
class LeadView:
    """A lead as `/lead score` and Details show it.

    `known_fields` and `missing_fields` are the fields and kinds of behaviour that the model asks for.
    """

    lead: LeadRef
    title: str | None
    contact: Contact
    scores: tuple[ScoreView, ...]
    handling: Handling
    fit_facts: tuple[tuple[str, str], ...] = ()
    known_fields: tuple[str, ...] = ()
    missing_fields: tuple[str, ...] = ()
    crm_url: str | None = None
    alert_key: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The ledger of one score, line by line; the lines sum to the score exactly."""

    lead: LeadRef
    score: ScoreView
    lines: tuple[Reason, ...]
    at: Instant
    others: tuple[ScoreView, ...] = ()
    """What the other models say."""


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of a lead's history of handling: who did what, when."""

    at: Instant
    actor: str  # a Slack user id, or "hotlead"
    action: str  # crossed, claimed, released, status, cooled, …
    before: str | None = None
    after: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of a lead's life, newest first: what it did and what was done about it."""

    lead: LeadRef
    activities: tuple[Activity, ...]
    acts: tuple[Act, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class ListRow:
    """A lead in a list."""

    lead: LeadRef
    rating: str | None
    handling: Handling
    latest_at: Instant | None
    held_back: str | None = None
    """What held its last alert back, while nobody works on it: the name of a `never_alert`, or `alert = false`."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The filter whose value no lead can have, and the values that can be meant: of a country those near it alone."""

    key: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list of leads; `page` counts from 1. One that is empty says which filter no lead can pass."""

    name: str
    rows: tuple[ListRow, ...]
    page: int
    pages: int
    total: int
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act. `done` says whether it is so now; `code` names the sentence that is said.

    Done: claimed, already_yours, released, reassigned, already_theirs, snoozed, woken, status_set (also not a fit and
    not now), status_unchanged, new_time (not now of a recycled lead), logged, logged_claimed, qualified, noted,
    still_working.
    Refused: taken (owned; `handling` says who, since when, and until when it is snoozed), offered_elsewhere (offered
    to another until `handling.offered_until`), not_yours, not_claimed, closed, gone, not_possible (nothing of the kind
    can be done in this state), not_active (whom it should go to has left), in_the_past, bad_choice (a reason, kind,
    outcome, amount or date that is none; `note` names it), needs_qualification.
    `warnings` beside what was done: away, full, out_of_hours (of the one it goes to), clock_runs (the snooze does not
    suspend the clock), budget, authority, need, timeline (unset).
    """

    done: bool
    code: str
    lead: LeadRef
    handling: Handling
    contact: Contact | None = None
    before: str | None = None  # the status's or owner's value before
    note: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A line that is owed to a thread, a person or a channel beside the alert itself.

    Codes for a thread: crossed_again, better, also_crossed, back_to_team, cooled, status, offered (to `to`, until
    `until`), offer_ended (of `to`: open now), reminder (nobody has it, the deadline nears), escalation, passed_on (the
    step release: `actor` had it), woken, activity (`activities`), joined (with `other`).
    For a person: claimed (contact details and deadline; also when assigned by routing: `actor` is None), crossed_again,
    better, also_crossed, crossed_closed, closed_elsewhere, needs_owner, offered, offer_ended, reminder, escalation
    (`leads` past their deadline, each with its owner in `handling` where it is one), released (the step release took
    it from them), reassigned_to, reassigned_from (`actor` did it), woken, recycled_due (its time came: the lead is
    with the team again), contact_logged, noted, qualified (`actor` did it on your lead), activity, stale ("Still
    working on it?" for `leads`), joined (with `other`, which somebody else has), due_while_away (for a manager: `leads`
    of `actor` fall due in their absence).
    For the admin channel: health (`text` is the message).
    """

    code: str
    lead: LeadRef | None = None
    contact: Contact | None = None
    handling: Handling | None = None
    label: str | None = None
    rating: str | None = None
    actor: str | None = None
    at: Instant | None = None
    text: str | None = None
    broadcast: bool = False  # a thread line that is also sent to the channel
    alert_key: str | None = None
    to: str | None = None
    until: Instant | None = None
    reason: str | None = None
    leads: tuple[LeadRef, ...] = ()
    other: LeadRef | None = None
    activities: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing that `/hotlead health` looked at: `detail` is the finding, and what to do when it is not ok."""

    name: str
    ok: bool
    detail: str
