"""In front of Bolt: is this request from Slack, is it fresh, and does it have a shape that can be read? Pure.

Bolt parses before it verifies and answers 500 to a timestamp that is no number, a signature that is not ASCII or JSON
that is nested too deep; it also loses a command whose text has the word "payload" in it. So the body is verified and
read here, and Bolt gets the result.

Slack's signature: `v0=` and the hexadecimal HMAC-SHA256 of `v0:{timestamp}:{raw body}` under the signing secret;
300 seconds old at most (docs.slack.dev/authentication/verifying-requests-from-slack).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from scoring.instants import SECOND, Instant

LARGEST_BODY: Final = 1_048_576  # a view is 250 KB at most, and comes back in its submission
OLDEST: Final = 300
DEEPEST: Final = 60
MOST_FIELDS: Final = 100

Payload: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The request goes no further; answered as JSON with this status."""

    status: int
    code: str
    message: str


_UNSIGNED: Final = Refusal(401, "bad_signature", "The request is not signed with this app's signing secret.")
_BAD_TIME: Final = Refusal(401, "bad_timestamp", "X-Slack-Request-Timestamp must be whole seconds.")
_STALE: Final = Refusal(401, "stale_timestamp", f"The request is more than {OLDEST} seconds old or from the future.")
_TOO_LARGE: Final = Refusal(413, "too_large", f"The body is larger than {LARGEST_BODY} bytes.")
_UNREADABLE: Final = Refusal(400, "unreadable", "The body is neither JSON nor a form that Slack sends.")
_TOO_DEEP: Final = Refusal(400, "too_deep", f"The body is nested more than {DEEPEST} deep.")
_MISSHAPEN: Final = Refusal(400, "misshapen", "The body has a field of a kind that Slack never sends.")

_OBJECT: Final = (dict, type(None))
_LIST: Final = (list,)
_TEXT: Final = (str, type(None))
# field -> what it may be, at the top of a payload and inside an event
_SHAPES: Final[Mapping[str, tuple[type, ...]]] = {
    "type": _TEXT,
    "event": (dict,),
    "view": _OBJECT,
    "message": _OBJECT,
    "container": _OBJECT,
    "actions": _LIST,
    "authorizations": _LIST,
    "response_urls": _LIST,
    "user": (dict, str, type(None)),
    "team": (dict, str, type(None)),
    "channel": (dict, str, type(None)),
    "enterprise": (dict, str, type(None)),
    "command": _TEXT,
    "text": _TEXT,
    "challenge": _TEXT,
    "response_url": _TEXT,
    "trigger_id": _TEXT,
    "user_id": _TEXT,
    "team_id": _TEXT,
}


def receive(headers: Mapping[str, str], body: bytes, secrets: Sequence[str | bytes], now: Instant) -> Payload | Refusal:
    """The payload of a genuine, fresh, readable request, else why it is refused. It never raises."""
    if len(body) > LARGEST_BODY:
        return _TOO_LARGE
    given = {name.lower(): value for name, value in headers.items()}
    refusal = _verify(given, body, secrets, now)
    return refusal if refusal is not None else _read(body)


def check(headers: Mapping[str, str], body: bytes, secrets: Sequence[str | bytes], now: Instant) -> Refusal | None:
    """Only the verdict."""
    found = receive(headers, body, secrets, now)
    return found if isinstance(found, Refusal) else None


def _verify(given: Mapping[str, str], body: bytes, secrets: Sequence[str | bytes], now: Instant) -> Refusal | None:
    timestamp = given.get("x-slack-request-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return _BAD_TIME
    signature = given.get("x-slack-signature", "").encode("utf-8", "surrogatepass")
    base = b"v0:" + timestamp.encode() + b":" + body
    genuine = False
    for secret in secrets:  # all of them, so that the time taken does not say which one it was
        key = secret.encode() if isinstance(secret, str) else secret
        right = b"v0=" + hmac.new(key, base, hashlib.sha256).hexdigest().encode()
        # an empty secret is no secret: it would let everybody in
        genuine |= hmac.compare_digest(right, signature) and bool(key)
    if not genuine:
        return _UNSIGNED
    return _STALE if abs(now - int(timestamp) * SECOND) > OLDEST * SECOND else None


def _read(body: bytes) -> Payload | Refusal:
    try:
        text = body.decode("utf-8")
        payload = _parse(text)
    except RecursionError:
        return _TOO_DEEP
    except ValueError:  # also what decoding and JSON raise
        return _UNREADABLE
    if not isinstance(payload, dict) or not payload:
        return _UNREADABLE
    if _too_deep(payload):
        return _TOO_DEEP
    event = payload.get("event")
    shaped = _shaped(payload) and (not isinstance(event, dict) or _shaped(event))
    return payload if shaped else _MISSHAPEN


def _parse(text: str) -> Any:
    if text.lstrip().startswith("{"):
        return _json(text)
    fields = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS))
    # an interaction is a form whose one field is JSON; a command is a form by itself
    return _json(fields["payload"]) if set(fields) == {"payload"} else fields


def _json(text: str) -> Any:
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _too_deep(payload: Any) -> bool:
    level, depth = [payload], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            return True
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return False


def _shaped(payload: Payload) -> bool:
    for name, kinds in _SHAPES.items():
        if name not in payload:
            continue
        value = payload[name]
        if not isinstance(value, kinds):
            return False
        if isinstance(value, list) and not all(isinstance(each, dict) for each in value):
            return False
    return True
