"""Answers of the app to an act: the body of an acknowledged command, and what it sends to a response_url."""

from collections.abc import Mapping
from typing import Any

from bot.standin.errors import Refused
from bot.standin.methods.chat import check_content, metadata_of
from bot.standin.tickets import ResponseUrl
from bot.standin.values import Message, Obj
from bot.standin.workspace import Workspace

KNOWN = frozenset(
    """text blocks response_type replace_original delete_original thread_ts unfurl_links unfurl_media metadata
    mrkdwn""".split()
)
GONE = frozenset({"invalid_url", "expired_url", "used_url"})


def respond(workspace: Workspace, key: str, body: Any) -> tuple[int, Obj]:
    """Take what was posted to a response URL: (HTTP status, answer)."""
    try:
        show(workspace, workspace.tickets.use_response_url(key), body)
    except Refused as refused:
        return (404 if refused.code in GONE else 400), refused.answer()
    return 200, {"ok": True}


def show(workspace: Workspace, about: ResponseUrl, body: Any) -> None:
    """Show an answer: replace or delete the message it is about, or post a new one, ephemeral unless said otherwise."""
    if not isinstance(body, dict):
        raise Refused("invalid_payload")
    unknown = sorted(set(body) - KNOWN)
    if unknown:
        raise Refused("invalid_payload", *(f"[ERROR] invalid additional property: {name}" for name in unknown))
    if body.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise Refused("invalid_payload", "[ERROR] must be one of: ephemeral, in_channel [json-pointer:/response_type]")
    original = _original(workspace, about)
    if body.get("delete_original"):
        workspace.messages.delete(_there(original))
        return
    text, blocks = body.get("text") or "", body.get("blocks") or []
    if not isinstance(text, str):
        raise Refused("invalid_payload", "[ERROR] must be a string [json-pointer:/text]")
    check_content(workspace, text, blocks)
    if body.get("replace_original") and about.ts:
        workspace.messages.edit(_there(original), text, blocks, metadata_of(body))
    else:
        _post(workspace, about, text, blocks, body)


def _original(workspace: Workspace, about: ResponseUrl) -> Message | None:
    if not about.ts:
        return None
    return workspace.messages.ephemeral(about.user, about.ts) or workspace.messages.find(about.channel, about.ts)


def _there(original: Message | None) -> Message:
    if original is None:
        raise Refused("message_not_found")
    return original


def _post(workspace: Workspace, about: ResponseUrl, text: str, blocks: list[Obj], body: Mapping[str, Any]) -> None:
    ephemeral = body.get("response_type", "ephemeral") == "ephemeral"
    workspace.messages.post(
        about.channel,
        workspace.bot_user,
        text,
        blocks,
        thread_ts=body.get("thread_ts") or about.thread_ts,
        metadata=metadata_of(body),
        ephemeral_to=about.user if ephemeral else "",
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
    )
