"""The step-by-step index says of any events, in any order and however often they come, what `partition` says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.service.identity.joining import Verb
from bot.service.identity.rules import IdentityRules
from bot.service.incoming import SourcedEvent
from tests.bot.service.identity.step_by_step import Index, event

RULES = replace(
    IdentityRules(), own_domains=frozenset({"own.example"}), limits={"user_id": 2, "phone": 2, "email": 2},
    addresses_of_a_set=3, addresses_of_a_visitor=2,
)  # fmt: skip
EMAILS = ("a@x.example", "b@x.example", "c@y.example", "d@y.example", "e@z.example", "info@x.example", "o@own.example")
OTHERS = ("u:1", "u:2", "u:3", "+4511111111", "+4522222222", "v:1", "v:2", "w:1", "n:1", "n:2")

named = st.tuples(
    st.lists(st.sampled_from(EMAILS), max_size=1), st.lists(st.sampled_from(OTHERS), max_size=3, unique=True)
)
told = st.tuples(
    named,
    st.sampled_from((0, 1, 10, 29, 31, 45, 70, 120, 300_000)),
    st.sampled_from(("page_viewed", "page_viewed", "email_clicked")),
    st.sampled_from(((), (), (), ("u:1", "n:1"), ("u:2", "n:2"), ("b@x.example",))),
    st.sampled_from((False, False, False, False, True)),
)


def made(number: int, values: tuple[tuple[list[str], list[str]], int, str, tuple[str, ...], bool]) -> SourcedEvent:
    (emails, others), at, kind, alias, bad = values
    return event(number, at, (*emails, *others), kind=kind, alias=alias if others else (), bad=bad)


events = st.lists(told, min_size=1, max_size=16).map(lambda many: [made(n, one) for n, one in enumerate(many)])


@settings(max_examples=60, deadline=None)
@given(events, st.data())
def test_any_order_of_arrival_ends_in_the_partition_from_zero(many: list[SourcedEvent], data: st.DataObject) -> None:
    order = data.draw(st.permutations(many))
    again = data.draw(st.lists(st.sampled_from(many), max_size=3))
    index = Index(RULES)
    for one in (*order, *again):
        index.take(one)
    assert index.groups() == index.from_zero()


@settings(max_examples=25, deadline=None)
@given(events, st.data())
def test_one_request_or_many_give_the_same_leads_and_scores(many: list[SourcedEvent], data: st.DataObject) -> None:
    apart, at_once = Index(RULES), Index(RULES)
    for one in data.draw(st.permutations(many)):
        apart.take(one)
    at_once.take(*many)
    assert at_once.groups() == at_once.from_zero()
    at_once.now = apart.now
    assert apart.scores() == at_once.scores()


def said(index: Index, verb: Verb, one: str, other: str) -> None:
    """An instruction about values of the right number and kind; a correction is about addresses."""
    known = {name.value for told in index.namings.values() if not told.quarantined for name in told.names}
    if one not in known or (other not in known and verb is not Verb.CORRECT):
        return
    if verb is Verb.CORRECT:
        if "@" in one and "@" in other and one != other:
            index.say(verb, [one], [other])
    elif verb in (Verb.CLEAR, Verb.NOT_A_PERSON):
        index.say(verb, [one])
    elif one != other and not {one[0], other[0]} & {"n"}:
        index.say(verb, [one], [other])


instructed = st.one_of(
    st.tuples(st.sampled_from(list(Verb)), st.sampled_from((*EMAILS, *OTHERS)), st.sampled_from((*EMAILS, *OTHERS))),
    st.just("revoke"),
    st.just("next"),
    st.just("next"),
)


@settings(max_examples=60, deadline=None)
@given(events, st.lists(instructed, max_size=30))
def test_instructions_given_and_revoked_between_events_end_in_the_partition_from_zero(
    many: list[SourcedEvent], acts: list[Any]
) -> None:
    index = Index(RULES)
    waiting = list(many)
    for act in acts:
        if act == "next" and waiting:
            index.take(waiting.pop())
        elif act == "revoke" and index.instructions:
            index.revoke()
        elif isinstance(act, tuple):
            said(index, *act)
    for one in waiting:
        index.take(one)
    assert index.groups() == index.from_zero()


OTHERWISE = replace(
    RULES, own_domains=frozenset({"y.example"}), limits={"user_id": 1, "phone": 3, "email": 3},
    addresses_of_a_set=5, identifying=("user_id", "email"), role_addresses=frozenset({"a"}),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(events, st.lists(instructed, max_size=5))
def test_a_changed_configuration_ends_in_its_partition_from_zero_and_so_does_the_old_one_again(
    many: list[SourcedEvent], acts: list[Any]
) -> None:
    index = Index(RULES)
    for one in many:
        index.take(one)
    for act in acts:
        if isinstance(act, tuple):
            said(index, *act)
    for rules in (OTHERWISE, RULES):
        index.configure(rules)
        assert index.groups() == index.from_zero()


@settings(max_examples=40, deadline=None)
@given(events, st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=10))
def test_events_quarantined_and_restored_end_in_the_partition_from_zero(
    many: list[SourcedEvent], acts: list[tuple[int, int]]
) -> None:
    index = Index(RULES)
    for place, one in enumerate(many):
        index.take(one)
        for which in (who for when, who in acts if when == place and who <= place):
            index.quarantine(many[which].id, None if index.namings[many[which].id].quarantined else "by hand")
    assert index.groups() == index.from_zero()
