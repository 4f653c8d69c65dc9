"""In whatever order events come, and however often: the same leads, the same companies, the same scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from bot.service.histories import load
from bot.service.identity_rules import IdentityRules
from bot.service.incoming import SourcedEvent
from tests.bot.service.index import T0, Index, _model, event

RULES = replace(
    IdentityRules(), own_domains=frozenset({"own.example"}), limits={"user_id": 2, "phone": 2, "email": 2},
    addresses_of_a_set=3, addresses_of_a_visitor=2,
)  # fmt: skip
EMAILS = ("a@x.example", "b@x.example", "c@y.example", "d@gmail.com", "info@x.example", "o@own.example")
USERS, VENDORS, VISITORS = ("u:1", "u:2", "u:3"), ("v:1", "w:1"), ("n:1", "n:2")
COMPANIES: tuple[Mapping[str, Any], ...] = (
    {"group_id": "g1"},
    {"group_id": "g2"},
    {"group_id": "g1", "company.domain": "x.example"},
    {"company.domain": "y.example"},
    {"company.domain": "gmail.com"},
)
X = frozenset({("domain", "x.example")})
FACTS: tuple[Mapping[str, Any], ...] = ({}, {}, {"company.employees": 5000}, {"company.employees": 3})

at = st.sampled_from((0, 1, 10, 29, 31, 45, 70, 120, 3000))
some = st.sampled_from
email, user, visitor = some(EMAILS), some(USERS), some(VISITORS)
traits = st.builds(lambda company, facts: {**company, **facts}, some(({}, *COMPANIES)), some(FACTS))

identify = st.builds(
    lambda *names: (names, "identified", ()), user, some((*EMAILS, *VISITORS)), some((*VISITORS, *VENDORS))
)
alias = st.builds(lambda new, old: ((new,), "identified", (old,)), user, some((*USERS, *VISITORS, *EMAILS)))
group = st.builds(lambda name: ((name,), "group", ()), user)
track = st.builds(lambda name: ((name,), "page_viewed", ()), some((*USERS, *VISITORS, *EMAILS, *VENDORS)))
mail = st.builds(
    lambda who, more, kind: ((who, *more), kind, ()),
    email, st.lists(some((*VISITORS, *VENDORS)), max_size=1), some(("email_clicked", "email_opened")),
)  # fmt: skip
told = st.tuples(st.one_of(identify, alias, group, track, track, mail, mail), at, traits)


def made(number: int, one: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], int, Mapping[str, Any]]) -> SourcedEvent:
    (names, kind, previous), minutes, said = one
    kinds = {name[0] if "@" not in name else "@": name for name in names}  # one of a kind, as a sender would
    return replace(event(number, minutes, kinds.values(), kind=kind, alias=previous), traits=said)


events = st.lists(told, min_size=1, max_size=12).map(lambda many: [made(n, one) for n, one in enumerate(many)])


def companies(index: Index) -> dict[str, frozenset[tuple[str, str]] | None]:
    """The company of each event that has a lead, by its keys: as the log says, which is as it is kept at hand."""
    found: dict[str, frozenset[tuple[str, str]] | None] = {}
    for row in index.tx.all("SELECT id FROM leads"):
        at_hand = index.histories.get(index.tx, row["id"])
        stored = load(index.tx, row["id"], [_model()])
        assert [(one.id, one.company) for one in at_hand.events] == [(one.id, one.company) for one in stored.events]
        found |= {one.id: _keys(index, one.company) for one in stored.events if one.source == "forms"}
    return found


def _keys(index: Index, company: str | None) -> frozenset[tuple[str, str]] | None:
    if company is None:
        return None
    rows = index.tx.all("SELECT kind, value FROM company_keys WHERE company_id = :id", id=int(company))
    return frozenset((row["kind"], row["value"]) for row in rows)


def companies_from_zero(many: Iterable[SourcedEvent], groups: Iterable[frozenset[str]]) -> dict[str, Any]:
    """What IDENTITY.md says of the company of each event."""
    by_id = {one.id: one for one in many}
    joined: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
    for one in by_id.values():
        keys = _outright(one) or _by_address(one)
        whole = frozenset(keys).union(*(joined.get(key, frozenset()) for key in keys))
        joined |= dict.fromkeys(whole, whole)
    found: dict[str, Any] = {}
    for group_ in groups:
        lead = sorted((by_id[one] for one in group_), key=lambda one: (one.occurred_at, one.id))
        strong = any(_outright(one) or (_by_address(one) and not _is_mail(one)) for one in lead)
        company = None
        for one in lead:
            keys = _outright(one) or ([] if strong and _is_mail(one) else _by_address(one))
            company = joined[keys[0]] if keys else company
            found[one.id] = company
    return found


def _is_mail(one: SourcedEvent) -> bool:
    return one.type.startswith("email_")


def _outright(one: SourcedEvent) -> list[tuple[str, str]]:
    kinds = {"group_id": "group", "company.domain": "domain"}
    told = {kind: one.traits.get(name, "gmail.com") for name, kind in kinds.items()}
    return [(kind, str(value)) for kind, value in told.items() if value != "gmail.com"]


def _by_address(one: SourcedEvent) -> list[tuple[str, str]]:
    domains = [name.value.partition("@")[2] for name in one.identifiers if name.kind == "email"]
    return [("domain", domain) for domain in domains if domain in ("x.example", "y.example")]


def _shown(one: SourcedEvent) -> str:
    names = [[name.value for name in some] for some in (one.identifiers, one.alias_of)]
    return f"{one.id} {one.occurred_at - T0} {one.type} {names} {dict(one.traits)}"


@settings(max_examples=200, deadline=None)
@given(events, st.data())
def test_any_order_and_duplication_end_in_the_same_leads_companies_and_scores(
    many: list[SourcedEvent], data: st.DataObject
) -> None:
    note("\n".join(map(_shown, many)))
    one, other = Index(RULES), Index(RULES)
    for each in (*data.draw(st.permutations(many)), *data.draw(st.lists(st.sampled_from(many), max_size=3))):
        one.take(each)
    order, size = data.draw(st.permutations(many)), data.draw(st.integers(1, 5))
    for place in range(0, len(order), size):
        other.take(*order[place : place + size])
    other.now = one.now
    one.catch_up()
    other.catch_up()
    groups = one.from_zero()
    assert one.groups() == other.groups() == groups
    assert companies(one) == companies(other) == companies_from_zero(many, groups)
    assert one.scores() == other.scores()


def test_a_mail_names_a_company_only_until_another_event_of_its_lead_does() -> None:
    it = Index(RULES)
    it.take(event(1, 0, ["a@x.example"], kind="email_opened"))
    assert companies(it) == {"e1": X}
    it.take(replace(event(2, 1, ["a@x.example"]), traits={"company.domain": "x.example"}))
    assert companies(it) == {"e1": None, "e2": X}


def test_a_company_that_gets_another_key_is_the_same_in_the_past_of_those_who_left_it() -> None:
    it = Index(RULES)
    it.take(replace(event(1, 0, ["u:1"]), traits={"group_id": "g1"}))
    it.take(replace(event(2, 1, ["u:1"]), traits={"group_id": "g2"}))
    it.take(event(3, 2, ["c@x.example"]))
    it.take(replace(event(4, 3, ["u:2"]), traits={"group_id": "g1", "company.domain": "x.example"}))
    assert companies(it)["e1"] == companies(it)["e3"] == X | {("group", "g1")}


def test_what_came_by_a_role_address_goes_to_the_person_whose_vendor_id_it_names() -> None:
    it = Index(RULES)
    it.take(event(1, 0, ["info@x.example", "v:1"]))
    it.take(event(2, 1, ["a@x.example", "v:1"]))
    assert it.groups() == {frozenset({"e1", "e2"})}
    assert companies(it) == {"e1": X, "e2": X}
    assert [row["score"] for row in it.tx.all("SELECT score FROM scores ORDER BY lead_id")] == [None, 2000]
