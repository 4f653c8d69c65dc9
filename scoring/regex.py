"""Regular expressions of RE2 (linear time, so that no pattern can hang a lead), typed as we use them."""

from __future__ import annotations

from collections.abc import Callable

import re2

from scoring.errors import ScoringError


class BadPattern(ScoringError):
    """A pattern is no regular expression of RE2."""


def compile_search(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether the pattern is found in a text, in any case."""
    options = re2.Options()
    options.log_errors = False  # it would write to stderr
    options.case_sensitive = False
    options.never_capture = True
    try:
        search = re2.compile(pattern, options).search
    except re2.error as error:
        reason = error.args[0] if error.args else "not readable"
        raise BadPattern(reason.decode() if isinstance(reason, bytes) else str(reason)) from None

    def found(text: str) -> bool:
        return search(text.encode("utf-8", "replace")) is not None  # a lone surrogate is no reason to fail

    return found
