"""The one family of errors that the package scoring raises."""

from __future__ import annotations

from dataclasses import dataclass


class ScoringError(Exception):
    """Something given to the package scoring cannot be used."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a model file: where, what was found, what is allowed.

    `place` is a path such as `engagement[0].rule[2].points`; `line` counts from 1, None where it cannot be known.
    """

    place: str
    found: str
    allowed: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, {self.place}" if self.line and self.place else self.place or f"line {self.line}"
        return f"{where}: found {self.found}; allowed: {self.allowed}"


class InvalidModel(ScoringError):
    """A model file is refused, with every problem in one go."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
