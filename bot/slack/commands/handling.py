"""/lead: what is done about a lead beyond claiming it. What needs words and has none opens its window by a button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot.language import mark, speaking, tr
from bot.service.views import LeadRef, Outcome
from bot.slack import ids
from bot.slack.alert import TITLES, lead_button
from bot.slack.blocks import Message, actions, said
from bot.slack.commands.base import Call, Verb
from bot.slack.commands.finding import no_such, one_lead, understood, unread_words
from bot.slack.commands.grammar import folded, split_answers, split_name, split_quoted
from bot.slack.commands.until import split_until
from bot.slack.commands.when import zone_of
from bot.slack.forms.writing import QUESTIONS
from bot.slack.handling_words import contact_word, handling_line
from bot.slack.outcomes import outcome_answer
from bot.slack.people import Refusal
from bot.slack.text import mrkdwn
from bot.slack.words import who
from scoring.instants import format_instant

Acted = Callable[[LeadRef], Awaitable[Outcome | None]]


async def _act(call: Call, verb: str, name: str, rest: str, act: Acted) -> Message:
    lead = await one_lead(call, verb, name, rest)
    if isinstance(lead, Message):
        return lead
    found = await act(lead)
    return no_such(lead.key) if found is None else outcome_answer(found, call.desk.statuses)


async def _window(
    call: Call, verb: str, name: str, button: str, words: Iterable[str] = (), strange: str = ""
) -> Message:
    """What is missing is asked in the window, which only a press may open. `strange` was typed, and means nothing."""
    name, unread = await understood(call, name)
    unread = unread or strange
    lead = await one_lead(call, verb, name)
    if isinstance(lead, Message):
        return lead
    view = await call.desk.lead(lead.number)
    if view is None:
        return no_such(lead.key)
    listed = ", ".join(mrkdwn(word, 75) for word in words)
    typed = call.typed("lead", call.families["lead"].table[verb].usage)
    hint = tr("Or type `{command}`.", command=mrkdwn(typed, 150))
    if listed:
        hint = tr("Or type `{command}` with one of: {words}.", command=mrkdwn(typed, 150), words=listed)
    press = tr("Press {button}.", button=tr(TITLES[button]))
    row = actions([lead_button(button, ids.Target(lead.number))])
    stands = f"{who(lead)} ({lead.key}): {handling_line(view.handling)}."
    return said(f"{unread_words(unread)}{stands} {press} {hint}", *row)


def ending(text: str, choices: Iterable[tuple[str, str]]) -> tuple[str, str | None]:
    """WHO, and the choice (value, words) that the end of the text names; the longest one that does."""
    known = {folded(words): value for value, words in choices}
    known |= {folded(value): value for value in known.values()}
    parts = text.split()
    for start in range(1, len(parts)):
        found = known.get(folded(" ".join(parts[start:]).strip('"')))
        if found is not None:
            return " ".join(parts[:start]), found
    return text, None


async def answer_reassign(call: Call) -> Message:
    to = call.unnamed[0] if len(call.unnamed) == 1 else None
    name = call.text.removesuffix(" to")
    if to is None:
        return await _window(call, "reassign", name, ids.REASSIGN)
    colleague = await call.colleague(to)
    if isinstance(colleague, Refusal):
        return said(colleague.as_owner)
    return await _act(
        call, "reassign", name, f"<@{to}>", lambda lead: call.handles.reassign(lead.number, call.actor, to)
    )


async def answer_snooze(call: Call) -> Message:
    name, until = split_until(call.text, call.now, zone_of(call.actor.zone))
    if until is None:
        return await _window(call, "snooze", name, ids.SNOOZE)
    rest = format_instant(until)[:16]  # a minute is exact enough to say it again, in UTC
    return await _act(
        call, "snooze", name, f"{rest}Z", lambda lead: call.handles.snooze(lead.number, call.actor, until)
    )


async def answer_wake(call: Call) -> Message:
    return await _act(call, "wake", call.text, "", lambda lead: call.handles.wake(lead.number, call.actor))


async def answer_not_now(call: Call) -> Message:
    rest, until = split_until(call.text, call.now, zone_of(call.actor.zone))
    reasons = call.handles.choices.not_now
    name, reason = ending(rest, ((one, one) for one in reasons))
    if reason is None:
        return await _window(call, "notnow", name, ids.NOT_NOW, reasons)
    again = reason if until is None else f"{reason} {format_instant(until)[:16]}Z"
    return await _act(
        call, "notnow", name, again, lambda lead: call.handles.not_now(lead.number, call.actor, reason, until)
    )


async def answer_not_fit(call: Call) -> Message:
    rest, more = split_quoted(call.text)
    reasons = call.handles.choices.not_fit
    name, reason = ending(rest, ((one, one) for one in reasons))
    if reason is None:  # what stands in quotes is the reason itself, if anything is
        (name, reason), more = ending(call.text, ((one, one) for one in reasons)), None
    if reason is None:
        return await _window(call, "notfit", name, ids.NOT_FIT, reasons)
    again = reason + (f' "{more}"' if more else "")
    return await _act(
        call, "notfit", name, again, lambda lead: call.handles.not_fit(lead.number, call.actor, reason, more)
    )


async def answer_note(call: Call) -> Message:
    name, text = split_name(call.text)
    if not text:
        return await _window(call, "note", name, ids.NOTE)
    return await _act(call, "note", name, f'"{text}"', lambda lead: call.handles.note(lead.number, call.actor, text))


async def answer_log(call: Call) -> Message:
    rest, note = split_quoted(call.text)
    choices = call.handles.choices
    name, outcome = ending(rest, _contact_words(choices.contact_outcomes))
    if outcome is None:
        (name, outcome), note = ending(call.text, _contact_words(choices.contact_outcomes)), None
    name, kind = ending(name, _contact_words(choices.contact_kinds))
    if outcome is None:
        words = (contact_word(one) for one in (*choices.contact_kinds, *choices.contact_outcomes))
        return await _window(call, "log", name, ids.LOG, words)
    kind = kind or choices.contact_kinds[0]
    again = f"{kind} {outcome}" + (f' "{note}"' if note else "")
    return await _act(
        call, "log", name, again, lambda lead: call.handles.log_contact(lead.number, call.actor, kind, outcome, note)
    )


def _contact_words(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What may be typed: the words in the language of whoever types, and the English ones."""
    for key in keys:
        yield key, contact_word(key)
        with speaking("en"):
            yield key, contact_word(key)


