"""Names, companies and pages: that they mean to the shipped model what the story takes them to mean."""

from __future__ import annotations

import random

import pytest

from bot.demo.companies import BY_KIND, COMPANIES, Company
from bot.demo.names import MANAGER, OTHER, PHONES, STUDENT, TITLES, TOP, mailbox_of, phone_of
from bot.demo.people import Casting
from bot.demo.scripts import Beat, script
from bot.demo.site import FORMS, PAGES
from bot.service.identity.identifiers import EMAIL, PHONE, normalise
from scoring.engine import Score, score
from scoring.events import ScoringEvent, Value
from tests.bot.demo.offline import NOW, demo_model

TIERS = {TOP: "tier 1", MANAGER: "tier 2", OTHER: "tier 3"}
KNOWN_COMPANY: dict[str, Value] = {"company.country": "DK"}


def scored(traits: dict[str, Value], kind: str = "identified", **properties: Value) -> Score:
    return score(demo_model(), [ScoringEvent("x", "1", kind, NOW, properties, traits)], NOW)


@pytest.mark.parametrize(
    ("level", "title"), [(level, title) for level in TIERS for titles in TITLES[level].values() for title in titles]
)
def test_a_title_of_a_level_is_of_its_tier(level: str, title: str) -> None:
    found = scored({"title": title, **KNOWN_COMPANY})
    assert not found.failed_gates
    assert TIERS[level] in [line.rule for line in found.lines if line.category == "Job title"]


@pytest.mark.parametrize("title", [title for titles in TITLES[STUDENT].values() for title in titles])
def test_a_student_is_refused_by_the_gate(title: str) -> None:
    assert scored({"title": title}).failed_gates == ("Not a student",)


@pytest.mark.parametrize("company", BY_KIND["core"] + BY_KIND["good"], ids=lambda company: company.slug)
def test_anybody_who_decides_at_a_core_or_good_company_fits(company: Company) -> None:
    traits: dict[str, Value] = {f"company.{name}": value for name, value in company.traits.items()}
    assert scored({**traits, "title": "Marketing Manager"}).letter in ("A", "B")


@pytest.mark.parametrize("company", BY_KIND["small"] + BY_KIND["tiny"] + BY_KIND["huge"], ids=lambda it: it.slug)
def test_somebody_else_at_any_other_company_does_not(company: Company) -> None:
    traits: dict[str, Value] = {f"company.{name}": value for name, value in company.traits.items()}
    assert scored({**traits, "title": "Buyer"}).letter in ("C", "D")


def test_rivals_and_companies_abroad_fail_their_gates() -> None:
    failed = [
        scored({f"company.{name}": value for name, value in company.traits.items()}).failed_gates
        for company in BY_KIND["rival"] + BY_KIND["abroad"]
    ]
    assert failed[:2] == [("Not a competitor",)] * 2
    assert set(failed[2:]) == {("A country we sell in",)}


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("case", {"Case page"}),
        ("price", {"Price page"}),
        ("career", {"Looks for a job"}),
        ("home", set()),
        ("product", set()),
        ("blog", set()),
    ],
)
def test_a_page_of_a_kind_counts_for_its_rule_alone(kind: str, rules: set[str]) -> None:
    for pages in PAGES[kind].values():
        for page in pages:
            found = scored(dict(KNOWN_COMPANY), "page_viewed", url=page.url)
            assert {line.rule for line in found.lines if line.kind == "engagement"} == rules


@pytest.mark.parametrize("form", FORMS)
def test_only_the_demo_and_contact_forms_count(form: str) -> None:
    for name in FORMS[form].values():
        found = scored(dict(KNOWN_COMPANY), "form_submitted", form_id=name)
        assert any(line.rule == "Asks for a demo" for line in found.lines) == (form in ("demo", "contact"))


def test_all_companies_are_there_once_and_under_a_domain_that_nobody_can_have() -> None:
    domains = [company.domain for company in COMPANIES]
    assert len(domains) == len(set(domains)) == sum(map(len, BY_KIND.values()))
    assert all(domain.endswith(".example") and domain.isascii() for domain in domains)
    assert all(BY_KIND.values())


@pytest.mark.parametrize("country", PHONES)
def test_a_telephone_number_is_already_as_identity_keeps_it(country: str) -> None:
    numbers = [number for run in range(4) for n in range(120) if (number := phone_of(country, run, n))]
    assert len(numbers) == len(set(numbers)) >= 300
    assert all(normalise(PHONE, number) == number for number in numbers)


def test_telephone_numbers_run_out_rather_than_repeat() -> None:
    assert phone_of("SE", 9, 0) == ""
    assert phone_of("NO", 0, 0) == ""


def test_an_address_is_already_as_identity_keeps_it() -> None:
    assert mailbox_of("Søren", "van 't Hoff") == "soeren.vanthoff"
    casting = Casting(random.Random(1), 1)
    for _ in range(300):
        email = casting.person("top", "core none abroad").email
        assert normalise(EMAIL, email) == email


def test_names_that_run_out_are_numbered() -> None:
    casting = Casting(random.Random(1), 1)
    emails = [casting.person("student", "none").email for _ in range(4_000)]
    assert len(emails) == len(set(emails))


def test_a_line_of_a_script_says_when_how_likely_what_and_with_what() -> None:
    assert script("1-3 40% visit price case\n0 demo") == (
        Beat((1, 3), "visit", "price case", 0.4),
        Beat((0, 0), "demo", ""),
    )


def test_a_line_without_an_act_is_refused() -> None:
    with pytest.raises(ValueError, match="'1 dance' names no act"):
        script("1 dance")
