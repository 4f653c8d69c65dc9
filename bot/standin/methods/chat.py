"""chat.*: what the bot says, changes and takes back."""

import json
from typing import Any

from bot.standin.blockkit import check_message
from bot.standin.errors import Refused
from bot.standin.methods.arguments import Args
from bot.standin.values import Channel, Message, Obj
from bot.standin.workspace import Workspace

TEXT_LIMIT = 4000
METADATA_BYTES = 8192


def post_message(workspace: Workspace, args: Args) -> Obj:
    """A new message in a channel, thread or direct message."""
    channel = writable(workspace, args["channel"])
    content = content_of(workspace, args)
    metadata = metadata_of(args)
    thread_ts = _thread(workspace, channel, args)
    wait = workspace.limits.channel(channel.id)
    if wait:
        raise Refused("ratelimited", retry_after=wait)
    message = workspace.messages.post(
        channel.id,
        workspace.bot_user,
        *content,
        thread_ts=thread_ts,
        metadata=metadata,
        broadcast=bool(thread_ts and args.get("reply_broadcast")),
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
    )
    shown = message.to_json(metadata=True) | {"team": workspace.team_id}
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def update(workspace: Workspace, args: Args) -> Obj:
    """Change one of the bot's own messages."""
    channel, message = _own(workspace, args, "cant_update_message")
    text, blocks = args.get("text"), args.get("blocks")
    if text is None and blocks is None:
        raise Refused("no_text")
    text_or_kept = message.text if text is None else text
    check_content(workspace, text_or_kept, list(message.blocks) if blocks is None else blocks)
    new = workspace.messages.edit(message, text, blocks, metadata_of(args))
    return {"channel": channel.id, "ts": new.ts, "text": new.text, "message": new.to_json(metadata=True)}


def delete(workspace: Workspace, args: Args) -> Obj:
    """Delete one of the bot's own messages."""
    channel, message = _own(workspace, args, "cant_delete_message")
    workspace.messages.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(workspace: Workspace, args: Args) -> Obj:
    """A message that one member of a channel sees."""
    channel = workspace.channel(args["channel"])
    if channel.is_archived:
        raise Refused("is_archived")
    if workspace.bot_user not in channel.members:
        raise Refused("not_in_channel")
    if args["user"] not in channel.members or workspace.users[args["user"]].deleted:
        raise Refused("user_not_in_channel")
    content = content_of(workspace, args)
    message = workspace.messages.post(
        channel.id,
        workspace.bot_user,
        *content,
        thread_ts=_thread(workspace, channel, args),
        ephemeral_to=args["user"],
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
    )
    return {"message_ts": message.ts}


def get_permalink(workspace: Workspace, args: Args) -> Obj:
    """The address of a message."""
    channel = workspace.channel(args["channel"])
    message = workspace.messages.get(channel.id, args["message_ts"])
    link = f"https://{workspace.team_domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def writable(workspace: Workspace, channel_id: str) -> Channel:
    """The channel that the bot may post to; a person's id means their direct messages."""
    if channel_id in workspace.users:
        if workspace.users[channel_id].deleted or channel_id == workspace.bot_user:
            raise Refused("channel_not_found")
        return workspace.dm(channel_id)
    channel = workspace.channel(channel_id)
    if channel.is_archived or (channel.im_user and workspace.users[channel.im_user].deleted):
        raise Refused("is_archived")
    if workspace.bot_user not in channel.members and "chat:write.public" not in workspace.scopes:
        raise Refused("not_in_channel")
    return channel


def content_of(workspace: Workspace, args: Args) -> tuple[str, list[Obj]]:
    """Text and blocks of a new message, checked."""
    text, blocks = args.get("text", ""), args.get("blocks", [])
    check_content(workspace, text, blocks)
    return text, blocks


def check_content(workspace: Workspace, text: str, blocks: Any) -> None:
    """Refuse what Slack would not show."""
    if not text.strip() and not blocks:
        raise Refused("no_text")
    if len(text) > TEXT_LIMIT:
        raise Refused("msg_too_long")
    if blocks != []:
        problems = check_message(blocks, ready_files(workspace))
        if problems:
            raise Refused("invalid_blocks", *problems)


def ready_files(workspace: Workspace) -> frozenset[str]:
    """The ids and addresses of files that a block may show now."""
    ready = [f.id for f in workspace.files.values() if f.ready(workspace.now())]
    return frozenset([*ready, *(file_url(workspace, file_id) for file_id in ready)])


def file_url(workspace: Workspace, file_id: str) -> str:
    """The private address of a file."""
    return f"https://files.slack.com/files-pri/{workspace.team_id}-{file_id}/picture"


def metadata_of(args: Args) -> Obj | None:
    """The metadata argument, checked; None when it was not sent."""
    metadata = args.get("metadata")
    if metadata in (None, {}):
        return metadata
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    return metadata


def _thread(workspace: Workspace, channel: Channel, args: Args) -> str:
    thread_ts = str(args.get("thread_ts", ""))
    if not thread_ts:
        return ""
    parent = workspace.messages.find(channel.id, thread_ts)
    if parent is None:
        raise Refused("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _own(workspace: Workspace, args: Args, code: str) -> tuple[Channel, Message]:
    channel = workspace.channel(args["channel"])
    message = workspace.messages.get(channel.id, args["ts"])
    if message.bot_id != workspace.bot_id:
        raise Refused(code)
    if channel.is_archived:
        raise Refused(code)
    return channel, message
