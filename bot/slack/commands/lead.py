"""/lead: one lead. Each verb finds it, asks the desk once and renders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import tzinfo
from typing import Final, TypeVar

from bot.errors import HotleadError
from bot.language import mark, tr
from bot.service.views import LeadRef, Outcome, Status
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import choices_answer, history_answer, score_answer, suggestion, why_answer
from bot.slack.blocks import Message, actions, said
from bot.slack.commands import adding, handling, privacy, team
from bot.slack.commands.base import Call, Verb
from bot.slack.commands.finding import MOST_MATCHES, no_such, nobody_named, not_found, one_lead, understood
from bot.slack.commands.grammar import StatusWish, name_of_lead, split_model, split_status
from bot.slack.commands.helping import answer_help
from bot.slack.commands.suggest import nearest, nearest_status
from bot.slack.commands.when import split_when, zone_of
from bot.slack.explained import forecast_answer, why_not_answer
from bot.slack.handling_words import handling_line
from bot.slack.outcomes import outcome_answer
from bot.slack.past import past_answer
from bot.slack.text import in_zone, mrkdwn
from bot.slack.words import who
from scoring.instants import Instant, format_instant

Found = TypeVar("Found")


async def _shown(
    call: Call, verb: str, ask: Callable[[int], Awaitable[Found | None]], render: Callable[[Found], Message]
) -> Message:
    lead = await one_lead(call, verb, call.text)
    if isinstance(lead, Message):
        return lead
    found = await ask(lead.number)
    return no_such(lead.key) if found is None else render(found)


async def answer_score(call: Call) -> Message:
    return await _shown(call, "score", call.desk.lead, lambda found: score_answer(found, call.settings))


async def answer_without_verb(call: Call) -> Message:
    """No verb means score. When nobody is called that, the first word may be a mistyped verb."""
    first, _, rest = call.text.partition(" ")
    if not call.text and not call.unnamed:
        return await answer_help(call)
    meant = nearest(first, call.families["lead"].table)
    if meant is not None and not await call.desk.find(name_of_lead(call.text), limit=1):
        command = f"{meant} {rest}".strip()
        typed = call.typed("lead", command)
        return suggestion(tr("No lead matches “{typed}”.", typed=mrkdwn(call.text)), typed, ids.Run("lead", command))
    return await answer_score(call)


async def answer_why(call: Call) -> Message:
    zone = zone_of(call.actor.zone)
    name, at = split_when(call.text, call.now, zone)
    if at is not None:
        return await _why_at(replace(call, text=name), at, zone)
    who_is_meant, model = split_model(call.text)
    call = replace(call, text=who_is_meant)
    return await _shown(
        call, "why", lambda number: call.desk.why(number, model), lambda found: why_answer(found, call.page)
    )


async def _why_at(call: Call, at: Instant, zone: tzinfo) -> Message:
    """The score at a past instant. The instant goes along to choices and pages as it was understood."""
    if at > call.now:
        forecast = call.typed("lead", f"forecast {call.text}")
        when = mrkdwn(in_zone(at, zone))
        return said(tr("Still to come: {when}. Try `{command}`.", when=when, command=mrkdwn(forecast, 120)))
    lead = await one_lead(call, "why", call.text, format_instant(at))
    if isinstance(lead, Message):
        return lead
    try:
        found = await call.explains.why_at(lead.number, at)
    except HotleadError:
        return said(tr("No model was live at {when}: the first was published later.", when=mrkdwn(in_zone(at, zone))))
    return no_such(lead.key) if found is None else past_answer(found, call.page, zone)


async def answer_why_not(call: Call) -> Message:
    return await _shown(call, "why-not", call.explains.why_not, why_not_answer)


async def answer_forecast(call: Call) -> Message:
    return await _shown(call, "forecast", call.explains.forecast, forecast_answer)


async def answer_history(call: Call) -> Message:
    return await _shown(call, "history", lambda number: call.desk.history(number, call.page), history_answer)


async def answer_find(call: Call) -> Message:
    name = name_of_lead(call.text)
    if not name:
        return nobody_named(call, "find")
    found = await call.desk.find(name, limit=MOST_MATCHES)
    if not found:
        return await not_found(call, name)
    run = ids.Run("lead", f"find {name}", call.page)
    return choices_answer(
        tr("*Leads like “{typed}”*", typed=mrkdwn(name)), found, "score", "", run, call.settings.page_size
    )


async def _act(call: Call, verb: str, act: Callable[[int], Awaitable[Outcome | None]]) -> Message:
    return await _shown(call, verb, act, lambda found: outcome_answer(found, call.desk.statuses))


async def answer_claim(call: Call) -> Message:
    return await _act(call, "claim", lambda number: call.desk.claim(number, call.actor))


async def answer_release(call: Call) -> Message:
    return await _act(call, "release", lambda number: call.desk.release(number, call.actor))


async def answer_status(call: Call) -> Message:
    """Set a status; without one, say where the lead stands and what can be chosen."""
    wish = split_status(call.text, call.desk.statuses)
    if (meant := await _mistyped(call, wish)) is not None:
        return meant
    if wish.status is None:
        name, unread = await understood(call, wish.who)
        asked = await one_lead(call, "status", name)
        return asked if isinstance(asked, Message) else await _status_question(call, asked, unread)
    rest = wish.status.key + (f' "{wish.reason}"' if wish.reason else "")
    lead = await one_lead(call, "status", wish.who, rest)
    if isinstance(lead, Message):
        return lead
    found = await call.desk.set_status(lead.number, wish.status.key, call.actor, wish.reason)
    return no_such(lead.key) if found is None else outcome_answer(found, call.desk.statuses)


async def _mistyped(call: Call, wish: StatusWish) -> Message | None:
    """Nobody is called that, and the last words are almost a status: it is probably what was meant."""
    meant = nearest_status(call.text, call.desk.statuses)
    if meant is None or not wish.who or await call.desk.find(wish.who, limit=1):
        return None
    name, status = meant
    if not await call.desk.find(name_of_lead(name), limit=1):
        return None
    command = f"status {name} {status.key}"
    sentence = tr("“{typed}” is no status.", typed=mrkdwn(call.text.removeprefix(name).strip()))
    return suggestion(sentence, call.typed("lead", command), ids.Run("lead", command))


async def _status_question(call: Call, lead: LeadRef, unread: str) -> Message:
    view = await call.desk.lead(lead.number)
    if view is None:
        return no_such(lead.key)
    target = ids.Target(lead.number)
    row = actions([lead_button(act, target) for act in (ids.SET_STATUS, ids.DETAILS)])
    typed = call.typed("lead", f"status {lead.key}")
    words = ", ".join(_status_word(status) for status in call.desk.statuses)
    wrong = tr("“{typed}” is no status.", typed=mrkdwn(unread)) + " " if unread else ""
    return said(
        f"{wrong}{who(lead)} ({lead.key}): {handling_line(view.handling)}. "
        + tr("Set it with `{command}` and one of: {words}.", command=typed, words=words),
        *row,
    )


def _status_word(status: Status) -> str:
    return mrkdwn(status.label, 40)


VERBS: Final = (
    Verb("score", "[score] WHO", mark("score, rating, how to reach, who has it"), answer_score),
    Verb(
        "why", "why WHO [WHEN]", mark("every line of the score, now or at a past time; they add up to it"), answer_why
    ),
    Verb("why-not", "why-not WHO", mark("what is missing to the next label"), answer_why_not),
    Verb("forecast", "forecast WHO", mark("what changes if nothing happens, and when"), answer_forecast),
    Verb("find", "find WORDS", mark("leads by the beginning of words of a name or company"), answer_find),
    Verb("claim", "claim WHO", mark("take it; the first to claim has it"), answer_claim, changes=True),
    Verb("release", "release WHO", mark("give it back to the team"), answer_release, changes=True),
    Verb("status", 'status WHO STATUS ["reason"]', mark("say where it stands"), answer_status, changes=True),
    *handling.VERBS,
    *team.OF_LEAD,
    *adding.VERBS,
    *privacy.VERBS,
    Verb("history", "history WHO", mark("what it did, and what was done about it"), answer_history),
    Verb("help", "help", mark("this list"), answer_help),
)
