"""What is said over the socket, and where the socket is."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from bot.errors import HotleadError

LONGEST: Final = 8 * 1024 * 1024
"""Bytes of a line at most; a model file is far smaller."""
_NAME: Final = "control.sock"


class NotRunning(HotleadError):
    """No service listens in this data folder."""


class RefusedByService(HotleadError):
    """The service was asked and could not do it; the message says why."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is: `total` is 0 while it is not known."""

    what: str
    done: int = 0
    total: int = 0


Told: TypeAlias = Callable[[Progress], None]
"""Called with every step; it never waits."""
Operation: TypeAlias = Callable[[Mapping[str, Any], Told], Awaitable[Mapping[str, Any]]]
"""Does what a command asks for; its values and its result are JSON."""


def socket_of(folder: Path) -> Path:
    """Where the socket of a data folder is looked for; it may be a link, see `ControlServer`."""
    return folder / _NAME


def line(**values: Any) -> bytes:
    """One line of the protocol."""
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def progress_line(progress: Progress) -> bytes:
    return line(progress=asdict(progress))
