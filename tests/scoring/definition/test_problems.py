"""Broken model files: each problem is told with its place, its line, what was found and what is allowed."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from scoring.definition import load_model
from scoring.errors import InvalidModel
from tests.scoring.build import HEAD, LABELS, problems

RULE = '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\n'
POINTS = RULE + "points = 10\n"
FIT = '[[fit]]\nname = "F"\nweight = 100\ntiers = [ { when = {}, value = 50 } ]\n'
RATING = "[rating]\nA = 75\nB = 50\nC = 25\n1 = 75\n2 = 50\n3 = 25\n"
MATRIX = '[[matrix]]\ncells = ["A1-4", "B1-4", "C1-4", "D1-4"]\nlabel = "hot"\naction = "sales"\n'


class Broken(NamedTuple):
    """A broken file: its text, and a problem it must tell of."""

    text: str
    place: str
    found: str
    allowed: str
    line: int | None


def body(text: str, place: str, found: str, allowed: str, line: int | None) -> Broken:
    """A file that is broken between its head and its labels; lines count from the body's first."""
    return Broken(HEAD + text + LABELS, place, found, allowed, line and line + 2)


BROKEN = [
    Broken('name = "t\n', "", "Illegal character", "TOML", 1),
    Broken('name = "t"\npoints = 10,5 # of 20\n', "", "points = 10,5 # of 20", "durations in quotes", 2),
    Broken("# a\u2028b\npoints = 10,5\n", "", "points = 10,5", "TOML", 2),
    Broken("x = " + "[" * 5000 + "]" * 5000, "", "nested too deep", "TOML", 1),
    Broken('name = "t"\nname = "u"\n', "", "overwrite", "TOML", 2),
    Broken('market = "b2b"\n' + POINTS + LABELS, "name", "nothing", "a text that is not empty", None),
    Broken('name = "t"\n' + POINTS + LABELS, "market", "nothing", '"b2b" or "b2c"', None),
    Broken(HEAD + LABELS, "engagement", "nothing", "[[fit]] or [[engagement]]", None),
    Broken(HEAD + POINTS, "labels", "neither", "one of the two", None),
    body("owners = []\n" + POINTS, "owners", "[]", "a list of texts", 1),
    body(POINTS + "evry = 2\n", "engagement[0].rule[0].evry", "unknown key `evry`", "expires_after", 7),
    body(POINTS.replace("event =", "evnt ="), "engagement[0].rule[0].evnt", "did you mean `event`?", "event", 5),
    body(POINTS.replace("event =", "evnt ="), "engagement[0].rule[0].event", "nothing", "an event type", 3),
    body(RULE, "engagement[0].rule[0].points", "nothing", "`rows` (frequency)", 3),
    body(RULE + 'points = "ten"\n', "engagement[0].rule[0].points", '"ten"', "a number with at most two decimals", 6),
    body(RULE + "points = 0.125\n", "engagement[0].rule[0].points", "0.125", "at most two decimals", 6),
    body(RULE + "points = inf\n", "engagement[0].rule[0].points", "Infinity", "at most two decimals", 6),
    body(POINTS + 'per = "1d"\n', "engagement[0].rule[0].per", '"1d"', "`per` only beside `at_most`", 7),
    body(POINTS + "at_most = 0\n", "engagement[0].rule[0].at_most", "0", "at least 1", 7),
    body(POINTS + 'expires_after = "0d"\n', "engagement[0].rule[0].expires_after", '"0d"', '"24h"', 7),
    body(POINTS + 'half_life = "36h"\n', "engagement[0].rule[0].half_life", '"36h"', "whole days", 7),
    body(
        POINTS + 'half_life = "1d"\nfades = { percent = 5, every = "1d" }\n',
        "engagement[0].rule[0].fades",
        "`fades` beside `half_life`",
        "one of half_life, fades, recency",
        8,
    ),
    body(
        POINTS + 'recency = [ { within = "2d", percent = 50 },\n { within = "2d", percent = 20 } ]\n',
        "engagement[0].rule[0].recency[1].within",
        '"2d"',
        "longer than in the row before",
        8,
    ),
    body(
        RULE + "rows = [ { at_least = 0, points = 5 } ]\n",
        "engagement[0].rule[0].rows[0].at_least",
        "0",
        "at least 1",
        6,
    ),
    body(
        RULE + "rows = [ { at_least = 1, points = 5 }, { at_least = 2, points = -5 } ]\n",
        "engagement[0].rule[0].rows[1].points",
        "-5",
        "points of one sign",
        6,
    ),
    body(
        RULE + "rows = [ { at_least = 1, points = 5 } ]\npoints = 3\n",
        "engagement[0].rule[0].points",
        "`points`",
        "no `points`",
        7,
    ),
    body(RULE + 'after = "3d"\n', "engagement[0].rule[0].points", "nothing", "a number", 3),
    body(
        POINTS + 'once_per = "lead.title"\n',
        "engagement[0].rule[0].once_per",
        '"lead.title"',
        "a field of the event",
        7,
    ),
    body(POINTS.replace('"Web"', '"Web"\nfloor = 5'), "engagement[0].floor", "5", "at most 0", 3),
    body(POINTS.replace('"Web"', '"Web"\nfloor = -5\ncap = -9'), "engagement[0].cap", "-9", "not above the cap", 4),
    body(POINTS.replace('"Web"', '"Web"\nweight = 90'), "engagement", "the weights total 90", "total 100", 1),
    body(POINTS.replace('"Web"', '"Web"\nminus = true'), "engagement[0].minus", "true", "have a weight", 3),
    body(POINTS + POINTS, "engagement[1].name", '"Web", as an earlier one is called', "names that differ", 8),
    body(FIT.replace("100", "99"), "fit", "the weights total 99", "the weights total 100", 1),
    body(FIT.replace("when = {}, ", ""), "fit[0].tiers[0].when", "nothing", "{} always holds", 4),
    body(FIT + "cap = 5\n", "fit[0].cap", "`cap`", "no `cap` beside `weight`", 5),
    body(
        FIT.replace("when = {}", "when = { a = { like = 1 } }"), "fit[0].tiers[0].when.a.like", "`like`", "contains", 4
    ),
    body("[population]\n" + POINTS, "population.when", "nothing", "{} always holds", 1),
    body('[[gate]]\nname = "G"\n' + POINTS, "gate[0].when", "nothing", "{} always holds", 1),
    body('[[gate]]\nname = "G"\nwhen = {}\nif_unknown = "no"\n' + POINTS, "gate[0].if_unknown", '"no"', '"wait"', 4),
    body(POINTS + "[score]\nlimits = [1.5, 9]\n", "score.limits", "[1.5, 9]", "no more decimals", 8),
    body(POINTS + "[score]\nfit_share = 5\n", "score.fit_share", "`fit_share`", 'combine = "share"', 8),
    body(
        POINTS + FIT + '[score]\ncombine = "share"\nfit_share = 40\nengagement_share = 50\n',
        "score",
        "total 90",
        "total 100",
        11,
    ),
    body(POINTS + "[rating]\nA = 1\n1 = 3\n2 = 2\n3 = 1\n", "rating.A", "`A`", "the model has no fit", 8),
    body(POINTS + FIT + RATING.replace("B = 50", "B = 75"), "rating.B", "75", "below `A`, which is 75", 13),
    body(POINTS + "[hand_over]\nrearm_below = 60.01\n", "hand_over.rearm_below", "60.01", "at most 60", 8),
    body(
        POINTS + '[hand_over]\nlabel = "cold"\nrearm_below = 1\n',
        "hand_over.rearm_below",
        "1",
        "every score reaches it",
        9,
    ),
    body(POINTS + FIT + RATING + MATRIX, "labels", "both [[matrix]] and [labels]", "one of", 22),
    Broken(
        HEAD + POINTS + FIT + RATING + MATRIX.replace(', "D1-4"', ""),
        "matrix",
        "no row for D1, D2, D3, D4",
        "all 16",
        20,
    ),
    Broken(
        HEAD + POINTS + FIT + RATING + MATRIX.replace("A1-4", "A4-1"),
        "matrix[0].cells[0]",
        '"A4-1"',
        'such as "A1"',
        21,
    ),
    Broken(
        HEAD + POINTS + FIT + RATING + MATRIX.replace('"D1-4"', '"D1-4", "A2"'),
        "matrix[0].cells[4]",
        "A2 once more",
        "exactly once",
        21,
    ),
    Broken(HEAD + POINTS + "[labels]\nhot = 5\nwarm = 5\n", "labels.warm", "5", "below `hot`, which is 5", 11),
    body(POINTS + '[[never_alert]]\nname = "N"\n', "never_alert[0].when", "nothing", "a table of field names", 7),
    body(
        POINTS + '[[example]]\nname = "x"\nevents = []\nexpect = []\n', "example[0].events", "[]", "a list of tables", 9
    ),
    body(
        POINTS + '[[example]]\nname = "x"\nevents = [ { type = "page_viewed", at = "2026-01-01" } ]\n'
        'expect = [ { at = "2026-01-01T00:00:00Z", score = 10 } ]\n',
        "example[0].events[0].at",
        '"2026-01-01"',
        "with an offset",
        9,
    ),
    body(
        POINTS + '[[example]]\nname = "x"\nevents = [ { type = "page_viewed", at = "2026-01-01T00:00:00Z" } ]\n'
        'expect = [ { at = "2026-01-01T00:00:00Z", score = 11 } ]\n',
        "example[0].expect[0].score",
        "11",
        '10, which the example "x" gives',
        10,
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.place}-{broken.found}")
def test_a_problem_is_told_with_place_line_found_and_allowed(broken: Broken) -> None:
    told = problems(broken.text)
    assert broken.place in told, list(told)
    problem = told[broken.place]
    assert broken.found in problem.found
    assert broken.allowed in problem.allowed
    assert problem.line == broken.line


def test_every_problem_is_told_in_one_go_in_the_order_of_the_file() -> None:
    text = (
        HEAD
        + 'foo = 1\n[[engagement]]\nname = "Web"\ncap = 1.001\n'
        + '[[engagement.rule]]\nname = "R"\npoints = true\n[labels]\n'
    )
    with pytest.raises(InvalidModel) as refused:
        load_model(text)
    places = [problem.place for problem in refused.value.problems]
    assert places == [
        "foo",
        "engagement[0].cap",
        "engagement[0].rule[0].event",
        "engagement[0].rule[0].points",
        "labels.hot",
    ]
    assert str(refused.value).startswith("line 3, foo: found the unknown key `foo`")


def test_examples_are_run_only_when_the_rest_can_be_read() -> None:
    text = HEAD + POINTS + "foo = 1\n" + LABELS
    text += '[[example]]\nname = "x"\nevents = [ { type = "page_viewed", at = "2026-01-01T00:00:00Z" } ]\n'
    text += 'expect = [ { at = "2026-01-01T00:00:00Z", score = 11 } ]\n'
    assert list(problems(text)) == ["engagement[0].rule[0].foo"]


def test_a_total_is_checked_only_when_its_parts_could_be_read() -> None:
    assert list(problems(HEAD + FIT.replace("100", '"100"') + LABELS)) == ["fit[0].weight"]


EVENT = '{ type = "page_viewed", at = "2026-01-01T00:00:00Z" }'


@pytest.mark.parametrize(
    ("event", "row", "place"),
    [
        (EVENT.replace(" }", ", n = 2026-01-01 }"), "score = 10", "example[0].events[0].n"),
        (EVENT.replace(" }", ", traits = 5 }"), "score = 10", "example[0].events[0].traits"),
        (EVENT.replace('type = "page_viewed", ', ""), "score = 10", "example[0].events[0].type"),
        (EVENT, 'score = "10"', "example[0].expect[0].score"),
        (EVENT, "crosses = 1", "example[0].expect[0].crosses"),
        (EVENT, "foo = 1, score = 10", "example[0].expect[0].foo"),
        (EVENT, "", "example[0].expect[0].score"),
    ],
)
def test_an_example_that_cannot_be_read_is_refused(event: str, row: str, place: str) -> None:
    expect = f'{{ at = "2026-01-01T00:00:00Z"{", " * bool(row)}{row} }}'
    example = f'[[example]]\nname = "x"\nevents = [ {event} ]\nexpect = [ {expect} ]\n'
    assert list(problems(HEAD + POINTS + LABELS + example)) == [place]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("default = 1\n" + POINTS, "default"),
        ("[population]\nwhen = {}\nfoo = 1\n" + POINTS, "population.foo"),
        ("gates = 5\n" + POINTS, "gates"),
        (RULE + "rows = [ { points = 5 } ]\n", "engagement[0].rule[0].rows[0].at_least"),
        ('engagement = [ { name = "W" } ]\n', "engagement[0].rule"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(text: str, place: str) -> None:
    assert list(problems(HEAD + text + LABELS)) == [place]
