"""/lead add: somebody whom a rep met. `ADDRESS [NAME, COMPANY]`; an address is an e-mail address or a phone number.

`name:`, `company:` and `title:` say what is what; what could be either, or stands beside a key for it, is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import HotleadError
from bot.language import mark, tr
from bot.slack import ids
from bot.slack.answers import score_answer, who_plain_safe
from bot.slack.blocks import Message, button, said, section
from bot.slack.commands.base import Call, Verb
from bot.slack.text import mrkdwn

_PHONE: Final = re.compile(r"(?<!\S)\+?\d[\d ()-]{5,18}\d(?![^\s,])")
_KEY: Final = re.compile(r"(?:^|[\s,])(name|company|title):", re.IGNORECASE)
_LABEL: Final = re.compile(r"(?<![^\s,])(?:e-?mail|phone|tel):\s*", re.IGNORECASE)
_BETWEEN_QUOTES: Final = re.compile(r'"\s+"')
_SAID: Final = {"name": mark("name: {text}"), "title": mark("title: {text}"), "company": mark("company: {text}")}


def read_person(text: str) -> tuple[dict[str, str], str]:
    """Who is meant, and what may be their name as well as their company.

    The word with an at sign, a phone number, before and after a comma name and company, and `company:…` pairs. Unclear
    are the one thing behind an address and a comma, and what has no place left beside the pairs.
    """
    told = {}
    text = _LABEL.sub("", text)
    email = next((word for word in re.split(r"[\s,;]+", text) if "@" in word), None)
    if email is not None:
        text = text.replace(email, " ", 1)
        told["email"] = email.strip("\"'<>")
    phone = _PHONE.search(text)
    if phone is not None:
        text = text.replace(phone[0], " ", 1)
        told["phone"] = phone[0]
    free, *pairs = _KEY.split(text)
    parts = [part for one in _BETWEEN_QUOTES.sub('","', free).split(",") if (part := " ".join(one.split()))]
    keyed = {
        key.casefold(): words
        for key, value in zip(pairs[::2], pairs[1::2], strict=True)
        if (words := " ".join(value.strip(' ,"').split()))
    }
    if keyed.keys() & {"name", "company"}:
        first = {} if "name" in keyed else {"name": _unquoted(parts[:1])}
        unclear = _unquoted(parts[len(first) :])
    else:
        alone = bool(told) and len(parts) == 1 and free.strip().startswith(",") and not pairs
        unclear = _unquoted(parts) if alone else ""
        first = {} if alone else {"name": _unquoted(parts[:1]), "company": _unquoted(parts[1:])}
    return {key: value for key, value in (told | first | keyed).items() if value}, unclear


def _unquoted(parts: Sequence[str]) -> str:
    return ", ".join(parts).strip('"')


async def answer_add(call: Call) -> Message:
    told, unclear = read_person(call.text)
    if unclear:
        return _which(call, told, unclear)
    if not told.keys() & {"email", "phone", "name"}:
        usage = call.typed("lead", "add anna@example.com Anna Berg, Nordwind A/S")
        return said(tr("Who is it? Type, for example, `{command}`", command=mrkdwn(usage, 120)))
    try:
        added = await call.adds.add_lead(call.actor, **told)
    except HotleadError as bad:
        return said(mrkdwn(str(bad), 300))
    lead = await call.desk.lead(added.number)
    if lead is None:
        return said(tr("{lead} was added.", lead=f"L-{added.number}"))
    return added_answer(who_plain_safe(lead.lead), score_answer(lead, call.settings), told, known=added.known)


def _which(call: Call, told: Mapping[str, str], unclear: str) -> Message:
    """Asks whether it is the name or the company: one press adds it, nothing is guessed."""
    runs = [ids.Run("lead", f"add {_in_keys({**told, key: unclear})}") for key in ("name", "company")]
    name, company = (mrkdwn(call.typed("lead", run.text), 160) for run in runs)
    asked = tr("Is “{typed}” the name or the company? Nothing is added yet.", typed=mrkdwn(unclear, 80))
    typed = tr("Type `{name}` or `{company}`", name=name, company=company)
    titles = (tr("It is the name"), tr("It is the company"))
    rows = [
        section([f"`{command}`"], button(title, ids.RUN, run.as_value()))
        for command, title, run in zip((name, company), titles, runs, strict=True)
    ]
    return Message(f"{asked} {typed}", (section([asked]), *rows))


def _in_keys(told: Mapping[str, str]) -> str:
    """What was told, so that it can be read in one way only."""
    return " ".join(text if key in ("email", "phone") else f"{key}:{text}" for key, text in told.items())


def added_answer(name: str, score: Message, told: Mapping[str, str | None], *, known: bool) -> Message:
    """What became of it, what was taken as what, and the lead as it is now."""
    new = ", ".join(tr(words, text=mrkdwn(text, 80)) for what, words in _SAID.items() if (text := told.get(what)))
    if not new:
        short = tr("{lead} is a lead already.", lead=name) if known else tr("{lead} is a lead now.", lead=name)
        return said(short, *score.blocks)
    if known:
        return said(tr("{lead} is a lead already; added to it: {what}.", lead=name, what=new), *score.blocks)
    return said(tr("{lead} is a lead now; {what}.", lead=name, what=new), *score.blocks)


VERBS: Final = (
    Verb(
        "add",
        "add ADDRESS [NAME, COMPANY]",
        mark("add somebody you met, by e-mail address, phone or name"),
        answer_add,
        changes=True,
    ),
)
