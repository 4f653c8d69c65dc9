"""By which identifier a stored event belongs to its lead. The event keeps the identifier; its lead is looked up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.service.identity.at_hand import Known, Names
from bot.service.identity.attribution import Identification, of_neighbours
from bot.service.identity.identifiers import ANONYMOUS_ID
from bot.service.identity.joining import Candidate, Verdicts, subject_of
from bot.service.identity.rules import NOBODY, PAST, IdentityRules
from bot.storage import events, identities
from bot.storage.store import Tx
from scoring.instants import Instant

BY_HAND = "by-hand"
"""The source of leads that somebody added: what these name is like what a sender names."""


@dataclass(slots=True)
class Rewritten:
    """What a change of standing did: by which identifiers events belong now, and whose visits may have moved."""

    subjects: set[int] = field(default_factory=set)
    leads: set[int] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)
    """Those that lose what an event said of them."""


def choose(rules: IdentityRules, named: Sequence[Known]) -> Known | None:
    """The identifier by which an event belongs."""
    position = subject_of(
        rules, [Candidate(one.kind, one.standing, one.role, one.lead_id is not None) for one in named]
    )
    return None if position is None else named[position]


class Subjects:
    """Rewrites whose events are when an identifier's standing changed."""

    def __init__(self, rules: IdentityRules, names: Names) -> None:
        self._rules = rules
        self._names = names

    def rewrite(self, tx: Tx, ids: Iterable[int], said: Verdicts[int], *, all_named: bool) -> Rewritten:
        """Decide anew for the events that name these; without `all_named` only for those that belong by them."""
        found = Rewritten()
        for changed in ids:
            candidates = {changed}
            if all_named:
                candidates |= {row["b"] for row in identities.named_with(tx, changed, anonymous=True)}
                candidates |= {right for _, right in said.corrected.values()}
            visitors = set(identities.visitors_of(tx, [changed]))
            for visitor in visitors:
                found.leads |= identities.identified_with(tx, visitor)
            for row in events.of_subjects_bare(tx, candidates):
                if row["source"] != events.OURS:
                    self._event(tx, row, changed, said, found)
        return found

    def _event(self, tx: Tx, row: Any, changed: int, said: Verdicts[int], found: Rewritten) -> None:
        named = list(json.loads(row["identifiers"]))
        meant = list(dict.fromkeys(said.correct(one, row["occurred_at"]) for one in named))
        if changed not in (*named, *meant, row["subject_id"]):
            return
        known = self._names.load(tx, meant)
        subject = choose(self._rules, [known[one] for one in meant if known[one].standing != NOBODY])
        new = subject.row if subject is not None else next(iter(meant), None)
        if new == row["subject_id"]:
            return
        events.set_subject(tx, row["seq"], new)
        found.companies |= events.disinherit_one(tx, row["seq"])
        before = self._names.load(tx, [row["subject_id"]] if row["subject_id"] is not None else [])
        found.leads |= {one.lead_id for one in before.values() if one.lead_id is not None}
        if subject is not None:
            found.subjects.add(subject.row)
        if row["quarantined"] is None:
            visitors = [*meant, *json.loads(row["alias_of"] or "[]")]
            found.leads |= self.identify(tx, self._names.load(tx, visitors).values(), subject, row)

    def identify(self, tx: Tx, named: Iterable[Known], subject: Known | None, row: Any) -> set[int]:
        """An event identifies its person with its anonymous ids, or nobody any more; the leads it may concern."""
        concerned: set[int] = set()
        person = subject is not None and subject.kind != ANONYMOUS_ID
        for visitor in named:
            if visitor.kind != ANONYMOUS_ID:
                continue
            concerned |= identities.identified_with(tx, visitor.row)
            values = {
                "anonymous_id": visitor.row,
                "occurred_at": row["occurred_at"],
                "source": row["source"],
                "event_id": row["id"],
                "by_mail": row["type"].startswith("email_"),
            }
            if person and subject is not None:
                identities.identify(tx, subject_id=subject.row, **values)
            else:
                identities.unidentify(tx, **values)
            concerned |= identities.identified_with(tx, visitor.row)
        return concerned

    def visit(self, tx: Tx, visitor: Known, at: Instant) -> int | None:
        """Whose a visit is, by the identifications next to it."""
        if visitor.standing in (PAST, NOBODY):
            return None
        by_mail = not identities.is_identified(tx, visitor.row, by_mail=False)
        before, following = identities.around(tx, visitor.row, at, by_mail=by_mail)
        return of_neighbours(at, _identification(before), _identification(following), self._rules.reach)


def _identification(row: Any) -> Identification | None:
    return None if row is None else Identification(row["occurred_at"], row["lead_id"])
