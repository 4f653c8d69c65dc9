"""Standing instructions about companies: join, never join, no company at all. Shown first, audited, revocable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from bot.clock import Clock
from bot.service.identity.companies import registrable
from bot.service.identity.company_sets import CompanySets
from bot.service.identity.index import Identity
from bot.service.identity.inheriting import settle
from bot.service.identity.instructions import CannotInstruct, Effect, Group
from bot.service.identity.instructions_listed import said_of
from bot.service.identity.joining import Verb
from bot.service.identity.rules import NOBODY, NORMAL, PAST
from bot.service.identity.saying_again import standing_already
from bot.service.identity.standing import COMPANIES
from bot.service.scorebook import Scorebook
from bot.storage import audit, company_keys, events, leads, rederiving
from bot.storage import instructions as stored
from bot.storage.store import Store, Tx
from scoring.instants import Instant

VERBS: Final = (Verb.JOIN, Verb.NEVER_JOIN, Verb.NOT_A_PERSON)
"""What may be said of companies; the last means: no company."""
_AT_ONCE: Final = 50


class _Shown(Exception):
    def __init__(self, effect: Effect) -> None:
        super().__init__()
        self.effect = effect


class CompanyInstructions:
    """Gives and revokes instructions about group ids and domains; each in one transaction."""

    def __init__(self, store: Store, identity: Identity, scorebook: Scorebook, clock: Clock) -> None:
        self._store = store
        self._identity = identity
        self._scorebook = scorebook
        self._clock = clock
        self.changed: Callable[[], None] = lambda: None

    async def say(self, verb: Verb, one: str, other: str | None, actor: str, note: str | None, *, show: bool) -> Effect:
        """Give an instruction about the companies of a group id or a domain; with `show` only say what it would do."""

        def work(tx: Tx) -> Effect:
            now = self._clock()
            first = _keys(tx, one, whole=verb is not Verb.NOT_A_PERSON)
            second = _keys(tx, other, whole=True) if other is not None else []
            if verb not in VERBS or (verb is not Verb.NOT_A_PERSON and not second):
                raise CannotInstruct("Name two companies, each by a group id or a domain.")
            said = self._identity.companies.sets.standing.verdicts(tx)
            row = standing_already(tx, COMPANIES, said, verb, first, second, now)
            if row is not None:
                stand = _groups(tx, [*first, *second])
                raise _Shown(Effect(None, stand, stand, said_of(tx, row)))
            if set(first) & set(second):
                raise CannotInstruct(
                    f"{one} and {other} are one company already. Name two, each by a group id or a domain."
                )
            number = stored.add(
                tx, at=now, actor=actor, about=COMPANIES, verb=verb.value, one=first, other=second, note=note
            )
            return self._do(tx, number, verb, [*first, *second], f"company_{verb.value}", actor, note, show)

        return await self._done(work)

    async def revoke(self, number: int, actor: str, *, show: bool) -> Effect:
        """Take an instruction back."""

        def work(tx: Tx) -> Effect:
            row = stored.get(tx, number)
            if row is None or row["about"] != COMPANIES or not stored.revoke(tx, number, actor, self._clock()):
                raise CannotInstruct(f"There is no standing instruction {number} about companies.")
            ids = [*json.loads(row["one"]), *json.loads(row["other"])]
            return self._do(tx, number, Verb(row["verb"]), ids, "company_revoked", actor, None, show)

        return await self._done(work)

    async def _done(self, work: Callable[[Tx], Effect]) -> Effect:
        try:
            effect = await self._store.write(work)
        except _Shown as shown:
            return shown.effect
        self.changed()
        return effect

    def _do(
        self, tx: Tx, number: int, verb: Verb, ids: list[int], action: str, actor: str, note: str | None, show: bool
    ) -> Effect:
        now = self._clock()
        shown = _with_the_rest(tx, ids)
        before = _groups(tx, shown)
        while self._scorebook.due(tx, now):
            pass
        concerned = self._work_out(tx, verb, ids, now)
        effect = Effect(number, before, _groups(tx, shown))
        if show:
            raise _Shown(Effect(None, effect.before, effect.after))
        told = [json.dumps([group.identifiers for group in some]) for some in (effect.before, effect.after)]
        audit.record(tx, at=now, actor=actor, action=action, before=told[0], after=told[1], note=note)
        self._evaluate(tx, concerned, now)
        return effect

    def _work_out(self, tx: Tx, verb: Verb, ids: list[int], now: Instant) -> set[int]:
        """Bring companies into line; the leads concerned."""
        sets = self._identity.companies.sets
        sets.forget()
        near = {row["b"] for one in ids for row in company_keys.named_with(tx, one)}
        companies = {sets.company_of(tx, one) for one in (*ids, *near)}
        if verb is Verb.NOT_A_PERSON:
            _stand(tx, sets, ids, near)
        companies |= sets.work_out(tx, [*ids, *sorted(near)], now)
        concerned = {lead for company in companies for lead in events.leads_of_company(tx, company)}
        if verb is Verb.NOT_A_PERSON:
            concerned |= self._name_again(tx, ids, now)
        sets.forget()
        self._scorebook.histories.forget_all()
        return concerned | {lead for company in companies for lead in events.leads_of_company(tx, company)}

    def _name_again(self, tx: Tx, ids: Iterable[int], now: Instant) -> set[int]:
        """Events that name these may name another company now, or none: it concerns their leads and both companies'."""
        concerned: set[int] = set()
        companies: set[int] = set()
        said = self._identity.standing.verdicts(tx)
        for one in ids:
            key = company_keys.row(tx, one)
            for row in rederiving.naming_company(tx, one, key["value"]):
                if self._identity.companies.look_again(tx, row, said, now):
                    concerned |= {row["lead_id"]} - {None}
                    companies |= {row["company_id"], rederiving.company_of(tx, row["seq"])} - {None}
        return concerned.union(*(events.leads_of_company(tx, company) for company in companies))

    def _evaluate(self, tx: Tx, concerned: set[int], now: Instant) -> None:
        there = [one for one in sorted(concerned) if leads.get(tx, one) is not None]
        settle(tx, self._scorebook, there, (), now)
        for lead_id in there[:_AT_ONCE]:
            self._scorebook.describe(tx, lead_id, now)
            self._scorebook.evaluate(tx, lead_id, now, "event")
        self._scorebook.make_due(tx, there[_AT_ONCE:], now, "event")


