"""Which group ids and domains are one company: those that one event named together, within limits and instructions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from bot.service.identity.at_hand import Names
from bot.service.identity.joining import Edge, group
from bot.service.identity.rules import NOBODY, NORMAL, PAST, IdentityRules
from bot.service.identity.standing import COMPANIES, Standing
from bot.storage import company_keys
from bot.storage.store import Tx
from scoring.events import Value
from scoring.instants import Instant

DOMAIN: Final = "domain"

Told = Callable[[Tx, str, str, Instant, str], None]
"""(kind, value, now, key): called once for a key that is past its limit."""


class CompanyKey(NamedTuple):
    """A group id or domain as it is stored."""

    row: int
    kind: str
    value: str
    standing: int
    company: int


class CompanySets:
    """Works inside the caller's transaction."""

    def __init__(self, rules: IdentityRules, names: Names, told: Told) -> None:
        self._rules = rules
        self._told = told
        self._names = names
        self.standing = Standing(COMPANIES)

    def forget(self) -> None:
        """Look everything up again."""
        self.standing.forget()
        self._names.forget_companies()

    def named(self, tx: Tx, keys: Sequence[tuple[str, str]], now: Instant) -> list[CompanyKey]:
        """The keys that an event names, those aside that an instruction calls no company."""
        found = []
        for kind, value in keys:
            row, company, standing = self._names.company_key(tx, kind, value, now)
            if standing != NOBODY:
                found.append(CompanyKey(row, kind, value, standing, company))
        return found

    def company_of(self, tx: Tx, row: int) -> int:
        """The company that a key means now."""
        return int(company_keys.row(tx, row)["company_id"])

    def together(self, tx: Tx, keys: Sequence[CompanyKey], since: Instant | None, now: Instant) -> set[int]:
        """An event named these: they are one company, within the limits. Companies that changed.

        One that is quarantined (`since` is None) joins nothing, but is counted.
        """
        if len(keys) < 2 or not company_keys.name_together(tx, keys[0].row, keys[1].row, since):
            return set()
        for one in keys:
            if one.standing == NORMAL and self.is_past(tx, one.row, one.kind):
                company_keys.set_standing(tx, one.row, PAST)
                self._names.forget_companies()
                if company_keys.fault(tx, one.row, now):
                    self._told(tx, one.kind, one.value, now, f"company_past_limit:{one.row}")
        return self.work_out(tx, [one.row for one in keys], now)

    def again(
        self, tx: Tx, keys: Sequence[CompanyKey], names_both: Callable[[Mapping[str, Value]], bool], now: Instant
    ) -> set[int]:
        """An event that named these counts no more, or again. Companies that changed."""
        one, other = keys
        counting = company_keys.counting_facts(tx, one.row)
        since = next((row["occurred_at"] for row in counting if names_both(json.loads(row["traits"]))), None)
        company_keys.set_since(tx, one.row, other.row, since)
        return self.work_out(tx, [one.row, other.row], now)

    def is_past(self, tx: Tx, row: int, kind: str) -> bool:
        """Whether a key was named with too many of the other kind."""
        limit = self._rules.group_ids_of_a_domain if kind == DOMAIN else self._rules.domains_of_a_group_id
        return company_keys.count_named(tx, row, limit + 1) > limit

    def work_out(self, tx: Tx, starts: Sequence[int], now: Instant) -> set[int]:
        """Bring companies into line with what is joined around these keys; the companies that changed."""
        said = self.standing.verdicts(tx)
        near = {row["b"] for one in starts for row in company_keys.named_with(tx, one)}
        known: dict[int, Any] = {}
        edges: list[Edge[int]] = []
        waiting = [*starts, *near]
        while waiting:
            here = waiting.pop()
            if here in known:
                continue
            known[here] = company_keys.row(tx, here)
            edges += self._edges(tx, here, known[here])
            waiting += [edge.b for edge in edges if edge.b not in known]
        edges = [edge for edge in edges if edge.a in known and edge.b in known]
        sets = group(
            known, edges, said.apart, lambda _some: False, lambda one: (known[one]["kind"], known[one]["value"])
        ).sets
        return self._give(tx, known, sets, now)

    def _edges(self, tx: Tx, here: int, row: Any) -> list[Edge[int]]:
        said = self.standing.verdicts(tx)
        edges = [
            Edge(edge.at, here, edge.b if edge.a == here else edge.a) for edge in said.joins if here in (edge.a, edge.b)
        ]
        if row["standing"] == NORMAL:
            rows = company_keys.named_with(tx, here)
            edges += [
                Edge(one["since"], here, one["b"])
                for one in rows
                if one["standing"] == NORMAL and one["since"] is not None
            ]
        return [edge for edge in edges if NOBODY not in (row["standing"], company_keys.row(tx, edge.b)["standing"])]

    def _give(self, tx: Tx, known: dict[int, Any], sets: Sequence[frozenset[int]], now: Instant) -> set[int]:
        changed: set[int] = set()
        taken: set[int] = set()
        went: dict[int, int] = {}
        for some in sorted(sets, key=min):
            before = sorted({known[one]["company_id"] for one in some} - taken)
            company = before[0] if before else company_keys.new_company(tx, now)
            taken.add(company)
            for one in some:
                if known[one]["company_id"] != company:
                    went[known[one]["company_id"]] = company
                    changed |= {known[one]["company_id"], company}
                    company_keys.move(tx, one, company)
        for gone, to in went.items():
            if not company_keys.of_company(tx, gone):
                company_keys.follow(tx, gone, to)
        if changed:
            self._names.forget_companies()
        return changed
