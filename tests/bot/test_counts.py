"""A count of one is said as one: no sentence puts a number of something before a plural that is always there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
import scoring
from bot.cli.sources import tally_words as typed_tally
from bot.language import Code, speaking
from bot.service.erasing import Done
from bot.service.models.views import Posted
from bot.service.source_health import DUPLICATE, REFUSED, Tally
from bot.slack.commands.sources import tally_words
from bot.slack.erasures import done_answer
from bot.slack.models import posted_answer
from bot.storage.source_counts import ACCEPTED

THINGS = (
    "accounts alerts backups categories cells channels colleagues columns companies crossings days duplicates events "
    "examples files gates hours identifiers instructions leads lines messages minutes models people problems reps "
    "requests rows rules seconds sources steps values versions visits warnings weeks words"
).replace(" ", "|")
PLURAL = re.compile(rf"\s(?:of\s)?(?:[a-z-]+\s){{0,2}}({THINGS})\b")
NO_COUNTS = {
    "part.strip() is no hours",
    "number about companies",
    "usual.hours of these hours",
    "target.parent takes no files",
}
NEVER_ONE = {"leads leads", "OLDEST seconds", "len(weighted) categories"}
"""The size of a benchmark, a limit of ours, and a warning about too many."""


def counts_before_plurals() -> Iterator[str]:
    for package in (bot, scoring):
        root = Path(str(package.__file__)).parent
        for path in sorted(root.rglob("*.py")):
            if path.parent.name != "bench":  # its sizes are thousands
                yield from _in_file(ast.parse(path.read_text(encoding="utf-8")))


def _in_file(tree: ast.Module) -> Iterator[str]:
    for text in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
        for gap, after in zip(text.values, text.values[1:], strict=False):
            found = PLURAL.match(str(after.value)) if isinstance(after, ast.Constant) else None
            if isinstance(gap, ast.FormattedValue) and found is not None:
                yield f"{ast.unparse(gap.value)}{found[0]}"


def test_no_number_stands_before_a_plural_that_does_not_follow_it() -> None:
    assert set(counts_before_plurals()) - NO_COUNTS - NEVER_ONE == set()


@pytest.mark.parametrize(
    ("code", "one", "more"),
    [
        ("en", "1 accepted, 1 duplicate, 1 refused (slow 1)", "2,000 accepted, 2 duplicates, 2 refused (slow 2)"),
        ("da", "1 accepteret, 1 dublet, 1 afvist (slow 1)", "2.000 accepterede, 2 dubletter, 2 afviste (slow 2)"),
        ("nl", "1 geaccepteerd, 1 dubbel, 1 geweigerd (slow 1)", "2.000 geaccepteerd, 2 dubbel, 2 geweigerd (slow 2)"),
        (
            "sv",
            "1 accepterad, 1 dubblett, 1 avvisad (slow 1)",
            "2\xa0000 accepterade, 2 dubbletter, 2 avvisade (slow 2)",
        ),
    ],
)
def test_what_a_source_brought_is_counted_as_the_language_counts(code: Code, one: str, more: str) -> None:
    with speaking(code):
        assert tally_words(Tally({ACCEPTED: 1, DUPLICATE: 1, f"{REFUSED}slow": 1})) == one
        assert tally_words(Tally({ACCEPTED: 2000, DUPLICATE: 2, f"{REFUSED}slow": 2})) == more


def test_the_command_line_counts_so_too() -> None:
    one = Tally({ACCEPTED: 1, DUPLICATE: 1, f"{REFUSED}slow": 1})
    assert typed_tally(one) == "1 accepted, 1 duplicate, 1 refused: slow 1"
    assert typed_tally(Tally({ACCEPTED: 2, DUPLICATE: 2})) == "2 accepted, 2 duplicates"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "1 recorded without an alert, 1 had crossed by itself"),
        ("da", "1 registreret uden alarm, 1 havde selv nået grænsen"),
        ("sv", "1 registrerad utan avisering, 1 hade själv nått gränsen"),
    ],
)
def test_one_that_was_posted_is_one(code: Code, said: str) -> None:
    with speaking(code):
        assert said in posted_answer(Posted(3, held_back=1, crossed=1)).text


@pytest.mark.parametrize(("numbers", "said"), [((3,), "L-3 is erased."), ((3, 5), "L-3, L-5 are erased.")])
def test_of_two_numbers_both_are_erased(numbers: tuple[int, ...], said: str) -> None:
    assert done_answer(Done("t", 0, "admin", numbers, {}, 0), None).text == said
