"""Who is who, from scratch: a pure function of what events named, the standing instructions and the configuration.

This is the reference of docs/identity.md. `identity.index` does the same step by step; a test holds them equal for any
order of arrival. In short:

1. A correction lets an address count as another in events up to its time; what is nobody counts as not named.
2. An identifier that is named with too many values of another kind is past its limit and joins nothing.
3. What one event names is joined, as is what an instruction joins. Where an instruction keeps two apart, joins are
   taken in order of time and one that would bring them together is skipped. A set of more than ten addresses falls
   apart into its identifiers.
4. An event belongs to the first that it names; an anonymous one to whom its visitor was identified as.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from bot.service.identity.attribution import Identification, that_count, whose
from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, USER_ID
from bot.service.identity.joining import (
    Candidate,
    Edge,
    Instruction,
    Verdicts,
    alias_joins,
    group,
    is_past_limit,
    subject_of,
    verdicts,
)
from bot.service.identity.rules import NORMAL, OVERSIZED, PAST, IdentityRules
from bot.service.incoming import Identifier
from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class Naming:
    """What one stored event names."""

    source: str
    id: str
    occurred_at: Instant
    names: tuple[Identifier, ...]
    alias_of: tuple[Identifier, ...] = ()
    by_mail: bool = False
    quarantined: bool = False


@dataclass(frozen=True, slots=True)
class Partition:
    """Which events are one lead's: by (source, id) the identifiers of its lead, None while it waits."""

    leads: Mapping[tuple[str, str], frozenset[Identifier] | None]
    standing: Mapping[Identifier, int]


def partition(
    namings: Iterable[Naming], instructions: Iterable[Instruction[Identifier]], rules: IdentityRules
) -> Partition:
    """The lead of every event."""
    events = sorted(namings, key=lambda one: (one.occurred_at, one.id, one.source))
    said = verdicts(instructions)
    meant = [_Meant.of(event, said, rules) for event in events]
    standing = _standing(meant, said, rules)
    lead_of = _leads(meant, said, rules, standing)
    subjects = [_subject(one, rules, standing, lead_of) for one in meant]
    visitors = _identified(meant, subjects, standing, lead_of)
    found: dict[tuple[str, str], frozenset[Identifier] | None] = {}
    for one, subject in zip(meant, subjects, strict=True):
        key = (one.event.source, one.event.id)
        if subject is not None and subject.kind == ANONYMOUS_ID:
            owner = whose(one.event.occurred_at, visitors[1].get(subject, []), rules.reach)
            found[key] = None if owner is None else visitors[0][owner]
        else:
            found[key] = None if subject is None else lead_of.get(subject)
    return Partition(found, standing)


@dataclass(frozen=True, slots=True)
class _Meant:
    """An event with whom it means: corrected, and without what is nobody."""

    event: Naming
    names: tuple[Identifier, ...]
    alias_of: tuple[Identifier, ...]

    @classmethod
    def of(cls, event: Naming, said: Verdicts[Identifier], rules: IdentityRules) -> _Meant:
        def meant(names: Iterable[Identifier]) -> tuple[Identifier, ...]:
            right = (said.correct(one, event.occurred_at) for one in names)
            return tuple(dict.fromkeys(one for one in right if one not in said.nobody and not rules.is_own(one)))

        return cls(event, meant(event.names), meant(event.alias_of))


def _standing(meant: Iterable[_Meant], said: Verdicts[Identifier], rules: IdentityRules) -> dict[Identifier, int]:
    together: dict[Identifier, dict[str, set[Identifier]]] = {}
    for one in meant:
        for alone in (*one.names, *one.alias_of):
            together.setdefault(alone, {})
        for a, b in combinations(one.names, 2):
            together[a].setdefault(b.kind, set()).add(b)
            together[b].setdefault(a.kind, set()).add(a)
    standing = {}
    for name, kinds in together.items():
        counts = {kind: len(values) for kind, values in kinds.items()}
        past = name not in said.cleared and is_past_limit(rules, name.kind, counts)
        standing[name] = PAST if past else NORMAL
    return standing


