"""Where things lie in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.settings import Settings

DATABASE: Final = "hotlead.db"


def database_of(settings: Settings) -> Path:
    """Where the database of these settings lies."""
    return settings.service.data / DATABASE
