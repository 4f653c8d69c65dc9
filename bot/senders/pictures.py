"""Pictures in messages: uploaded in three steps, and shown only once Slack says that they are ready.

A picture that is not ready after ten seconds, or that Slack does not take, is left out: the message says it all without
it. Nothing sleeps here; `ready` says how long to wait and is asked again. docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.language import tr
from bot.slack.calls import CALL_ERRORS, TIMEOUT, explain
from scoring.instants import SECOND, Duration, Instant

log = logging.getLogger(__name__)

LONGEST: Final[Duration] = 10 * SECOND
AGAIN: Final = 1.0
MOST_KEPT: Final = 100


class Pictures:
    """Uploads pictures and waits for them, by the key of the message that shows them."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._begun: dict[str, tuple[Instant, str]] = {}

    async def ready(self, key: str, made: Callable[[], bytes], alt: str) -> str | float:
        """The id of the file; seconds to wait before asking again; or "" to go without."""
        try:
            if key not in self._begun:
                self._keep(key, await self._upload(made(), alt))
            begun, file_id = self._begun[key]
            if not file_id or await self._is_ready(file_id):
                return self._done(key, file_id)
        except CALL_ERRORS as error:
            log.warning("a picture could not be shown: %s", explain(error).code)
            return self._done(key, "")
        return AGAIN if self._clock() - begun < LONGEST else self._done(key, "")

    def _keep(self, key: str, file_id: str) -> None:
        self._begun[key] = self._clock(), file_id
        while len(self._begun) > MOST_KEPT:
            self._begun.pop(next(iter(self._begun)))

    def _done(self, key: str, file_id: str) -> str:
        """Kept, because the message may have to wait and ask again."""
        self._keep(key, file_id)
        return file_id

    async def _upload(self, data: bytes, alt: str) -> str:
        place = await self._client.files_getUploadURLExternal(filename="digest.png", length=len(data), alt_txt=alt)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(str(place["upload_url"]), data=data) as answer,
        ):
            if answer.status != 200:
                log.warning("a picture was not taken: %s", answer.status)
                return ""
        file_id = str(place["file_id"])
        await self._client.files_completeUploadExternal(files=[{"id": file_id, "title": tr("What became of it")}])
        return file_id

    async def _is_ready(self, file_id: str) -> bool:
        found = (await self._client.files_info(file=file_id)).get("file") or {}
        return bool(found.get("mimetype"))
