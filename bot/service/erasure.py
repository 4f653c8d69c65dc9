"""What an erasure does to the store, inside its transaction; and how it is done again after an old backup was restored.

The file of tombstones is written as the last step before the commit. After a crash between the two, and after the
restore of a backup from before an erasure, the next start erases what the file names (`apply_tombstones`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import structlog

from bot.service.erased import Erased
from bot.service.erasure_scope import gone_of, scope_of, scope_of_nobody
from bot.service.histories import load
from bot.service.incoming import Identifier
from bot.service.unsaying import Unsaying, show_colleagues_anew
from bot.storage import audit, events, forgetting, identities, leads, personal, scores, tombstones
from bot.storage.personal import MENTIONS, Scope
from bot.storage.store import Store, Tx
from bot.storage.tombstones import Line
from scoring.instants import Instant

log = structlog.get_logger(__name__)

ERASED: Final = "erased"
"""The act in the audit trail."""
LIFTED: Final = "erasure_lifted"
_ROWS: Final = 5_000
_DESCRIBED: Final = 2_000
"""Colleagues that are described anew with an erasure; of more, the others by their next event."""

Due = Callable[[Tx, list[int], Instant], None]
"""Lets leads be evaluated anew."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked through before the transaction: each table up to `until`, where these rows say an address."""

    until: Mapping[str, int] = field(default_factory=dict)
    saying: Mapping[str, frozenset[int]] = field(default_factory=dict)


NOTHING: Final = Looked()

BEFOREHAND: Final = ("events", "outbox", "crossings", "alerts", "notes", "contacts", "audit_notes", "instructions")
"""Tables that are looked through before the transaction: a row says for good what it said when it was added.

A message does once it is settled; those that are not are looked at again.
"""


def erase(
    tx: Tx, erased: Erased, scope: Scope, line: Line, now: Instant, due: Due, looked: Looked = NOTHING
) -> dict[str, int]:
    """Erase a lead: out of the store, into the trail, the tombstones and their file; how much of what that was."""
    whole = replace(line, leads=tuple(sorted(scope.leads)), hashes=hashes_of(tx, erased, scope))
    counts = take_out(tx, scope, line.token, now, due, looked)
    tombstones.add(tx, whole, counts)
    audit.record(tx, at=now, actor=line.actor, action=ERASED, lead_id=min(scope.leads), after=line.token)
    erased.forget()
    tombstones.append(erased.folder, whole)
    return counts


def hashes_of(tx: Tx, erased: Erased, scope: Scope) -> tuple[str, ...]:
    """The tombstones of a person."""
    rows = identities.by_ids(tx, scope.named)
    return tuple(sorted(erased.hashed(Identifier(row["kind"], row["value"])) for row in rows))


def take_out(tx: Tx, scope: Scope, token: str, now: Instant, due: Due, looked: Looked = NOTHING) -> dict[str, int]:
    """Take every row about a person out of the store; the leads that this concerns are described and scored anew."""
    concerned = _concerned(tx, scope)
    companies = forgetting.companies_of(tx, scope.events, scope.leads)
    unsaying = Unsaying(tx, gone_of(tx, scope), token, now)
    unsaying.all(scope)
    forgetting.keep_last_seq(tx, events.last_seq(tx))
    forgetting.cut_alerts(tx, scope.alerts)
    for number in scope.instructions:
        forgetting.cut_instruction(tx, number, scope.ids)
    identities.forget_namings(tx, scope.ids)
    identities.forget_aliases(tx, scope.ids)
    gone = personal.erase(tx, replace(scope, instructions=set()))  # they were cut above; the rest is about others
    dropped = sum(forgetting.drop_company(tx, one) for one in sorted(companies))
    said = _scrub(tx, scope, looked)
    _anew(tx, concerned, now, due)
    counts = {**gone, "companies": dropped, "said of others": said}
    counts |= {f"messages {what}": count for what, count in unsaying.counts.items()}
    return {name: count for name, count in counts.items() if count}


def _concerned(tx: Tx, scope: Scope) -> set[int]:
    """Other leads for whom something changes: colleagues, who shares a browser, and whose events name the person."""
    found: set[int] = set()
    for company in forgetting.companies_of(tx, scope.events, scope.leads):
        found |= set(events.leads_of_company(tx, company))
    others = {row["subject_id"] for row in events.of_seqs_bare(tx, scope.events)} - {None}
    others |= set(identities.visitors_of(tx, scope.ids))
    for row in identities.by_ids(tx, others - scope.ids):
        if row["lead_id"] is not None:
            found.add(row["lead_id"])
        elif row["kind"] == "anonymous_id":
            found |= identities.identified_with(tx, row["id"])
    return found - scope.leads


