"""/leads: lists of leads, paged with buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.slack import ids
from bot.slack.answers import list_answer, suggestion
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Answering, Call, Verb
from bot.slack.commands.grammar import folded, split_filters
from bot.slack.commands.helping import answer_help
from bot.slack.commands.suggest import nearest
from bot.slack.explained import cooling_answer, missing_answer
from bot.slack.text import mrkdwn

FILTERS: Final = ("owner", "status", "label", "rating", "model", "channel", "company", "country", "territory")


def _list(name: str) -> Answering:
    async def answer(call: Call) -> Message:
        rest, filters = split_filters(call.text, call.unnamed)
        wrong = [key for key in filters if key not in FILTERS] or ([rest] if rest else [])
        if wrong:
            return _no_filter(call, name, wrong[0])
        typed = " ".join([name, *(_said(key, value) for key, value in filters.items())])
        found = await call.handles.listed(name, call.actor, call.page, _meant(call, filters))
        return list_answer(found, ids.Run("leads", typed))

    return answer


def _said(key: str, value: str) -> str:
    return f'{key}:"{value}"' if " " in value else f"{key}:{value}"


def _meant(call: Call, filters: Mapping[str, str]) -> dict[str, str]:
    """Values as they are stored: my own id for me, a status by its label, a label in small letters."""
    statuses = {folded(name): one.key for one in call.desk.statuses for name in (one.label, one.key)}
    meant = dict(filters)
    if "owner" in meant:
        owner = meant["owner"].casefold()
        meant["owner"] = {"me": call.actor.user_id, "none": "none"}.get(owner, meant["owner"].upper())
    if meant.get("territory", "").casefold() == "me":
        meant["territory"] = call.actor.user_id
    if "status" in meant:
        meant["status"] = statuses.get(folded(meant["status"]), meant["status"])
    for key, change in (("label", str.casefold), ("rating", str.upper), ("channel", str.upper)):
        if key in meant:
            meant[key] = change(meant[key])
    return meant


def _no_filter(call: Call, name: str, wrong: str) -> Message:
    example = call.typed("leads", f"{name} owner:none rating:a1")
    return said(
        f"“{mrkdwn(wrong)}” is no filter. There are: {', '.join(FILTERS)}. An example: `{mrkdwn(example, 90)}`."
    )


async def answer_cooling(call: Call) -> Message:
    return cooling_answer(await call.explains.cooling(call.page))


async def answer_missing(call: Call) -> Message:
    return missing_answer(await call.explains.missing())


async def answer_without_verb(call: Call) -> Message:
    """No list means hot; a word that is no list gets the nearest one suggested."""
    if not call.text or ":" in call.text.partition(" ")[0]:
        return await _list("hot")(call)
    lists = call.families["leads"].table
    sentence = f"“{mrkdwn(call.text)}” is no list."
    meant = nearest(call.text.partition(" ")[0], lists)
    if meant is None:
        return said(f"{sentence} There are: {', '.join(lists)}.")
    return suggestion(sentence, call.typed("leads", meant), ids.Run("leads", meant))


_LISTS: Final = {
    "hot": ("[hot] [FILTERS]", "leads at the hand-over label, best first"),
    "warm": ("warm [FILTERS]", "those one label below"),
    "mine": ("mine [FILTERS]", "those that are yours, by deadline"),
    "team": ("team [FILTERS]", "those that somebody has, by deadline"),
    "unclaimed": ("unclaimed [FILTERS]", "those that nobody has yet"),
    "offered": ("offered [FILTERS]", "those that are offered to you"),
    "overdue": ("overdue [FILTERS]", "those past their follow-up deadline"),
    "snoozed": ("snoozed [FILTERS]", "those that were put off"),
    "stale": ("stale [FILTERS]", "those whose owner was asked whether they go on"),
    "recent": ("recent [FILTERS]", "newest first"),
}

VERBS: Final = (
    *(Verb(name, usage, about, _list(name), people=True) for name, (usage, about) in _LISTS.items()),
    Verb("cooling", "cooling", "those about to leave their label, the soonest first", answer_cooling),
    Verb("missing", "missing", "which facts, if we knew them, would make most leads ready", answer_missing),
    Verb("help", "help", "this list", answer_help),
)