def _leads(
    meant: Sequence[_Meant], said: Verdicts[Identifier], rules: IdentityRules, standing: dict[Identifier, int]
) -> dict[Identifier, frozenset[Identifier]]:
    """The set of each identifier that makes a lead or is joined to one; marks the oversized."""
    known = {name for one in meant if not one.event.quarantined for name in (*one.names, *one.alias_of)}
    for name in (one for edge in said.joins for one in (edge.a, edge.b) if one not in said.nobody):
        if not rules.is_own(name):  # named by an instruction alone, as no event names it since a correction
            known.add(name)
            standing.setdefault(name, NORMAL)
    known = {name for name in known if name.kind != ANONYMOUS_ID and rules.is_named(name.kind, standing[name])}
    joining = {name for name in known if standing[name] == NORMAL and not rules.is_role(name)}
    since: dict[frozenset[Identifier], Instant] = {}
    for one in meant:
        if not one.event.quarantined:
            for a, b in combinations((name for name in one.names if name in joining), 2):
                if rules.may_join(a.kind, b.kind):
                    since.setdefault(frozenset((a, b)), one.event.occurred_at)
    edges = [Edge(at, *sorted(pair)) for pair, at in since.items()]
    edges += _aliases(meant, joining, rules)
    edges += [edge for edge in said.joins if edge.a in known and edge.b in known]
    groups = group(known, edges, said.apart, lambda some: _too_large(rules, some))
    for name in groups.oversized:
        standing[name] = OVERSIZED if standing[name] == NORMAL else standing[name]
    return {name: some for some in groups.sets if any(rules.identifies(one.kind) for one in some) for name in some}


def _too_large(rules: IdentityRules, some: Iterable[Identifier]) -> bool:
    return sum(one.kind == EMAIL for one in some) > rules.addresses_of_a_set


def _aliases(meant: Iterable[_Meant], joining: set[Identifier], rules: IdentityRules) -> list[Edge[Identifier]]:
    """An alias joins its two user ids, unless each is named with addresses and none in common."""
    addresses: dict[Identifier, set[Identifier]] = {}
    for one in meant:
        if not one.event.quarantined:
            emails = {name for name in one.names if name.kind == EMAIL and not rules.is_role(name)}
            for name in one.names:
                if name.kind == USER_ID:
                    addresses.setdefault(name, set()).update(emails)
    edges = []
    for one in meant:
        for new, previous in () if one.event.quarantined else _aliased(one):
            known = _known_by(new, addresses), _known_by(previous, addresses)
            if {previous, new} <= joining and alias_joins(*known):
                edges.append(Edge(one.event.occurred_at, new, previous))
    return edges


def _aliased(one: _Meant) -> Iterable[tuple[Identifier, Identifier]]:
    new = [name for name in one.names if name.kind in (USER_ID, EMAIL)]
    previous = [name for name in one.alias_of if name.kind != ANONYMOUS_ID]
    return ((a, b) for a, b in product(new, previous) if a != b)


def _known_by(name: Identifier, addresses: Mapping[Identifier, set[Identifier]]) -> set[Identifier]:
    return {name} if name.kind == EMAIL else addresses.get(name, set())


def _subject(
    one: _Meant,
    rules: IdentityRules,
    standing: Mapping[Identifier, int],
    lead_of: Mapping[Identifier, frozenset[Identifier]],
) -> Identifier | None:
    named = [Candidate(name.kind, standing[name], rules.is_role(name), name in lead_of) for name in one.names]
    position = subject_of(rules, named)
    return None if position is None else one.names[position]


def _identified(
    meant: Sequence[_Meant],
    subjects: Sequence[Identifier | None],
    standing: Mapping[Identifier, int],
    lead_of: Mapping[Identifier, frozenset[Identifier]],
) -> tuple[list[frozenset[Identifier]], dict[Identifier, list[Identification]]]:
    """By anonymous id who was identified with it, as numbers into the first list."""
    owners: dict[frozenset[Identifier], int] = {}
    by_visitor: dict[Identifier, list[Identification]] = {}
    for one, subject in zip(meant, subjects, strict=True):
        owner = None if subject is None else lead_of.get(subject)
        if owner is None or one.event.quarantined:
            continue
        number = owners.setdefault(owner, len(owners))
        for visitor in dict.fromkeys(name for name in (*one.names, *one.alias_of) if name.kind == ANONYMOUS_ID):
            if standing[visitor] != PAST:
                identified = Identification(one.event.occurred_at, number, one.event.by_mail)
                by_visitor.setdefault(visitor, []).append(identified)
    return list(owners), {visitor: that_count(those) for visitor, those in by_visitor.items()}
