"""`hotlead leads explain | chart`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.bot.cli.shell import Said, a_past, configuration, typed
from tests.bot.service.drafts import VISIT, small

ANNA: Mapping[str, Any] = {**VISIT, "email": "anna@nord.example", "traits": {"name": "Anna [red]Ø[/red]"}}
LATE = {**ANNA, "occurred_at": "2026-03-02T08:00:00Z"}


@pytest.fixture
def asked(tmp_path: Path) -> Any:
    """Asks of a store where one visit came a day late."""
    a_past(tmp_path / "data", small(visit=10), [ANNA] * 5, [LATE])
    config = configuration(tmp_path, tmp_path / "data")

    def ask(*words: str | Path) -> Said:
        return typed("leads", *words, "--config", config)

    return ask


def test_explain_adds_up_to_what_was_shown_then_and_names_what_came_later(asked: Any) -> None:
    said = asked("explain", "L-1", "--at", "2026-03-02T12:00Z")
    assert said.code == 0
    for words in (
        "Small, version 1, live then",
        "50 hot (fit 0, engagement 50)",
        "      50  in all",
        "          by category: Website 50",
        "Last crossing by then: 2026-03-02T09:00:00Z, 50 hot as recorded",
        "With all that is known today",
        "      60  in all",
        "2026-03-02 08:00, page_viewed, www.example.nl, +10 (received 2026-03-03 09:00 from forms)",
    ):
        assert words in said.out, said.out


def test_explain_as_json_gives_both_ledgers(asked: Any) -> None:
    found = asked("explain", "anna@nord.example", "--at", "2026-03-02T12:00Z", "--json").json()
    assert [found[side]["score"] for side in ("shown", "today")] == [50, 60]
    assert sum(line["points"] for line in found["shown"]["ledger"]) == 50
    assert [found[side]["categories"] for side in ("shown", "today")] == [{"Website": 50}, {"Website": 60}]
    assert [fact["points"] for fact in found["late"]] == [10]
    assert found["posted"]["score"] == 50


def test_explain_tells_by_which_identifiers_a_lead_is_known_and_what_joined_them(tmp_path: Path) -> None:
    both = {**VISIT, "email": "anna@nord.example", "user_id": "u1"}
    a_past(tmp_path / "data", small(visit=10), [both], [])
    words = ("leads", "explain", "L-1", "--at", "2026-03-03", "--config", configuration(tmp_path, tmp_path / "data"))
    shown = typed(*words).out
    assert "email anna@nord.example, since 2026-03-02 09:00" in shown
    assert "user_id forms:u1, since 2026-03-02 09:00" in shown
    assert "named in one event from forms with anna@nord.example, 2026-03-02 09:00" in shown
    _, user = typed(*words, "--json").json()["known_as"]
    assert (user["value"], user["joined"][0]["how"], user["joined"][0]["source"]) == ("forms:u1", "together", "forms")


def test_a_day_means_its_end(asked: Any) -> None:
    assert asked("explain", "L-1", "--at", "2026-03-03", "--json").json()["shown"]["score"] == 60


def test_a_name_is_shown_as_it_is_and_is_no_markup(asked: Any) -> None:
    assert "Anna [red]Ø[/red]" in asked("explain", "anna", "--at", "2026-03-03").out


@pytest.mark.parametrize("name", ["score.svg", "score.png"])
def test_the_course_of_a_score_is_drawn(asked: Any, tmp_path: Path, name: str) -> None:
    said = asked("chart", "L-1", "--out", tmp_path / name, "--until", "2026-04-01")
    assert said.code == 0, said.error
    written = (tmp_path / name).read_bytes()
    if name.endswith(".png"):
        assert written.startswith(b"\x89PNG")
    else:
        assert "L-1: score by Small" in (ET.fromstring(written).findtext("{*}title") or "")  # noqa: S314 -- ours


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "L-9"), "There is no lead 'L-9'"),
        (("explain", "L-1", "--at", "last week"), "'last week' is no instant"),
        (("explain", "L-1", "--at", "2020-01-01"), "No model was live"),
        (("chart", "L-1", "--out", "x.gif"), "ends in .svg or .png"),
        (("chart", "L-1", "--out", "/nowhere/x.svg"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(asked: Any, words: tuple[str, ...], said: str) -> None:
    found = asked(*words)
    assert found.code == 1
    assert said in found.error
