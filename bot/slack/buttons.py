"""What buttons do: ACTIONS is the table from a button's name to its coroutine. Each asks the desk once and renders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.language import mark, tr
from bot.service.explain_views import Judged
from bot.service.views import Actor, Outcome
from bot.slack import commands, erasing, handling, ids, modals, modelling, shortcuts
from bot.slack.blocks import said
from bot.slack.details import fill_details
from bot.slack.presses import Press
from bot.slack.pressing import Acting, Pressed, open_view

OLD_BUTTON: Final = mark("This button is from another version of hotlead and does nothing now. Try `{command} help`.")


async def _tell(pressed: Pressed, found: Outcome | None) -> None:
    await handling.tell(pressed.parts, pressed.talk, pressed.target.number, pressed.target.key, found)


async def _claim(pressed: Pressed) -> None:
    await _tell(pressed, await pressed.parts.desk.claim(pressed.target.number, pressed.actor))


async def _release(pressed: Pressed) -> None:
    await _tell(pressed, await pressed.parts.desk.release(pressed.target.number, pressed.actor))


async def _details(pressed: Pressed) -> None:
    number = pressed.target.number
    view_id = await open_view(pressed, modals.details_skeleton(number))
    if view_id:
        pressed.talk.view_id, pressed.talk.number = view_id, number
        await fill_details(pressed, view_id, number, 1)


async def _details_page(pressed: Pressed) -> None:
    run = ids.read_run(pressed.press.value)
    number = run.text.removeprefix("L-") if run is not None else ""
    if run is not None and number.isascii() and number.isdigit() and pressed.press.view_id:
        pressed.talk.view_id, pressed.talk.number = pressed.press.view_id, int(number)
        await fill_details(pressed, pressed.press.view_id, int(number), run.page)


async def _run(pressed: Pressed) -> None:
    run = ids.read_run(pressed.press.value)
    if run is None or run.family not in commands.FAMILIES:
        await _old(pressed)
        return
    call = pressed.parts.call(run.family, pressed.actor, run.text, run.page)
    await pressed.talk.say(await commands.answer(call, run.text), replace=pressed.press.ephemeral)


async def _ask(pressed: Pressed, verb: str) -> None:
    call = pressed.parts.call("lead", pressed.actor, "")
    await pressed.talk.say(await commands.answer(call, f"{verb} L-{pressed.target.number}"))


async def _why(pressed: Pressed) -> None:
    await _ask(pressed, "why")


async def _history(pressed: Pressed) -> None:
    await _ask(pressed, "history")


async def _why_not(pressed: Pressed) -> None:
    await _ask(pressed, "why-not")


async def _forecast(pressed: Pressed) -> None:
    await _ask(pressed, "forecast")


async def _restore(pressed: Pressed) -> None:
    await _judge(pressed, pressed.parts.events.restore)


async def _quarantine(pressed: Pressed) -> None:
    await _judge(pressed, pressed.parts.events.quarantine)


async def _judge(pressed: Pressed, act: Callable[[int, int, Actor], Awaitable[Judged]]) -> None:
    """An event of the timeline counts no more, or again; the window shows what became of it."""
    event = ids.read_event(pressed.press.value)
    if event is None or not pressed.press.view_id:
        await _old(pressed)
        return
    pressed.talk.view_id, pressed.talk.number = pressed.press.view_id, event.number
    await act(event.number, event.seq, pressed.actor)
    await fill_details(pressed, pressed.press.view_id, event.number, event.page)


async def _nothing(_: Pressed) -> None:
    """A link button reports its press too; the ack was all that it needs."""


async def _old(pressed: Pressed) -> None:
    await pressed.talk.say(said(tr(OLD_BUTTON, command=pressed.parts.settings.lead_command)))


ACTIONS: Final[Mapping[str, Acting]] = {
    ids.CLAIM: _claim,
    ids.RELEASE: _release,
    ids.DETAILS: _details,
    ids.DETAILS_PAGE: _details_page,
    ids.DETAILS_PAGE_OLDER: _details_page,
    ids.WHY: _why,
    ids.HISTORY: _history,
    ids.WHY_NOT: _why_not,
    ids.FORECAST: _forecast,
    ids.RUN: _run,
    ids.RUN_BACK: _run,
    ids.RUN_ON: _run,
    **dict.fromkeys(ids.RUNS, _run),
    ids.EVENT_RESTORE: _restore,
    ids.EVENT_QUARANTINE: _quarantine,
    **handling.ACTS,
    **modelling.ACTS,
    **shortcuts.ACTS,
    **erasing.ACTS,
    ids.CRM: _nothing,
}
CHANGING: Final = frozenset(
    {
        ids.CLAIM,
        ids.RELEASE,
        ids.WAKE,
        ids.STILL,
        ids.EVENT_RESTORE,
        ids.EVENT_QUARANTINE,
        ids.MODEL_POST,
        ids.MODEL_ROLLBACK,
    }
)
NEEDS_TARGET: Final = frozenset(
    {
        ids.CLAIM,
        ids.RELEASE,
        ids.DETAILS,
        ids.WHY,
        ids.HISTORY,
        ids.WHY_NOT,
        ids.FORECAST,
        *handling.ACTS,
        *erasing.ACTS,
    }
) - {ids.STATUS_BLOCK}


def action_of(act: str, target: ids.Target | None) -> Acting:
    """What the button does; one that this version does not know says so instead of nothing."""
    return _old if act in NEEDS_TARGET and target is None else ACTIONS.get(act, _old)


def is_change(press: Press) -> bool:
    """Whether the press has an effect that must not be had twice."""
    run = ids.read_run(press.value) if press.act in (ids.RUN, ids.RUN_BACK, ids.RUN_ON, *ids.RUNS) else None
    if run is not None:
        return run.family in commands.FAMILIES and commands.changes(run.family, run.text)
    return press.act in CHANGING
