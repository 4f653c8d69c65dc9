"""The Details window, filled."""

from __future__ import annotations

from bot.slack import modals
from bot.slack.pressing import Pressed, update_view


async def fill_details(pressed: Pressed, view_id: str, number: int, page: int) -> None:
    """Show a lead in a window that is open already."""
    desk = pressed.parts.desk
    lead, why, history = await desk.lead(number), await desk.why(number), await desk.history(number, page)
    course = await pressed.parts.explains.course(number)
    gone = modals.details_failed(number, f"There is no lead L-{number} any more.")
    await update_view(pressed.parts, view_id, gone if lead is None else modals.details_view(lead, why, history, course))
