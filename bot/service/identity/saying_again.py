"""Finds the standing instruction that already says what a new one would say, so that nothing is written twice.

Of instructions about the same identifiers the newest wins. So one that was overruled may be given again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, Final

from bot.service.identity.joining import Verb, Verdicts
from bot.storage import instructions, rederiving
from bot.storage.store import Tx
from scoring.instants import Instant

_APART: Final = frozenset({Verb.UNMERGE, Verb.NEVER_JOIN})


def standing_already(
    tx: Tx, about: str, said: Verdicts[int], verb: Verb, one: Sequence[int], other: Sequence[int], now: Instant
) -> Any:
    """The newest instruction that stands and says this, where all of them together say it; None: it is new.

    `one` and `other` are its sides; those of a join that was done name the same whole lead, or company, twice.
    """
    rows = list(reversed(instructions.that_stand(tx, about)))
    if verb is Verb.JOIN and set(one) == set(other):
        return next((row for row in rows if row["verb"] == Verb.JOIN and set(one) >= {*_one(row), *_other(row)}), None)
    if not _says_nothing_new(tx, said, verb, one, other, now):
        return None
    kin = _APART if verb in _APART else {verb}
    asked = _about(one, other)
    return next((row for row in rows if Verb(row["verb"]) in kin and asked & _about(_one(row), _other(row))), None)


def _says_nothing_new(
    tx: Tx, said: Verdicts[int], verb: Verb, one: Sequence[int], other: Sequence[int], now: Instant
) -> bool:
    """A correction counts for events up to then: where the wrong address came again since, it says something new."""
    match verb:
        case Verb.CORRECT:
            until, right = said.corrected.get(one[0], (now, None))
            again = (row["occurred_at"] for row in rederiving.naming(tx, one))
            return right == other[0] and not any(until < at <= now for at in again)
        case Verb.NOT_A_PERSON:
            return set(one) <= said.nobody
        case Verb.CLEAR:
            return set(one) <= said.cleared
        case Verb.JOIN:
            return _about(one, other) <= {frozenset((edge.a, edge.b)) for edge in said.joins}
    return _about(one, other) <= said.apart


def _about(one: Iterable[int], other: Iterable[int]) -> set[frozenset[int]]:
    """What an instruction is about: pairs, or each by itself where it has one side."""
    first, second = list(one), list(other)
    return {frozenset(pair) for pair in product(first, second)} if second else {frozenset((each,)) for each in first}


def _one(row: Any) -> list[int]:
    found: list[int] = json.loads(row["one"])
    return found


def _other(row: Any) -> list[int]:
    found: list[int] = json.loads(row["other"])
    return found
