"""Logs: structured, one line each, without secrets, addresses or bodies.

Every request has an id: it stands in all lines that the request causes, up to the message in Slack (`request=…`), and
in its answer as X-Request-Id. What is owed because of a request is stored with the id, so that it outlives a restart.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal

import structlog

_SECRETS: Final = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|whsec_[\w+/=]+|(?i:(?:bearer|basic)\s+)[\w.~+/=-]+|[\w.+%-]+@[\w-]+\.[\w.-]+"
)
_HIDDEN: Final = "…"


_request: Final[ContextVar[str | None]] = ContextVar("request", default=None)


def new_request_id() -> str:
    """Told apart from any other, and telling nothing."""
    return secrets.token_hex(8)


def current_request() -> str | None:
    """The id of the request that is being dealt with here; None where nobody asked."""
    return _request.get()


@contextmanager
def dealing_with(request: str | None) -> Iterator[None]:
    """Everything logged, written and started within belongs to a request; None: to none that is known."""
    before = _request.set(request)
    try:
        yield
    finally:
        _request.reset(before)


def _name_request(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (request := _request.get()) is not None:
        event.setdefault("request", request)
    return event


def redact(text: str) -> str:
    """The text without tokens, authorization values and e-mail addresses."""
    return _SECRETS.sub(_HIDDEN, text)


def _redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if not isinstance(value, int | float | None):
            event[name] = redact(value if isinstance(value, str) else repr(value))
    return event


class _Redacting(logging.Formatter):
    """Other libraries' records pass the same sieve, with their tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def set_up_logs(log_format: Literal["text", "json"]) -> None:
    """Send logs to standard error, as text for people or JSON for machines."""
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _name_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)  # it logs the bodies that it rejects
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # so does this one, of requests that are no HTTP