def _scrub(tx: Tx, scope: Scope, looked: Looked) -> int:
    """Take addresses and numbers out of the words of others; how many words that were."""
    if not scope.values:
        return 0
    changed = 0
    for table, _, _ in MENTIONS:
        again = looked.saying.get(table, frozenset())
        if again or table in looked.until:
            again |= forgetting.may_change(tx, table)
        rest = (looked.until.get(table, 0), forgetting.last_key(tx, table))
        spans = [*((key - 1, key) for key in sorted(again)), rest]
        for after, until in spans:
            for start in range(after, until, _ROWS):
                step = min(_ROWS, until - start)
                for key, column, text in list(forgetting.mentioning(tx, table, start, step, scope.values)):
                    forgetting.say_instead(tx, table, key, column, text)
                    changed += 1
    return changed


def look_through(tx: Tx, table: str, after: int, values: Iterable[str]) -> tuple[int, set[int]]:
    """The next rows of a table that are to be looked at in the transaction, and up to where that was looked."""
    until = min(after + _ROWS, forgetting.last_key(tx, table))
    saying = {key for key, _, _ in forgetting.mentioning(tx, table, after, until - after, values)}
    return until, saying | forgetting.may_change(tx, table, after, until)


def _anew(tx: Tx, concerned: Iterable[int], now: Instant, due: Due) -> None:
    there = sorted(leads.that_are(tx, concerned))
    for number in there[:_DESCRIBED]:
        shown = load(tx, number, ()).shown()
        leads.describe(tx, number, shown)
        leads.index_words(tx, number, leads.words_of(shown["name"], shown["company"], shown["email"]))
    due(tx, there, now)
    show_colleagues_anew(tx, there, now)


# ---- what the file says


async def apply_tombstones(store: Store, folder: Path, now: Instant) -> int:
    """Erase again whoever was erased since this store was backed up, by the file in `folder`; how many erasures.

    The store has been brought up to date, and nobody else writes it. Tombstones that an admin lifted later stay lifted
    for events to come; what was stored before goes all the same.
    """
    lines = tombstones.read(folder)
    if not lines:
        return 0
    erased = Erased(folder)
    standing = _standing(lines)
    known, stored = await store.read(lambda tx: (tombstones.known(tx), tombstones.standing(tx)))
    missing = [line for line in lines if not line.lifted and line.token not in known]
    lifted = {one for line in lines for one in line.lifted} - standing.keys()
    if not missing and standing.keys() <= stored and not lifted & stored:
        return 0

    def work(tx: Tx) -> None:
        for line in missing:
            _again(tx, erased, line, now)
        for one, token in standing.items():
            tombstones.put(tx, one, token)
        tombstones.lift(tx, lifted)

    await store.write(work)
    await store.checkpoint()
    log.info("erased_again", erasures=len(missing))
    return len(missing)


def _standing(lines: Sequence[Line]) -> dict[str, str]:
    """The hashes that stand after all lines, each with its erasure."""
    found: dict[str, str] = {}
    for line in lines:
        found |= dict.fromkeys(line.hashes, line.token)
        for one in line.lifted:
            found.pop(one, None)
    return found


def _again(tx: Tx, erased: Erased, line: Line, now: Instant) -> None:
    wanted = frozenset(line.hashes)
    rows = [row for row in identities.every(tx) if erased.hashed(Identifier(row["kind"], row["value"])) in wanted]
    counts: Counter[str] = Counter()
    for number in sorted({row["lead_id"] for row in rows} - {None}):
        counts.update(take_out(tx, scope_of(tx, number), line.token, now, _due))
    left = {row["id"] for row in identities.by_ids(tx, [row["id"] for row in rows])}
    if left:
        counts.update(take_out(tx, scope_of_nobody(tx, left), line.token, now, _due))
    tombstones.add(tx, line, counts)
    audit.record(tx, at=now, actor=line.actor, action=ERASED, lead_id=min(line.leads, default=None), after=line.token)


def _due(tx: Tx, lead_ids: list[int], now: Instant) -> None:
    scores.make_due(tx, lead_ids, now, "event")
