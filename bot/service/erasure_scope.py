"""Which rows are about one person: the lead under every number, whatever names it and nobody else, and what that did.

An event that names somebody's identifier is about them, also where it belongs to another lead; an anonymous id is
theirs where nobody else was ever identified with it, and of a shared one the visits that are attributed to them.
"""

from __future__ import annotations

import html
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final
from urllib.parse import unquote_plus

from bot.service.identity.identifiers import EMAIL, PHONE
from bot.service.identity.joining import Verb
from bot.service.logbook import events_of
from bot.service.unsaying import Gone, taken_out
from bot.storage import events, forgetting, identities
from bot.storage.personal import Scope
from bot.storage.store import Tx

_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_LARGEST: Final = 1_000_000
"""Bytes of an unpacked body that are looked through."""
_AT_ONCE: Final = 200


def scope_of(tx: Tx, lead_id: int) -> Scope:
    """Everything about a lead that is one now."""
    own = {row["id"] for row in identities.of_lead(tx, lead_id)}
    scope = Scope(leads={lead_id} | forgetting.former_numbers(tx, lead_id))
    visitors = identities.visitors_of(tx, own)
    sole = {one for one in visitors if forgetting.identified_as(tx, one) <= own}
    scope.ids = own | sole
    scope.named = set(scope.ids)
    scope.events = {row["seq"] for row in events_of(tx, lead_id)}
    named = _naming(tx, scope.ids, scope.events)
    scope.events |= named.keys()
    _values(tx, scope, own)
    _orphans(tx, scope)
    _instructions(tx, scope)
    scope.alerts = {row["id"] for row in forgetting.alerts_of(tx, scope.leads)}
    scope.letters = letters_naming(tx, scope.values)
    gone = gone_of(tx, scope)
    scope.messages = {
        row["id"]
        for row in forgetting.messages_about(tx, scope.leads, scope.alerts, scope.values)
        if taken_out(row, gone).concerned
    }
    return scope


def scope_of_nobody(tx: Tx, ids: set[int]) -> Scope:
    """What identifiers did that belong to no lead: visits that wait."""
    scope = Scope(ids=set(ids), named=set(ids))
    scope.events = set(_naming(tx, scope.ids, set()))
    _orphans(tx, scope)
    _instructions(tx, scope)
    return scope


def gone_of(tx: Tx, scope: Scope) -> Gone:
    """What messages are looked through for."""
    return Gone(
        frozenset(scope.leads),
        frozenset(scope.alerts),
        frozenset(forgetting.publications_that_found(tx, scope.leads)),
        tuple(forgetting.spellings(scope.values)),
    )


def _naming(tx: Tx, ids: set[int], aside: set[int]) -> dict[int, Any]:
    """Events that name one of these, those aside that are known to."""
    found = {}
    for row in events.of_subjects_bare(tx, forgetting.subjects_near(tx, ids)):
        if row["seq"] not in aside and ids & _names(row):
            found[row["seq"]] = row
    return found


def _names(row: Any) -> set[int]:
    return {*json.loads(row["identifiers"]), *json.loads(row["alias_of"] or "[]"), row["subject_id"]}


def _values(tx: Tx, scope: Scope, own: set[int]) -> None:
    """Addresses and telephone numbers, the latter also as they were written."""
    rows = [row for row in identities.by_ids(tx, own) if row["kind"] in (EMAIL, PHONE)]
    scope.values = {row["value"] for row in rows}
    digits = {_digits(row["value"]) for row in rows if row["kind"] == PHONE}
    for row in events.traits_of(tx, scope.events) if digits else ():
        for value in _texts(json.loads(row["traits"])):
            local = _digits(value).lstrip("0")
            if len(local) > 5 and any(one.endswith(local) for one in digits):
                scope.values.add(value)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _orphans(tx: Tx, scope: Scope) -> None:
    """Identifiers that nothing else ever named go with the events that did."""
    others: set[int] = set()
    for row in events.of_seqs_bare(tx, scope.events):
        others |= _names(row) - scope.ids - {None}
    for row in identities.by_ids(tx, others):
        one = row["id"]
        if row["lead_id"] is None and not _is_named(tx, one, scope.events) and not forgetting.identified_as(tx, one):
            scope.ids.add(one)


def _is_named(tx: Tx, one: int, aside: set[int]) -> bool:
    """Whether any event but these names an identifier."""
    near = sorted(forgetting.subjects_near(tx, [one]))
    for n in range(0, len(near), _AT_ONCE):
        for row in events.of_subjects_bare(tx, near[n : n + _AT_ONCE]):
            if row["seq"] not in aside and one in _names(row):
                return True
    return False


def _instructions(tx: Tx, scope: Scope) -> None:
    """Instructions about the person; a mistyped address that counted as theirs, and is nobody else's, names them."""
    rows = forgetting.instructions_about(tx, scope.ids)
    for row in rows:
        if row["verb"] == Verb.CORRECT.value and set(json.loads(row["other"])) & scope.named:
            scope.named |= set(json.loads(row["one"])) & scope.ids
    scope.instructions = {row["id"] for row in rows}
    scope.notes = forgetting.notes_saying(tx, [row["note"] for row in rows if row["note"]])


# ---- refused requests, which were never read


def letters_naming(tx: Tx, values: Iterable[str]) -> set[int]:
    """Kept requests in which one of these values stands, however it is written."""
    wanted = [value.lower() for value in values]
    found, after = set(), 0
    while wanted and (rows := forgetting.letters_after(tx, after, 100)):
        after = rows[-1]["id"]
        found |= {row["id"] for row in rows if _stands_in(row, wanted)}
    return found


def _stands_in(row: Any, wanted: list[str]) -> bool:
    text = f"{row['url']}\n{row['headers']}\n{_unpacked(bytes(row['body']))}".lower()
    undone: list[Callable[[str], str]] = [html.unescape, unquote_plus, partial(_ESCAPED.sub, _character)]
    for undo in undone:
        if any(one in text for one in wanted):
            return True
        text = undo(text).lower()
    return any(one in text for one in wanted)


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _unpacked(body: bytes) -> str:
    """A body as text, unpacked as far as it is looked through."""
    if body[:2] == b"\x1f\x8b":
        with suppress(zlib.error):
            body = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, _LARGEST)
    return body.decode("utf-8", "replace")
