"""/lead route and /lead me, /hotlead team and /hotlead stats."""

from __future__ import annotations

from typing import Final

from bot.language import LANGUAGES, code_of, mark, name_of, speaking, tr
from bot.service.views import Role
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call, Verb
from bot.slack.commands.finding import no_such, one_lead
from bot.slack.team import me_answer, route_answer, stats_answer, team_answer
from bot.slack.text import mrkdwn

# what somebody may set -> its name in the service
SETTINGS: Final = {
    "zone": "time_zone",
    "timezone": "time_zone",
    "time_zone": "time_zone",
    "hours": "hours",
    "away": "away",
    "capacity": "capacity",
    "languages": "languages",
    "territories": "territories",
    "language": "language",
}
_EXAMPLES: Final = {
    "time_zone": "Europe/Copenhagen",
    "hours": "Mon-Fri 09:00-17:00",
    "away": "2026-07-06..2026-07-24",
    "capacity": "20",
    "languages": "da, en",
    "territories": "DK, SE",
}
LONGEST: Final = 366


async def answer_route(call: Call) -> Message:
    lead = await one_lead(call, "route", call.text)
    if isinstance(lead, Message):
        return lead
    found = await call.handles.route(lead.number)
    view = await call.desk.lead(lead.number)
    return no_such(lead.key) if found is None else route_answer(found, view.handling if view is not None else None)


async def answer_me(call: Call) -> Message:
    """How routing sees me; with a key and a value: set it. `none` goes back to what is configured."""
    key, _, value = call.text.strip().partition(" ")
    if not key:
        return me_answer(await call.handles.me(call.actor))
    name = SETTINGS.get(key.casefold().rstrip(":"))
    if name is None:
        return said(tr("“{key}” cannot be set. There are: {keys}.", key=mrkdwn(key), keys=", ".join(SETTINGS)))
    if not value.strip():
        example = call.typed("lead", f"me {key} …")
        said_so = tr(
            "To what? Type `{command}`, or `none` to go back to what is configured.", command=mrkdwn(example, 80)
        )
        return said(said_so)
    meant = None if value.strip().casefold() == "none" else value.strip()
    if name == "language" and meant is not None and code_of(meant) is None:
        return _no_language(meant)
    me = await call.handles.set_me(call.actor, **{name: meant})
    with speaking(await call.language(call.actor.user_id)):  # what was chosen is spoken at once
        return me_answer(
            me, call.typed("lead", f"me {key.casefold().rstrip(':')} {_EXAMPLES[name]}") if me.unknown else ""
        )


def _no_language(typed: str) -> Message:
    spoken = ", ".join(f"{code} ({name_of(code)})" for code in LANGUAGES)
    return said(
        tr("hotlead does not speak “{language}”. There are: {languages}.", language=mrkdwn(typed), languages=spoken)
    )


async def answer_team(call: Call) -> Message:
    return team_answer(await call.handles.team(call.actor))


async def answer_stats(call: Call) -> Message:
    """The figures of the last days, 30 unless told."""
    days = call.text.strip().removesuffix("d")
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days[:5]) <= LONGEST):
        return said(tr("“{typed}” is no number of days between 1 and {most}.", typed=mrkdwn(call.text), most=LONGEST))
    return stats_answer(await call.handles.stats(call.actor, int(days or 30)))


OF_LEAD: Final = (
    Verb("route", "route WHO", mark("where it goes, and why"), answer_route),
    Verb(
        "me", "me [KEY VALUE]", mark("how routing sees you: hours, away, capacity, languages"), answer_me, changes=True
    ),
)
OF_HOTLEAD: Final = (
    Verb("team", "team", mark("what nobody has, what is late, and how every rep stands"), answer_team, Role.MANAGER),
    Verb(
        "stats", "stats [DAYS]", mark("what was passed on, what became of it, and why not"), answer_stats, Role.MANAGER
    ),
)
