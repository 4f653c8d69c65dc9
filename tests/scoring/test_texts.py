"""How texts and numbers of events compare."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import texts


@given(st.text(), st.text())
def test_folding_is_stable(one: str, other: str) -> None:
    assert texts.fold(f" {one}\u3000") == texts.fold(one)
    assert (texts.fold(one) == texts.fold(other)) == (texts.fold(other) == texts.fold(one))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("50", "50"),
        (" +1.50 ", "1.50"),
        ("-3", "-3"),
        ("1e3", None),
        ("1,5", None),
        (".5", None),
        ("5.", None),
        ("٣", None),
        ("", None),
    ],
)
def test_a_text_is_a_number_only_in_plain_digits(text: str, number: str | None) -> None:
    assert texts.read_number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (8000, "8000"),
        (8000.0, "8000"),
        (12.50, "12.5"),
        (1e22, "10000000000000000000000"),
        (-0.0, "0"),
        (Decimal("1.10"), "1.1"),
    ],
)
def test_a_number_is_written_plainly(number: float | Decimal, text: str) -> None:
    assert texts.plain(number) == text


@pytest.mark.parametrize(
    ("name", "is_url", "page"),
    [
        ("url", True, None),
        ("page.url", True, None),
        ("landing_url", True, None),
        ("curl", False, None),
        ("url_page", True, "url"),
        ("site_url_page", True, "site_url"),
        ("page", False, None),
        ("site_page", False, None),
    ],
)
def test_addresses_are_told_by_their_names(name: str, is_url: bool, page: str | None) -> None:
    assert (texts.is_url_field(name), texts.page_of(name)) == (is_url, page)


def test_wrong_bytes_become_the_replacement_character() -> None:
    assert texts.fold_url("/l%F8s/%zz") == "/l\ufffds/%zz"


@given(st.text(max_size=30))
def test_cutting_a_page_twice_is_cutting_it_once(url: str) -> None:
    if "www." not in url.lower():
        assert texts.cut_page(f"https://acme.dk/{url}") == texts.cut_page(texts.cut_page(f"https://acme.dk/{url}"))
