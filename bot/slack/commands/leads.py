"""/leads: lists of leads, paged with buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.language import in_use, mark, tr
from bot.service.handling.views import LISTED_PRIORITIES
from bot.service.views import Unknown
from bot.slack import ids
from bot.slack.answers import list_answer, suggestion
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Answering, Call, Verb
from bot.slack.commands.finding import not_understood
from bot.slack.commands.grammar import folded, split_filters
from bot.slack.commands.helping import answer_help
from bot.slack.commands.suggest import nearest
from bot.slack.explained import cooling_answer, missing_answer
from bot.slack.text import is_person, mrkdwn

FILTERS: Final = (
    "owner",
    "status",
    "label",
    "rating",
    "priority",
    "model",
    "channel",
    "company",
    "country",
    "territory",
)


_ME: Final = "me"
_NOBODY: Final = "none"


def _list(name: str) -> Answering:
    async def answer(call: Call) -> Message:
        rest, filters = split_filters(call.text, call.unnamed)
        wrong = [key for key in filters if key not in FILTERS] or ([rest] if rest else [])
        if wrong:
            return _no_filter(call, name, wrong[0])
        if (told := _no_value(call, name, filters)) is not None:
            return told
        if not _is_owner(filters.get("owner", _NOBODY)):
            return _no_owner(filters["owner"])
        typed = " ".join([name, *(_said(key, value) for key, value in filters.items())])
        found = await call.handles.listed(name, call.actor, call.page, _meant(call, filters))
        if found.unknown is not None:
            return _no_such(found.unknown, filters)
        return list_answer(found, ids.Run("leads", typed))

    return answer


def _is_owner(typed: str) -> bool:
    """A mention comes as an id; a name that Slack has not made one says nothing that could be looked up."""
    return typed.casefold() in (_ME, _NOBODY) or is_person(typed)


def _no_owner(typed: str) -> Message:
    return said(
        tr(
            "“{typed}” names nobody. An owner is a mention (`owner:@colleague`), `owner:me` or `owner:none`.",
            typed=mrkdwn(typed, 60),
        )
    )


def _said(key: str, value: str) -> str:
    return f'{key}:"{value}"' if " " in value else f"{key}:{value}"


def _meant(call: Call, filters: Mapping[str, str]) -> dict[str, str]:
    """Values as they are stored: my own id for me, a status by its label, a label in small letters."""
    statuses = {folded(name): one.key for one in call.desk.statuses for name in (one.label, one.key)}
    meant = dict(filters)
    if "owner" in meant:
        meant["owner"] = {_ME: call.actor.user_id, _NOBODY: _NOBODY}.get(meant["owner"].casefold(), meant["owner"])
    if meant.get("territory", "").casefold() == _ME:
        meant["territory"] = call.actor.user_id
    if "status" in meant:
        meant["status"] = statuses.get(folded(meant["status"]), meant["status"])
    if "priority" in meant:
        known = {folded(one): one for one in LISTED_PRIORITIES}
        meant["priority"] = known.get(folded(meant["priority"]), meant["priority"])
    for key, change in (("label", str.casefold), ("rating", str.upper), ("channel", str.upper)):
        if key in meant:
            meant[key] = change(meant[key])
    return meant


def _no_value(call: Call, name: str, filters: Mapping[str, str]) -> Message | None:
    """What a filter cannot be, so that nobody takes a slip for an empty list, or for a whole one."""
    statuses = [word for one in call.desk.statuses for word in (one.label, one.key)]
    for key, value in filters.items():
        if not value:
            example = mrkdwn(_example(call, name), 90)
            return said(tr("`{key}:` has no value. An example: `{command}`.", key=key, command=example))
        if key == "status" and folded(value) not in map(folded, statuses):
            return _cannot_be(key, value, [one.label for one in call.desk.statuses])
        if key == "territory" and value.casefold() != _ME and not is_person(value):
            return _cannot_be(key, value, (_ME, "@colleague"))
    return None


def _no_such(unknown: Unknown, filters: Mapping[str, str]) -> Message:
    """A value that no lead can have, with those that it can."""
    key, allowed = unknown.key, unknown.allowed
    typed = filters.get(key, "")
    if key == "country":
        return _no_country(typed, allowed)
    if key == "rating" and not allowed:
        return said(f"{_not(key, typed)} {tr('Its model rates no leads.')}")
    if key == "channel":
        return said(f"{_not(key, typed)} {_there_are([f'<#{channel}>' for channel in allowed])}")
    return _cannot_be(key, typed, allowed)


def _no_country(typed: str, near: Sequence[str]) -> Message:
    sentence = tr("`country:` cannot be “{typed}”: no country is called so.", typed=mrkdwn(typed, 60))
    if not near:
        return said(f"{sentence} {tr('Type its name, or its code of two letters, such as `country:dk`.')}")
    names = in_use().locale.territories
    meant = ", ".join(f"{names.get(code, code)} ({code.casefold()})" for code in near)
    return said(f"{sentence} {tr('Do you mean {countries}?', countries=meant)}")


def _cannot_be(key: str, value: str, words: Iterable[str]) -> Message:
    return said(f"{_not(key, value)} {_there_are([mrkdwn(word, 40) for word in words])}")


def _not(key: str, value: str) -> str:
    return tr("`{key}:` cannot be “{typed}”.", key=key, typed=mrkdwn(value, 60))


def _there_are(words: Iterable[str]) -> str:
    return tr("There are: {lists}.", lists=", ".join(words))


def _example(call: Call, name: str) -> str:
    return call.typed("leads", f"{name} owner:none rating:a1")


def _no_filter(call: Call, name: str, wrong: str) -> Message:
    example = _example(call, name)
    said_so = tr(
        "“{typed}” is no filter. There are: {filters}. An example: `{command}`.",
        typed=mrkdwn(wrong),
        filters=", ".join(FILTERS),
        command=mrkdwn(example, 90),
    )
    return said(said_so)


async def answer_cooling(call: Call) -> Message:
    if call.text:
        return not_understood(call.text, call.typed("leads", "cooling"))
    return cooling_answer(await call.explains.cooling(call.page))


async def answer_missing(call: Call) -> Message:
    if call.text:
        return not_understood(call.text, call.typed("leads", "missing"))
    return missing_answer(await call.explains.missing())


async def answer_without_verb(call: Call) -> Message:
    """Nothing means hot, filters alone all leads; a word that is no list gets the nearest one suggested."""
    if not call.text:
        return await _list("hot")(call)
    if ":" in call.text.partition(" ")[0]:
        return await _list("all")(call)
    lists = call.families["leads"].table
    sentence = tr("“{typed}” is no list.", typed=mrkdwn(call.text))
    meant = nearest(call.text.partition(" ")[0], lists)
    if meant is None:
        return said(f"{sentence} {tr('There are: {lists}.', lists=', '.join(lists))}")
    return suggestion(sentence, call.typed("leads", meant), ids.Run("leads", meant))


_LISTS: Final = {
    "hot": ("[hot [FILTERS]]", mark("hot leads, best first")),
    "warm": ("warm [FILTERS]", mark("warm leads, best first")),
    "mine": ("mine [FILTERS]", mark("those that are yours, by deadline")),
    "team": ("team [FILTERS]", mark("those that somebody has, by deadline")),
    "unclaimed": ("unclaimed [FILTERS]", mark("those that nobody has yet")),
    "offered": ("offered [FILTERS]", mark("those that are offered to you")),
    "overdue": ("overdue [FILTERS]", mark("those past their follow-up deadline")),
    "snoozed": ("snoozed [FILTERS]", mark("those that were put off")),
    "stale": ("stale [FILTERS]", mark("those whose owner was asked whether they go on")),
    "recent": ("recent [FILTERS]", mark("newest first")),
    "all": ("[all] FILTERS", mark("all that pass the filters, best first")),
}

VERBS: Final = (
    *(Verb(name, usage, about, _list(name), people=True) for name, (usage, about) in _LISTS.items()),
    Verb("cooling", "cooling", mark("those about to leave their label, the soonest first"), answer_cooling),
    Verb("missing", "missing", mark("which facts, if we knew them, would make most leads ready"), answer_missing),
    Verb("help", "help", mark("this list"), answer_help),
)
