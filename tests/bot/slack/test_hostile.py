"""Whatever a web form sends, in every language: nothing mentions, links, formats, breaks a layout or a limit."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.language import LANGUAGES, speaking
from bot.service.explain_views import CoolingPage, Forecast, MissingFields, NearMiss
from bot.service.handling.views import DigestView, HomeView, Numbers, Record, RepView, RouteView, StatsView, TeamView
from bot.service.identity.known_as import KnownAs
from bot.service.models.views import Course, PastScore
from bot.service.views import AlertView, Explanation, HistoryPage, LeadRef, LeadView, ListPage, Notice, Outcome
from bot.slack import answers, explained, ids, modals, team
from bot.slack.alert import alert_message
from bot.slack.blocks import Message, said
from bot.slack.commands.grammar import clean, name_of_lead
from bot.slack.commands.hotlead import health_answer
from bot.slack.commands.when import zone_of
from bot.slack.digest import digest_message
from bot.slack.forms import FORMS
from bot.slack.forms.base import Asking
from bot.slack.home import home_view
from bot.slack.notices import notice_message
from bot.slack.outcomes import outcome_answer
from bot.slack.past import past_answer
from bot.slack.settings import SlackSettings
from bot.slack.shortcuts import make_view, suggestion_of
from bot.slack.text import mrkdwn, width
from bot.standin import Message as Shown
from bot.standin import check_message, check_view
from bot.standin.blockkit import check_options
from bot.standin.mrkdwn import links, mentions
from tests.bot.slack import hostile
from tests.bot.slack.fake_desk import NOON, STATUSES
from tests.bot.slack.fake_handles import CHOICES

SETTINGS = SlackSettings("T1", crm_hosts=frozenset({"crm.example"}))
COLLEAGUES = {"U0AAAAAAAA", "W0BBBBBBBB"}
often = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(params=LANGUAGES, autouse=True, scope="module")
def spoken(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each of the tests in each of the languages."""
    with speaking(request.param):
        yield


def harmless(message: Message) -> None:
    """The message is taken by Slack as it is, and does nothing but be read."""
    sent = message.as_arguments()
    json.dumps(sent).encode()
    assert check_message(sent["blocks"]) == []
    assert sent["text"].strip()
    assert width(sent["text"]) <= 4000
    assert all(element["text"].strip() for element in _texts(sent["blocks"]))
    assert all(element["verbatim"] is True for element in _texts(sent["blocks"]) if element["type"] == "mrkdwn")
    shown = Shown("C1", "1.0", "B1", sent["text"], tuple(sent["blocks"]))
    assert {mention.id for mention in mentions(shown)} <= COLLEAGUES
    assert [link for link in links(shown) if not link.url.startswith("!date")] == []
    for said_text in [sent["text"], *(element["text"] for element in _texts(sent["blocks"]))]:
        assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n" for char in said_text)
    assert _urls(sent["blocks"]) <= {"https://crm.example/1"}


