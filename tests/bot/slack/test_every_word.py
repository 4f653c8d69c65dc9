"""No word that we say escapes the catalogues: everything is rendered in a language that puts its messages in brackets,
about people whose every letter is Greek. A Latin letter outside brackets is a word that nobody can translate.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from gettext import NullTranslations
from typing import Any

import pytest
from babel import Locale
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.charts.drawing import Words
from bot.charts.results import results_picture
from bot.language import LANGUAGES, Code, Language, speaking, tr
from bot.service.handling.views import ResultRow
from bot.service.views import Actor, HealthLine, LeadView, Reason, Role
from bot.slack import answers, commands, event_words, explained, modals, models, team, words
from bot.slack import model_modals as windows
from bot.slack.act_words import ACTS
from bot.slack.alert import TITLES, alert_message
from bot.slack.blocks import BUTTON_LIMIT, Message, said, section
from bot.slack.commands.adding import added_answer
from bot.slack.commands.hotlead import health_answer
from bot.slack.commands.when import zone_of
from bot.slack.digest import digest_message
from bot.slack.forms import FORMS
from bot.slack.forms.base import Asking
from bot.slack.home import home_view
from bot.slack.notice_sentences import NOTICES
from bot.slack.notices import erased_message, notice_message
from bot.slack.outcomes import OUTCOMES, WARNINGS, outcome_answer
from bot.slack.past import past_answer
from bot.slack.settings import SlackSettings
from bot.slack.shortcuts import SHORTCUTS, make_view
from scoring.ledger import Line
from tests.bot.slack import hostile
from tests.bot.slack.fake_desk import NOON, STATUSES, facts
from tests.bot.slack.fake_handles import CHOICES
from tests.bot.slack.fake_models import TEXT, FakeModels
from tests.bot.slack.world import World

SETTINGS = SlackSettings("T1", crm_hosts=frozenset({"crm.example"}))
OPENS, CLOSES = "⟦", "⟧"
# what is the same in every language: names, keys of leads, universal time, and the labels and filters of models
SAME = re.compile(r"L-\d+|\bhotlead\b|\bUTC\b|\b(?:Hot|Warm|Cold|b2b|company industry)\b|\bowner:none\b")
MARKUP = re.compile(r"`[^`]*`|<[^>]*>|&[a-z]+;|/(?:leads?|hotlead)\b[^;]*")  # commands; mentions, times; escapes
LATIN = re.compile(r"[A-Za-z]{2,}")
GREEK = str.maketrans("abcdefghijklmnopqrstuvwxyz", "αβγδεζηθικλμνξοπρστυφχψωςβ")
sometimes = settings(
    deadline=None,
    max_examples=10,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class _Bracketed(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"{OPENS}{message}{CLOSES}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


PSEUDO = Language("pseudo", Locale("en"), _Bracketed())


@pytest.fixture(autouse=True, scope="module")
def bracketed() -> Iterator[None]:
    with speaking(PSEUDO):
        yield


# class -> its fields that hold codes of ours, and the tables that have words for them
CODED: Mapping[str, Mapping[str, Collection[str]]] = {
    "Act": {"action": ACTS},
    "Activity": {"type": event_words.HAPPENED, "quarantined": words.QUARANTINED, "flags": event_words.NOTED},
    "Considered": {"why": team.ROUTED},
    "Contact": {"do_not_mail": words.DO_NOT_MAIL},
    "FoundLead": {"settled": models._SETTLED},
    "Line": {"kind": ("fit", "engagement")},
    "ListPage": {"name": answers.LIST_TITLES},
    "Notice": {"code": NOTICES},
    "Outcome": {"code": OUTCOMES, "warnings": (*WARNINGS, "budget", "need")},
    "Reason": {"kind": ("fit", "engagement")},
    "RepView": {"passed_over": team.ROUTED},
    "RouteView": {"how": team.HOW, "first": team.FIRST, "result": ("open", "offered", "assigned")},
}


def greek(value: Any, codes: Collection[str] = ()) -> Any:
    """The same with every letter of people's own in Greek; what is a code stays one."""
    if isinstance(value, str) and not isinstance(value, Enum):
        kept = value in codes or re.fullmatch(r"[UW]0[A-Z0-9]+|https://crm.example/1", value)
        return value if kept else value.casefold().translate(GREEK)
    coded = CODED.get(type(value).__name__, {})
    if is_dataclass(value) and not isinstance(value, type):
        names = [one.name for one in fields(value)]
        return replace(value, **{name: greek(getattr(value, name), coded.get(name, ())) for name in names})
    if isinstance(value, Line):
        named = zip(value._fields, value, strict=True)
        return Line(*(greek(one, coded.get(name, ())) for name, one in named))
    if isinstance(value, tuple | list):
        return type(value)(greek(one, codes) for one in value)
    return {key: greek(one) for key, one in value.items()} if isinstance(value, dict) else value


