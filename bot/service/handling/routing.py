"""Routing (docs/handling.md): which channel an alert goes to, and who is asked first.

First and always the lead's own last owner, else the owner of the colleague of the same company contacted last: it is
offered to them. Else the first rule whose condition holds. At most three offers, all within the first half of the
clock, nobody twice; then it is open. Who is out of hours, away or full is passed over, which costs no turn; an owner
who is back before half the clock is gone is waited for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter

from bot.service.handling.policy import MOST_OFFERS, Policy
from bot.service.handling.reps import Rep, Reps
from bot.service.handling.state import ref
from bot.service.handling.views import Considered, RouteView
from bot.storage import handling
from bot.storage import reps as turns
from bot.storage.store import Tx
from scoring.conditions import Condition, LeadFacts
from scoring.instants import MINUTE, Duration, Instant

OFFER_FOR: Final[Duration] = 15 * MINUTE
_VIEW: Final = TypeAdapter(RouteView)

Facts = Callable[[Tx, int, Instant], LeadFacts]


@dataclass(frozen=True, slots=True)
class Rule:
    """One route: a condition, a channel, and a way of choosing who."""

    name: str
    condition: Condition | None
    channel: str
    how: str = "pool"
    reps: tuple[str, ...] = ()
    owner: str = ""
    territory: str = ""
    language: str = ""
    assign: bool = False
    offer_for: Duration = OFFER_FOR


@dataclass(slots=True)
class _Search:
    """One decision while it is made."""

    now: Instant
    half: Instant
    """No offer runs on after half of the clock."""
    had: set[str]
    offers: int
    people: dict[str, Rep]
    load: Mapping[str, int]
    considered: list[Considered] = field(default_factory=list)

    def say(self, user: str, why: str) -> None:
        self.considered.append(Considered(user, why))


@dataclass(frozen=True, slots=True)
class _Choice:
    user: str
    until: Instant | None


class Routing:
    """Decides; it changes nothing."""

    def __init__(
        self, rules: Sequence[Rule], reps: Reps, policy: Policy, *, channel: str, fallback: str, facts: Facts
    ) -> None:
        self._rules = tuple(rules)
        self._reps = reps
        self._policy = policy
        self._channel = channel
        self._fallback = fallback
        self._facts = facts

    def decide(self, tx: Tx, lead: Any, crossing_id: int | None, now: Instant) -> RouteView:
        """Where a lead goes now. `lead` says who had it last and how its clock runs."""
        search = self._search(tx, lead, crossing_id, now)
        facts = self._facts(tx, lead["id"], now) if self._rules else LeadFacts(now, {})
        held = [(rule, rule.condition is None or rule.condition.holds(facts)) for rule in self._rules]
        rule = next((rule for rule, holds in held if holds), None)
        said = tuple((one.name, holds) for one, holds in held)
        first, choice = self._known(tx, lead, search, rule)
        assign = False
        if choice is None:
            first, choice = "rule", self._by_rule(tx, search, rule, facts)
            assign = rule is not None and rule.assign
        result = "open" if choice is None else "assigned" if assign else "offered"
        return RouteView(
            lead=ref(lead),
            channel=rule.channel if rule is not None else self._fallback if self._rules else self._channel,
            first=first,
            rule=rule.name if rule is not None else None,
            how=rule.how if rule is not None else "pool",
            result=result,
            to=choice.user if choice is not None else None,
            until=choice.until if choice is not None and not assign else None,
            considered=tuple(search.considered),
            rules=said,
            fallback=rule is None and bool(self._rules),
        )

    def _search(self, tx: Tx, lead: Any, crossing_id: int | None, now: Instant) -> _Search:
        earlier = [] if crossing_id is None else turns.of_crossing(tx, crossing_id)
        since = max((n for n, turn in enumerate(earlier) if turn["kind"] == "release"), default=-1)
        begins, deadline = lead["clock_from"], lead["deadline"]
        running = deadline is not None and begins is not None
        return _Search(
            now=now,
            half=self._policy.calendar.part(begins, deadline, 50) if running else now,
            had={turn["user_id"] for turn in earlier},
            offers=sum(1 for turn in earlier[since + 1 :] if turn["kind"] == "offer"),
            people=self._reps.all(tx),
            load=self._reps.load(tx),
        )

    # ---- the lead's own

    def _known(self, tx: Tx, lead: Any, search: _Search, rule: Rule | None) -> tuple[str, _Choice | None]:
        """The last owner, else the owner of the colleague contacted last."""
        offer_for = rule.offer_for if rule is not None else OFFER_FOR
        colleague = handling.contacted_colleague(tx, lead["id"], lead["company_id"])
        for first, user in (("last_owner", lead["last_owner"]), ("colleague", colleague)):
            if user is None:
                continue
            choice = self._offer(search, user, offer_for, waits=True)
            if choice is not None:
                return first, choice
        return "rule", None

    def _offer(self, search: _Search, user: str, offer_for: Duration, *, waits: bool) -> _Choice | None:
        rep = search.people.get(user, Rep(user))
        why = "had_it" if user in search.had else self._reps.passed_over(rep, search.now, search.load)
        begins = search.now
        if why == "out_of_hours" and waits:
            begins = self._reps.back_at(rep, search.now)
            why = None if begins < search.half else why
        until = min(self._policy.calendar.add(begins, offer_for), search.half)
        if why is None and (until <= search.now or search.offers >= MOST_OFFERS):
            why = "too_late"
        search.say(user, why or "taken")
        return None if why else _Choice(user, until)

    # ---- by a rule

    def _by_rule(self, tx: Tx, search: _Search, rule: Rule | None, facts: LeadFacts) -> _Choice | None:
        if rule is None or rule.how == "pool":
            return None
        users = self._named(search, rule, facts) if rule.how == "owner" else self._in_turn(tx, search, rule, facts)
        for user in users:
            choice = (
                self._assign(search, user) if rule.assign else self._offer(search, user, rule.offer_for, waits=False)
            )
            if choice is not None:
                return choice
        return None

    def _assign(self, search: _Search, user: str) -> _Choice | None:
        rep = search.people.get(user, Rep(user))
        why = "had_it" if user in search.had else self._reps.passed_over(rep, search.now, search.load)
        search.say(user, why or "taken")
        return None if why else _Choice(user, None)

    def _named(self, search: _Search, rule: Rule, facts: LeadFacts) -> list[str]:
        """Whom an attribute names, by user id or address."""
        value = str(facts.attributes.get(rule.owner) or "").strip()
        if not value:
            return []
        by_mail = [rep.user_id for rep in search.people.values() if rep.email and _same(rep.email, value)]
        return by_mail or ([value] if value in search.people or _is_id(value) else [])

    def _in_turn(self, tx: Tx, search: _Search, rule: Rule, facts: LeadFacts) -> list[str]:
        """Whose last offer or assignment is longest ago comes first."""
        users = [user for user in rule.reps or self._reps.configured if self._fits(search, rule, user, facts)]
        last = turns.last_turns(tx, users)
        return sorted(users, key=lambda user: (last.get(user, -1), users.index(user)))

    @staticmethod
    def _fits(search: _Search, rule: Rule, user: str, facts: LeadFacts) -> bool:
        rep = search.people.get(user, Rep(user))
        for attribute, theirs in ((rule.territory, rep.territories), (rule.language, rep.languages)):
            value = facts.attributes.get(attribute) if attribute else None
            if value is not None and not any(_same(one, str(value)) for one in theirs):
                search.say(user, "not_theirs")
                return False
        return True


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _is_id(text: str) -> bool:
    return text[:1] in ("U", "W") and text.isascii() and text.isalnum() and text == text.upper() and len(text) > 3


def route_to_json(view: RouteView) -> str:
    """A decision as it is kept with its alert."""
    return _VIEW.dump_json(view).decode()


def route_from_json(stored: str | None) -> RouteView | None:
    """The decision that `route_to_json` wrote."""
    return None if stored is None else _VIEW.validate_python(json.loads(stored))