def _texts(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for each in node for found in _texts(each)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") in ("mrkdwn", "plain_text") and isinstance(node.get("text"), str) else []
    return own + [found for each in node.values() for found in _texts(each)]


def _urls(node: Any) -> set[str]:
    if isinstance(node, list):
        return {url for each in node for url in _urls(each)}
    if not isinstance(node, dict):
        return set()
    return {value for key, value in node.items() if key == "url"} | {u for v in node.values() for u in _urls(v)}


@often
@given(hostile.alerts)
def test_an_alert(view: AlertView) -> None:
    message = alert_message(view, SETTINGS)
    harmless(message)
    assert f"L-{view.facts.lead.number}" in message.text


@often
@given(hostile.notices)
def test_a_notice(notice: Notice) -> None:
    harmless(notice_message(notice))


@often
@given(hostile.outcomes)
def test_an_outcome(outcome: Outcome) -> None:
    harmless(outcome_answer(outcome, STATUSES))


@often
@given(hostile.lead_views)
def test_a_score(view: LeadView) -> None:
    harmless(answers.score_answer(view, SETTINGS))


@often
@given(hostile.explanations, st.integers(-5, 99))
def test_a_ledger(found: Explanation, page: int) -> None:
    harmless(answers.why_answer(found, page))


@often
@given(hostile.near_misses)
def test_what_is_missing_to_the_next_label(found: NearMiss) -> None:
    harmless(explained.why_not_answer(found))


@often
@given(hostile.pasts, st.integers(-5, 99), st.sampled_from(("Europe/Copenhagen", "Nowhere/Else", "../../etc", None)))
def test_a_score_of_the_past(found: PastScore, page: int, zone: str | None) -> None:
    harmless(past_answer(found, page, zone_of(zone)))


@often
@given(hostile.forecasts)
def test_a_forecast(found: Forecast) -> None:
    harmless(explained.forecast_answer(found))


@often
@given(hostile.cooling)
def test_who_is_about_to_cool(found: CoolingPage) -> None:
    harmless(explained.cooling_answer(found))


@often
@given(hostile.missing)
def test_what_it_would_be_worth_to_know(found: MissingFields) -> None:
    harmless(explained.missing_answer(found))


@often
@given(hostile.histories)
def test_a_history(found: HistoryPage) -> None:
    harmless(answers.history_answer(found))


@often
@given(hostile.lists)
def test_a_list(found: ListPage) -> None:
    harmless(answers.list_answer(found))


@often
@given(st.lists(hostile.leads, min_size=1, max_size=30), hostile.text, st.integers(1, 9))
def test_choices(found: list[LeadRef], typed: str, page: int) -> None:
    who = name_of_lead(clean(typed).text)
    run = ids.Run("lead", f"find {who}", page)
    harmless(answers.choices_answer(f"*Leads like “{mrkdwn(who)}”*", found, "claim", "lost", run, 8))


@often
@given(hostile.text)
def test_what_a_person_typed_said_back_to_them(typed: str) -> None:
    who = clean(typed).text
    harmless(said(f"No lead matches “{mrkdwn(who)}”."))
    harmless(answers.suggestion("No.", f"/lead claim {who}", ids.Run("lead", f"claim {who}")))


@often
@given(
    hostile.lead_views,
    hostile.explanations | st.none(),
    hostile.histories | st.none(),
    hostile.courses | st.none(),
    hostile.known_as,
    hostile.records | st.none(),
)
def test_the_details_window(
    lead: LeadView,
    why: Explanation | None,
    history: HistoryPage | None,
    course: Course | None,
    known: tuple[KnownAs, ...],
    record: Record | None,
) -> None:
    assert check_view(modals.details_view(lead, why, history, course, known, record), "modal") == []


@often
@given(hostile.lead_views, st.sampled_from(list(FORMS)), st.sampled_from(["", *(one.key for one in STATUSES)]))
def test_every_form(lead: LeadView, name: str, chosen: str) -> None:
    kept = modals.Kept(lead.lead.number, "k" * 300, "https://hooks.slack.com/" + "x" * 4000)
    asking = Asking(kept, lead, CHOICES, STATUSES, NOON, chosen)
    assert check_view(FORMS[name].view(asking), "modal") == []
    assert check_view(FORMS[name].skeleton(lead.lead.number), "modal") == []


@often
@given(hostile.reps, hostile.routes)
def test_a_rep_and_a_route(me: RepView, route: RouteView) -> None:
    harmless(team.me_answer(me))
    harmless(team.route_answer(route))


@often
@given(hostile.teams, hostile.stats)
def test_the_team_and_its_figures(view: TeamView, stats: StatsView) -> None:
    harmless(team.team_answer(view))
    harmless(team.stats_answer(stats))


@often
@given(hostile.homes, st.none() | hostile.teams, st.none() | hostile.numbers)
def test_the_home_tab(home: HomeView, team: TeamView | None, numbers: Numbers | None) -> None:
    view = home_view(home, NOON, team, numbers)
    assert check_view(view, "home") == []
    harmless(Message("home", tuple(view["blocks"])))


@often
@given(hostile.digests, st.sampled_from((None, "F0PICTURE")))
def test_a_digest(view: DigestView, picture: str | None) -> None:
    harmless(digest_message(view, picture, "what became of it"))


@often
@given(hostile.text, hostile.leads)
def test_the_windows_of_shortcuts(text: str, lead: LeadRef) -> None:
    assert check_view(make_view(None, {"message": {"text": f"{text} x@y.example +45 33 44 55 66"}}), "modal") == []
    assert check_options({"options": [suggestion_of(lead)]}) == []


def test_health_with_nothing_looked_at() -> None:
    harmless(health_answer((), "as of now"))
