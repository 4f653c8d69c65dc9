"""From the bytes of a body to values: bounded inflating, strict JSON, forms. Nothing here may be slow or large.

SOURCES, "Reading a body": bad UTF-8, NaN and Infinity, a key twice, depth over 64 and something after the end refuse
the whole body. A lone surrogate or NUL becomes U+FFFD; a number beyond any double becomes OVERFLOW, which its event is
refused for.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import parse_qsl

from bot.sources.base import Limits, Received
from bot.sources.problems import BadBody

OVERFLOW: Final = object()
"""Stands where a number was that no double can hold."""

_UNREAD: Final = frozenset({"br", "zstd", "compress", "x-compress"})
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15
_SPACE: Final = " \t\n\r"
_MAX_DIGITS: Final = 308
_MAX_FORM_FIELDS: Final = 2000
_MAX_FORM_DEPTH: Final = 8
_SUSPECT: Final = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one character, kept
    r"|(?P<bad>\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))"
    r"|\\.",
    re.DOTALL,
)
_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")
_CONTAINERS: Final = (dict, list)


class Body(NamedTuple):
    """A body that could be read."""

    value: Any
    text: str
    overflows: bool = False
    """Whether OVERFLOW stands somewhere in it."""


class _TooLargeNumber(Exception):
    """The quick decoder met a number that overflows; the careful one reads the body again."""


def is_packed(received: Received) -> bool:
    """Whether reading the body begins with inflating it."""
    return received.body.startswith(_GZIP_MAGIC) or "content-encoding" in received.headers


def inflate(received: Received, limits: Limits) -> bytes:
    """The body without its compression. What a sender says about it is believed less than its first bytes."""
    body = received.body
    if body.startswith(_GZIP_MAGIC):
        return _inflate_members(body, limits.inflated_bytes)
    encoding = received.headers.get("content-encoding", "").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        raise BadBody("bad_gzip", "the body is said to be gzip and does not begin like it")
    if encoding == "deflate":
        return _inflate_deflate(body, limits.inflated_bytes)
    if encoding in _UNREAD and not body.lstrip().startswith((b"{", b"[")):
        raise BadBody("bad_encoding", f"a body in {encoding} is not read; gzip, deflate or none is", status=415)
    if len(body) > limits.inflated_bytes:
        raise _too_large(limits.inflated_bytes)
    return body


def _inflate_members(body: bytes, most: int) -> bytes:
    """RFC 1952 lets several members follow each other; anything else after the end is refused."""
    parts: list[bytes] = []
    while body:
        part, body = _inflate_one(body, _GZIP, most - sum(map(len, parts)), most)
        parts.append(part)
    return b"".join(parts)


def _inflate_deflate(body: bytes, most: int) -> bytes:
    """Senders mean either zlib or raw deflate by the word (RFC 9110, 8.4.1.2, note)."""
    try:
        inflated, rest = _inflate_one(body, _ZLIB, most, most)
    except BadBody as problem:
        if problem.status != 400:
            raise
        inflated, rest = _inflate_one(body, _RAW_DEFLATE, most, most)
    if rest:
        raise BadBody("bad_gzip", "something follows the end of the compressed body")
    return inflated


def _inflate_one(body: bytes, window: int, room: int, most: int) -> tuple[bytes, bytes]:
    machine = zlib.decompressobj(wbits=window)
    try:
        inflated = machine.decompress(body, room + 1)
    except zlib.error:
        raise BadBody("bad_gzip", "the compressed body is damaged") from None
    if len(inflated) > room:
        raise _too_large(most)
    if not machine.eof:
        raise BadBody("bad_gzip", "the compressed body ends too early")
    return inflated, machine.unused_data


def _too_large(most: int) -> BadBody:
    return BadBody("too_large", f"the body is larger than {most} bytes", status=413)


def read_text(body: bytes) -> str:
    """The body as text, without a byte order mark and the white space around it."""
    try:
        return body.decode("utf-8").removeprefix("\ufeff").strip(_SPACE)
    except UnicodeDecodeError as problem:
        raise BadBody("bad_utf8", f"byte {problem.start} of the body is not UTF-8") from None


def read_json(body: bytes, limits: Limits) -> Body:
    """The JSON of a body, mended where JavaScript cut an emoji in two."""
    text = read_text(body)
    if "\\u" in text and _SUSPECT.search(text):
        text = _ESCAPE.sub(_mend, text)
    try:
        value, overflows = _decode(text)
    except json.JSONDecodeError as problem:
        if not text:
            raise BadBody("bad_json", "the body is empty; JSON is wanted") from None
        what = problem.msg.removesuffix(" at")
        where = f"line {problem.lineno}, column {problem.colno}"
        raise BadBody("bad_json", f"the body is no JSON: {what} ({where})") from None
    except RecursionError:
        raise _too_deep(limits.depth) from None
    if text.count("{") + text.count("[") > limits.depth:
        _check_depth(value, limits.depth)
    return Body(value, text, overflows)


def _mend(found: re.Match[str]) -> str:
    return "\\ufffd" if found["bad"] else found[0]


def _decode(text: str) -> tuple[Any, bool]:
    try:
        return _whole(_QUICK, text), False
    except _TooLargeNumber:
        return _whole(_CAREFUL, text), True


def _whole(decoder: json.JSONDecoder, text: str) -> Any:
    """As `decode`, without its two searches for white space."""
    value, end = decoder.raw_decode(text)
    if end != len(text):
        raise json.JSONDecodeError("something follows the end", text, end)
    return value


def _check_depth(value: Any, most: int) -> None:
    """Level by level, without recursion."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(most):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return
    raise _too_deep(most)


