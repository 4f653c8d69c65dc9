"""A command's end: asks the service that owns a data folder."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.control.protocol import LONGEST, NotRunning, Progress, RefusedByService, Told, line, socket_of


async def call(folder: Path, name: str, values: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
    """Let the service do something. Raises NotRunning when none listens, RefusedByService when it could not."""
    path = socket_of(folder)
    try:
        address = path.readlink() if path.is_symlink() else path
        reader, writer = await asyncio.open_unix_connection(address, limit=LONGEST)
    except OSError:
        raise NotRunning(f"No service listens in {folder}.") from None
    try:
        writer.write(line(**{"do": name, "with": values}))
        await writer.drain()
        return await _result(reader, told)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _result(reader: asyncio.StreamReader, told: Told) -> Mapping[str, Any]:
    try:
        while said := await reader.readline():
            answer = json.loads(said)
            if "result" in answer:
                result: Mapping[str, Any] = answer["result"]
                return result
            if "error" in answer:
                raise RefusedByService(answer["error"])
            told(Progress(**answer["progress"]))
    except ConnectionError:
        pass
    raise RefusedByService("The service ended before it answered. Look at its log, and ask again when it runs.")
