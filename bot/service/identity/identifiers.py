"""Who is meant: the values that name nobody, and each identifier in the one way in which it is kept.

`normalise` is what every identifier goes through, whether a sender names it or a person types it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

EMAIL: Final = "email"
USER_ID: Final = "user_id"
PHONE: Final = "phone"
ANONYMOUS_ID: Final = "anonymous_id"

LONGEST: Final = 400
_LONGEST_EMAIL: Final = 254

ROLE_NAMES: Final = frozenset(
    "abuse accounting accounts admin administrator billing booking bookings compliance contact customerservice"
    " customersupport do-not-reply donotreply enquiries enquiry finance hello help helpdesk hostmaster hr info"
    " information inquiries invoice invoices it jobs kontakt legal mail mailer-daemon marketing media no-reply noc"
    " noreply office orders post postmaster press privacy purchasing reception recruiting recruitment sales security"
    " service spam support team tech unsubscribe webmaster welcome"
    " bogholderi faktura hej job karriere kundeservice presse salg"  # Danish
    " administratie facturen klantenservice verkoop vacatures"  # Dutch
    " ekonomi faktura försäljning jobb karriär kundtjänst".split()  # Swedish
)
"""Mailboxes that several people read; the configuration may name others. The first of them are RFC 2142's."""

_NOBODY: Final = frozenset(
    "null none nil nan undefined true false anonymous guest unknown invalid test id email user userid distinct_id"
    " not_authenticated n/a".split()
) | {"[object object]", "-1"}
_UNFILLED: Final = re.compile(r"(?:\{\{.*\}\}|\*\|.*\|\*|%.*%)\Z", re.DOTALL)
_QUOTES: Final = "'\"`"

_PLAIN_LABEL: Final = r"[a-z0-9]{1,31}(?:-[a-z0-9]{1,30})?"
_PLAIN_EMAIL: Final = re.compile(
    rf"[a-z0-9_+-]{{1,40}}(?:\.[a-z0-9_+-]{{1,40}}){{0,2}}@(?:{_PLAIN_LABEL}\.){{1,2}}([a-z]{{2,20}})\Z", re.ASCII
)
_SPECIAL_USE: Final = frozenset({"arpa", "invalid", "local", "localhost", "onion"})


def bare(value: str) -> str:
    """A value without the spaces and the quotes around it."""
    value = value.strip()
    while value and value[0] in _QUOTES and len(value) > 1 and value[-1] == value[0]:
        value = value[1:-1].strip()
    return value


def names_nobody(value: str) -> bool:
    """Whether a bare value stands for no person at all, of whatever kind it is."""
    return (
        not value
        or len(value) > LONGEST
        or value.casefold() in _NOBODY
        or not value.strip("0-")
        or _UNFILLED.match(value) is not None
    )


def normalise(kind: str, value: object, *, region: str = "", plus_tags: bool = True) -> str | None:
    """The one way in which this identifier is kept, or None where it names nobody or cannot be read.

    A user id is returned without its space, and any other kind than those of this module as the bare text.
    """
    if kind == EMAIL and plus_tags and type(value) is str and _is_plain(value):
        return value
    text = value if isinstance(value, str) else _text(value)
    if text is None or names_nobody(text := bare(text)):
        return None
    if kind == EMAIL:
        return normalise_email(text, plus_tags=plus_tags)
    return normalise_phone(text, region) if kind == PHONE else text


def _text(value: object) -> str | None:
    """Numbers are ids too, also where JavaScript made a float of one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)


def normalise_email(text: str, *, plus_tags: bool = True) -> str | None:
    """The address in lower case, its domain in the characters that people see; None for what is no address."""
    email = text if _is_plain(text) else _validated(text)
    if email is None or plus_tags or "+" not in email:
        return email
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _is_plain(text: str) -> bool:
    """Whether an address is of the kind that the library returns as it is: no need then to ask it, which is slow."""
    plain = _PLAIN_EMAIL.match(text)
    return plain is not None and plain[1] not in _SPECIAL_USE and len(text) <= _LONGEST_EMAIL


@lru_cache(maxsize=4096)
def _validated(text: str) -> str | None:
    """The library's answer. It knows RFC 5321, IDNA and the names that are no address; it asks no DNS here."""
    if len(text) > LONGEST:
        return None
    try:
        found = validate_email(text.lower(), check_deliverability=False, test_environment=True, allow_display_name=True)
    except EmailNotValidError:
        return None
    return found.normalized


@lru_cache(maxsize=4096)
def normalise_phone(text: str, region: str = "") -> str | None:
    """E.164, where the number can be read; one without a country code is read as of the region."""
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_role_address(email: str, roles: Collection[str] = ROLE_NAMES) -> bool:
    """Whether an address belongs to a function (info@, sales@), so that it tells no two people apart."""
    return email.partition("@")[0].partition("+")[0] in roles
