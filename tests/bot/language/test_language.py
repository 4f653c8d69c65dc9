"""The language in use: words, plurals, numbers and dates follow it, and nobody else's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.language import Code, code_of, grouped, in_use, name_of, number, speaking, tr, trn, written

NOON = datetime(2026, 3, 14, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "one", "two", "half", "large", "day", "time"),
    [
        ("en", "1 lead", "2 leads", "−12.5", "50,000", "14 March 2026", "14 Mar 2026 12:05"),
        ("da", "1 lead", "2 leads", "−12,5", "50.000", "14. marts 2026", "14. mar. 2026 12.05"),
        ("nl", "1 lead", "2 leads", "−12,5", "50.000", "14 maart 2026", "14 mrt 2026 12:05"),
        ("sv", "1 lead", "2 leads", "−12,5", "50\xa0000", "14 mars 2026", "14 mars 2026 12:05"),
    ],
)
def test_numbers_and_dates_are_written_as_people_write_them(
    code: Code, one: str, two: str, half: str, large: str, day: str, time: str
) -> None:
    with speaking(code):
        assert [trn("{count} lead", "{count} leads", count) for count in (1, 2)] == [one, two]
        assert number(Decimal("-12.50")) == half
        assert grouped(50_000) == large
        assert written(NOON, "d MMMM y") == day
        assert written(NOON, "d MMM y HH:mm") == time


@pytest.mark.parametrize(("code", "said"), [("en", "1.5 points"), ("da", "1,5 point"), ("nl", "1,5 punten")])
def test_a_part_of_one_is_said_as_several_are(code: Code, said: str) -> None:
    with speaking(code):
        assert trn("{count} point", "{count} points", Decimal("1.5")) == said


def test_a_plural_has_its_own_words() -> None:
    with speaking("nl"):
        said = [trn("{count} day", "{count} days", count) for count in (0, 1, 2)]
    assert said == ["0 dagen", "1 dag", "2 dagen"]


def test_braces_in_what_people_gave_are_only_braces() -> None:
    assert tr("You have {lead}.", lead="{count} {0} {}") == "You have {count} {0} {}."


def test_outside_and_afterwards_it_is_english() -> None:
    with pytest.raises(ValueError, match="x"), speaking("da"):
        raise ValueError("x")
    assert in_use().code == "en"


async def test_two_conversations_at_once_have_two_languages() -> None:
    both = asyncio.Barrier(2)

    async def talk(code: Code) -> str:
        with speaking(code):
            await both.wait()
            return tr("Claim")

    assert list(await asyncio.gather(talk("nl"), talk("sv"))) == ["Oppakken", "Ta det"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("da-DK", "da"),
        ("sv_SE", "sv"),
        ("en-US", "en"),
        ("nl", "nl"),
        ("Dansk", "da"),
        ("danish", "da"),
        ("Nederlands", "nl"),
        ("de-DE", None),
        ("nb-NO", None),
        ("dan", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_known_by_its_locale_its_code_and_its_name(text: str | None, code: Code | None) -> None:
    assert code_of(text) == code


def test_a_language_calls_itself_by_its_own_name() -> None:
    assert [name_of(code) for code in ("en", "da", "nl", "sv")] == ["English", "dansk", "Nederlands", "svenska"]


@pytest.mark.parametrize(("language", "said"), [("en", "12,345 leads"), ("da", "12.345 leads"), ("nl", "12.345 leads")])
def test_the_thousands_of_a_count_stand_apart(language: Code, said: str) -> None:
    with speaking(language):
        assert trn("{count} lead", "{count} leads", 12_345) == said
        assert trn("{count} lead", "{count} leads", 999) == "999 leads"
