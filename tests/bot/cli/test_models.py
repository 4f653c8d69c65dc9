"""`hotlead model …`: files by themselves, and the published models beside a running service."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]
import pytest

from bot.cli import model_files
from bot.cli.leads import leads_app
from bot.cli.models import model_app
from bot.service.models.live import shipped
from bot.storage.lock import FolderLock
from scoring.definition.lines import locate
from tests.bot.cli.shell import Said, a_past, configuration, typed, typed_beside
from tests.bot.service.drafts import VISIT, small
from tests.rig import rig

BROKEN = """
name = "Broken"
market = "b2x"

[[engagement]]
name = "Web"

[[engagement.rule]]
name = "Visit"
event = "page_viewed"
points = 10.123

[labels]
hot = 50
warm = 60
"""


def written(folder: Path, text: str, name: str = "model.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def checked(tmp_path: Path, text: str, *more: str) -> Said:
    return typed("model", "check", written(tmp_path, text), "--config", tmp_path / "none.toml", *more)


# ---- check


def test_check_says_every_problem_with_its_place_its_line_what_was_found_and_what_is_allowed(tmp_path: Path) -> None:
    said = checked(tmp_path, BROKEN)
    assert said.code == 1
    for words in ("model.toml:3", "market", "b2x", "b2b", "model.toml:11", "engagement[0].rule[0].points", "10.123"):
        assert words in said.out
    assert "two decimals" in said.out
    assert "warm" in said.out
    assert "3 problems" in said.out


def test_check_as_json_is_for_editors_and_pipelines(tmp_path: Path) -> None:
    told = checked(tmp_path, BROKEN, "--json").json()
    assert not told["ok"]
    assert {"market", "engagement[0].rule[0].points"} <= {one["place"] for one in told["problems"]}
    assert all(one["line"] and one["found"] and one["allowed"] for one in told["problems"])


def test_check_runs_the_examples(tmp_path: Path) -> None:
    said = checked(tmp_path, shipped("b2b").replace("engagement = 76", "engagement = 77"))
    assert said.code == 1
    assert "example[1].expect[0].engagement" in said.out
    assert "77" in said.out


def test_the_mark_that_windows_editors_begin_a_file_with_is_no_problem(tmp_path: Path) -> None:
    assert checked(tmp_path, "\ufeff" + small().replace("\n", "\r\n")).code == 0


@pytest.mark.parametrize("name", ["b2b", "b2c", "points"])
def test_the_shipped_models_are_good_and_their_examples_pass(tmp_path: Path, name: str) -> None:
    said = checked(tmp_path, shipped(name))
    assert said.code == 0, said.out
    assert "examples pass" in said.out


def test_warnings_stand_with_their_line_and_fail_only_when_asked_to(tmp_path: Path) -> None:
    text = small().replace('expires_after = "100d"', "")
    said = checked(tmp_path, text)
    assert said.code == 0
    assert "model.toml:9  engagement[0].rule[0]" in said.out
    assert "never be forgotten" in said.out
    assert checked(tmp_path, text, "--strict").code == 1


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_model_of_many_rules_is_read_once_for_all_their_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    rule = '[[engagement.rule]]\nname = "R{0}"\nevent = "page_viewed"\npoints = 1\n'
    text = small().replace("[[engagement.rule]]", "".join(map(rule.format, range(50))) + "[[engagement.rule]]", 1)
    read: list[str] = []

    def located(text: str) -> Any:
        read.append(text)
        return locate(text)

    monkeypatch.setattr(model_files, "locate", located)
    said = checked(tmp_path, text, *more)
    assert said.out.count("never be forgotten") == 50
    assert len(read) == 1


def test_warnings_look_into_the_store_when_there_is_one(tmp_path: Path) -> None:
    brackets = """
