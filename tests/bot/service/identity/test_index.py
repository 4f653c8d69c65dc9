"""docs/identity.md: who an event belongs to, which company it has, and that the order of arrival does not matter."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.service.identity.attribution import USUAL, Identification, that_count, whose
from bot.service.incoming import SourcedEvent
from scoring.events import Value
from tests.bot.service.house import COMPANY_MODEL, DAY, HOUR, MINUTE, T0, House, house

ACME: dict[str, Value] = {"company": {"domain": "acme.example", "employees": 100}}


async def leads(it: House) -> dict[int, list[str]]:
    """Every lead's identifiers."""
    rows = await it.rows("SELECT lead_id, value FROM identifiers WHERE lead_id IS NOT NULL ORDER BY value")
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["lead_id"], []).append(row["value"])
    return found


async def told(it: House, number: int) -> list[str]:
    """The types of the events that belong to a lead, in order of time."""
    page = await it.core.desk.history(number)
    assert page is not None
    return [activity.type for activity in reversed(page.activities)]


async def score(it: House, email: str) -> Any:
    return (await it.lead(await it.number(email))).scores[0].score


# ---- joining


async def test_two_identifiers_in_one_event_are_one_lead(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("one", email="a@x.example", user_id="site:1"))
        await it.take(it.event("two", user_id="site:1", phone="+4511111111"))
        await it.take(it.event("three", phone="+4511111111"))
        assert await leads(it) == {1: ["+4511111111", "a@x.example", "site:1"]}
        assert await told(it, 1) == ["one", "two", "three"]


async def test_two_leads_that_one_event_names_become_the_elder(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("one", email="a@x.example"), it.event("two", user_id="site:1"))
        await it.take(it.event("three", email="b@x.example", user_id="site:2"))
        for _ in range(3):
            await it.take(it.event("both", email="a@x.example", user_id="site:1"))
        assert await leads(it) == {1: ["a@x.example", "site:1"], 3: ["b@x.example", "site:2"]}
        assert await told(it, 1) == ["one", "two", "both", "both", "both"]


async def test_a_telephone_of_two_addresses_joins_nobody_not_even_whom_it_joined_before(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("one", email="a@x.example", phone="+4511111111"))
        await it.take(it.event("alone", phone="+4511111111"))
        await it.take(it.event("two", email="b@x.example", phone="+4511111111"))
        assert (await told(it, 1), await told(it, 2)) == (["one"], ["two"])
        assert await leads(it) == {1: ["a@x.example"], 2: ["b@x.example"], 3: ["+4511111111"]}
        assert await told(it, 3) == ["alone"]


async def test_a_role_address_joins_nothing_and_comes_last(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("one", email="info@x.example", user_id="site:1"))
        await it.take(it.event("two", email="info@x.example", user_id="site:2"))
        await it.take(it.event("three", email="info@x.example"))
        assert await leads(it) == {1: ["site:1"], 2: ["site:2"], 3: ["info@x.example"]}
        assert [await told(it, number) for number in (1, 2, 3)] == [["one"], ["two"], ["three"]]


async def test_an_address_of_our_own_company_counts_as_not_named(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event(email="rep@ours.example"), it.event(email="rep@ours.example", user_id="site:1"))
        assert await leads(it) == {1: ["site:1"]}
        assert await it.rows("SELECT id FROM companies") == []


async def test_a_quarantined_event_joins_and_identifies_nobody_and_is_worth_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("visit", anonymous_id="c1"))
        await it.take(it.event("hot", email="a@x.example", anonymous_id="c1", quarantine="a machine"))
        assert await leads(it) == {}
        await it.says("newsletter", "a@x.example")
        assert await told(it, 1) == ["hot", "newsletter"]
        assert (await score(it, "a@x.example")) == 0


async def test_what_a_vendor_calls_somebody_waits_until_that_is_joined_and_then_comes_with_its_own_time(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("warm", hubspot__62515="1", at=T0 - 29 * DAY))
        assert await leads(it) == {}
        await it.take(it.event("newsletter", email="a@x.example", hubspot__62515="1"))
        assert await told(it, 1) == ["warm", "newsletter"]
        assert (await score(it, "a@x.example")) == 60
        await it.pass_(DAY)
        assert (await score(it, "a@x.example")) == 0


# ---- aliases


