"""What the stand-in raises: an answer that refuses a call, and an act that no person could do."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """The Web API answers `{"ok": false, "error": code}`."""

    def __init__(self, code: str, *messages: str, **more: Any) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = messages
        self.more: Mapping[str, Any] = more

    def answer(self) -> dict[str, Any]:
        """The body that Slack would send."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


class CannotActError(Exception):
    """A person cannot do this: no such button, channel or open modal. The test (or the page) is wrong, not the app."""
