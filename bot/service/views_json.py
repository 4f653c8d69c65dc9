"""The views that are stored or owed, as JSON values and back, with decimals as text.

A stored value may be older or newer than this code: a missing field takes its default, an unknown one is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import TypeAdapter

from bot.service.handling.views import DigestView
from bot.service.views import AlertFacts, Better, Notice

_FACTS: Final = TypeAdapter(AlertFacts)
_NOTICE: Final = TypeAdapter(Notice)
_BETTER: Final = TypeAdapter(Better)
_DIGEST: Final = TypeAdapter(DigestView)


def facts_to_json(facts: AlertFacts) -> dict[str, object]:
    """The crossing as values that `json.dumps` takes."""
    dumped: dict[str, object] = _FACTS.dump_python(facts, mode="json")
    return dumped


def facts_from_json(stored: Mapping[str, object]) -> AlertFacts:
    """The crossing that `facts_to_json` wrote; pydantic's ValidationError where it is none."""
    return _FACTS.validate_python(stored)


def better_to_json(better: Better) -> str:
    """What became of a lead since, as one text."""
    return _BETTER.dump_json(better).decode()


def better_from_json(stored: str) -> Better:
    """What `better_to_json` wrote; pydantic's ValidationError where it is none."""
    return _BETTER.validate_json(stored)


def notice_to_json(notice: Notice) -> dict[str, object]:
    """The notice as values that `json.dumps` takes."""
    dumped: dict[str, object] = _NOTICE.dump_python(notice, mode="json")
    return dumped


def notice_from_json(stored: Mapping[str, object]) -> Notice:
    """The notice that `notice_to_json` wrote; pydantic's ValidationError where it is none."""
    return _NOTICE.validate_python(stored)


def digest_to_json(digest: DigestView) -> dict[str, object]:
    """The digest as values that `json.dumps` takes: payload["digest"] of an owed row of kind direct or channel."""
    dumped: dict[str, object] = _DIGEST.dump_python(digest, mode="json")
    return dumped


def digest_from_json(stored: Mapping[str, object]) -> DigestView:
    """The digest that `digest_to_json` wrote; pydantic's ValidationError where it is none."""
    return _DIGEST.validate_python(stored)
