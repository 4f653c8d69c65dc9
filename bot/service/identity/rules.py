"""The configuration of identity, and what it says of an identifier by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from bot.service.identity.attribution import Reach
from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, PHONE, ROLE_NAMES, USER_ID, is_role_address
from bot.service.incoming import Identifier
from scoring.instants import DAY, MINUTE, Duration

LEAD: Final = "lead"
"""The kind of our own identifier: the one of a lead that was made by hand, under its first number."""

NORMAL: Final = 0
PAST: Final = 1
"""Named with too many values of another kind: it joins nothing."""
OVERSIZED: Final = 2
"""In a set that holds too many addresses: it stands alone."""
NOBODY: Final = 3
"""Counts as not named: an address of our own company, or a value that an admin called no person."""

OTHER_LIMIT: Final = 5
"""Of every kind that `limits` does not name: each vendor's id."""


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """What of identity is configured. A change of any of it is applied at the next start."""

    identifying: tuple[str, ...] = (EMAIL, USER_ID, PHONE)
    own_domains: frozenset[str] = frozenset()
    free_mail: frozenset[str] = frozenset()
    role_addresses: frozenset[str] = ROLE_NAMES
    limits: Mapping[str, int] = field(default_factory=lambda: {USER_ID: 5, PHONE: 5, EMAIL: 10})
    """By the kind that is counted: so many values of it may be named with one identifier of another kind."""
    addresses_of_a_phone: int = 1
    addresses_of_a_set: int = 10
    addresses_of_a_visitor: int = 10
    """With more than these an anonymous id attributes nothing."""
    group_ids_of_a_domain: int = 5
    domains_of_a_group_id: int = 20
    session: Duration = 30 * MINUTE
    anonymous_window: Duration = 180 * DAY

    @property
    def reach(self) -> Reach:
        """How far an identification reaches back."""
        return Reach(self.session, self.anonymous_window)

    def place(self, kind: str) -> int:
        """Where a kind stands in the order of those that identify; vendors' ids come after all of them."""
        return self.identifying.index(kind) if kind in self.identifying else len(self.identifying)

    def identifies(self, kind: str) -> bool:
        """Whether an identifier of this kind makes a lead; our own number does too."""
        return kind in self.identifying or kind == LEAD

    def is_own(self, one: Identifier) -> bool:
        """Whether it is an address of our own company: it counts as not named."""
        return one.kind == EMAIL and one.value.rpartition("@")[2] in self.own_domains

    def is_role(self, one: Identifier) -> bool:
        """Whether several people read this address: it joins nothing."""
        return one.kind == EMAIL and is_role_address(one.value, self.role_addresses)

    def may_join(self, one: str, other: str) -> bool:
        """Whether an event that names these two kinds joins them: two that identify, or one and a vendor's id."""
        return ANONYMOUS_ID not in (one, other) and (self.identifies(one) or self.identifies(other))

    def limit(self, kind: str, counted: str) -> int | None:
        """How many values of another kind an identifier may be named with; None: any number."""
        if kind == ANONYMOUS_ID:
            return self.addresses_of_a_visitor if counted == EMAIL else None
        if counted in (kind, ANONYMOUS_ID, LEAD):
            return None
        if kind == PHONE and counted == EMAIL:
            return self.addresses_of_a_phone
        return self.limits.get(counted, OTHER_LIMIT)

    def is_named(self, kind: str, standing: int) -> bool:
        """Whether an identifier of this standing counts as named: past its limit no id of a user or a vendor does."""
        if standing == NOBODY:
            return False
        return standing != PAST or kind in (EMAIL, PHONE, ANONYMOUS_ID)

    def fingerprint(self) -> str:
        """Changes with whatever of this decides who is who."""
        whole = {name: _plain(value) for name, value in asdict(self).items()}
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, Iterable) and isinstance(value, frozenset) else value
