"""Which company an event names (docs/identity.md, Companies), when it comes and when it is looked at again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.service.identity.at_hand import Known, Names
from bot.service.identity.companies import Companies, says_something_of_a_company
from bot.service.identity.company_sets import CompanyKey, CompanySets, Told
from bot.service.identity.identifiers import EMAIL
from bot.service.identity.joining import Verdicts
from bot.service.identity.rules import NOBODY, IdentityRules
from bot.service.logged import is_unnamed
from bot.storage import rederiving
from bot.storage.store import Tx
from scoring.events import Value
from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class NamedCompany:
    """The company that an event names, and what follows; see the columns of events."""

    facts: int
    key_id: int | None = None
    company_id: int | None = None
    weak: int = 0
    changed: set[int] = field(default_factory=set)


class CompanyNaming:
    """Works inside the caller's transaction."""

    def __init__(self, rules: IdentityRules, names: Names, told: Told) -> None:
        self._names = names
        self._reader = Companies(rules.own_domains, rules.free_mail)
        self.sets = CompanySets(rules, names, told)

    def named(
        self,
        tx: Tx,
        kind: str,
        traits: Mapping[str, Value],
        since: Instant | None,
        meant: Sequence[Known],
        now: Instant,
    ) -> NamedCompany:
        """The company that an event of this kind names: by its traits, else by the work address of its person.

        `since` is its instant, None of one that is quarantined: it joins no companies. What a mail says of a company
        waits for `inherit`, which knows whether the lead names another.
        """
        facts = int(says_something_of_a_company(traits))
        weak = 0
        keys = self._outright(tx, traits, now)
        if not keys:
            email = next((one.value for one in meant if one.kind == EMAIL), None)
            key = self._reader.of_address(email)
            keys = self.sets.named(tx, (key,) if key else (), now)
            weak = keys[0].row if keys and kind.startswith("email_") else 0
        if not keys or (weak and facts):
            return NamedCompany(facts, weak=weak)
        changed = self.sets.together(tx, keys, since, now)
        company = self.sets.company_of(tx, keys[0].row) if changed else keys[0].company
        return NamedCompany(facts, keys[0].row, company, weak, changed)

    def _outright(self, tx: Tx, traits: Mapping[str, Value], now: Instant) -> list[CompanyKey]:
        return self.sets.named(tx, self._reader.named(traits), now)

    def requarantined(self, tx: Tx, traits: Mapping[str, Value], now: Instant) -> set[int]:
        """An event counts no more, or again: what it joined is one no more, or again. Companies that changed."""
        keys = self._outright(tx, traits, now)
        if len(keys) < 2:
            return set()
        both = {(one.kind, one.value) for one in keys}
        return self.sets.again(tx, keys, lambda said: both <= set(self._reader.named(said)), now)

    def look_again(self, tx: Tx, row: Any, said: Verdicts[int], now: Instant) -> bool:
        """What a stored event names may have changed; whether it has. `inherit` then sees to facts of its lead."""
        ids = list(dict.fromkeys(said.correct(one, row["occurred_at"]) for one in json.loads(row["identifiers"])))
        known = self._names.load(tx, ids)
        since = row["occurred_at"] if row["quarantined"] is None else None
        meant = that_count([known[one] for one in ids])
        new = self.named(tx, row["type"], json.loads(row["traits"]), since, meant, now)
        left_open = bool(new.facts) and new.key_id is None
        same = is_unnamed(row) if left_open else not is_unnamed(row) and new.key_id == row["company_key_id"]
        if same and new.weak == row["company_weak"]:
            return False
        rederiving.say(tx, row["seq"], subject=row["subject_id"], key=new.key_id, facts=new.facts, weak=new.weak)
        return True


def that_count(some: Sequence[Known]) -> list[Known]:
    """Those that count as named."""
    return [one for one in some if one.standing != NOBODY]
