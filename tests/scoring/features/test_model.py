"""The rows "The model: points, fit, engagement" of the feature list, as far as scoring alone decides them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.engine import score
from scoring.events import Value
from scoring.grade import CELLS
from tests.scoring.build import HEAD, T, event, facts, ledger, model, problems, rule, shipped, visits, web

FIT = '[[fit]]\nname = "Facts"\n[[fit.rule]]\nname = "r"\nwhen = { title = "cto" }\npoints = 30\n'
WEB = '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\npoints = 20\n'
PAGES = '[[engagement]]\nname = "Web"\n' + "".join(
    f'[[engagement.rule]]\nname = "{name}"\nevent = "page_viewed"\n{when}points = {points}\n'
    for name, when, points in (
        ("Any page", "", 1),
        ("Cases", 'when = { url_page = { contains = "/cases" } }\n', 10),
        ("Contact", 'when = { url_page = { contains = "/kontakt-os" } }\n', 25),
    )
)


def page(url: str) -> Decimal | None:
    """The score of one page view."""
    return score(model(PAGES), [event(url=url)], T(0)).score


def test_f3_f80_f114_a_lead_with_one_kind_of_data_scores_on_that_part_alone() -> None:
    both = model(FIT + WEB)
    who = score(both, [event(event_type="form", traits={"title": "CTO"})], T(0))
    what = score(both, [event()], T(0))
    assert (who.fit_cents, who.engagement_cents, {line.kind for line in who.lines}) == (3000, 0, {"fit"})
    assert (what.fit_cents, what.engagement_cents, {line.kind for line in what.lines}) == (0, 2000, {"engagement"})


def test_f4_f35_unknown_keys_and_repeated_names_are_refused_with_their_lines() -> None:
    text = HEAD + WEB + 'evry = "2d"\n[[engagement.rule]]\nname = "r"\nevent = "x"\npoints = 1\n[labels]\nhot = 5\n'
    found = problems(text)
    assert {place: problem.line for place, problem in found.items()} == {
        "engagement[0].rule[0].evry": 9,
        "engagement[0].rule[1].name": 11,
    }


def test_f8_changed_points_give_the_new_hand_sum() -> None:
    events = [*visits(0, 1), event("w", 1, "webinar")]
    webinar = '[[engagement.rule]]\nname = "W"\nevent = "webinar"\npoints = {}\n'
    assert score(model(WEB + webinar.format(50)), events, T(2)).score == 20 + 20 + 50
    assert score(model(WEB + webinar.format(7)), events, T(2)).score == 20 + 20 + 7


@pytest.mark.parametrize(("count", "wanted"), [(0, 1), (3, 60), (90, 100)])
def test_f9_with_limits_the_score_stays_within_1_and_100_and_nothing_is_stretched(count: int, wanted: int) -> None:
    limited = model(WEB + "[score]\nlimits = [1, 100]\n")
    assert score(limited, [event("x", 0, "other"), *visits(*range(count))], T(99)).score == wanted


def test_f9_a_lead_that_waits_scores_0_all_the_same() -> None:
    gate = '[[gate]]\nname = "G"\nwhen = { title = { known = true } }\n'
    assert score(model(gate + WEB + "[score]\nlimits = [1, 100]\n"), visits(0), T(0)).score == 0


def test_f21_f57_the_breakdown_has_subtotals_of_hard_and_soft_data() -> None:
    result = score(model(FIT + WEB), [event(traits={"title": "CTO"})], T(0))
    assert result.categories == {"Facts": 30, "Web": 20}
    assert (result.fit_cents, result.engagement_cents) == (3000, 2000)


def test_f26_f54_negative_points_lower_the_total_and_the_ledger_has_both_signs() -> None:
    bounce = '[[engagement.rule]]\nname = "Bounce"\nevent = "bounced"\npoints = -15\n'
    result = score(model(WEB + bounce), [event(), event("b", 0, "bounced")], T(0))
    assert result.score == 5
    assert ledger(result) == [("Web", "R", Decimal(20)), ("Web", "Bounce", Decimal(-15))]


def test_f26_a_floor_is_a_stated_option() -> None:
    bounce = '[[engagement.rule]]\nname = "Bounce"\nevent = "bounced"\npoints = -15\n'
    events = [event("b", 0, "bounced")]
    assert score(model(WEB + bounce), events, T(0)).score == 0
    assert score(model(WEB + bounce + "[score]\nengagement_floor = -10\n"), events, T(0)).score == -10


def test_f47_six_groups_of_features_are_present_in_the_breakdown() -> None:
    groups = ("Company", "E-mail", "Social", "Website", "Negative")
    text = FIT.replace("Facts", "Demographics")
    for group in groups:
        text += f'[[engagement]]\nname = "{group}"\n' + rule("R", group, -4 if group == "Negative" else 5)
    events = [event(group, 0, group, traits={"title": "CTO"}) for group in groups]
    assert set(score(model(text), events, T(0)).categories) == {"Demographics", *groups}


@pytest.mark.parametrize("count", [100, 1000])
def test_f49_a_hundred_and_a_thousand_rules_load_and_run(count: int) -> None:
    rules = "".join(rule(f"{n}", "page_viewed", n, f'{{ url = {{ contains = "/p{n}/" }} }}') for n in range(1, count))
    loaded = model(WEB + rules)
    assert score(loaded, [event(url="/p7/p9/")], T(0)).score == 20 + 7 + 9


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://x.dk/", 1),
        ("https://x.dk/Cases/acme?utm=1", 11),
        ("https://x.dk/kontakt-os/", 26),
        ("https://x.dk/kontakt-os?q=/cases", 26),
        ("https://x.dk/kontakt%2Dos#top", 26),
        ("https://x.dk/blog?next=/cases", 1),
    ],
)
def test_f58_generic_and_specific_rules_stack_whatever_the_address_looks_like(url: str, wanted: int) -> None:
    assert page(url) == wanted


def test_f58_danish_letters_match_whether_encoded_or_not() -> None:
    one = web('when = { url = { contains = "/løsninger/æbler" } }\npoints = 3')
    for url in ("/løsninger/æbler", "/L%C3%B8sninger/%C3%A6bler", "/LØSNINGER/ÆBLER"):
        assert score(one, [event(url=url)], T(0)).score == 3


def test_f60_seven_kinds_of_pages_have_their_own_points() -> None:
    kinds = {"": 1, "/product": 5, "/cases": 8, "/contact": 20, "/career": -9, "/about": 2, "/blog": 3}
    rules = "".join(
        f'[[engagement.rule]]\nname = "page{kind}"\nevent = "page_viewed"\npoints = {points}\n'
        + (f'when = {{ url_page = {{ contains = "x.dk{kind}" }} }}\n' if kind else 'when = { url_page = "x.dk" }\n')
        for kind, points in kinds.items()
    )
    loaded = model('[[engagement]]\nname = "Web"\n' + rules + "[score]\nengagement_floor = -99\n")
    for kind, points in kinds.items():
        assert score(loaded, [event(url=f"https://x.dk{kind}")], T(0)).score == points


def test_f62_points_for_a_known_field_come_and_go_with_it() -> None:
    known = model('[[fit]]\nname = "F"\n[[fit.rule]]\nname = "r"\nwhen = { region = { known = true } }\npoints = 5\n')
    events = [event("1", 0), event("2", 1, traits={"region": "Jylland"}), event("3", 2, traits={"region": None})]
    assert [score(known, events, T(day)).score for day in (0, 1, 2)] == [0, 5, 0]


def test_f81_frequency_matters_more_than_what_is_stated() -> None:
    often = 'rows = [ { at_least = 3, within = "7d", points = 60 } ]'
    weighty = model(FIT + WEB.replace("points = 20", often))
    assert score(weighty, visits(0, 3, 6), T(6)).score == 60
    assert score(weighty, visits(0, 3, 7), T(7)).score == 0


@pytest.mark.parametrize("total", [99, 101])
def test_f89_weights_that_do_not_total_100_are_refused_with_the_total(total: int) -> None:
    text = (
        HEAD + f'[[fit]]\nname = "F"\nweight = {total}\ntiers = [ {{ when = {{}}, value = 1 }} ]\n[labels]\nhot = 1\n'
    )
    found = list(problems(text).values())
    assert any(str(total) in problem.found for problem in found)


def test_f89_weights_that_total_100_are_accepted() -> None:
    assert model('[[fit]]\nname = "F"\nweight = 100\ntiers = [ { when = {}, value = 1 } ]\n').fit


def test_f90_the_first_tier_that_holds_counts_and_no_other() -> None:
    tiers = "{ when = { n = { above = 5 } }, value = 40 }, { when = { n = { above = 1 } }, value = 90 }"
    tiered = model(f'[[fit]]\nname = "F"\nweight = 100\ntiers = [ {tiers} ]\n')
    assert [score(tiered, [event(traits={"n": n})], T(0)).fit for n in (9, 3, 1)] == [40, 90, 0]


RATED = shipped("b2b")
GRADES = model(
    '[[fit]]\nname = "F"\n[[fit.rule]]\nname = "base"\nwhen = {}\npoints = 24.99\n'
    + "".join(f'[[fit.rule]]\nname = "f{n}"\nwhen = {{ "f{n}" = 1 }}\npoints = {n}\n' for n in (25, 50, "0.01"))
    + '[[engagement]]\nname = "E"\n'
    + "".join(f'[[engagement.rule]]\nname = "e{n}"\nevent = "e{n}"\npoints = {n}\n' for n in ("24.99", 25, 50, "0.01"))
    + "[rating]\nA = 75\nB = 50\nC = 25\n1 = 75\n2 = 50\n3 = 25\n"
)


@pytest.mark.parametrize(
    ("facts", "letter"),
    [((), "D"), (("0.01",), "C"), (("25",), "C"), (("25", "0.01"), "B"), (("50",), "B"), (("50", "0.01"), "A")],
)
def test_f91_the_letter_changes_exactly_at_its_bound(facts: tuple[str, ...], letter: str) -> None:
    traits: dict[str, Value] = {f"f{fact}": 1 for fact in facts}
    assert score(GRADES, [event(event_type="x", traits=traits)], T(0)).letter == letter


@pytest.mark.parametrize(
    ("done", "digit"),
    [
        ((), 4),
        (("24.99",), 4),
        (("25",), 3),
        (("24.99", "25"), 3),
        (("50",), 2),
        (("24.99", "50"), 2),
        (("25", "50"), 1),
    ],
)
def test_f93_the_digit_changes_exactly_at_its_bound(done: tuple[str, ...], digit: int) -> None:
    events = [event("x", 0, "x"), *(event(name, 0, f"e{name}") for name in done)]
    assert score(GRADES, events, T(0)).digit == digit


def test_f92_the_value_of_a_scorecard_falls_as_time_passes() -> None:
    trips = shipped("b2c")
    visit = [event(url="https://trips.example/trips/rome")]
    values = [score(trips, visit, T(day)).engagement for day in (0, 1, 3, 9)]
    assert values == sorted(values, key=lambda value: -(value or 0))
    assert len(set(values)) == 4


def test_f94_all_16_cells_are_reachable_and_ordered() -> None:
    reached = set()
    for known in ((), ("25",), ("25", "0.01"), ("50", "25")):
        for done in ((), ("25",), ("50",), ("50", "25")):
            traits: dict[str, Value] = {f"f{fact}": 1 for fact in known}
            events = [event("x", 0, "x", traits=traits), *(event(name, 0, f"e{name}") for name in done)]
            reached.add(score(GRADES, events, T(0)).rating)
    assert reached == set(CELLS)
    assert CELLS[0] == "A1"
    assert CELLS[-1] == "D4"


def test_f95_f29_f86_the_two_dimensions_and_their_reasons_are_told_apart() -> None:
    lead = event(url="/cases/a", traits={"title": "CEO", "company": {"country": "DK"}})
    result = score(RATED, [lead], T(0))
    assert (result.letter, result.digit, result.rating) == ("B", 4, "B4")
    assert {line.kind for line in result.lines if line.category} == {"fit", "engagement"}


@pytest.mark.parametrize("title", ["Salgsdirektør", "Adm. direktør", "Directeur verkoop", "VD", "Chief of Staff"])
def test_f106_authority_is_read_from_danish_dutch_and_swedish_titles(title: str) -> None:
    words = '["chief", "direktør", "salgsdirektør", "directeur", "vd"]'
    authority = model(facts(f"{{ title = {{ has_any_word = {words} }} }}", 9))
    assert score(authority, [event(traits={"title": title})], T(0)).score == 9


def test_f108_a_download_scores_by_the_type_of_its_content() -> None:
    kinds = {"technical": 5, "product": 8, "testimonial": 13}
    rules = "".join(rule(kind, "downloaded", points, f'{{ content = "{kind}" }}') for kind, points in kinds.items())
    loaded = model('[[engagement]]\nname = "Content"\n' + rules)
    values = [score(loaded, [event("d", 0, "downloaded", content=kind)], T(0)).score for kind in kinds]
    assert values == [5, 8, 13]


def test_f121_how_they_came_defines_them() -> None:
    one = web('when = { channel = "direct", url = { contains = "/product" } }\npoints = 100')
    assert score(one, [event(channel="Direct", url="/product/x")], T(0)).label == "hot"
    assert score(one, [event(channel="search", url="/product/x")], T(0)).label == "cold"


def test_f125_profile_and_behaviour_together_make_a_rule() -> None:
    one = web('when = { lead.title = { has_word = "cto" }, url = "/pricing" }\npoints = 40')
    assert score(one, [event(url="/pricing")], T(0)).score == 0
    assert score(one, [event(url="/pricing", traits={"title": "CTO"})], T(0)).score == 40


@pytest.mark.parametrize(
    "kind", ["opened", "replied", "blog", "visited", "video", "webinar", "liked", "ad", "download", "meeting", "ours"]
)
def test_f7_f13_f56_f61_any_type_of_event_scores_its_own_rule(kind: str) -> None:
    one = model(f'[[engagement]]\nname = "W"\n[[engagement.rule]]\nname = "R"\nevent = "{kind}"\npoints = 3\n')
    assert score(one, [event(event_type=kind), event("o", 0, "something else")], T(0)).score == 3
