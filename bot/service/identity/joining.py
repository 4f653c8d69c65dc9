"""What joins identifiers and what keeps them apart, and by which of them an event belongs: pure functions on values.

Both the partition from scratch (`identity.partition`) and the step-by-step index (`identity.index`) use them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, product
from typing import Final, Generic, NamedTuple, TypeVar

from bot.service.identity.identifiers import ANONYMOUS_ID
from bot.service.identity.rules import PAST, IdentityRules
from scoring.instants import Instant

N = TypeVar("N", bound=Hashable)

LARGEST_KEPT_APART: Final = 200
"""A set in which an instruction keeps some apart is worked out join by join up to this size."""


class Verb(StrEnum):
    """What a standing instruction says."""

    JOIN = "join"
    UNMERGE = "unmerge"
    NEVER_JOIN = "never_join"
    CORRECT = "correct"
    NOT_A_PERSON = "not_a_person"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Instruction(Generic[N]):
    """A standing instruction about identifiers; a later number is newer. `one` and `other` are its two sides."""

    number: int
    at: Instant
    verb: Verb
    one: tuple[N, ...]
    other: tuple[N, ...] = ()


class Edge(NamedTuple, Generic[N]):
    """A join: since when two identifiers are known to be of one lead."""

    at: Instant
    a: N
    b: N


@dataclass(frozen=True, slots=True)
class Verdicts(Generic[N]):
    """What the instructions together say: the newest about the same two identifiers wins."""

    joins: tuple[Edge[N], ...] = ()
    apart: frozenset[frozenset[N]] = frozenset()
    corrected: Mapping[N, tuple[Instant, N]] = field(default_factory=dict)
    nobody: frozenset[N] = frozenset()
    cleared: frozenset[N] = frozenset()
    """Whose limit does not count."""

    def correct(self, one: N, at: Instant) -> N:
        """Whom an event of this instant means by an identifier."""
        until, right = self.corrected.get(one, (None, one))
        return right if until is not None and at <= until else one


def verdicts(instructions: Iterable[Instruction[N]]) -> Verdicts[N]:
    """Fold the instructions, oldest first."""
    pairs: dict[frozenset[N], Edge[N] | None] = {}
    corrected: dict[N, tuple[Instant, N]] = {}
    nobody: set[N] = set()
    cleared: set[N] = set()
    for said in sorted(instructions, key=lambda one: one.number):
        for a, b in product(said.one, said.other):
            if a != b and said.verb in (Verb.JOIN, Verb.UNMERGE, Verb.NEVER_JOIN):
                pairs[frozenset((a, b))] = Edge(said.at, a, b) if said.verb is Verb.JOIN else None
        if said.verb is Verb.UNMERGE:
            for a, b in (*combinations(said.one, 2), *combinations(said.other, 2)):
                pairs[frozenset((a, b))] = Edge(said.at, a, b)
        elif said.verb is Verb.CORRECT:
            corrected[said.one[0]] = (said.at, said.other[0])
        elif said.verb is Verb.NOT_A_PERSON:
            nobody.update(said.one)
        elif said.verb is Verb.CLEAR:
            cleared.update(said.one)
    return Verdicts(
        tuple(edge for edge in pairs.values() if edge is not None),
        frozenset(pair for pair, edge in pairs.items() if edge is None),
        corrected,
        frozenset(nobody),
        frozenset(cleared),
    )


class Groups(NamedTuple, Generic[N]):
    """Which nodes are one, and which of them stand alone because their set is too large."""

    sets: tuple[frozenset[N], ...]
    oversized: frozenset[N]


def group(
    nodes: Iterable[N],
    edges: Iterable[Edge[N]],
    apart: frozenset[frozenset[N]],
    is_too_large: Callable[[Iterable[N]], bool],
    order: Callable[[N], object] = lambda one: one,
) -> Groups[N]:
    """Join along edges; where some are kept apart, in order of time and only as far as they stay so."""
    edges = sorted(edges, key=lambda e: (e.at, *sorted((order(e.a), order(e.b)))))  # type: ignore[type-var]
    whole = _Union(nodes)
    for edge in edges:
        whole.join(edge.a, edge.b)
    sets: list[frozenset[N]] = []
    oversized: set[N] = set()
    quarrels = {whole.find(one) for pair in apart for one in pair if one in whole} if apart else set()
    by_root: dict[N, list[Edge[N]]] = {}
    for edge in edges:
        if (root := whole.find(edge.a)) in quarrels:
            by_root.setdefault(root, []).append(edge)
    for root, members in whole.sets().items():
        parts = [frozenset(members)]
        if root in quarrels and len(members) <= LARGEST_KEPT_APART:
            parts = _kept_apart(members, by_root.get(root, ()), apart)
        elif root in quarrels:
            oversized.update(members)
            continue
        for part in parts:
            if is_too_large(part):
                oversized.update(part)
            else:
                sets.append(part)
    return Groups((*sets, *(frozenset((one,)) for one in oversized)), frozenset(oversized))


def _kept_apart(members: Iterable[N], edges: Iterable[Edge[N]], apart: frozenset[frozenset[N]]) -> list[frozenset[N]]:
    union = _Union(members)
    enemies: dict[N, set[N]] = {}
    for pair in apart:
        a, b = pair
        if a in union and b in union:
            enemies.setdefault(a, set()).add(b)
            enemies.setdefault(b, set()).add(a)
    for _, a, b in edges:
        one, other = union.members(a), union.members(b)
        if not any(enemies.get(member, set()) & other for member in one):
            union.join(a, b)
    return [frozenset(part) for part in union.sets().values()]


class _Union(Generic[N]):
    """Disjoint sets."""

    def __init__(self, nodes: Iterable[N]) -> None:
        self._root: dict[N, N] = {}
        self._members: dict[N, set[N]] = {}
        for one in nodes:
            self._root[one] = one
            self._members[one] = {one}

    def __contains__(self, one: object) -> bool:
        return one in self._root

    def find(self, one: N) -> N:
        return self._root[one]

    def members(self, one: N) -> set[N]:
        return self._members[self._root[one]]

    def join(self, a: N, b: N) -> None:
        kept, lost = self._root[a], self._root[b]
        if kept == lost:
            return
        if len(self._members[kept]) < len(self._members[lost]):
            kept, lost = lost, kept
        for one in self._members[lost]:
            self._root[one] = kept
        self._members[kept] |= self._members.pop(lost)

    def sets(self) -> Mapping[N, set[N]]:
        return self._members


class Candidate(NamedTuple):
    """An identifier as an event names it, for finding its first: `joined` matters for a vendor's id."""

    kind: str
    standing: int
    role: bool
    joined: bool


def subject_of(rules: IdentityRules, named: Sequence[Candidate]) -> int | None:
    """The position of the identifier by which an event belongs, None where it names nobody.

    First those that identify, in the order of `identifying`, then vendors' ids that are joined to one, then role
    addresses and what is past its limit, then vendors' ids that wait, last an anonymous id.
    """
    ranked = []
    for position, one in enumerate(named):
        if not rules.is_named(one.kind, one.standing):
            continue
        if one.kind == ANONYMOUS_ID:
            rank = 4
        elif one.role or one.standing == PAST:
            rank = 2
        elif rules.identifies(one.kind):
            rank = 0
        else:
            rank = 1 if one.joined else 3
        ranked.append((rank, rules.place(one.kind), position))
    return min(ranked)[2] if ranked else None


def is_past_limit(rules: IdentityRules, kind: str, counts: Mapping[str, int]) -> bool:
    """Whether an identifier that was named with so many values of each kind is past its limit."""
    for counted, count in counts.items():
        limit = rules.limit(kind, counted)
        if limit is not None and count > limit:
            return True
    return False


def alias_joins(one: set[N], other: set[N]) -> bool:
    """Whether an alias of two user ids that are known by these addresses joins them."""
    return not one or not other or bool(one & other)
