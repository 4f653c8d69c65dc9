"""docs/slack.md is what the code does: every table is compared with messages as they are rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.service.explain_views import CoolingPage
from bot.service.handling.views import TeamView
from bot.service.models.draft_views import Published
from bot.service.source_health import SourceView, Tally
from bot.service.views import Actor, Contact, Explanation, Handling, ListPage, ListRow, Notice, Outcome, Reason, State
from bot.slack import answers, commands, explained, ids, models
from bot.slack.alert import alert_message
from bot.slack.blocks import Message
from bot.slack.commands.sources import sources_answer
from bot.slack.commands.when import zone_of
from bot.slack.manifest import EVENTS_PATH, SCOPES
from bot.slack.notice_sentences import NOTICES
from bot.slack.notices import notice_message
from bot.slack.outcomes import OUTCOMES, outcome_answer
from bot.slack.past import past_answer
from bot.slack.settings import SlackSettings
from bot.slack.shortcuts import SHORTCUTS
from bot.slack.team import stats_answer, team_answer
from bot.slack.workspace_events import EVENTS
from tests.bot.slack.fake_desk import STATUSES, FakeDesk, Now, facts
from tests.bot.slack.fake_explains import PAST
from tests.bot.slack.world import World

TEXT = (Path(__file__).parents[3] / "docs" / "slack.md").read_text()
SETTINGS = SlackSettings("T1", crm_hosts=frozenset({"crm.example"}))
CRM = "https://crm.example/1"


def table(first: str) -> dict[str, tuple[str, ...]]:
    """The table whose first column is called so: first cell -> the others."""
    lines = TEXT.split(f"| {first} |", 1)[1].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in _until_blank(lines)]
    return {row[0].strip("| `"): tuple(cell.strip(" |") for cell in row[1:]) for row in rows}


def _until_blank(lines: Iterable[str]) -> list[str]:
    taken = []
    for line in lines:
        if not line.startswith("|"):
            break
        taken.append(line)
    return taken


def elements(message: Message) -> list[dict[str, Any]]:
    return [
        element
        for block in message.blocks
        for element in (block["elements"] if block["type"] == "actions" else [block.get("accessory")])
        if element is not None
    ]


def titles(message: Message) -> str:
    """The buttons as the documentation writes them."""
    return " · ".join("⋯" if one["type"] == "overflow" else one["text"]["text"] for one in elements(message)) or "–"


@pytest.mark.parametrize("state", list(State))
def test_the_alerts_buttons_in_every_state_are_documented(state: State) -> None:
    case = FakeDesk(Now()).add(crm_url=CRM, handling=Handling(state, STATUSES[0]))
    message = alert_message(case.view, SETTINGS)
    row = [one["text"]["text"] for one in elements(message) if one["type"] == "button"]
    (menu,) = [one for one in elements(message) if one["type"] == "overflow"]
    shown = (" · ".join(row), " · ".join(option["text"]["text"] for option in menu["options"]))
    assert table("The lead is")[state.value] == shown


def test_open_in_crm_is_left_out_without_a_link() -> None:
    assert "Open in CRM" not in str(alert_message(FakeDesk(Now()).add().view, SETTINGS).blocks)


@pytest.mark.parametrize("code", OUTCOMES)
def test_every_outcomes_buttons_are_documented(code: str) -> None:
    message = outcome_answer(Outcome(True, code, facts().lead, Handling(State.OPEN, STATUSES[0])), STATUSES)
    assert table("Answer | It says")[code][-1] == titles(message)


@pytest.mark.parametrize("code", NOTICES)
def test_every_notices_buttons_are_documented(code: str) -> None:
    message = notice_message(Notice(code, facts().lead, Contact("a@b.example", None), text="x"))
    assert table("Line")[code][-1] == titles(message)


def test_the_tables_have_no_row_too_many() -> None:
    assert set(table("Answer | It says")) == set(OUTCOMES)
    assert set(table("Line")) == set(NOTICES)
    assert set(table("The lead is")) == {state.value for state in State}


def test_every_command_and_what_it_does_is_documented() -> None:
    written = {line: said for line, (said,) in table("Command").items()}
    real = {
        f"{family.command(SETTINGS)} {verb.usage}": verb.help
        for family in commands.FAMILIES.values()
        for verb in family.verbs
    }
    assert written == real


def test_every_shortcut_is_documented() -> None:
    places = {"global": "anywhere", "message": "on a message"}
    assert table("Shortcut") == {one.name: (places[one.kind], one.about) for one in SHORTCUTS}


def test_every_scope_and_event_is_documented() -> None:
    assert {scope: said for scope, (said,) in table("Scope").items()} == dict(SCOPES)
    assert all(f"`{event}`" in TEXT for event in EVENTS)
    assert f"`{EVENTS_PATH}`" in TEXT


async def test_the_buttons_of_every_answer_are_documented(world: World) -> None:
    world.desk.add(1, crm_url=CRM)
    taken = world.desk.add(2, made=facts(2, "Bo Lind"))
    taken.handling = replace(taken.handling, state=State.CLAIMED, owner=world.rep)
    view, why, history = await world.desk.lead(1), await world.desk.why(1), await world.desk.history(1)
    assert view is not None
    assert why is not None
    assert history is not None
    live, done = (await world.models.models())[0], await world.models.publication(3)
    assert done is not None
    found = {
        "score, nobody has it": answers.score_answer(view, SETTINGS),
        "score, somebody has it": answers.score_answer(replace(view, handling=taken.handling), SETTINGS),
        "why": answers.why_answer(why, 1),
        "why, a middle page": answers.why_answer(_long(why), 2),
        "why, a lead with several models": answers.why_answer(replace(why, others=(view.scores[0],)), 1),
        "why at a past time": past_answer(PAST, 1, zone_of(None)),
        "why-not": await _said(world, "why-not anna"),
        "forecast": await _said(world, "forecast anna"),
        "cooling, a lead that is free": explained.cooling_answer(_cooling(await world.parts.explains.cooling())),
        "missing": await _said(world, "missing", "leads"),
        "history, first page": answers.history_answer(history),
        "list, a middle page": answers.list_answer(ListPage("hot", (_row(taken.handling),), 2, 3, 30)),
        "list, a lead that is free": answers.list_answer(ListPage("hot", (_row(view.handling),), 1, 1, 1)),
        "list, a lead that is taken": answers.list_answer(ListPage("hot", (_row(taken.handling),), 1, 1, 1)),
        "find, each lead": await _said(world, "find anna"),
        "choice for claim, each lead": answers.choices_answer(
            "t", [view.lead], "claim", "", ids.Run("lead", "claim a"), 8
        ),
        "did you mean": answers.suggestion("s", "t", ids.Run("lead", "claim a")),
        "status without a status": await _said(world, "status anna"),
        "model": await _said(world, "model", "hotlead"),
        "model, for admins, within an hour of its publication": models.model_answer(live, (), 1, may_change=True),
        "a publication, in the admin channel": models.publication_message(done),
        "a publication, posted and over an hour old": models.publication_message(_settled(done)),
        "add": await _said(world, "add new@nordwind.example Nina"),
        "add, a name or a company": await _said(world, "add other@nordwind.example, Newco"),
        "route": await _said(world, "route anna"),
        "me": await _said(world, "me"),
        "team": team_answer(_one_open(await world.handles.team(Actor(world.rep)))),
        "stats": stats_answer(await world.handles.stats(Actor(world.rep))),
        "help": await _said(world, "help"),
        "health": await _said(world, "health", "hotlead"),
        "sources": sources_answer((SourceView("forms", "generic", None, Tally(), Tally()),), "now"),
    }
    shown = {name: titles(message) for name, message in found.items()}
    shown["list, a middle page"] = shown["list, a middle page"].removeprefix("Details · ")
    assert {name: row[-1] for name, row in table("Answer | Buttons").items()} == shown


def _long(why: Explanation) -> Explanation:
    return replace(why, lines=tuple(Reason("x", f"Rule {n}", why.lines[0].points) for n in range(30)))


def _one_open(team: TeamView) -> TeamView:
    return replace(team, longest_open=team.longest_open[:1])


def _settled(found: Published) -> Published:
    version = replace(found.publication.version, unposted=0)
    return replace(found, publication=replace(found.publication, version=version), revocable_until=None)


def _cooling(found: CoolingPage) -> CoolingPage:
    return replace(found, rows=found.rows[:1])


def _row(handling: Handling) -> ListRow:
    return ListRow(facts().lead, "A1", handling, None)


async def _said(world: World, text: str, family: str = "lead") -> Message:
    actor = await world.parts.people.actor(world.rep)
    call = world.parts.call(family, actor, text)  # type: ignore[arg-type]
    return await commands.answer(call, text)


def test_the_documentation_names_only_files_that_exist() -> None:
    root = Path(__file__).parents[3]
    for path in re.findall(r"bot/slack/[a-z_/]+\.py", TEXT):
        assert (root / path).exists(), path
