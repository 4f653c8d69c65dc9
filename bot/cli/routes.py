"""`hotlead routes test`: where a lead went, or would go, and why; nothing is changed by asking."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from bot.app.operations import ROUTE
from bot.cli.beside import console, done_by_service, plain
from bot.cli.options import CONFIG, Config
from bot.service.handling.views import RouteView

routes_app = typer.Typer(
    name="routes", help="Routes: which channel and whom a lead goes to.", no_args_is_help=True, rich_markup_mode=None
)

FIRST: Final = {
    "last_owner": "it is offered to its last owner",
    "colleague": "it is offered to the owner of the colleague of its company who was contacted last",
    "rule": "no earlier owner can take it, so the route decides",
}


@routes_app.callback()
def routes() -> None:
    """A group, so that `test` stays a word of its own."""


@routes_app.command("test")
def try_route(
    lead: Annotated[str, typer.Option("--lead", help="L-123, an e-mail address, or the beginning of a name.")],
    config: Config = CONFIG,
) -> None:
    """Say of one lead which routes hold, who was looked at, and where it went; where it has no alert, would go now."""
    found = done_by_service(config, "routes.test", {"lead": lead}, None)
    for line in lines_of(ROUTE.validate_python(found)):
        console.print(plain(line))


def lines_of(view: RouteView) -> list[str]:
    """The decision in lines."""
    lines = [f"{view.lead.key} {view.lead.name or view.lead.email or ''}".rstrip()]
    lines += [f"  route {name}: {'holds' if holds else 'does not hold'}" for name, holds in view.rules]
    lines += [f"  {one.user_id}: {one.why.replace('_', ' ')}" for one in view.considered]
    rule = f"route {view.rule} ({view.how})" if view.rule else "no route" if view.fallback else "no routes configured"
    lines.append(f"  {rule}; {FIRST[view.first]}")
    to = f" to {view.to}" if view.to else " to whoever taps first"
    lines.append(f"  → {view.channel}{' (the fallback channel)' if view.fallback else ''}: {view.result}{to}")
    return lines
