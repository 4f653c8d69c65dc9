"""Titles, countries and sizes as people write them in English, Danish, Dutch and Swedish."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.vocabulary import Vocabulary, Words

WORDS = Vocabulary()


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("CEO", "executive"), ("Administrerende direktør", "executive"), ("Direktør", "executive"),
        ("Algemeen directeur", "executive"), ("Directeur", "executive"), ("VD", "executive"), ("Ägare", "executive"),
        ("Vice President, Sales", "director"), ("Head of IT", "director"), ("Salgsdirektør", "director"),
        ("Försäljningschef", "manager"), ("Afdelingsleder", "manager"), ("Marketing Manager", "manager"),
        ("Key Account Manager", "expert"), ("Senior udvikler", "expert"), ("Inkoper", "expert"),
        ("Assistant to the CEO", "staff"), ("Secretaresse", "staff"), ("Studerende", "none"), ("Stagiair", "none"),
        ("C.E.O.", "executive"), ("c.e.o", "executive"), ("Co-CEO", "executive"), ("Grundlægger", "executive"),
        ("Verkstallande direktor", "executive"), ("Adm. direktor", "executive"), ("Vice-President Sales", "director"),
        ("HR-direktør", "director"), ("Driftsdirektör", "director"), ("Verkoopdirecteur", "director"),
        ("Produktchef", "manager"), ("HR-chef", "manager"), ("Kundeleder", "manager"), ("Utvecklingsledare", "manager"),
        ("Softwareudvikler", "expert"), ("Direktionssekretær", "staff"), ("Direktørassistent", "staff"),
        ("Kommerciel direktør", "executive"), ("Former CEO", "none"), ("Ex-CEO", "none"),
        ("Tidligere direktør", "none"), ("Jurastudent", "none"),
        ("Wizard", None), ("", None), ("Svd", None), ("-", None), ("A.B.", None), ("Exchange", None),
    ],
)  # fmt: skip
def test_a_title_speaks_of_a_level_of_authority(title: str, level: str | None) -> None:
    assert WORDS.authority(title) == level


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Denmark", "DK"), ("Danmark", "DK"), ("DK", "DK"), ("dk ", "DK"), ("Denemarken", "DK"), ("Nederland", "NL"),
        ("The Netherlands", "NL"), ("Holland", "NL"), ("Sverige", "SE"), ("Zweden", "SE"), ("Tyskland", "DE"),
        ("Duitsland", "DE"), ("U.S.A.", "US"), ("United Kingdom", "GB"), ("Storbritannien", "GB"), ("Atlantis", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names_and_codes(text: str, code: str | None) -> None:
    assert WORDS.country(text) == code


@pytest.mark.parametrize(
    ("value", "bracket"),
    [
        ("11-50", (11, 50)), ("11 – 50", (11, 50)), ("0-10 employees", (0, 10)), ("200+", (200, None)),
        ("+200", (200, None)), ("1.000-5.000", (1000, 5000)), ("1,001 to 5,000", (1001, 5000)), ("10k+", (10000, None)),
        ("mere end 500", (500, None)), ("< 10", (None, 10)), ("minder dan 10", (None, 10)), (250, (250, 250)),
        ("250", (250, 250)), ("50-11", None), ("many", None), (True, None), ("1-2-3", None),
    ],
)  # fmt: skip
def test_a_size_in_brackets_is_two_numbers(value: Any, bracket: Any) -> None:
    assert WORDS.bracket(value) == bracket


def test_what_is_meant_stands_beside_what_was_said_and_the_sender_is_believed() -> None:
    said: dict[str, Any] = {"title": "VD", "company": {"country": "Sverige", "employees": "11-50"}, "country": "Mars"}
    assert WORDS.meaning(said) == {
        "authority": "executive",
        "country_code": None,
        "company.country_code": "SE",
        "company.employees_from": 11,
        "company.employees_to": 50,
    }
    assert "authority" not in WORDS.meaning({"title": "VD", "authority": "mine"})
    assert WORDS.meaning({"title": None}) == {"authority": None}
    assert WORDS.meaning({"title": " ", "name": "Anna"}) == {}


def test_the_configuration_adds_words_and_overrules_ours() -> None:
    more = Vocabulary(
        Words({"Wizard": "expert", "A.B.": "staff", "direktør": "director"}, {"Mars": "SE"}, {"Micro": (1, 9)})
    )
    assert (more.authority("Wizard"), more.authority("Direktør"), more.country("mars")) == ("expert", "director", "SE")
    assert (more.authority("a.b."), more.bracket("micro")) == ("staff", (1, 9))
    assert more.words.fingerprint() != WORDS.words.fingerprint()


def test_values_that_no_table_knows_are_told_with_their_trait() -> None:
    said: dict[str, Any] = {"title": "Wizard", "country": "DK", "company": {"employees": "many", "country": "Atlantis"}}
    assert sorted(WORDS.unmatched(said)) == [
        ("company.country", "Atlantis"),
        ("company.employees", "many"),
        ("title", "Wizard"),
    ]


@given(st.text(max_size=40))
def test_no_text_is_an_error(text: str) -> None:
    WORDS.meaning({"title": text, "country": text, "company": {"employees": text}})
