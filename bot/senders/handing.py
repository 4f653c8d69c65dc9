"""Hands a file to one person in their direct messages: everything about a lead, for an admin who asked for it.

Three calls (docs.slack.dev/messaging/working-with-files); only the last shows it to anybody. Its name is unique, so
that an attempt of which nobody knows whether it arrived is found by it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import aiohttp

from bot.language import tr
from bot.senders.base import Later, Owed, Refused, Result, Sent
from bot.senders.calling import GONE, Calls, Failed
from bot.slack.calls import TIMEOUT

Export: TypeAlias = Callable[[int], Awaitable[Mapping[str, Any]]]
"""Everything about a lead, by its number; a HotleadError where there is none any more."""
KIND: Final = "export"
_NOT_TAKEN: Final = "Slack did not take the file; it is tried again."


def name_of(owed: Owed) -> str:
    """The file's name, of no other."""
    return f"L-{owed.payload.get('lead')}-{owed.id}.json"


def is_of(message: Mapping[str, Any], owed: Owed) -> str | None:
    """The id of the file in a message, where it is this one."""
    for file in message.get("files") or ():
        if isinstance(file, Mapping) and file.get("name") == name_of(owed):
            return str(file.get("id"))
    return None


def without_permission(lead: object) -> str:
    """What is said where the app may not hand over files."""
    key = f"L-{lead}"
    return tr(
        "Slack gives hotlead no permission to hand over files (`files:write`), so {lead} cannot come here. On the "
        "server, `{command}` writes it.",
        lead=key,
        command=f"hotlead leads export {key} --out {key}.json",
    )


async def hand_over(owed: Owed, document: Mapping[str, Any], calls: Calls) -> Result:
    """Upload and share. Raises Failed, and aiohttp.ClientError of the upload."""
    data = (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
    place = await calls.call("files.getUploadURLExternal", filename=name_of(owed), length=len(data))
    if not await _uploaded(str(place["upload_url"]), data):
        return Later(15.0, _NOT_TAKEN, "row")
    channel = await calls.direct_channel(owed.lane)
    file_id = str(place["file_id"])
    await calls.call(
        "files.completeUploadExternal",
        files=[{"id": file_id, "title": f"L-{owed.payload.get('lead')}"}],
        channel_id=channel,
        initial_comment=tr("Everything that is held about {lead}.", lead=f"L-{owed.payload.get('lead')}"),
    )
    return Sent(channel, "", file_id)


async def messages_with(file_id: str, calls: Calls) -> list[tuple[str, str]]:
    """(channel, ts) of each message that shows a file; none where it is gone, or the app may not look. Raises Failed.

    `shares` of a file: docs.slack.dev/reference/objects/file-object
    """
    try:
        answer = await calls.call("files.info", file=file_id)
    except Failed as failed:
        if is_missing_permission(failed.result) or (isinstance(failed.result, Refused) and failed.result.code in GONE):
            return []
        raise
    shares = (answer.get("file") or {}).get("shares") or {}
    return [
        (str(channel), str(message["ts"]))
        for by_channel in shares.values()
        for channel, messages in by_channel.items()
        for message in messages
    ]


async def _uploaded(url: str, data: bytes) -> bool:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as http, http.post(url, data=data) as answer:
        return answer.status == 200


def is_missing_permission(result: object) -> bool:
    """Whether Slack says that the app may not hand over files: no reason to stop everything else."""
    return isinstance(result, Refused) and result.code == "missing_scope"