async def test_an_alias_joins_the_old_user_id_to_the_new_whichever_was_known(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("one", user_id="site:old"))
        await it.take(it.event("alias", user_id="site:new", alias_of=[("user_id", "site:old")]))
        await it.take(it.event("alias", user_id="site:new", alias_of=[("user_id", "site:older")]))
        await it.take(it.event("two", user_id="site:older"))
        assert await leads(it) == {1: ["site:new", "site:old", "site:older"]}
        assert await told(it, 1) == ["one", "alias", "alias", "two"]


async def test_an_alias_of_an_anonymous_visitor_brings_their_visits(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("visit", anonymous_id="c1", at=T0 - HOUR))
        alias_of = [("user_id", "site:c1"), ("anonymous_id", "c1")]
        await it.take(it.event("alias", user_id="site:1", alias_of=alias_of))
        assert await told(it, 1) == ["visit", "alias"]


async def test_an_alias_between_people_with_different_addresses_joins_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event(email="a@x.example", user_id="site:1"), it.event(email="b@x.example", user_id="site:2"))
        await it.take(it.event("alias", user_id="site:1", alias_of=[("user_id", "site:2")]))
        assert len(await leads(it)) == 2
        assert [row["kind"] for row in await it.rows("SELECT kind FROM identity_findings")] == ["alias"]


# ---- anonymous visits


async def test_visits_before_somebody_is_known_join_the_lead_with_their_own_times(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("warm", anonymous_id="c1", at=T0 - 29 * DAY))
        await it.take(it.event("newsletter", email="a@x.example", anonymous_id="c1"))
        assert (await told(it, 1), await score(it, "a@x.example")) == (["warm", "newsletter"], 60)
        await it.pass_(DAY)
        assert (await score(it, "a@x.example")) == 0


async def test_the_next_person_at_the_same_computer_takes_nothing_but_their_own_session(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("first", anonymous_id="c1", at=T0 - 10 * HOUR))
        await it.take(it.event("login", email="a@x.example", anonymous_id="c1", at=T0 - 9 * HOUR))
        await it.take(it.event("between", anonymous_id="c1", at=T0 - 5 * HOUR))
        await it.take(it.event("just before", anonymous_id="c1", at=T0 - 20 * MINUTE))
        await it.take(it.event("login", email="b@x.example", anonymous_id="c1", at=T0))
        assert await told(it, 1) == ["first", "login", "between"]
        assert await told(it, 2) == ["just before", "login"]


async def test_a_click_in_a_mail_claims_a_computer_only_while_nobody_was_identified_otherwise(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("visit", anonymous_id="c1", at=T0 - 2 * HOUR))
        await it.take(it.event("email_clicked", email="a@x.example", anonymous_id="c1", at=T0 - HOUR))
        assert await told(it, 1) == ["visit", "email_clicked"]
        await it.take(it.event("login", email="b@x.example", anonymous_id="c1", at=T0))
        assert await told(it, 1) == ["email_clicked"]
        assert await told(it, 2) == ["visit", "login"]


times = st.integers(0, 200).map(lambda minutes: T0 + minutes * MINUTE)
known = st.lists(st.builds(Identification, times, st.integers(1, 3), st.booleans()), max_size=6)


@given(at=times, identifications=known)
def test_whose_a_visit_is_follows_the_sentence_of_the_specification(
    at: int, identifications: list[Identification]
) -> None:
    counting = sorted([one for one in identifications if not one.by_mail] or identifications)
    within = [one for one in counting if at <= one.occurred_at <= at + USUAL.session]
    before = [one for one in counting if one.occurred_at <= at]
    expected = (within[:1] or before[-1:] or counting[:1] or [Identification(0, None)])[0].lead_id
    assert whose(at, sorted(that_count(sorted(identifications)))) == expected


# ---- companies


@pytest.mark.parametrize(
    ("named", "traits", "key"),
    [
        ({"email": "a@mail.acme.co.uk"}, {}, ("domain", "acme.co.uk")),
        ({"email": "a@gmail.com"}, {}, None),
        ({"email": "a@ours.example"}, {}, None),
        ({"email": "a@gmail.com"}, {"company": {"domain": "www.acme.dk"}}, ("domain", "acme.dk")),
        ({"email": "a@x.example"}, {"group_id": "g1"}, ("group", "g1")),
        ({"email": "a@x.example"}, {"company": {"domain": "gmail.com"}}, ("domain", "x.example")),
    ],
)
async def test_an_events_company_is_the_one_it_names_else_that_of_a_work_address(
    tmp_path: Path, named: dict[str, Any], traits: dict[str, Value], key: tuple[str, str] | None
) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event(traits=traits, user_id="site:1", **named))
        rows = await it.rows(
            "SELECT k.kind, k.value FROM events AS e JOIN company_keys AS k ON k.id = e.company_key_id"
        )
        assert [tuple(row) for row in rows] == ([key] if key else [])