def _outside(text: str) -> str:
    depth, kept = 0, []
    for char in text:
        depth += (char == OPENS) - (char == CLOSES)
        if depth == 0 and char != CLOSES:
            kept.append(char)
    return "".join(kept)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for each in node:
            yield from _texts(each)
    elif isinstance(node, dict):
        for key, each in node.items():
            if key in ("text", "alt_text") and isinstance(each, str):
                yield each
            elif key not in ("value", "initial_value"):
                yield from _texts(each)


def escaped(shown: Message | dict[str, Any]) -> list[str]:
    """The words that stand outside brackets."""
    texts = [shown.text, *_texts(shown.blocks)] if isinstance(shown, Message) else list(_texts(shown))
    plain = [SAME.sub("", MARKUP.sub("", _outside(text))) for text in texts]
    return [word for text in plain for word in LATIN.findall(text)]


CASES: dict[str, tuple[Any, Any]] = {
    "alert": (hostile.alerts, lambda view: alert_message(view, SETTINGS)),
    "notice": (hostile.notices, notice_message),
    "outcome": (hostile.outcomes, lambda found: outcome_answer(found, ())),
    "score": (hostile.lead_views, lambda view: answers.score_answer(view, SETTINGS)),
    "why": (hostile.explanations, lambda found: answers.why_answer(found, 1)),
    "why not": (hostile.near_misses, explained.why_not_answer),
    "why then": (hostile.pasts, lambda found: past_answer(found, 1, zone_of("Europe/Copenhagen"))),
    "forecast": (hostile.forecasts, explained.forecast_answer),
    "cooling": (hostile.cooling, explained.cooling_answer),
    "missing": (hostile.missing, explained.missing_answer),
    "history": (hostile.histories, answers.history_answer),
    "timeline": (hostile.histories, lambda found: Message("", modals._timeline(found))),
    "list": (hostile.lists, answers.list_answer),
    "me": (hostile.reps, team.me_answer),
    "route": (hostile.routes, team.route_answer),
    "team": (hostile.teams, team.team_answer),
    "stats": (hostile.stats, team.stats_answer),
    "home": (hostile.homes, lambda home: home_view(home, NOON)),
    "home of a manager": (st.tuples(hostile.homes, hostile.teams), lambda both: home_view(both[0], NOON, both[1])),
    "digest": (hostile.digests, digest_message),
}


@pytest.mark.parametrize("case", CASES)
def test_every_word_in_a_message_is_a_message_of_the_catalogue(case: str) -> None:
    strategy, render = CASES[case]

    @sometimes
    @given(strategy)
    def look(view: Any) -> None:
        shown = render(greek(view))
        assert escaped(shown) == [], shown

    look()


@sometimes
@given(hostile.lead_views, st.sampled_from(list(FORMS)), st.sampled_from(["", *(one.key for one in STATUSES)]))
def test_every_word_in_a_window_is_a_message_of_the_catalogue(lead: LeadView, name: str, chosen: str) -> None:
    statuses, choices = greek(STATUSES), replace(CHOICES, not_fit=("α",), not_now=("β",), lost=("γ",))
    asking = Asking(modals.Kept(1), greek(lead), choices, tuple(statuses), NOON, chosen)
    assert escaped(FORMS[name].view(asking)) == []
    assert escaped(modals.details_view(greek(lead), None, None)) == []
    assert escaped(make_view(None, {})) == []


def test_the_words_of_a_picture_are_messages_of_the_catalogue() -> None:
    drawing = results_picture(ResultRow("α", 7, 1, 1, 1, 1, 1, 1, 1))
    drawn = [shape.text for shape in drawing.shapes if isinstance(shape, Words)]
    assert all(escaped(Message(text, ())) == [] for text in (drawing.title, *drawn))


def test_what_stands_for_what_was_erased_is_in_the_catalogue() -> None:
    assert escaped(erased_message()) == []
    for known in (True, False):
        for told in ({}, {"name": "β", "company": "γ"}):
            assert escaped(added_answer("α", said(tr("Add")), told, known=known)) == []
    assert escaped(health_answer((HealthLine("α", False, "β"),), words.as_of(NOON))) == []


