"""Which identifiers are one set: walks from what changed, as far as joins reach, and asks `partition.group`.

A walk goes through whole sets, which are small: one of more than ten addresses is marked, its identifiers stand alone,
and a walk that meets it goes no further: what is joined to it is too large as well. When a value leaves a marked set,
each side of it is looked at only until it shows more than ten addresses again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.service.identity.at_hand import Known, Names
from bot.service.identity.identifiers import EMAIL, USER_ID
from bot.service.identity.joining import LARGEST_KEPT_APART, Edge, Verdicts, alias_joins, group
from bot.service.identity.rules import NOBODY, OVERSIZED, IdentityRules
from bot.storage import identities
from bot.storage.store import Tx


@dataclass(slots=True)
class Region:
    """What a walk found: the identifiers as stored, and the sets that they are now."""

    known: dict[int, Known] = field(default_factory=dict)
    sets: list[frozenset[int]] = field(default_factory=list)
    oversized: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Walk:
    """One closure: everything that joins reach from a start."""

    nodes: set[int] = field(default_factory=set)
    edges: list[Edge[int]] = field(default_factory=list)
    linked: set[int] = field(default_factory=set)
    """Nodes that are joined to one of a marked set."""
    addresses: int = 0


class Sets:
    """Works inside one transaction; keeps what it has read of identifiers for one question."""

    def __init__(self, rules: IdentityRules, names: Names, said: Verdicts[int]) -> None:
        self._rules = rules
        self._names = names
        self._said = said
        self._joined: dict[int, list[Edge[int]]] = {}
        for edge in said.joins:
            self._joined.setdefault(edge.a, []).append(edge)
            self._joined.setdefault(edge.b, []).append(Edge(edge.at, edge.b, edge.a))
        self._quarrels = {one for pair in said.apart for one in pair}

    def around(self, tx: Tx, starts: Iterable[int], left: Iterable[int] = ()) -> Region:
        """The sets of these identifiers as they should be, and of all around those that lost a join (`left`)."""
        known: dict[int, Known] = {}
        left = list(left)
        near = [other for one in left for other in (one, *self.near(tx, one))]
        freed = self._freed(tx, known, near)
        quarrel = any(one.standing == OVERSIZED for one in self._names.load(tx, self._quarrels).values())
        region = Region(known)
        seen: set[int] = set()
        for start in (*starts, *near, *freed):
            self._load(tx, known, [start])
            if start in seen or known[start].standing == NOBODY:
                continue
            if known[start].standing == OVERSIZED and start not in freed and not quarrel:
                continue  # marked, and nothing left it
            walk = self._walk(tx, known, start, freed, marked_too=quarrel)
            if not quarrel and walk.nodes & self._quarrels and walk.linked:
                walk = self._walk(tx, known, start, freed, marked_too=True)
            seen |= walk.nodes
            self._group(known, walk, region)
        return region

    def _group(self, known: dict[int, Known], walk: _Walk, region: Region) -> None:
        def too_large(some: Iterable[int]) -> bool:
            members = list(some)
            addresses = sum(known[one].kind == EMAIL for one in members)
            return addresses > self._rules.addresses_of_a_set or any(one in walk.linked for one in members)

        found = group(
            walk.nodes, walk.edges, self._said.apart, too_large, lambda one: (known[one].kind, known[one].value)
        )
        region.sets += found.sets
        region.oversized |= found.oversized

    def _load(self, tx: Tx, known: dict[int, Known], rows: Iterable[int]) -> None:
        missing = [row for row in rows if row not in known]
        if missing:
            known |= self._names.load(tx, missing)

    def _walk(self, tx: Tx, known: dict[int, Known], start: int, freed: set[int], *, marked_too: bool) -> _Walk:
        """Everything that joins reach from a start. Of marked sets at most so much as is worked out join by join."""
        walk = _Walk({start})
        waiting = [start]
        marked = 0
        while waiting:
            here = waiting.pop()
            for edge in self.edges_of(tx, known, here):
                there = edge.b
                if there not in walk.nodes and known[there].standing == OVERSIZED and there not in freed:
                    marked += 1
                    if not marked_too or marked > LARGEST_KEPT_APART:
                        walk.linked.add(here)
                        continue
                walk.edges.append(edge)
                if there not in walk.nodes:
                    walk.nodes.add(there)
                    waiting.append(there)
        return walk

    def edges_of(self, tx: Tx, known: dict[int, Known], row: int) -> list[Edge[int]]:
        """The joins of one identifier. Fills `known` with those at their other ends."""
        self._load(tx, known, [row])
        here = known[row]
        edges = []
        if here.joins:
            rows = [*identities.named_with(tx, row), *(aliases := identities.aliases_of(tx, row))]
            self._load(tx, known, [one["b"] for one in rows])
            for one in rows[: len(rows) - len(aliases)]:
                there = known[one["b"]]
                if there.joins and one["since"] is not None and self._rules.may_join(here.kind, there.kind):
                    edges.append(Edge(one["since"], row, there.row))
            for one in aliases:
                there = known[one["b"]]
                if there.joins and self._alias_joins(tx, here, there):
                    edges.append(Edge(one["since"], row, there.row))
        for edge in self._joined.get(row, ()):
            self._load(tx, known, [edge.b])
            there = known[edge.b]
            if self._is_named(here) and self._is_named(there):
                edges.append(edge)
        return edges

    def _is_named(self, one: Known) -> bool:
        return self._rules.is_named(one.kind, one.standing)

    def _alias_joins(self, tx: Tx, one: Known, other: Known) -> bool:
        return alias_joins(self.addresses_of(tx, one), self.addresses_of(tx, other))

    def addresses_of(self, tx: Tx, one: Known) -> set[str]:
        """The addresses by which a user id is known, those of no one person aside."""
        if one.kind != USER_ID:
            return {one.value}
        rows = identities.named_with(tx, one.row)
        values = {row["b"] for row in rows if row["kind"] == EMAIL and row["since"] is not None}
        found = self._names.load(tx, values).values()
        return {email.value for email in found if not email.role and email.standing != NOBODY}

    def near(self, tx: Tx, row: int) -> list[int]:
        """Whom an identifier was named with, or said to be, or joined to by an instruction."""
        rows = (*identities.named_with(tx, row), *identities.aliases_of(tx, row))
        return [*(one["b"] for one in rows), *(edge.b for edge in self._joined.get(row, ()))]

    def _freed(self, tx: Tx, known: dict[int, Known], near: Iterable[int]) -> set[int]:
        """Those that are in no set that is too large, now that a join is gone."""
        freed: set[int] = set()
        near = list(near)
        self._load(tx, known, near)
        for start in near:
            if known[start].standing == OVERSIZED and start not in freed:
                freed |= self._small(tx, known, start)
        return freed

    def _small(self, tx: Tx, known: dict[int, Known], start: int) -> set[int]:
        """The set of an identifier, or nothing as soon as it shows too many addresses."""
        nodes = {start}
        waiting = [start]
        addresses = int(known[start].kind == EMAIL)
        while waiting:
            for edge in self.edges_of(tx, known, waiting.pop()):
                if edge.b not in nodes:
                    nodes.add(edge.b)
                    waiting.append(edge.b)
                    addresses += known[edge.b].kind == EMAIL
                    if addresses > self._rules.addresses_of_a_set:
                        return set()
        return nodes
