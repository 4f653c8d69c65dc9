"""An address that an admin corrected is read as the right one in events up to then (`hotlead identity correct`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.service.identity.identifiers import EMAIL, normalise
from bot.storage import instructions
from bot.storage.store import Tx
from scoring.events import Value
from scoring.instants import Instant

Corrections = Mapping[str, tuple[Instant, str]]
"""By the wrong address: up to when it counts as another, and as which."""
NO_CORRECTIONS: Final[Corrections] = {}


def corrections_of(tx: Tx) -> Corrections:
    """The addresses that stand corrected."""
    return {row["wrong"]: (row["at"], row["right"]) for row in instructions.corrections(tx)}


def corrected(traits: Mapping[str, Value], at: Instant, corrections: Corrections) -> Mapping[str, Value]:
    """What an event of this instant says of its person, with the right address for a wrong one."""
    if not corrections or "email" not in traits:
        return traits
    until, right = corrections.get(normalise(EMAIL, traits["email"]) or "", (None, ""))
    return traits if until is None or at > until else {**traits, "email": right}
