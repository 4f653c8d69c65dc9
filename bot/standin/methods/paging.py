"""Lists in pages: `limit` and `cursor` in, `response_metadata.next_cursor` out."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.standin.errors import Refused
from bot.standin.methods.arguments import Args

Item = TypeVar("Item")
MOST = 999


def page(items: Sequence[Item], args: Args, usual: int = 100) -> tuple[list[Item], str]:
    """One page of items and the cursor of the next ("" at the end)."""
    limit = args.get("limit", usual) or usual
    if not 1 <= limit <= MOST:
        raise Refused("invalid_limit")
    start = _read_cursor(args.get("cursor", ""))
    end = start + limit
    more = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), more


def _read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, start = base64.b64decode(cursor, validate=True).decode().partition(":")
        return int(start) if word == "next" else -1
    except (binascii.Error, ValueError):
        raise Refused("invalid_cursor") from None


def with_cursor(body: dict[str, Any], cursor: str) -> dict[str, Any]:
    """The answer with its cursor in the usual place."""
    return body | {"response_metadata": {"next_cursor": cursor}}