async def answer_qualify(call: Call) -> Message:
    """`budget:"40,000"`, `need:…`: what is said takes the place of what was known, the rest stays."""
    name, told = split_answers(call.text)
    strange = next((f"{question}:" for question in told if question not in QUESTIONS), "")
    if not told or strange:
        return await _window(call, "qualify", name, ids.QUALIFY, strange=strange)

    async def act(lead: LeadRef) -> Outcome | None:
        view = await call.desk.lead(lead.number)
        known = view.handling.qualification if view is not None else None
        answers = {question: told.get(question) or getattr(known, question, None) for question in QUESTIONS}
        return await call.handles.qualify(lead.number, call.actor, **answers)

    again = " ".join(f'{question}:"{answer}"' for question, answer in told.items())
    return await _act(call, "qualify", name, again, act)


def _of_kind(call: Call, kind: str) -> str:
    """The first of the kind: the configuration has one of each."""
    return next(status.key for status in call.desk.statuses if status.kind == kind)


async def answer_won(call: Call) -> Message:
    name, why = split_quoted(call.text)
    return await _close(call, "won", name, why)


async def answer_lost(call: Call) -> Message:
    rest, quoted = split_quoted(call.text)
    reasons = call.handles.choices.lost
    name, reason = ending(rest, ((one, one) for one in reasons))
    reason = ": ".join(part for part in (reason, quoted) if part) or None
    if reason is None:
        return await _window(call, "lost", name, ids.SET_STATUS, reasons)
    return await _close(call, "lost", name, reason)


async def _close(call: Call, kind: str, name: str, reason: str | None) -> Message:
    status = _of_kind(call, kind)
    again = f'"{reason}"' if reason else ""
    return await _act(
        call, kind, name, again, lambda lead: call.handles.set_status(lead.number, status, call.actor, reason)
    )


_VERBS: Final = (
    Verb("snooze", "snooze WHO WHEN", mark("put it off: 2h, tomorrow, monday 14:00, 2026-03-14"), answer_snooze),
    Verb("wake", "wake WHO", mark("end the snooze now"), answer_wake),
    Verb(
        "log", 'log WHO [HOW] OUTCOME ["note"]', mark("a contact that was made or tried; takes a free lead"), answer_log
    ),
    Verb("note", 'note WHO "text"', mark("write down a note"), answer_note),
    Verb("qualify", 'qualify WHO [budget:"…" …]', mark("budget, authority, need and timeline"), answer_qualify),
    Verb("reassign", "reassign WHO @COLLEAGUE", mark("make a colleague the owner"), answer_reassign),
    Verb(
        "notnow",
        "notnow WHO REASON [WHEN]",
        mark("back to nurture, until then or until it crosses again"),
        answer_not_now,
    ),
    Verb("notfit", 'notfit WHO REASON ["more"]', mark("it should not have been passed on"), answer_not_fit),
    Verb("won", 'won WHO ["why"]', mark("it is a customer now"), answer_won),
    Verb("lost", "lost WHO REASON", mark("it buys elsewhere, or not at all"), answer_lost),
)
VERBS: Final = tuple(replace(verb, changes=True, people=verb.name == "reassign") for verb in _VERBS)