def _stand(tx: Tx, sets: CompanySets, ids: Iterable[int], near: Iterable[int]) -> None:
    said = sets.standing.verdicts(tx)
    for one in ids:
        company_keys.set_standing(tx, one, NOBODY if one in said.nobody else NORMAL)
    for one in (*ids, *near):
        row = company_keys.row(tx, one)
        if row["standing"] != NOBODY:
            company_keys.set_standing(tx, one, PAST if sets.is_past(tx, one, row["kind"]) else NORMAL)


def _keys(tx: Tx, text: str, *, whole: bool) -> list[int]:
    """The keys of the company that a group id or a domain names, or that key alone."""
    found: list[Any] = [("group", text), ("domain", registrable(text) or text)]
    keys = [key for kind, value in found if (key := company_keys.find(tx, kind, value)) is not None]
    if not keys:
        raise CannotInstruct(f"No event ever named a company {text}: write a group id or a domain.")
    number, company, _ = keys[0]
    return [row["id"] for row in company_keys.of_company(tx, company)] if whole else [number]


def _with_the_rest(tx: Tx, ids: Iterable[int]) -> tuple[int, ...]:
    """With these keys all of their companies: what becomes of those is shown too."""
    companies = dict.fromkeys(company_keys.row(tx, one)["company_id"] for one in ids)
    whole = (row["id"] for company in companies for row in company_keys.of_company(tx, company))
    return tuple(dict.fromkeys((*ids, *whole)))


def _groups(tx: Tx, ids: Iterable[int]) -> tuple[Group, ...]:
    companies = dict.fromkeys(company_keys.row(tx, one)["company_id"] for one in ids)
    groups = []
    for company in companies:
        rows = company_keys.of_company(tx, company)
        groups += [Group(None, (row["value"],)) for row in rows if row["standing"] == NOBODY]
        values = tuple(row["value"] for row in rows if row["standing"] != NOBODY)
        groups += [Group(company, values)] if values else []
    return tuple(groups)
