"""How texts and numbers of events compare: folded texts, decoded addresses, decimal numbers.

The functions that read lead-supplied text remember their latest answers, because the same pages, titles and countries
come again and again. Long texts are not remembered, so that hostile ones cannot fill the memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Final
from urllib.parse import unquote

_REMEMBERED: Final = 1 << 14
_LONG: Final = 512

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PORT: Final = re.compile(r":[0-9]*\Z")


def _remember(function: Callable[[str], str]) -> Callable[[str], str]:
    remembered = lru_cache(_REMEMBERED)(function)

    @wraps(function)
    def call(text: str) -> str:
        return remembered(text) if len(text) < _LONG else function(text)

    return call


@_remember
def fold(text: str) -> str:
    """A text as it is compared: NFC, trimmed, casefolded."""
    return unicodedata.normalize("NFC", text).strip().casefold()


@_remember
def fold_url(text: str) -> str:
    """An address as it is compared: percent-decoded (UTF-8, wrong bytes become U+FFFD), then as any text."""
    return fold(unquote(text, errors="replace"))


@_remember
def clean(text: str) -> str:
    """A text as `matches` searches it: NFC and trimmed, with its own case."""
    return unicodedata.normalize("NFC", text).strip()


@_remember
def clean_url(text: str) -> str:
    """An address as `matches` searches it: percent-decoded, NFC, trimmed."""
    return clean(unquote(text, errors="replace"))


@_remember
def cut_page(url: str) -> str:
    """The page of an address, not yet decoded: without scheme, user, port, query, fragment, www. and last slashes."""
    rest = url.strip()
    scheme = _SCHEME.match(rest)
    rest = re.split(r"[?#]", rest[scheme.end() :] if scheme else rest, maxsplit=1)[0]
    if scheme:
        host, slash, path = rest.partition("/")
        rest = _PORT.sub("", host.rpartition("@")[2]) + slash + path
    if rest[:4].lower() == "www.":
        rest = rest[4:]
    return rest.rstrip("/")


@_remember
def show_page(url: str) -> str:
    """The page of an address as people read it: cut and decoded."""
    return clean_url(cut_page(url))


def is_url_field(name: str) -> bool:
    """Whether a field of this name holds an address (the page of an address is one too)."""
    return name == "url" or name.endswith((".url", "_url")) or page_of(name) is not None


def page_of(name: str) -> str | None:
    """The field whose page this companion is: `landing_url` of `landing_url_page`; None when it is no companion."""
    base = name.removesuffix("_page")
    return base if base != name and (base == "url" or base.endswith((".url", "_url"))) else None


@lru_cache(_REMEMBERED)
def _read_short(text: str) -> Decimal | None:
    trimmed = text.strip()
    return Decimal(trimmed) if _NUMBER.match(trimmed) else None


def read_number(text: str) -> Decimal | None:
    """The number that a text is: [+-]digits[.digits], trimmed; None for any other text."""
    return _read_short(text) if len(text) < _LONG else None


def exact(number: float | Decimal) -> int | Decimal:
    """A number as a decimal; a float is its shortest text."""
    return Decimal(repr(number)) if isinstance(number, float) else number


def plain(number: float | Decimal) -> str:
    """A number as text: without exponent and without zeros that end a fraction."""
    if isinstance(number, int):
        return str(number)
    text = format(exact(number), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def show_seconds(seconds: int) -> str:
    """A number of seconds as people read a time: "50 min", "1 h 5 min", "41 s"; units that every language knows."""
    minutes = abs(seconds) // 60
    parts = ((minutes // 60, "h"), (minutes % 60, "min")) if minutes else ((abs(seconds), "s"),)
    text = " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
    return f"-{text}" if seconds < 0 else text


def has_word(text: str, word: str) -> bool:
    """Whether the folded text contains the folded word, bounded by its ends or by what is no letter and no digit."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (start and _in_word(text[start - 1])) and not (end < len(text) and _in_word(text[end])):
            return True
        start = text.find(word, start + 1)
    return False


def _in_word(character: str) -> bool:
    return character.isalpha() or character.isdecimal()  # exactly Unicode L* and Nd
