"""The body of a request: bounded in size, in time, and in what all requests together may hold in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from aiohttp import web

from bot.errors import Overloaded

Answer = TypeVar("Answer")

_BODY_SECONDS: Final = 5.0
_SMALL: Final = 65_536
"""Bodies that say they are not larger are read without more ado."""
_HELD_AT_MOST: Final = 134_217_728
"""Bytes of larger bodies in memory at once: with more, senders are asked to come again."""


class Bodies:
    """Reads bodies. What they hold together is counted while the requests are answered."""

    def __init__(self, most: int, *, held_at_most: int = _HELD_AT_MOST, seconds: float = _BODY_SECONDS) -> None:
        self._most = most
        self._held_at_most = held_at_most
        self._seconds = seconds
        self._held = 0

    async def give(self, request: web.Request, to: Callable[[web.Request, bytes], Awaitable[Answer]]) -> Answer:
        """Hand the raw bytes on, as they were signed. Raises HTTPRequestEntityTooLarge, TimeoutError, Overloaded."""
        stated = request.content_length
        if stated is not None and stated > self._most:
            raise web.HTTPRequestEntityTooLarge(self._most, stated)
        if stated is not None and stated <= _SMALL:
            return await to(request, await self._small(request))
        parts: list[bytes] = []
        held = 0
        try:
            async with asyncio.timeout(self._seconds):
                async for part in request.content.iter_any():
                    parts.append(part)
                    held += len(part)
                    self._held += len(part)
                    self._look(held)
            return await to(request, b"".join(parts))
        finally:
            self._held -= held

    async def _small(self, request: web.Request) -> bytes:
        """Most bodies come with their head, and need nobody to watch the clock."""
        if request.content.is_eof():
            return await request.read()
        async with asyncio.timeout(self._seconds):
            return await request.read()

    def _look(self, held: int) -> None:
        if held > self._most:
            raise web.HTTPRequestEntityTooLarge(self._most, held)
        if self._held > self._held_at_most:
            raise Overloaded("Too many large bodies at once. Send it again in a few seconds.")
