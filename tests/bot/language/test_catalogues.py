"""The catalogues hold exactly what the code says, in every language, with the same gaps and the same markup."""

from __future__ import annotations

import re
from string import Formatter
from typing import get_args

import pytest
from babel.messages import Catalog, Message

from bot.language import LANGUAGES, Code, language
from bot.language.extracting import messages, read_catalogue, translated
from bot.settings import ChannelSection, SlackSection

OTHERS = LANGUAGES[1:]
SAID = {message for _, message in messages()}
_COMMAND = re.compile(r"`[^`]*`|(?<!\w)/[a-z]+(?: [a-z]+)?|\[[a-z]+\]|hotlead\.toml")


@pytest.fixture(params=OTHERS)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read_catalogue(request.param)


def _id(message: Message) -> str | tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else message.id


def _pairs(catalogue: Catalog) -> list[tuple[str, str]]:
    """Each English form and what stands for it; of a plural every form."""
    pairs: list[tuple[str, str]] = []
    for message in catalogue:
        if not message.id:
            continue
        ours = [message.id] if isinstance(message.id, str) else list(message.id)
        theirs = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert len(ours) == len(theirs), message.id
        pairs += zip(ours, map(str, theirs), strict=True)
    return pairs


def test_no_message_is_missing_and_none_unused(catalogue: Catalog) -> None:
    advice = "run python -m bot.language.extracting, then translate what is empty"
    kept = {_id(message) for message in catalogue if message.id}
    assert SAID - kept == set(), advice
    assert kept - SAID == set(), advice


def test_every_message_has_words_and_none_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in catalogue if message.id and not translated(message)] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_gaps_are_the_same_everywhere(catalogue: Catalog) -> None:
    for ours, theirs in _pairs(catalogue):
        assert _gaps(theirs) == _gaps(ours), ours
        assert all(gap.isidentifier() for gap in _gaps(ours)), "a gap has a name and nothing else"


def _gaps(text: str) -> set[str]:
    return {gap + (form or "") for _, gap, form, _ in Formatter().parse(text) if gap is not None}


def test_markup_ends_and_commands_are_the_same_everywhere(catalogue: Catalog) -> None:
    for ours, theirs in _pairs(catalogue):
        assert theirs.count("*") == ours.count("*"), ours
        assert theirs.endswith(".") == ours.endswith("."), ours
        assert theirs == theirs.strip() or ours != ours.strip(), ours
        assert sorted(_COMMAND.findall(theirs)) == sorted(_COMMAND.findall(ours)), ours


def test_the_settings_offer_the_languages_that_there_are() -> None:
    for section, field in ((SlackSection, "default_language"), (ChannelSection, "language")):
        assert set(LANGUAGES) <= {one for one in _literals(section.model_fields[field].annotation) if one}
    assert get_args(Code) == LANGUAGES


def _literals(annotation: object) -> set[object]:
    inner = get_args(annotation)
    return {annotation} if not inner else {found for one in inner for found in _literals(one)}


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_loaded_is_what_the_catalogue_says(code: Code) -> None:
    loaded = language(code).messages
    for message in read_catalogue(code):
        if isinstance(message.id, str) and message.id:
            assert loaded.gettext(message.id) == message.string
        elif message.id:
            one, many = message.id
            assert [loaded.ngettext(one, many, count) for count in (1, 2)] == list(message.string or ())
