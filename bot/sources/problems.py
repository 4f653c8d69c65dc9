"""What stops a body or one event. Neither leaves this package: they become refusals."""

from __future__ import annotations


class BadBody(Exception):
    """A whole body cannot be read."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class BadEvent(Exception):
    """One event of a readable body cannot be read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
