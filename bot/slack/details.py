"""The Details window, filled."""

from __future__ import annotations

from bot.language import tr
from bot.slack import modals
from bot.slack.pressing import Pressed, update_view


async def fill_details(pressed: Pressed, view_id: str, number: int, page: int) -> None:
    """Show a lead in a window that is open already."""
    desk = pressed.parts.desk
    lead, why, history = await desk.lead(number), await desk.why(number), await desk.history(number, page)
    course, known = await pressed.parts.explains.course(number), await desk.known_as(number)
    record = await pressed.parts.handles.record(number)
    view = modals.details_failed(number, tr("There is no lead {lead} any more.", lead=f"L-{number}"))
    if lead is not None:
        view = modals.details_view(lead, why, history, course, known, record)
    await update_view(pressed.parts, view_id, view)