[[never_alert]]
name = "Middle"
when = { company.size = "10-50" }
"""
    model = small(extra=brackets)
    event = {**VISIT, "email": "anna@nord.example", "traits": {"company": {"size": "11-50", "domain": "nord.example"}}}
    a_past(tmp_path / "data", small(), [event])
    config = configuration(tmp_path, tmp_path / "data")
    said = typed("model", "check", written(tmp_path, model), "--config", config)
    assert 'company.size = "10-50"; stored are such as 11-50' in said.out
    assert 'no stored event has matched "Big company"' not in said.out  # a page was viewed; of whom is not asked
    assert "Version 1 of it is live" in said.out
    assert "it differs" in said.out


# ---- schema, score


def test_the_schema_knows_every_shipped_model_and_refuses_an_unknown_key(tmp_path: Path) -> None:
    schema = typed("model", "schema").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"name": "x", "market": "b2b"})
    assert not validator.is_valid({"name": "x", "market": "b2b", "colour": "red"})


EVENTS = [
    {"lead": "bo", "type": "page_viewed", "at": "2026-03-01T09:00:00Z", "url": "https://x.example/"},
    {"lead": "anna", "type": "page_viewed", "occurred_at": "2026-03-01T09:00:00Z", "properties": {"url": "/"}},
    {"lead": "anna", "type": "page_viewed", "at": "2026-03-02T09:00:00Z"},
    {"lead": "late", "type": "page_viewed", "at": "2027-01-01T00:00:00Z"},
]


def scored(tmp_path: Path, lines: list[str], *more: str) -> Said:
    events = written(tmp_path, "\n".join(lines), "events.jsonl")
    at = ("--at", "2026-03-03T00:00:00Z")
    return typed("model", "score", written(tmp_path, small()), "--events", events, *at, *more)


def test_a_file_of_events_is_scored_lead_after_lead_each_with_its_ledger(tmp_path: Path) -> None:
    said = scored(tmp_path, [json.dumps(event) for event in EVENTS], "--json").json()
    assert [(one["lead"], one["score"], one["label"]) for one in said["leads"]] == [
        ("anna", 20, "cold"),
        ("bo", 10, "cold"),
        ("late", None, None),
    ]
    anna = said["leads"][0]
    assert sum(line["points"] for line in anna["ledger"]) == anna["score"]
    assert anna["categories"] == {"Website": 20}
    assert anna["next_change"] == "2026-06-09T09:00:00Z"


def test_other_line_breaks_within_a_text_end_no_line_and_what_is_nested_too_deep_is_said(tmp_path: Path) -> None:
    visit = {"lead": "anna", "type": "page_viewed", "at": "2026-03-01T09:00:00Z", "title": "a\u2028b\x85c"}
    odd = json.dumps(visit, ensure_ascii=False)
    assert scored(tmp_path, [odd], "--json").json()["leads"][0]["score"] == 10
    said = scored(tmp_path, [odd, "[" * 100_000])
    assert said.code == 1
    assert "line 2: nested too deep" in said.error


def test_one_lead_is_told_in_words(tmp_path: Path) -> None:
    said = scored(tmp_path, [json.dumps(event) for event in EVENTS], "--lead", "anna")
    assert "1. anna  20  cold  fit 0, engagement 20  next change 2026-06-09 09:00" in said.out
    assert said.out.count("+10  Website: Visit") == 2
    assert "by category: Website 20" in said.out
    assert "bo" not in said.out


def test_a_colleagues_word_on_their_company_counts_for_both(tmp_path: Path) -> None:
    told = {"lead": "bo", "type": "x", "at": "2026-03-01T00:00:00Z", "company": "nord"}
    lines = [
        json.dumps({**told, "traits": {"company": {"employees": 5000}}}),
        json.dumps({**told, "lead": "anna", "type": "page_viewed"}),
    ]
    leads = scored(tmp_path, lines, "--json", "--lead", "anna").json()["leads"]
    assert leads[0]["score"] == 110


def test_every_bad_line_of_the_events_is_named_at_once(tmp_path: Path) -> None:
    said = scored(tmp_path, ['{"lead": "a", "type": "x", "at": "soon"}', "[]", "", '{"type": "x"}', "{"])
    assert said.code == 1
    for words in (
        "line 1: at: 'soon' is no instant",
        "line 2: found no object",
        "line 4: lead: found nothing",
        "line 5",
    ):
        assert words in said.error


def test_an_unknown_lead_is_said_with_those_there_are(tmp_path: Path) -> None:
    said = scored(tmp_path, [json.dumps(event) for event in EVENTS], "--lead", "cai")
    assert "'cai'" in said.error
    assert "anna" in said.error


# ---- publish, history, show, diff, rollback, post


async def test_beside_a_running_service_a_publication_goes_through_it_and_nobody_is_alerted(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with rig(data, model=small(visit=10)) as it:
        await it.send(*({**VISIT, "email": "anna@nord.example"} for _ in range(3)))
        it.clock.pass_(1_000_000)
        config = configuration(tmp_path, data)
        file = written(tmp_path, small(visit=20))
        said = await typed_beside("model", "publish", file, "--config", config, "--note", "double")
        assert said.code == 0, said.error
        for words in ("Version 2 of Small is live, in place of version 1", "1 lead is rescored", "L-1", "30 warm"):
            assert words in said.out
        assert "hotlead model post 2" in said.out
        assert [live.id for live in it.hotlead.core.scorebook.models] == [2]
        await it.settle()
        assert it.alerts() == []
        said = await typed_beside("model", "post", "2", "--config", config)
        assert said.out == "1 posted\n"
        await it.settle()
        assert len(it.alerts()) == 1


def test_without_a_service_the_command_owns_the_folder_itself(tmp_path: Path) -> None:
    config = configuration(tmp_path, tmp_path / "data")
    file = written(tmp_path, small(visit=10))
    first = typed("model", "publish", file, "--config", config, "--note", "the first", "--json").json()
    assert (first["version"]["version"], first["before"], first["unchanged"]) == (1, None, False)
    assert typed("model", "publish", file, "--config", config, "--json").json()["unchanged"]
    written(tmp_path, small(visit=12))
    assert typed("model", "publish", file, "--config", config, "--json").json()["version"]["version"] == 2
    back = typed("model", "rollback", "1", "--config", config, "--json").json()
    assert (back["version"]["version"], back["version"]["note"]) == (3, "back to version 1")
    history = typed("model", "history", "--config", config, "--json").json()
    assert [(one["version"], one["live"], one["note"]) for one in history] == [
        (3, True, "back to version 1"),
        (2, False, None),
        (1, False, "the first"),
    ]
    assert all(one["author"].startswith("cli:") for one in history)
    assert "3 live" in typed("model", "history", "--config", config).out
    assert typed("model", "show", "--config", config).out == small(visit=10)
    assert typed("model", "show", "2", "--config", config, "--write", tmp_path / "out.toml").code == 0
    assert (tmp_path / "out.toml").read_text() == small(visit=12)
    told = typed("model", "diff", "1", "2", "--config", config).out
    assert "-points = 10" in told
    assert "+points = 12" in told
    assert "+points = 12" in typed("model", "diff", file, "--config", config).out
    assert "same to the letter" in typed("model", "diff", "1", "3", "--config", config).out


def test_nothing_of_a_history_is_cut_in_a_narrow_window(tmp_path: Path) -> None:
    config = configuration(tmp_path, tmp_path / "data")
    model = small().replace("Small", "Customers of the Danish shop")
    note = "asked for by the people who look after those that are customers already"
    assert typed("model", "publish", written(tmp_path, model), "--config", config, "--note", note).code == 0
    said = typed("model", "history", "--config", config, columns=80).out
    for words in ("Customers of the Danish shop", note, "found 0 leads"):
        assert words in said


def test_one_lead_that_would_leave_is_said_to_be_one(tmp_path: Path) -> None:
    a_past(tmp_path / "data", small(visit=50), [{**VISIT, "email": "anna@x.example"}] * 2)
    config = configuration(tmp_path, tmp_path / "data")
    draft = written(tmp_path, small(visit=2))
    said = typed("model", "backtest", draft, "--config", config, "--until", "2026-03-20").out
    assert "1 lead would no longer be at it" in said


def test_a_folder_whose_owner_does_not_answer_is_left_alone(tmp_path: Path) -> None:
    config = configuration(tmp_path, tmp_path / "data")
    lock = FolderLock(tmp_path / "data")
    lock.take()
    try:
        said = typed("model", "publish", written(tmp_path, small()), "--config", config)
    finally:
        lock.release()
    assert "in use by process" in said.error


def test_a_file_with_problems_is_not_published(tmp_path: Path) -> None:
    config = configuration(tmp_path, tmp_path / "data")
    said = typed("model", "publish", written(tmp_path, BROKEN), "--config", config)
    assert "engagement[0].rule[0].points" in said.error
    assert not (tmp_path / "data").exists()


def test_what_does_not_exist_is_said_in_words(tmp_path: Path) -> None:
    config = configuration(tmp_path, tmp_path / "data")
    for words in (["history"], ["rollback", "1"], ["post", "1"], ["show"]):
        assert "no database" in typed("model", *words, "--config", config).error
    assert typed("model", "publish", written(tmp_path, small()), "--config", config).code == 0
    assert "no version 7" in typed("model", "rollback", "7", "--config", config).error
    assert "no version 7" in typed("model", "show", "7", "--config", config).error
    assert "No model named 'X'" in typed("model", "show", "--model", "X", "--config", config).error
    assert "cannot be read" in typed("model", "check", tmp_path / "nothing.toml").error


# ---- backtest


def test_a_backtest_is_told_as_tables_as_json_and_as_a_picture(tmp_path: Path) -> None:
    anna, bo = ({**VISIT, "email": f"{name}@x.example"} for name in ("anna", "bo"))
    a_past(tmp_path / "data", small(visit=10), [anna] * 3, [anna, anna, bo])
    config = configuration(tmp_path, tmp_path / "data")
    draft = written(tmp_path, small(visit=50))
    asked = ("model", "backtest", draft, "--config", config, "--until", "2026-03-20")
    said = typed(*asked, "--picture", tmp_path / "out.svg")
    assert said.code == 0
    for words in ("alerts per week", "Website: Visit", "draft"):
        assert words in said.out
    texts = [e.text for e in ET.parse(tmp_path / "out.svg").iter() if e.tag.endswith("text")]  # noqa: S314 -- ours
    assert "Alerts per week" in texts
    found = typed(*asked, "--json", "--picture", tmp_path / "o.png").json()
    assert (found["before"]["alerts"], found["after"]["alerts"]) == (1, 2)
    assert (tmp_path / "o.png").read_bytes().startswith(b"\x89PNG")
    assert "ends in .svg or .png" in typed(*asked, "--picture", "a.gif").error


def test_a_backtest_runs_beside_a_service(tmp_path: Path) -> None:
    async def live() -> Said:
        async with rig(tmp_path / "data", model=small(visit=10)) as it:
            await it.send({**VISIT, "email": "anna@x.example"})
            config = configuration(tmp_path, tmp_path / "data")
            draft = written(tmp_path, small(visit=50))
            return await asyncio.to_thread(typed, "model", "backtest", draft, "--config", config, "--json")

    assert asyncio.run(live()).json()["leads"] == 1


# ---- the page


def test_every_command_about_models_and_leads_stands_on_its_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations-models.md").read_text(encoding="utf-8")
    for group in (model_app, leads_app):
        for command in group.registered_commands:
            name = command.name or ""
            assert (
                f"`hotlead {group.info.name} {name} " in page
                or f"`{name} [" in page
                or f"`{name} A" in page
                or (f"`hotlead {group.info.name} {name}`" in page)
            ), name
