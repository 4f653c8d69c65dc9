"""The service's end: listens for commands while the service runs, for whoever owns the data folder."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from bot.control.protocol import LONGEST, Operation, Progress, line, progress_line, socket_of
from bot.errors import HotleadError, StoreUnusable
from scoring.errors import ScoringError

log = structlog.get_logger(__name__)

_LONGEST_ADDRESS: Final = 100
"""A Unix socket's address has 104 bytes on some systems, 108 on others."""
_PATIENCE: Final = 5.0
"""Seconds in which a client must have asked."""


class ControlServer:
    """Listens at `control.sock`, which only its owner may open.

    Where the folder's path is too long for an address, the socket lies in a temporary folder and `control.sock` is a
    link to it.
    """

    def __init__(self, folder: Path, operations: Mapping[str, Operation]) -> None:
        self._path = socket_of(folder)
        self._operations = operations
        self._server: asyncio.Server | None = None
        self._elsewhere: Path | None = None
        self._asked: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. The folder's lock is held, so a socket that is there was left behind."""
        self._path.unlink(missing_ok=True)
        address = self._address()
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._connected, address, limit=LONGEST)
        except OSError as trouble:
            raise StoreUnusable(f"The socket {address} cannot be made: {trouble}") from trouble
        finally:
            os.umask(before)
        if self._elsewhere is not None:
            self._path.symlink_to(address)

    def _address(self) -> Path:
        if len(os.fsencode(self._path)) <= _LONGEST_ADDRESS:
            return self._path
        self._elsewhere = Path(tempfile.mkdtemp(prefix="hotlead-"))
        return self._elsewhere / self._path.name

    async def stop(self) -> None:
        """Listen no more; who still waits for an answer is let go."""
        if self._server is not None:
            self._server.close()
        for task in self._asked:
            task.cancel()
        await asyncio.gather(*self._asked, return_exceptions=True)
        self._path.unlink(missing_ok=True)
        if self._elsewhere is not None:
            shutil.rmtree(self._elsewhere, ignore_errors=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError):
            log.info("control_client_left")  # it went away, or said nothing that can be read
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_PATIENCE):
            asked = json.loads(await reader.readuntil(b"\n"))
        if not isinstance(asked, dict):
            raise ValueError("no request")  # noqa: TRY004 -- read like any other nonsense
        name, values = str(asked.get("do")), asked.get("with") or {}
        operation = self._operations.get(name)
        if operation is None:
            writer.write(line(error=f"This service does not know {name!r}; it may be of another version."))
        else:
            writer.write(await _done(name, operation, values, writer))
        await writer.drain()


async def _done(name: str, operation: Operation, values: Mapping[str, Any], writer: asyncio.StreamWriter) -> bytes:
    def told(progress: Progress) -> None:
        # A client that does not read must not slow the service down, nor fill its memory.
        if not writer.is_closing() and writer.transport.get_write_buffer_size() == 0:
            writer.write(progress_line(progress))

    try:
        return line(result=await operation(values, told))
    except (HotleadError, ScoringError) as trouble:
        return line(error=str(trouble))
    except Exception as trouble:
        log.exception("control_failed", operation=name)
        return line(error=f"The service failed ({type(trouble).__name__}); its log says more.")
