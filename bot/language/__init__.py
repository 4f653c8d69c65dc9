"""The language in use: whoever reads or hears is set at a door (`speaking`), and every word below it follows.

A message is written in English where it is needed, as a whole sentence with named gaps: `tr("Claimed by {who}.",
who=…)`; with a number `trn("{count} lead", "{count} leads", n)`. Tables that are made once hold `mark("Claim")`, said
by `tr(TABLE[key])`, or `markn("{count} lead", "{count} leads")`, said by `trn(*TABLE[key], n)`. The other languages are
in catalogues/*.po; `python -m bot.language.extracting` brings them up to date. What users give (names, models,
statuses, reasons) is put into gaps and never translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final, Literal, TypeAlias, get_args

from babel import Locale
from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol

Code: TypeAlias = Literal["en", "da", "nl", "sv"]
LANGUAGES: Final[tuple[Code, ...]] = get_args(Code)
CATALOGUES: Final = files(__name__) / "catalogues"
_THOUSAND: Final = 1000  # from here on the thousands of a count stand apart


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its messages, and how it writes numbers and dates."""

    code: str
    locale: Locale
    messages: NullTranslations


@cache
def language(code: Code) -> Language:
    """The language with this code, read from its catalogue once, with its way of writing numbers."""
    locale = Locale(code)
    get_decimal_symbol(locale)  # reads the locale's data: 15 ms that nobody should wait for at the first word
    if code == "en":
        return Language(code, locale, NullTranslations())
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, locale, GNUTranslations(compiled))


_IN_USE: ContextVar[Language | None] = ContextVar("language", default=None)


def in_use() -> Language:
    """The language that is spoken here; English where nobody has said."""
    return _IN_USE.get() or language("en")


@contextmanager
def speaking(what: Code | Language) -> Iterator[None]:
    """Speak a language within; tasks that begin within speak it too."""
    token = _IN_USE.set(what if isinstance(what, Language) else language(what))
    try:
        yield
    finally:
        _IN_USE.reset(token)


def code_of(text: str | None) -> Code | None:
    """Our language that a locale (`da-DK`), a code or a name (`Danish`, `dansk`) means; None where we speak it not."""
    wanted = (text or "").strip().casefold().replace("_", "-")
    for code in LANGUAGES:
        locale = Locale(code)
        names = (code, locale.get_display_name(), locale.get_display_name("en"))
        if wanted.partition("-")[0] == code or wanted in [str(name).casefold() for name in names]:
            return code
    return None


def name_of(code: Code) -> str:
    """What a language calls itself: `dansk`."""
    return str(Locale(code).get_display_name())


# ---- messages


def mark(message: str) -> str:
    """The message itself; it is said later, by `tr`, in the language in use then."""
    return message


def markn(one: str, many: str) -> tuple[str, str]:
    """The forms of a message for one and for many; `trn(*forms, count)` says it later."""
    return one, many


def tr(message: str, **values: object) -> str:
    """The message in the language in use, its gaps filled."""
    said = in_use().messages.gettext(message) if message else ""
    return said.format(**values) if values else said


def trn(one: str, many: str, count: Decimal | int, **values: object) -> str:
    """The form of the message that belongs to a number, which fills the gap `count`, its thousands apart."""
    whole = int(count) if count == int(count) else 2  # our languages say 1.5 as they say two
    said = in_use().messages.ngettext(one, many, whole)
    return said.format(count=number(count) if -_THOUSAND < count < _THOUSAND else grouped(count), **values)


def counted(count: int, one: str, more: str | None = None) -> str:
    """So many of something where all is English: `1 lead`, `2,000 leads`; `more` where an s is not enough."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


# ---- numbers and times


def number(value: Decimal | int) -> str:
    """As short as it is exact, with a real minus and the language's decimal mark: 87, 12.5 or 12,5, −10."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−").replace(".", get_decimal_symbol(in_use().locale)) if text != "-0" else "0"


def grouped(value: Decimal | int) -> str:
    """The same with its thousands apart: 50,000 or 50.000."""
    return format_decimal(value, locale=in_use().locale, decimal_quantization=False)


def written(at: date, pattern: str) -> str:
    """A date or time by a pattern of the Unicode consortium (`d MMMM y`), which each catalogue has in its own order."""
    return format_datetime(at, tr(pattern), locale=in_use().locale)