async def test_a_group_id_and_a_domain_in_one_event_are_one_company_and_its_facts_count_for_both(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.take(it.event("one", email="a@acme.example", traits=ACME))
        await it.take(it.event("two", user_id="site:2", traits={"group_id": "g1"}))
        await it.take(it.event("three", user_id="site:3", traits={"group_id": "g1", **ACME}))
        await it.pass_(0)
        assert {row["score"] for row in await it.rows("SELECT score FROM scores")} == {6000}
        assert len({row["company_id"] for row in await it.rows("SELECT company_id FROM leads")}) == 1


async def test_a_fact_that_a_colleague_tells_scores_the_others_anew_and_they_may_cross(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.says("newsletter", "a@acme.example")
        await it.says("newsletter", "b@acme.example", traits=ACME)
        await it.pass_(0)
        assert {row["lead_id"] for row in await it.rows("SELECT lead_id FROM crossings")} == {1, 2}


async def test_a_fact_of_a_company_counts_whoever_names_it_even_somebody_unknown(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.says("newsletter", "a@acme.example")
        await it.take(it.event("group", anonymous_id="c1", traits=ACME))
        await it.pass_(0)
        assert await score(it, "a@acme.example") == 60


async def test_facts_without_a_company_are_those_of_the_company_named_before_even_in_one_request(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.says("newsletter", "a@acme.example")
        await it.take(
            it.event("one", user_id="site:2", traits={"company": {"domain": "acme.example"}}),
            it.event("two", user_id="site:2", traits={"company": {"employees": 100}}),
        )
        await it.pass_(0)
        assert await score(it, "a@acme.example") == 60


# ---- any order of arrival


@st.composite
def stories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events of two people and of whoever sat at their computers, with no two leads that would have to be one."""
    told = []
    for number in range(draw(st.integers(3, 8))):
        person = draw(st.sampled_from(("a", "b")))
        email = {"email": f"{person}@acme.example" if person == "a" else "b@gmail.com"}
        named = draw(
            st.sampled_from(
                (
                    email,
                    {**email, "user_id": f"site:{person}"},
                    {**email, "crm__1": person},
                    {**email, "anonymous_id": "c1"},
                    {**email, "anonymous_id": f"c-{person}"},
                    {"crm__1": person},
                    {"anonymous_id": "c1"},
                    {"anonymous_id": f"c-{person}"},
                )
            )
        )
        company = draw(
            st.sampled_from(
                (
                    {},
                    {"company": {"employees": 100}},
                    {"company": {"domain": "acme.example"}},
                    {"company": {"domain": "acme.example", "employees": 10}},
                    {"company": {"domain": "other.example", "employees": 100}},
                    {"group_id": "g1", "company": {"employees": 100}},
                )
            )
        )
        kind = draw(st.sampled_from(("warm", "hot", "dip", "visit", "newsletter")))
        at = T0 - draw(st.integers(0, 2_000)) * MINUTE
        told.append({"event_type": kind, "event_id": f"s{number}", "at": at, "traits": company, **named})
    return told


async def arrive(story: Sequence[dict[str, Any]], *, together: bool) -> dict[str, Any]:
    """What is known of each person in the end, as stored and as computed from zero."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder), model=COMPANY_MODEL) as it:
            events: list[SourcedEvent] = [it.event(**one) for one in story]
            for group in [events] if together else [[event] for event in events]:
                await it.take(*group)
            await it.pass_(0)
            found: dict[str, Any] = {}
            for row in await it.rows("SELECT l.id, s.score FROM leads AS l JOIN scores AS s ON s.lead_id = l.id"):
                (email,) = [value for value in (await leads(it))[row["id"]] if "@" in value]
                view = await it.lead(row["id"])
                assert view.scores[0].score is not None
                assert view.scores[0].score * 100 == row["score"], "step by step is not from zero"
                found[email] = (row["score"], await told(it, row["id"]))
            return found


@given(story=stories(), data=st.data())
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_order_and_repetition_of_arrival_gives_the_same_people_and_scores(
    story: list[dict[str, Any]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*story, *data.draw(st.lists(st.sampled_from(story), max_size=3))]))
    in_order = sorted(story, key=lambda one: (one["at"], one["event_id"]))
    first = asyncio.run(arrive(in_order, together=False))
    assert asyncio.run(arrive(shuffled, together=data.draw(st.booleans()))) == first
