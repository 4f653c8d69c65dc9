"""/lead add: somebody whom a rep met. `ADDRESS [NAME, COMPANY]`; an address is an e-mail address or a phone number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.errors import HotleadError
from bot.language import mark, tr
from bot.slack.answers import score_answer, who_plain_safe
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call, Verb
from bot.slack.text import mrkdwn

_PHONE: Final = re.compile(r"(?<!\S)\+?\d[\d ()-]{5,18}\d(?!\S)")


def read_person(text: str) -> dict[str, str]:
    """Who is meant: the word with an at sign, a phone number, and before and after a comma name and company."""
    told = {}
    email = next((word for word in text.split() if "@" in word), None)
    if email is not None:
        text = text.replace(email, " ", 1)
        told["email"] = email.strip("\"',;")
    phone = _PHONE.search(text)
    if phone is not None:
        text = text.replace(phone[0], " ", 1)
        told["phone"] = phone[0]
    name, _, company = text.partition(",")
    told |= {"name": " ".join(name.split()), "company": " ".join(company.split())}
    return {key: value for key, value in told.items() if value}


async def answer_add(call: Call) -> Message:
    told = read_person(call.text)
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


def added_answer(name: str, score: Message, told: Mapping[str, str | None], *, known: bool) -> Message:
    """What became of it, and the lead as it is now; of who was there already, what `told` says of them."""
    if not known:
        return said(tr("{lead} is a lead now.", lead=name), *score.blocks)
    new = ", ".join(mrkdwn(text, 80) for what in ("name", "title", "company") if (text := told.get(what)))
    if new:
        return said(tr("{lead} is a lead already; added to it: {what}.", lead=name, what=new), *score.blocks)
    return said(tr("{lead} is a lead already.", lead=name), *score.blocks)


VERBS: Final = (
    Verb(
        "add",
        "add ADDRESS [NAME, COMPANY]",
        mark("add somebody you met, by e-mail address, phone or name"),
        answer_add,
        changes=True,
    ),
)
