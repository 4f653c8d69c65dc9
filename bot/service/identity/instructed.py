"""What a standing instruction changes, when it is given or revoked: walks from the identifiers that it names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import combinations, product
from typing import Any

from bot.service.identity.changes import Changed
from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, USER_ID
from bot.service.identity.index import Identity
from bot.service.identity.joining import Verb
from bot.service.identity.rules import NOBODY, NORMAL, OVERSIZED, PAST
from bot.service.identity.standing import rights_of
from bot.storage import events, identities, rederiving
from bot.storage.store import Tx
from scoring.instants import Instant


class Instructed:
    """Brings identifiers into line with the instructions as they stand now."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def apply(self, tx: Tx, verb: Verb, ids: Iterable[int], now: Instant) -> Changed:
        """An instruction about these was given or revoked a moment ago."""
        named = set(ids)
        if verb is Verb.CORRECT:
            named |= rights_of(tx, named)
        changed = self._regroup(tx, verb, named, now)
        if verb in (Verb.CORRECT, Verb.NOT_A_PERSON):
            self._read_again(tx, named, changed, now)
        return changed

    def _regroup(self, tx: Tx, verb: Verb, ids: Iterable[int], now: Instant) -> Changed:
        identity = self._identity
        identity.forget()
        named = set(ids)
        sets = identity.sets(tx)
        near = {other for one in named for other in sets.near(tx, one)}
        if verb is Verb.CORRECT:
            self._name_again(tx, named, near, now)
            near |= {other for one in named for other in sets.near(tx, one)}
        visitors = self._visitors(tx, named)
        demoted, promoted = self._stand(tx, named, near)
        self._count_visitors(tx, visitors)
        # by these, whoever was named together with them may have lost what joined them
        counted = verb in (Verb.CORRECT, Verb.NOT_A_PERSON)
        left = named | demoted | (near if counted else set())
        region = identity.sets(tx).around(tx, (*named, *near), left)
        if verb is Verb.CORRECT:
            promoted |= named
        changed = identity.changes.apply(
            tx, region, identity.standing.verdicts(tx), now, demoted=sorted(demoted), promoted=sorted(promoted)
        )
        self._nobodys(tx, named, changed)
        for visitor in visitors:
            changed.leads |= identities.identified_with(tx, visitor)
            changed.companies |= events.disinherit(tx, visitor)
        identity.forget()
        return changed

    def requarantined(self, tx: Tx, row: Any, now: Instant) -> Changed:
        """An event counts for nothing now, or again: what it joined is one no more, or again."""
        changed = self._requarantined(tx, row, now)
        changed.companies |= self._identity.companies.requarantined(tx, json.loads(row["traits"]), now)
        named = [*json.loads(row["identifiers"]), *json.loads(row["alias_of"] or "[]")]
        for one in identities.by_ids(tx, named):
            if one["kind"] == ANONYMOUS_ID:
                changed.companies |= events.disinherit(tx, one["id"])
        return changed

    def _requarantined(self, tx: Tx, row: Any, now: Instant) -> Changed:
        named = [*json.loads(row["identifiers"]), *json.loads(row["alias_of"] or "[]")]
        people = [one for one in identities.by_ids(tx, named) if one["kind"] != ANONYMOUS_ID]
        if len(people) < 2 and all(one["lead_id"] is not None for one in people):
            return Changed()  # it joins nobody
        return self._regroup(tx, Verb.CORRECT, [one["id"] for one in people], now)

    def _read_again(self, tx: Tx, named: set[int], changed: Changed, now: Instant) -> None:
        """Events that name one of these address somebody else now, or nobody: their company may be another."""
        said = self._identity.standing.verdicts(tx)
        for row in rederiving.naming(tx, named):
            changed.leads |= {row["lead_id"]} - {None}
            if self._identity.companies.look_again(tx, row, said, now):
                changed.companies |= {row["company_id"], rederiving.company_of(tx, row["seq"])} - {None}

    @staticmethod
    def _visitors(tx: Tx, named: Iterable[int]) -> set[int]:
        """The anonymous ids among these, and those that were named with them."""
        rows = [row for one in named for row in identities.named_with(tx, one, anonymous=True)]
        own = {row["id"] for row in identities.by_ids(tx, named) if row["kind"] == ANONYMOUS_ID}
        return own | {row["b"] for row in rows if row["kind"] == ANONYMOUS_ID}

    def _count_visitors(self, tx: Tx, visitors: Iterable[int]) -> None:
        """Which anonymous ids are named with too many addresses, now that some count no more, or again."""
        for one, known in self._identity.names.load(tx, visitors).items():
            if known.standing in (NORMAL, PAST):
                past = self._identity.is_past(tx, known, [EMAIL])
                identities.set_standing(tx, [one], PAST if past else NORMAL)

    def _stand(self, tx: Tx, named: set[int], near: set[int]) -> tuple[set[int], set[int]]:
        """Work out who is nobody, and who is past a limit; those that name less than before, and more."""
        identity = self._identity
        said = identity.standing.verdicts(tx)
        before = {row["id"]: row["standing"] for row in identities.by_ids(tx, named | near)}
        own = {one for one, known in identity.names.load(tx, named).items() if known.own}
        nobody = {one for one in named if one in said.nobody or one in own}
        back = {one for one in named if before[one] == NOBODY and one not in nobody}
        identities.set_standing(tx, nobody, NOBODY)
        identities.set_standing(tx, back, NORMAL)
        demoted, promoted = set(nobody), set(back)
        for one, known in identity.names.load(tx, named | near).items():
            if known.standing == NOBODY:
                continue
            kinds = {row["kind"] for row in identities.named_with(tx, one)}
            past = identity.is_past(tx, known, kinds)
            if past and known.standing in (NORMAL, OVERSIZED):
                identities.set_standing(tx, [one], PAST)
                demoted.add(one)
            elif not past and known.standing == PAST:
                identities.set_standing(tx, [one], NORMAL)
                promoted.add(one)
        identity.names.forget()
        return demoted, promoted

    @staticmethod
    def _nobodys(tx: Tx, named: Iterable[int], changed: Changed) -> None:
        """What is nobody belongs to no lead."""
        for row in identities.by_ids(tx, named):
            if row["standing"] == NOBODY and row["lead_id"] is not None:
                changed.leads.add(row["lead_id"])
                identities.give(tx, [row["id"]], None)

    def _name_again(self, tx: Tx, named: set[int], near: set[int], now: Instant) -> None:
        """After a correction: who was named with these, from the events that name them."""
        said = self._identity.standing.verdicts(tx)
        visitors = {row["b"] for one in named for row in identities.named_with(tx, one, anonymous=True)}
        rows = events.of_subjects_bare(tx, named | near | visitors)
        identities.forget_namings(tx, named)
        identities.forget_aliases(tx, named)
        for row in rows:
            meant = list(dict.fromkeys(said.correct(one, row["occurred_at"]) for one in json.loads(row["identifiers"])))
            if not named & {*meant, *json.loads(row["identifiers"]), *json.loads(row["alias_of"] or "[]")}:
                continue
            known = self._identity.names.load(tx, meant)
            since = row["occurred_at"] if row["quarantined"] is None else None
            for a, b in combinations(meant, 2):
                if named & {a, b}:
                    self._identity.names.name_together(tx, known[a], known[b], since, now)
            if since is not None and row["alias_of"] is not None:
                self._alias_again(tx, row, meant, named)

    def _alias_again(self, tx: Tx, row: Any, meant: Sequence[int], named: set[int]) -> None:
        said = self._identity.standing.verdicts(tx)
        previous = [said.correct(one, row["occurred_at"]) for one in json.loads(row["alias_of"])]
        known = self._identity.names.load(tx, (*meant, *previous))
        for one, before in product(meant, previous):
            kinds = known[one].kind in (USER_ID, EMAIL) and known[before].kind != ANONYMOUS_ID
            if kinds and one != before and named & {one, before}:
                identities.alias(tx, one, before, row["occurred_at"])
