"""Where a lead stands (HANDLING.md): the state, derived from stored facts, and the reps' words for it.

state       holds when (the first that does)
closed      the status is of kind won, lost or rejected
recycled    the status is of kind recycled
claimed     it has an owner
open        it has a live alert
quiet       else
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.errors import BadConfiguration, Finding
from bot.service.views import Actor, Contact, Handling, LeadRef, State, Status
from scoring.instants import DAY, Duration

CLOSED_KINDS: Final = frozenset({"won", "lost", "rejected"})
KINDS: Final = frozenset({"open", "recycled"}) | CLOSED_KINDS
FOLLOW_UP_WITHIN: Final[Duration] = DAY
"""Where neither cell nor labels say one."""
LOST_REST: Final[Duration] = 90 * DAY
"""A lost lead that crosses after so long is a lead again."""
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
        if lead["owner"] is not None:
            return State.CLAIMED
        return State.OPEN if lead["alert_id"] is not None else State.QUIET

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
            since=lead["owner_since"] if state is State.CLAIMED else lead["status_since"],
        )


def ref(lead: Any, label: str | None = None) -> LeadRef:
    """Enough of a stored lead to name it."""
    return LeadRef(lead["id"], lead["name"], lead["email"], lead["company"], label)


def contact(lead: Any) -> Contact:
    """How a stored lead can be reached."""
    return Contact(lead["email"], lead["phone"], lead["do_not_mail"])


def may_close(lead: Any, actor: Actor, state: State) -> bool:
    """Who may reject, recycle or close: the owner, a manager, any rep if the lead has no owner; who closed it."""
    if actor.manages or lead["owner"] == actor.user_id:
        return True
    if state is State.CLOSED:
        return bool(lead["status_by"] == actor.user_id)
    return lead["owner"] is None
