"""Faults that a test orders: a refused, failed, lost or late answer, before or after the call took effect."""

from dataclasses import dataclass, replace
from typing import Literal, Protocol

Kind = Literal["429", "500_before", "500_after", "drop_before", "drop_after", "latency", "latency_after", "error"]


@dataclass(frozen=True)
class Fault:
    """The next `times` calls of `method` ("*" for any; "response_url" for answers) go wrong in this way.

    `latency` waits `seconds` of real time before the call takes effect, `latency_after` before it is answered;
    `error` answers `code` without effect. `channel` narrows it to calls for that channel.
    """

    kind: Kind
    method: str = "*"
    times: int = 1
    seconds: float = 0.0
    retry_after: int = 1
    code: str = "internal_error"
    channel: str = ""


class GoesWrong(Protocol):
    """Says of each call, once, what goes wrong with it; None: nothing."""

    def take(self, method: str, channel: str, /) -> Fault | None: ...


class Faults:
    """The faults still to happen, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def inject(self, fault: Fault) -> None:
        """Let a fault happen soon."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget the faults that did not happen yet."""
        self._waiting.clear()

    def take(self, method: str, channel: str) -> Fault | None:
        """The fault for this call, counted down."""
        for at, fault in enumerate(self._waiting):
            if fault.method in ("*", method) and fault.channel in ("", channel):
                if fault.times > 1:
                    self._waiting[at] = replace(fault, times=fault.times - 1)
                else:
                    del self._waiting[at]
                return fault
        return None
