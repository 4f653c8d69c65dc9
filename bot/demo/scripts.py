"""The scripts of the story: who does what, and how long after. Read once, into frozen values.

A line says when (days after the line before in the past, seconds in the present; `1-3` is drawn), perhaps how likely
it is (`40%`), the act (a word of acts.py) and what is handed to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.acts import ACTS


@dataclass(frozen=True, slots=True)
class Beat:
    """One line of a script."""

    after: tuple[int, int]
    act: str
    words: str
    chance: float = 1.0


def script(text: str) -> tuple[Beat, ...]:
    """The beats of a script; a word that is no act is refused."""
    return tuple(_beat(line) for line in text.strip().splitlines())


def _beat(line: str) -> Beat:
    when, act, *words = line.split()
    chance = 1.0
    if act.endswith("%"):
        chance, (act, *words) = int(act[:-1]) / 100, words
    if act not in ACTS:
        raise ValueError(f"{line.strip()!r} names no act")
    first, _, last = when.partition("-")
    return Beat((int(first), int(last or first)), act, " ".join(words), chance)
