"""The table of countries' names is what the library says that it was made from."""

from __future__ import annotations

from bot.language.countries import babels, country_names


def test_the_table_is_babels() -> None:
    assert country_names() == babels(), "run python -m bot.language.countries"
