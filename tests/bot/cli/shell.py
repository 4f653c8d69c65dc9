"""Commands as an engineer types them: in this process, or in one of their own beside a running service."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bot.cli.commands import app
from bot.errors import HotleadError
from scoring.errors import ScoringError
from tests.rig import SetClock, rig


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended. `error` is what `hotlead` would say on standard error."""

    code: int
    out: str
    error: str = ""

    def json(self) -> Any:
        return json.loads(self.out)


def typed(*words: str | Path, columns: int = 200) -> Said:
    """Run a command in this process, in a window so many columns wide."""
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": str(columns)})
    if isinstance(result.exception, HotleadError | ScoringError):
        return Said(1, result.output, str(result.exception))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.output)


async def typed_beside(*words: str | Path) -> Said:
    """Run a command in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        *(str(word) for word in words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"COLUMNS": "200", "PATH": "/usr/bin:/bin"},
    )
    out, error = await process.communicate()
    return Said(process.returncode or 0, out.decode(), error.decode())


def configuration(folder: Path, data: Path) -> Path:
    """A hotlead.toml for a data folder."""
    path = folder / "hotlead.toml"
    path.write_text(
        f'[service]\ndata = "{data}"\n[alerts]\nchannel = "C0SALES"\nfallback_channel = "C0SALES"\n'
        'admin_channel = "C0ADMIN"\n'
    )
    return path


def a_past(data: Path, model: str, *days: Sequence[Mapping[str, Any]]) -> None:
    """A store in which these events came in, one group of them a day."""

    async def live() -> None:
        clock = SetClock()
        async with rig(data, clock=clock, model=model) as it:
            for events in days:
                await it.send(*events)
                clock.pass_(86_400_000_000)

    asyncio.run(live())
