"""Which acts the service behind this version can do: what it cannot has no button, no command and no help."""

from __future__ import annotations

from typing import Final

from bot.service.desk import Handles

EVERYTHING: Final = frozenset(name for name in vars(Handles) if not name.startswith("_"))


def able(desk: object) -> frozenset[str]:
    """The acts and views of Handles that are there."""
    return frozenset(name for name in EVERYTHING if hasattr(type(desk), name))
