"""The page: its files, what it is shown live, and what it may do. Only for the browser on this machine."""

from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from bot.standin.server import StandIn


class Live:
    """Tells every open page what changed."""

    def __init__(self, standin: "StandIn") -> None:
        self.standin = standin

    def tell(self, kind: str, value: Any) -> None:
        """Something changed."""

    async def close(self) -> None:
        """Let every page go."""


def add_page(app: web.Application, live: Live) -> None:
    """Serve the page."""