def _too_deep(most: int) -> BadBody:
    return BadBody("too_deep", f"the body nests deeper than {most} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise BadBody("duplicate_key", f"an object names the key {twice[:60]!r} twice")
    return made


def _constant(word: str) -> NoReturn:
    raise BadBody("bad_json", f"{word} is no JSON number")


def _quick_float(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise _TooLargeNumber
    return number


def _quick_int(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise _TooLargeNumber
    return int(text)


def _careful_float(text: str) -> object:
    number = float(text)
    return number if number - number == 0 else OVERFLOW


def _careful_int(text: str) -> object:
    return int(text) if len(text) <= _MAX_DIGITS else OVERFLOW


_QUICK: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_quick_float, parse_int=_quick_int
)
_CAREFUL: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_careful_float, parse_int=_careful_int
)


def has_overflow(value: Any) -> bool:
    """Whether a number of this value was beyond any double."""
    if type(value) is dict:
        return any(map(has_overflow, value.values()))
    if type(value) is list:
        return any(map(has_overflow, value))
    return value is OVERFLOW


def read_form(body: bytes) -> Body:
    """A form as nested maps: `contact[email]=…` is {"contact": {"email": …}}; a field sent twice is a list."""
    try:
        pairs = parse_qsl(read_text(body), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FORM_FIELDS)
    except UnicodeDecodeError:
        raise BadBody("bad_utf8", "a field of the form is not UTF-8") from None
    except ValueError:
        raise BadBody("bad_form", f"the form has over {_MAX_FORM_FIELDS} fields") from None
    form: dict[str, Any] = {}
    for name, value in pairs:
        _set_field(form, name.replace("\0", "\ufffd"), value.replace("\0", "\ufffd"))
    return Body(form, write_json(form))


def _set_field(form: dict[str, Any], name: str, value: str) -> None:
    head, bracket, _ = name.partition("[")
    steps = [head, *_BRACKETS.findall(name)] if bracket else [name]
    if len(steps) > _MAX_FORM_DEPTH:
        raise BadBody("too_deep", f"a field of the form nests deeper than {_MAX_FORM_DEPTH} levels")
    *parents, last = steps
    place = form
    for step in parents:
        inner = place.setdefault(step, {})
        if not isinstance(inner, dict):  # a=1&a[b]=2: the plain field stays, the nested one keeps its whole name
            place, last = form, name
            break
        place = inner
    present = place.get(last)
    place[last] = value if last not in place else [*present, value] if isinstance(present, list) else [present, value]


def write_json(value: Any) -> str:
    """The text of a value, as short as it is exact."""
    return _ENCODE(value)


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
