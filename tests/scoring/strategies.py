"""Random leads and models for the property tests: small menus, so that boundaries meet."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from scoring.definition import load_model
from scoring.events import ScoringEvent, Value
from scoring.instants import DAY, Instant
from scoring.model import Model
from tests.scoring.build import HEAD, START

RULES = (
    'event = "page_viewed"\npoints = 10\nexpires_after = "3d"',
    (
        'event = "page_viewed"\nwhen = { url = { contains = "/cases/" } }\npoints = 7.5\nonce_per = "url_page"\n'
        'half_life = "2d"'
    ),
    'event = "page_viewed"\npoints = 3\nat_most = 2\nper = "2d"\nexpires_after = "5d"',
    'event = "*"\npoints = -2\nat_most = 3',
    'event = ["page_viewed", "form"]\npoints = 8\nfades = { percent = 30, every = "2d" }\nexpires_after = "6d"',
    'event = "form"\npoints = 20\nrecency = [ { within = "2d", percent = 100 }, { within = "4d", percent = 25 } ]',
    'event = "page_viewed"\nrows = [ { at_least = 3, within = "2d", points = 30 }, { at_least = 2, points = 5 } ]',
    'event = "*"\nafter = "3d"\npoints = -15',
    'event = "page_viewed"\nwhen = { lead.title = "cto" }\npoints = 11\nexpires_after = "9d"',
    'event = "form"\nwhen = { any = [ { lead.title = "cfo" }, { n = { at_least = 2 } } ] }\npoints = 4\nat_most = 1',
    (
        'event = "page_viewed"\npoints = 5\nonce_per = "n"\nat_most = 2\nper = "1d"\nhalf_life = "1d"\n'
        'expires_after = "4d"'
    ),
)
CATEGORIES = ("", 'cap = 25\nfloor = -5\nforgotten_after = "4d"', "cap = 40", 'forgotten_after = "2d"')
GATES = (
    "",
    '[[gate]]\nname = "G"\nwhen = { title = { known = true } }\n',
    '[[gate]]\nname = "G"\nwhen = { any = [ { title = "cto" }, { has = { event = "form", within = "4d" } } ] }\n',
    '[[gate]]\nname = "G"\nwhen = { company.employees = { at_least = 50 } }\nif_unknown = "pass"\n',
    '[gates]\nearlier_events = "ignore"\n[[gate]]\nname = "G"\nwhen = { title = { known = true } }\n',
    '[gates]\nearlier_events = "ignore"\n[[gate]]\nname = "G"\nwhen = { company.employees = { at_least = 50 } }\n',
)
POPULATIONS = (
    "",
    '[population]\nwhen = { title = { is_not = "intern" } }\n',
    '[population]\nwhen = { not = { has = { event = "form", within = "3d", at_least = 2 } } }\n',
)
FITS = (
    "",
    (
        '[[fit]]\nname = "F"\n[[fit.rule]]\nname = "a"\nwhen = { title = "cto" }\npoints = 30\n'
        '[[fit.rule]]\nname = "b"\nwhen = { has = { event = "page_viewed", within = "2d", at_least = 2 } }\n'
        "points = 12.25\n"
    ),
    (
        '[[fit]]\nname = "F"\nweight = 100\ntiers = [ { when = { company.employees = { above = 60 } }, value = 80 }, '
        "{ when = { title = { known = true } }, value = 33.33 } ]\n"
    ),
)
SCORES = ("", "[score]\nengagement_floor = -50\ndecimals = 2\n", "[score]\nlimits = [1, 100]\ndecimals = 1\n")


@cache
def _load(text: str) -> Model:
    return load_model(text)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A model of some categories with some rules, gates, a population and facts."""
    text = HEAD + draw(st.sampled_from(POPULATIONS)) + draw(st.sampled_from(GATES)) + draw(st.sampled_from(FITS))
    for number in range(draw(st.integers(1, 3))):
        text += f'[[engagement]]\nname = "C{number}"\n{draw(st.sampled_from(CATEGORIES))}\n'
        numbered = list(enumerate(draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=4))))
        if all("after = " in rule.split("_after")[0] for _, rule in numbered):
            numbered.append((9, RULES[0]))  # forgetting needs something to forget
        text += "".join(f'[[engagement.rule]]\nname = "R{index}"\n{rule}\n' for index, rule in numbered)
    return _load(text + draw(st.sampled_from(SCORES)) + "[labels]\nhot = 40\nwarm = 20\ncold = 5\n")


def instants(last_day: int = 12) -> st.SearchStrategy[Instant]:
    """Quarter days, and a microsecond beside them."""
    return st.builds(
        lambda quarters, beside: START + quarters * DAY // 4 + beside,
        st.integers(0, 4 * last_day),
        st.sampled_from((0, 0, 0, -1, 1)),
    )


TRAITS: tuple[dict[str, Value], ...] = (
    {},
    {},
    {},
    {"title": "CTO"},
    {"title": "cfo"},
    {"title": None},
    {"title": " "},
    {"title": "intern"},
    {"company": {"employees": 80}},
    {"company.employees": 20},
    {"company.employees": None},
)


def events(companies: tuple[str | None, ...] = (None, "acme", "beta")) -> st.SearchStrategy[ScoringEvent]:
    """An event of a lead; few ids, so that there are duplicates."""
    return st.builds(
        ScoringEvent,
        source=st.sampled_from(("", "s")),
        id=st.sampled_from([str(number) for number in range(40)]),
        type=st.sampled_from(("page_viewed", "page_viewed", "page_viewed", "form", "call")),
        occurred_at=instants(),
        properties=st.fixed_dictionaries(
            {},
            optional={
                "url": st.sampled_from(("/cases/a", "https://x.dk/cases/a/", "/b")),
                "n": st.sampled_from((1, "2", 2.0, None)),
            },
        ),
        traits=st.sampled_from(TRAITS),
        company=st.sampled_from(companies),
    )


def unique(found: list[ScoringEvent]) -> list[ScoringEvent]:
    """The first of each (source, id), as a store keeps them."""
    first: dict[tuple[str, str], ScoringEvent] = {}
    for one in found:
        first.setdefault((one.source, one.id), one)
    return list(first.values())
