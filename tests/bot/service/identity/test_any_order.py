"""In whatever order events come, and however often: the same leads, the same companies, the same scores."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from bot.service.histories import Entry, load
from bot.service.identity.joining import Instruction, Verb, verdicts
from bot.service.identity.rules import IdentityRules
from bot.service.incoming import Identifier, SourcedEvent
from bot.service.logbook import read_log
from tests.bot.service.identity.step_by_step import T0, Index, _model, event

RULES = replace(
    IdentityRules(), own_domains=frozenset({"own.example"}), limits={"user_id": 2, "phone": 2, "email": 2},
    addresses_of_a_set=3, addresses_of_a_visitor=2, group_ids_of_a_domain=1,
)  # fmt: skip
EMAILS = ("a@x.example", "b@x.example", "c@y.example", "d@gmail.com", "info@x.example", "o@own.example")
USERS, VENDORS, VISITORS = ("u:1", "u:2", "u:3"), ("v:1", "w:1"), ("n:1", "n:2")
COMPANIES: tuple[Mapping[str, Any], ...] = (
    {"group_id": "g1"},
    {"group_id": "g2"},
    {"group_id": "g1", "company.domain": "x.example"},
    {"group_id": "g2", "company.domain": "x.example"},
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


def made(
    number: int | str, one: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], int, Mapping[str, Any]]
) -> SourcedEvent:
    (names, kind, previous), minutes, said = one
    kinds = {name[0] if "@" not in name else "@": name for name in names}  # one of a kind, as a sender would
    address = {"email": kinds["@"]} if "@" in kinds else {}
    return replace(event(number, minutes, kinds.values(), kind=kind, alias=previous), traits={**address, **said})


events = st.lists(told, min_size=1, max_size=12).map(lambda many: [made(n, one) for n, one in enumerate(many)])


def companies(index: Index) -> dict[str, frozenset[tuple[str, str]] | None]:
    """The company of each event that has a lead, by its keys: as the log says, which is as it is kept at hand."""
    found: dict[str, frozenset[tuple[str, str]] | None] = {}
    for row in index.tx.all("SELECT id FROM leads"):
        at_hand, loaded = index.histories.get(index.tx, row["id"]), load(index.tx, row["id"], [_model()])
        assert _known(at_hand) == _known(loaded)
        events = read_log(index.tx, row["id"]).events
        found |= {one.id: _keys(index, one.company) for one in events if one.source == "forms"}
    return found


def _known(entry: Entry) -> tuple[object, ...]:
    facts = (entry.companies, entry.company, entry.named, entry.unnamed)
    return (entry.count, entry.seq, entry.latest, entry.folding.attributes, *facts)


def _keys(index: Index, company: str | None) -> frozenset[tuple[str, str]] | None:
    if company is None:
        return None
    rows = index.tx.all("SELECT kind, value FROM company_keys WHERE company_id = :id", id=int(company))
    return frozenset((row["kind"], row["value"]) for row in rows)


class FromZero:
    """What docs/identity.md says of the companies of events, and of the address that is shown of a lead."""

    def __init__(
        self,
        many: Iterable[SourcedEvent],
        groups: Iterable[frozenset[str]],
        said: Iterable[Instruction[Identifier]] = (),
        quarantined: Collection[str] = (),
    ) -> None:
        self._said = verdicts(said)
        by_id = {one.id: one for one in many}
        self._joined = self._join(by_id.values(), quarantined)
        self.companies: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        self.addresses: dict[frozenset[str], str | None] = {}
        for one in by_id.values():
            if _tells_facts(one) and one.id not in quarantined:
                self.facts[one.id] = self._company(_outright(one))
        for group_ in groups:
            lead = sorted((by_id[one] for one in group_), key=lambda one: (one.occurred_at, one.id))
            self.addresses[group_] = None
            self._lead(lead, group_)

    def _lead(self, lead: list[SourcedEvent], group_: frozenset[str]) -> None:
        strong = any(_outright(one) or (self._by_address(one) and not _is_mail(one)) for one in lead)
        company = None
        for one in lead:
            keys = _outright(one) or ([] if strong and _is_mail(one) else self._by_address(one))
            company = self._company(keys) or company
            self.companies[one.id] = company
            if _tells_facts(one):
                self.facts[one.id] = company
            if "email" in one.traits:
                self.addresses[group_] = self._right(one, Identifier("email", str(one.traits["email"]))).value

    def _company(self, keys: list[tuple[str, str]]) -> frozenset[tuple[str, str]] | None:
        return self._joined.get(keys[0], frozenset(keys[:1])) if keys else None

    @staticmethod
    def _join(many: Iterable[SourcedEvent], quarantined: Collection[str]) -> dict[Any, frozenset[tuple[str, str]]]:
        pairs = {one.id: (keys[0], keys[1]) for one in many if len(keys := _outright(one)) > 1}
        seen: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for group_id, domain in pairs.values():
            seen.setdefault(domain, set()).add(group_id)
        joined: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
        for number, pair in pairs.items():
            if number not in quarantined and len(seen[pair[1]]) <= RULES.group_ids_of_a_domain:
                whole = frozenset(pair).union(*(joined.get(key, frozenset()) for key in pair))
                joined |= dict.fromkeys(whole, whole)
        return joined

    def _right(self, one: SourcedEvent, name: Identifier) -> Identifier:
        return self._said.correct(name, one.occurred_at)

    def _by_address(self, one: SourcedEvent) -> list[tuple[str, str]]:
        right = [self._right(one, name) for name in one.identifiers]
        domains = [who.value.partition("@")[2] for who in right if who.kind == "email" and who not in self._said.nobody]
        return [("domain", domain) for domain in domains if domain in ("x.example", "y.example")]


def facts(index: Index) -> dict[str, Any]:
    """The company about which each event that counts says something."""
    rows = index.tx.all(
        "SELECT e.id, k.company_id FROM events AS e LEFT JOIN company_keys AS k ON k.id = e.company_key_id "
        "WHERE e.company_facts > 0 AND e.quarantined IS NULL"
    )
    return {row["id"]: None if row["company_id"] is None else _keys(index, row["company_id"]) for row in rows}


def addresses(index: Index) -> dict[frozenset[str], str | None]:
    """The address that is shown of each lead, by its events."""
    by_lead: dict[int, set[str]] = {}
    for one, lead in index.lead_of().items():
        if lead is not None:
            by_lead.setdefault(lead, set()).add(one)
    rows = {row["id"]: row["email"] for row in index.tx.all("SELECT id, email FROM leads")}
    return {frozenset(those): rows[lead] for lead, those in by_lead.items()}


def _tells_facts(one: SourcedEvent) -> bool:
    return any(name.startswith("company.") for name in one.traits)


def _is_mail(one: SourcedEvent) -> bool:
    return one.type.startswith("email_")


def _outright(one: SourcedEvent) -> list[tuple[str, str]]:
    kinds = {"group_id": "group", "company.domain": "domain"}
    told = {kind: one.traits.get(name, "gmail.com") for name, kind in kinds.items()}
    return [(kind, str(value)) for kind, value in told.items() if value != "gmail.com"]


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
    expected = FromZero(many, groups)
    assert companies(one) == companies(other) == expected.companies
    assert facts(one) == facts(other) == expected.facts
    assert addresses(one) == addresses(other) == expected.addresses
    assert one.scores() == other.scores()


acts = st.lists(
    st.one_of(
        st.just("take"),
        st.just("take"),
        st.just("revoke"),
        st.tuples(st.just("correct"), email, email),
        st.tuples(st.sampled_from((Verb.JOIN, Verb.NOT_A_PERSON)), some((*EMAILS, *USERS)), some((*EMAILS, *USERS))),
        st.tuples(st.just("quarantine"), st.integers(0, 11)),
    ),
    max_size=16,
)


def act(index: Index, what: Any, waiting: list[SourcedEvent], taken: list[SourcedEvent]) -> None:
    """An event comes, one is quarantined or restored, or an admin says something that can be said."""
    known = {name.value for one in taken for name in one.identifiers}
    if what == "take":
        if waiting:
            index.take(waiting[-1])
            taken.append(waiting.pop())
    elif what == "revoke":
        if index.instructions:
            index.revoke()
    elif what[0] == "quarantine":
        if taken:
            number = taken[what[1] % len(taken)].id
            index.quarantine(number, None if index.namings[number].quarantined else "by hand")
    elif what[1] in known and what[1] != what[2]:
        verb = Verb.CORRECT if what[0] == "correct" else what[0]
        if verb is not Verb.JOIN or what[2] in known:
            index.say(verb, [what[1]], [] if verb is Verb.NOT_A_PERSON else [what[2]])


@settings(max_examples=200, deadline=None)
@given(events, acts, st.sampled_from((1, 3)))
def test_instructions_and_quarantine_end_in_the_companies_facts_and_addresses_from_zero(
    many: list[SourcedEvent], doing: list[Any], size: int
) -> None:
    note("\n".join((*map(_shown, many), *map(str, doing))))
    index = Index(RULES)
    waiting, taken = many[::-1], list[SourcedEvent]()
    for what in doing:
        act(index, what, waiting, taken)
    for place in range(0, len(waiting), size):
        index.take(*waiting[::-1][place : place + size])
    index.catch_up()
    quarantined = {number for number, one in index.namings.items() if one.quarantined}
    groups = index.from_zero()
    assert index.groups() == groups
    expected = FromZero(many, groups, index.instructions, quarantined)
    assert companies(index) == expected.companies
    assert facts(index) == expected.facts
    assert addresses(index) == expected.addresses
    index.scores()


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


def test_a_corrected_address_is_shown_and_its_company_is_the_right_ones_until_that_is_revoked() -> None:
    it = Index(RULES)
    many = [made(1, ((("u:1", "a@x.example"), "identified", ()), 0, {"company.employees": 5000}))]
    it.take(*many)
    (group_,) = it.groups()
    for right, domain in (("c@y.example", "y.example"), ("d@gmail.com", None)):
        it.say(Verb.CORRECT, ["a@x.example"], [right])
        company = None if domain is None else frozenset({("domain", domain)})
        assert (companies(it), facts(it), addresses(it)) == ({"e1": company}, {"e1": company}, {group_: right})
        late = made(domain or "late", ((("u:1", "a@x.example"), "page_viewed", ()), 1, {}))
        it.take(late)
        assert (set(addresses(it).values()), set(companies(it).values())) == ({right}, {company})
        it.quarantine(late.id, "by hand")
        it.revoke()
        assert (companies(it), facts(it), addresses(it)) == ({"e1": X}, {"e1": X}, {group_: "a@x.example"})


def test_a_mistyped_address_is_no_lead_beside_the_one_whose_it_was() -> None:
    it = Index(RULES)
    it.take(made(1, ((("u:1", "a@x.example"), "identified", ()), 0, {})))
    it.take(event(2, 1, ["c@y.example"]))
    it.say(Verb.CORRECT, ["a@x.example"], ["c@y.example"])
    assert it.lead_of() == {"e1": 1, "e2": 1}
    assert [row["id"] for row in it.tx.all("SELECT id FROM leads")] == [1]
    it.take(event(3, 300_000, ["a@x.example"]))
    assert it.lead_of() == {"e1": 1, "e2": 1, "e3": 3}
    it.revoke()
    assert it.lead_of() == {"e1": 1, "e2": 2, "e3": 1}


def test_an_address_that_is_corrected_again_is_the_newest_right_one_until_that_is_revoked() -> None:
    it = Index(RULES)
    it.take(made(1, ((("u:1", "b@x.example"), "identified", ()), 0, {})))
    it.take(event(2, 1, ["u:2", "a@x.example"]))
    it.say(Verb.CORRECT, ["b@x.example"], ["a@x.example"])
    assert it.groups() == it.from_zero() == {frozenset({"e1", "e2"})}
    it.say(Verb.CORRECT, ["b@x.example"], ["c@y.example"])
    assert it.groups() == it.from_zero() == {frozenset({"e1"}), frozenset({"e2"})}
    assert addresses(it)[frozenset({"e1"})] == "c@y.example"
    it.revoke()
    assert it.groups() == it.from_zero() == {frozenset({"e1", "e2"})}
    assert set(addresses(it).values()) == {"a@x.example"}


def test_what_is_quarantined_joins_no_companies_until_it_is_restored() -> None:
    it = Index(RULES)
    it.take(event(1, 0, ["a@x.example"]))
    it.take(replace(event(2, 1, ["u:1"], bad=True), traits={"group_id": "g1", "company.domain": "x.example"}))
    it.take(replace(event(3, 2, ["u:2"]), traits={"group_id": "g1"}))
    group_ = frozenset({("group", "g1")})
    for _ in range(2):
        assert companies(it) == {"e1": X, "e3": group_}
        it.quarantine("e2", None)
        assert companies(it) == dict.fromkeys(("e1", "e2", "e3"), X | group_)
        it.quarantine("e2", "by hand")


def test_what_a_mail_says_of_a_company_is_of_its_leads_company_and_not_of_its_addresss() -> None:
    it = Index(RULES)
    it.take(replace(event(1, 0, ["c@y.example"], kind="email_opened"), traits={"company.employees": 5000}))
    it.take(event(2, 1, ["u:1"]))
    y = frozenset({("domain", "y.example")})
    assert facts(it) == {"e1": y}
    it.take(replace(event(3, -1, ["c@y.example"]), traits={"group_id": "g1"}))
    assert facts(it) == {"e1": frozenset({("group", "g1")})}
    it.take(event(4, 2, ["u:2", "e@y.example"]))
    it.take(replace(event(5, 3, ["c@y.example"], kind="email_opened"), traits={"company.employees": 3}))
    assert facts(it) == dict.fromkeys(("e1", "e5"), frozenset({("group", "g1")}))
    it.catch_up()
    it.scores()
    it.quarantine("e3", "by hand")
    assert facts(it) == {"e1": y, "e5": y}
