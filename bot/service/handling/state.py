"""Where a lead stands (docs/handling.md): the state, derived from stored facts, and the reps' words for it.

state       holds when (the first that does)
closed      the status is of kind won, lost or rejected
recycled    the status is of kind recycled
snoozed     a snooze runs
claimed     it has an owner
offered     it has a live alert, and one rep has first refusal
open        it has a live alert
quiet       else
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from bot.errors import BadConfiguration, Finding
from bot.service.views import Actor, Contact, Handling, LeadRef, Qualification, State, Status
from bot.storage import written
from bot.storage.store import Tx
from scoring.instants import DAY, Duration, Instant

CLOSED_KINDS: Final = frozenset({"won", "lost", "rejected"})
KINDS: Final = frozenset({"open", "recycled"}) | CLOSED_KINDS
FOLLOW_UP_WITHIN: Final[Duration] = DAY
"""Where neither cell nor labels say one."""
NEW: Final = "new"

DEFAULT_STATUSES: Final = (
    Status(NEW, "New"),
    Status("attempting", "Attempting contact", is_contact=True),
    Status("connected", "Connected", is_contact=True),
    Status("deal", "Open deal", is_contact=True, asks_qualification=True),
    Status("customer", "Customer", kind="won"),
    Status("lost", "Lost", kind="lost"),
    Status("unqualified", "Unqualified", kind="rejected"),
    Status("nurture", "Nurture", kind="recycled"),
)


class Statuses:
    """The configured statuses, in order; a status that is no longer configured is read as open, under its key."""

    def __init__(self, statuses: Iterable[Status] = DEFAULT_STATUSES) -> None:
        self.all = tuple(statuses)
        self._by_key = {status.key: status for status in self.all}
        if NEW not in self._by_key:
            found = ", ".join(self._by_key)
            raise BadConfiguration(
                (
                    Finding(
                        "status", f"no status has the key new (found {found})", "Add one: it is where a lead begins."
                    ),
                )
            )

    def get(self, key: str) -> Status | None:
        """The configured status of this key."""
        return self._by_key.get(key)

    def of(self, key: str) -> Status:
        """The status that a stored key means."""
        return self._by_key.get(key) or Status(key, key)

    def state(self, lead: Any) -> State:
        """Where a stored lead stands."""
        kind = self.of(lead["status"]).kind
        if kind in CLOSED_KINDS:
            return State.CLOSED
        if kind == "recycled":
            return State.RECYCLED
        if lead["snoozed_until"] is not None:
            return State.SNOOZED
        if lead["owner"] is not None:
            return State.CLAIMED
        if lead["alert_id"] is None:
            return State.QUIET
        return State.OFFERED if lead["offered_to"] is not None else State.OPEN

    def of_kind(self, kind: str) -> Status | None:
        """The first configured status of a kind."""
        return next((status for status in self.all if status.kind == kind), None)

    def keys(self, kinds: Iterable[str]) -> list[str]:
        """The keys of the statuses of these kinds."""
        wanted = frozenset(kinds)
        return [status.key for status in self.all if status.kind in wanted]

    def handling(self, lead: Any) -> Handling:
        """What is being done about a stored lead."""
        state = self.state(lead)
        return Handling(
            state=state,
            status=self.of(lead["status"]),
            owner=lead["owner"],
            owner_since=lead["owner_since"],
            deadline=lead["deadline"],
            contacted_at=lead["contacted_at"],
            cooled=bool(lead["cooled"]) and state is State.QUIET,
            since=_since(lead, state),
            offered_to=lead["offered_to"] if state is State.OFFERED else None,
            offered_until=lead["offered_until"] if state is State.OFFERED else None,
            snoozed_until=lead["snoozed_until"] if state is State.SNOOZED else None,
            back_at=lead["back_at"] if state is State.RECYCLED else None,
            missed=lead["missed"],
            escalated_at=lead["escalated_at"],
            asked_at=lead["asked_at"],
            reason=lead["reason"] if state in (State.CLOSED, State.RECYCLED) else None,
            amount=None if lead["amount"] is None else Decimal(lead["amount"]) / 100,
            close_on=lead["close_on"],
        )


def _since(lead: Any, state: State) -> Instant | None:
    """Since when a stored lead stands so; None where that is not known."""
    if state in (State.CLOSED, State.RECYCLED):
        return _instant(lead["status_since"])
    if state is State.CLAIMED:
        return _instant(lead["owner_since"])
    if lead["stood"] is None:
        return _instant(lead["created_at"]) if state is State.QUIET else None
    return _instant(lead["stood_since"]) if lead["stood"] == state else None


def _instant(value: Any) -> Instant | None:
    return None if value is None else int(value)


def ref(lead: Any, label: str | None = None) -> LeadRef:
    """Enough of a stored lead to name it."""
    return LeadRef(lead["id"], lead["name"], lead["email"], lead["company"], label)


def contact(lead: Any) -> Contact:
    """How a stored lead can be reached."""
    return Contact(lead["email"], lead["phone"], lead["do_not_mail"])


def may_close(lead: Any, actor: Actor, state: State) -> bool:
    """Who may reject, recycle or close.

    The owner, the one offered, a manager; any rep if it has no owner and is not offered to another; who closed it.
    """
    if actor.manages or lead["owner"] == actor.user_id:
        return True
    if state is State.CLOSED:
        return bool(lead["status_by"] == actor.user_id)
    if state is State.OFFERED:
        return bool(lead["offered_to"] == actor.user_id)
    return lead["owner"] is None


def qualification_of(tx: Tx, lead_id: int) -> Qualification | None:
    """What a rep found out of budget, authority, need and timeline."""
    row = written.qualification(tx, lead_id)
    return None if row is None else Qualification(*row)
