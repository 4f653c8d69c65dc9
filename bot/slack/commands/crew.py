"""/lead route and /lead me, /hotlead team and /hotlead stats."""

from __future__ import annotations

from typing import Final

from bot.service.views import Role
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call, Verb
from bot.slack.commands.finding import no_such, one_lead
from bot.slack.crew import me_answer, route_answer, stats_answer, team_answer
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
LONGEST: Final = 366


async def answer_route(call: Call) -> Message:
    lead = await one_lead(call, "route", call.text)
    if isinstance(lead, Message):
        return lead
    found = await call.handles.route(lead.number)
    return no_such(lead.key) if found is None else route_answer(found)


async def answer_me(call: Call) -> Message:
    """How routing sees me; with a key and a value: set it. `none` goes back to what is configured."""
    key, _, value = call.text.strip().partition(" ")
    if not key:
        return me_answer(await call.handles.me(call.actor))
    name = SETTINGS.get(key.casefold().rstrip(":"))
    if name is None:
        return said(f"“{mrkdwn(key)}” cannot be set. There are: {', '.join(SETTINGS)}.")
    if not value.strip():
        example = call.typed("lead", f"me {key} …")
        return said(f"To what? Type `{mrkdwn(example, 80)}`, or `none` to go back to what is configured.")
    meant = None if value.strip().casefold() == "none" else value.strip()
    return me_answer(await call.handles.set_me(call.actor, **{name: meant}))


async def answer_team(call: Call) -> Message:
    return team_answer(await call.handles.team(call.actor))


async def answer_stats(call: Call) -> Message:
    """The figures of the last days, 30 unless told."""
    days = call.text.strip().removesuffix("d")
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days[:5]) <= LONGEST):
        return said(f"“{mrkdwn(call.text)}” is no number of days between 1 and {LONGEST}.")
    return stats_answer(await call.handles.stats(call.actor, int(days or 30)))


OF_LEAD: Final = (
    Verb("route", "route WHO", "where it goes, and why", answer_route),
    Verb("me", "me [KEY VALUE]", "how routing sees you: hours, away, capacity, languages", answer_me, changes=True),
)
OF_HOTLEAD: Final = (
    Verb("team", "team", "what nobody has, what is late, and how every rep stands", answer_team, Role.MANAGER),
    Verb("stats", "stats [DAYS]", "what was passed on, what became of it, and why not", answer_stats, Role.MANAGER),
)