TYPED = (
    ("lead", ""), ("lead", "Ωωω"), ("lead", "score Αννα"), ("lead", "why Αννα"), ("lead", "why Αννα yesterday"),
    ("lead", "why Αννα 2030-01-01"), ("lead", "why-not Αννα"), ("lead", "forecast Αννα"), ("lead", "find Α"),
    ("lead", "find"), ("lead", "claim Αννα"), ("lead", "claim"), ("lead", "release Αννα"), ("lead", "status Αννα"),
    ("lead", "snooze Αννα"), ("lead", "snooze Αννα 2h"), ("lead", "wake Αννα"), ("lead", "log Αννα"),
    ("lead", "note Αννα"), ("lead", "qualify Αννα"), ("lead", "reassign Αννα"), ("lead", "notnow Αννα"),
    ("lead", "notfit Αννα"), ("lead", "lost Αννα"), ("lead", "route Αννα"), ("lead", "history Αννα"),
    ("lead", "me"), ("lead", "me shoes 42"), ("lead", "me hours"), ("lead", "me language ξ"), ("lead", "add"),
    ("lead", "hsitory ξ"), ("lead", "erase Αννα"), ("lead", "export Αννα"), ("lead", "help"),
    ("leads", ""), ("leads", "mine"),
    ("leads", "ho"), ("leads", "ξξξ"), ("leads", "hot shoes:ξ"), ("leads", "hot owner:none"), ("leads", "hot owner:ξ"),
    ("leads", "cooling"),
    ("leads", "missing"), ("leads", "help"), ("hotlead", ""), ("hotlead", "ξξξ"), ("hotlead", "modle"),
    ("hotlead", "model ξ"), ("hotlead", "team"), ("hotlead", "stats ξ"), ("hotlead", "stats"), ("hotlead", "health"),
    ("hotlead", "sources"),
)  # fmt: skip


@pytest.mark.parametrize(("family", "text"), TYPED)
async def test_every_word_of_an_answer_is_a_message_of_the_catalogue(world: World, family: str, text: str) -> None:
    world.health[:] = [HealthLine("α", True, "β")]
    world.desk.add(made=greek(facts()))
    world.desk.add(2, made=greek(facts(2, "Anna Β")))
    actor = Actor(world.rep, Role.ADMIN)
    with speaking(PSEUDO):
        call = world.parts.call(family, actor, text)
        answer = await commands.answer(call, text)
        assert escaped(answer) == [], answer.text


def _greek_name(found: re.Match[str]) -> str:
    return f'name = "{greek(found[1])}"'


async def test_every_word_about_a_model_is_a_message_of_the_catalogue() -> None:
    desk = FakeModels(re.sub(r'name = "([^"]*)"', _greek_name, TEXT))
    with speaking(PSEUDO):
        (live,) = await desk.models()
        done = await desk.publication(live.version.number)
        draft = await desk.draft(3, ((("engagement", 0, "rule", 0, "points"), Decimal(12)),))
        tried = replace(await desk.try_out(draft, lambda _done, _total: None))
        assert done is not None
        publication = replace(done, publication=greek(done.publication))
        assert escaped(models.publication_message(publication)) == []
        live = replace(live, version=greek(live.version))
        for page in range(1, 9):
            assert escaped(models.model_answer(live, (live,), page, may_change=True)) == []
        for place in (windows.TARGET, "e 0 0", "f 0 0"):
            assert escaped(windows.change_view(live, place)) == []
        assert escaped(windows.choose_view(live)) == []
        quiet = replace(tried, backtest=greek(tried.backtest), draft=replace(tried.draft, diff=""))
        assert escaped(windows.tried_view(windows.Kept(3), quiet)) == []


def test_a_rep_is_told_what_only_managers_may_type() -> None:
    assert all(escaped(Message(tr(said, command="`/x`"), ())) == [] for said in commands._FOR.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_titles_of_windows_and_words_on_buttons_are_not_cut(code: Code) -> None:
    titles = [*(form.title for form in FORMS.values()), *(one.name for one in SHORTCUTS)]
    with speaking(code):
        for form in FORMS.values():
            assert len(tr(form.submit)) <= 24, tr(form.submit)
        for title in (*titles, "Change the model", "What it would change", "Published", "Not changed", "Model"):
            assert len(tr(title)) <= 24, tr(title)
        assert all(len(tr(title)) <= BUTTON_LIMIT for title in TITLES.values())


@pytest.mark.parametrize("rule", words.ADJUSTMENTS)
def test_what_a_model_does_to_a_sum_has_words(rule: str) -> None:
    line = words.reason_line(Reason("α", rule, Decimal(1), matched="fit", kind="adjustment"))
    assert escaped(Message(line, ())) == []


def test_facts_of_a_lead_are_called_by_messages_of_the_catalogue() -> None:
    assert escaped(Message(words.facts_line((key, "α") for key in words.FACTS), ())) == []


def test_the_check_sees_a_word_that_escaped() -> None:
    assert escaped(Message(tr("Claimed"), (section([f"{tr('Claimed')} by `/lead` <@U0AAA> L-12"]),))) == ["by"]
    assert escaped({"type": "plain_text", "text": f"{OPENS}cut off"}) == []
