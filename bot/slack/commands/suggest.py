"""'Did you mean': the nearest word of a table to one that was mistyped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from bot.service.views import Status
from bot.slack.commands.grammar import folded

NEAR: Final = 0.7
OTHER_WORDS: Final[Mapping[str, str]] = {
    "accept": "claim",
    "assign": "reassign",
    "call": "log",
    "comment": "note",
    "drop": "release",
    "feedback": "note",
    "later": "snooze",
    "reject": "notfit",
    "take": "claim",
    "unclaim": "release",
    "unsnooze": "wake",
}
"""Verbs that people type, and ours."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that means the same as this one or is most like it, if one is near enough to be meant."""
    if (ours := OTHER_WORDS.get(word.casefold())) in (known := list(known)):
        return ours
    return next(iter(get_close_matches(word.casefold(), known, n=1, cutoff=NEAR)), None)


def nearest_status(text: str, statuses: Iterable[Status]) -> tuple[str, Status] | None:
    """WHO and the status that the last words of the text probably meant; the most words that fit count."""
    known = {folded(name): status for status in statuses for name in (status.label, status.key)}
    words = text.split()
    for start in range(1, len(words)):
        found = nearest(folded(" ".join(words[start:])), known)
        if found is not None:
            return " ".join(words[:start]), known[found]
    return None
