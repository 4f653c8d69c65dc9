"""Brings leads into line with the sets that identifiers are now: leads are made, become one, or fall apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from bot.service.identity.at_hand import Names
from bot.service.identity.joining import Verdicts
from bot.service.identity.rules import NORMAL, OVERSIZED, IdentityRules
from bot.service.identity.sets import Region
from bot.service.identity.subjects import Rewritten, Subjects
from bot.storage import events, identities
from bot.storage.store import Tx
from scoring.instants import Instant


class Hands(Protocol):
    """What becomes of leads themselves: bot.service.identity.merging."""

    def before(self, tx: Tx, lead_ids: Iterable[int], now: Instant) -> None:
        """These are about to change: what is pending is stored, what was due for them is made up."""

    def number_for(self, tx: Tx, identifiers: Iterable[int], now: Instant) -> int:
        """A lead for these: under the number that one of them had, or a new one."""

    def merged(self, tx: Tx, kept: int, other: int, eldest: int | None, now: Instant) -> None:
        """Two leads became one; `eldest` is the identifier by which the other had been known longest."""

    def split(self, tx: Tx, origin: int, part: int, now: Instant) -> None:
        """A part of a lead is a lead of its own."""

    def past_limit(self, tx: Tx, kind: str, value: str, now: Instant, key: str) -> None:
        """An identifier was named with too many values of another kind."""

    def company_past_limit(self, tx: Tx, kind: str, value: str, now: Instant, key: str) -> None:
        """A group id was named with too many domains, or a domain with too many group ids."""

    def alias_contradicts(self, tx: Tx, one: str, other: str, now: Instant, key: str) -> None:
        """An alias says that two are one who are known by different addresses."""

    def too_large(self, tx: Tx, values: list[str], now: Instant, key: str) -> None:
        """A set holds too many addresses."""


@dataclass(slots=True)
class Changed:
    """Leads that are no longer what they were, and those among them that are evaluated silently."""

    leads: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)
    made: set[int] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)
    """Companies whose keys or facts are others than before."""


@dataclass(slots=True)
class _Plan:
    members: frozenset[int]
    firm: bool
    """It is a lead whether or not an event belongs to it."""
    makes: bool
    """It may be a lead at all."""
    claims: list[int] = field(default_factory=list)


class LeadChanges:
    """Applies what a walk found."""

    def __init__(self, rules: IdentityRules, names: Names, hands: Hands) -> None:
        self._rules = rules
        self._names = names
        self._hands = hands
        self._subjects = Subjects(rules, names)

    def apply(
        self,
        tx: Tx,
        region: Region,
        said: Verdicts[int],
        now: Instant,
        *,
        demoted: Iterable[int] = (),
        promoted: Iterable[int] = (),
        rewrite: Callable[[Tx], Rewritten] | None = None,
    ) -> Changed:
        """Give every identifier to its lead. What `demoted` and `promoted` name is decided anew.

        `rewrite` decides for all events, where more has changed than these identifiers.
        """
        known = region.known
        plans = [self._plan(some, region, said) for some in region.sets]
        parts = self._parts(region, plans)
        changed = Changed()
        if rewrite is None:
            self._hands.before(tx, parts, now)
        if self._is_structural(region, plans, parts) or demoted or promoted:
            changed.leads |= parts.keys()
        self._stand(tx, region, now)
        splits = self._give(tx, region, plans, changed, now)
        self._keep_ours(tx, parts)
        rewritten = rewrite(tx) if rewrite else self._rewrite(tx, region, said, demoted, promoted)
        changed.leads |= rewritten.leads
        changed.companies |= rewritten.companies
        splits += self._alone(tx, region, rewritten, changed, now)
        for plan in plans:
            for other in sorted(plan.claims)[1:]:
                eldest = min(one for one in plan.members if known[one].lead_id == other)
                self._hands.merged(tx, min(plan.claims), other, eldest, now)
        for origin, part in splits:
            self._hands.split(tx, origin, part, now)
            changed.silent.add(part)
        changed.leads |= changed.silent
        return changed

    def _plan(self, some: frozenset[int], region: Region, said: Verdicts[int]) -> _Plan:
        members = [region.known[one] for one in some]
        makes = any(self._rules.identifies(one.kind) for one in members) and not any(
            not self._rules.is_named(one.kind, one.standing) for one in members
        )
        first = members[0]
        unsure = not first.joins or first.row in region.oversized or first.row in said.corrected
        alone = len(members) == 1 and unsure
        return _Plan(some, makes and not alone, makes)

    @staticmethod
    def _parts(region: Region, plans: list[_Plan]) -> dict[int, list[_Plan]]:
        """Lead -> the sets that have one of its identifiers. It goes to the one with the eldest, but to none alone."""
        members: dict[int, list[tuple[int, _Plan]]] = {}
        for plan in plans:
            for one in plan.members:
                lead_id = region.known[one].lead_id
                if lead_id is not None:
                    members.setdefault(lead_id, []).append((one, plan))
        for lead_id, some in members.items():
            eligible = [one for one in some if one[1].firm] or [one for one in some if one[1].makes]
            if eligible:
                min(eligible, key=lambda one: one[0])[1].claims.append(lead_id)
        return {lead_id: [plan for _, plan in some] for lead_id, some in members.items()}

    @staticmethod
    def _is_structural(region: Region, plans: list[_Plan], parts: dict[int, list[_Plan]]) -> bool:
        members = [one for plan in plans for one in plan.members]
        restanding = any((one in region.oversized) != (region.known[one].standing == OVERSIZED) for one in members)
        apart = any(len({id(plan) for plan in some}) > 1 for some in parts.values())
        return restanding or apart or any(len(plan.claims) > 1 for plan in plans)

    def _stand(self, tx: Tx, region: Region, now: Instant) -> None:
        over = [one for one in sorted(region.oversized) if region.known[one].standing == NORMAL]
        fine = [
            one
            for some in region.sets
            for one in some
            if one not in region.oversized and region.known[one].standing == OVERSIZED
        ]
        identities.set_standing(tx, over, OVERSIZED)
        identities.set_standing(tx, fine, NORMAL)
        self._names.drop((*over, *fine))
        emails = [region.known[one].value for one in over if region.known[one].kind == "email"]
        if emails and identities.find_fault(tx, "oversized", over[0], now):
            self._hands.too_large(tx, emails, now, f"oversized:{over[0]}")

    def _give(
        self, tx: Tx, region: Region, plans: list[_Plan], changed: Changed, now: Instant
    ) -> list[tuple[int, int]]:
        splits = []
        for plan in plans:
            before = {region.known[one].lead_id for one in plan.members}
            if plan.claims:
                lead_id: int | None = min(plan.claims)
            elif plan.firm:
                lead_id = self._hands.number_for(tx, plan.members, now)
                origins = sorted(one for one in before if one is not None)
                splits += [(origins[0], lead_id)] if origins else []
                changed.made.add(lead_id)
            else:
                lead_id = None
            moved = [one for one in plan.members if region.known[one].lead_id != lead_id]
            identities.give(tx, moved, lead_id)
            self._names.drop(moved)
        return splits

    @staticmethod
    def _keep_ours(tx: Tx, parts: dict[int, list[_Plan]]) -> None:
        """Our own events were stored by a lead's eldest identifier: should that leave, they stay with the lead."""
        for lead_id, plans in parts.items():
            keeper = next((plan for plan in plans if lead_id in plan.claims), None)
            if keeper is None:
                continue
            for plan in plans:
                if plan is not keeper and not plan.firm:
                    for one in plan.members:
                        events.move_ours(tx, events.OURS, one, min(keeper.members))

    def _rewrite(
        self, tx: Tx, region: Region, said: Verdicts[int], demoted: Iterable[int], promoted: Iterable[int]
    ) -> Rewritten:
        whole = self._subjects.rewrite(tx, demoted, said, all_named=False)
        wanted = set(promoted)
        fresh = self._names.load(tx, region.known)
        for one, before in region.known.items():
            after = fresh[one].lead_id
            if not self._rules.identifies(before.kind) and (before.lead_id is None) != (after is None):
                wanted.add(one)
                whole.companies |= events.disinherit(tx, one)
                whole.leads |= {lead_id for lead_id in (before.lead_id, after) if lead_id is not None}
        more = self._subjects.rewrite(tx, sorted(wanted), said, all_named=True)
        return Rewritten(whole.subjects | more.subjects, whole.leads | more.leads, whole.companies | more.companies)

    def _alone(
        self, tx: Tx, region: Region, rewritten: Rewritten, changed: Changed, now: Instant
    ) -> list[tuple[int, int]]:
        """Identifiers that stand alone are a lead as soon as an event belongs by them."""
        splits = []
        singles = {one for some in region.sets if len(some) == 1 for one in some} | rewritten.subjects
        for one, known in sorted(self._names.load(tx, singles).items()):
            makes = self._rules.identifies(known.kind) and self._rules.is_named(known.kind, known.standing)
            if known.lead_id is None and makes and events.belong_by(tx, one):
                lead_id = self._hands.number_for(tx, [one], now)
                identities.give(tx, [one], lead_id)
                self._names.drop([one])
                before = region.known.get(one)
                if before is not None and before.lead_id is not None:
                    splits.append((before.lead_id, lead_id))
                changed.made.add(lead_id)
                changed.leads.add(lead_id)
        for one in rewritten.subjects:
            lead = self._names.load(tx, [one])[one].lead_id
            if lead is not None:
                changed.leads.add(lead)
        return splits
