"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from bot.settings import CONFIG_NAME

CONFIG: Final = Path(CONFIG_NAME)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
