"""By which identifiers a lead is known, from which sources, and what joined them when: for Details and the export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.service.identity.rules import LEAD
from bot.storage import identities
from bot.storage.store import Tx
from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class JoinedBy:
    """Why an identifier is of the same lead as another: one event named both, an alias, or an instruction."""

    other: str
    how: str  # together (in one event), alias or instruction
    since: Instant
    source: str | None = None
    """The source of the event, where it is one."""


@dataclass(frozen=True, slots=True)
class KnownAs:
    """One identifier of a lead."""

    kind: str
    value: str
    first_seen: Instant
    joined: tuple[JoinedBy, ...] = ()


def known_as(tx: Tx, lead_id: int) -> tuple[KnownAs, ...]:
    """A lead's identifiers, the one known longest first; each with what joins it to those before it."""
    rows = [row for row in identities.of_lead(tx, lead_id) if row["kind"] != LEAD]
    found = []
    for place, row in enumerate(rows):
        elder = {one["id"]: one["value"] for one in rows[:place]}
        joined = [
            JoinedBy(elder[other["b"]], "together", other["since"], _source(tx, row["id"], other))
            for other in identities.named_with(tx, row["id"])
            if other["b"] in elder and other["since"] is not None
        ]
        joined += [
            JoinedBy(elder[other["b"]], "alias", other["since"])
            for other in identities.aliases_of(tx, row["id"])
            if other["b"] in elder
        ]
        joined += [
            JoinedBy(elder[one["b"]], "instruction", one["at"])
            for one in identities.instructed(tx, row["id"])
            if one["b"] in elder
        ]
        in_time = tuple(sorted(joined, key=lambda one: one.since))
        found.append(KnownAs(row["kind"], row["value"], row["first_seen"], in_time))
    return tuple(found)


def _source(tx: Tx, identifier: int, other: Any) -> str | None:
    return identities.source_of(tx, identifier, other["b"], other["since"])
