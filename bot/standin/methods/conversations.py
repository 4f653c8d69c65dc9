"""conversations.*: channels, their members and their messages."""

from collections.abc import Iterable

from bot.standin.errors import Refused
from bot.standin.ids import parse_ts
from bot.standin.methods.arguments import Args
from bot.standin.methods.paging import page, with_cursor
from bot.standin.values import Channel, Message, Obj
from bot.standin.workspace import Workspace

TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def open_(workspace: Workspace, args: Args) -> Obj:
    """The direct messages with one person."""
    users = [u for u in str(args.get("users", "")).split(",") if u]
    if args.get("channel"):
        return {"channel": workspace.channel(args["channel"]).to_json(workspace.bot_user)}
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("method_not_supported_for_channel_type", "[ERROR] the stand-in knows no group messages")
    if workspace.user(users[0]).deleted:
        raise Refused("user_disabled")
    known = any(c.im_user == users[0] for c in workspace.channels.values())
    channel = workspace.dm(users[0])
    shown = channel.to_json(workspace.bot_user) if args.get("return_im") else {"id": channel.id}
    return {"no_op": known, "already_open": known, "channel": shown}


def info(workspace: Workspace, args: Args) -> Obj:
    """One channel."""
    channel = _readable(workspace, args["channel"], "read")
    shown = channel.to_json(workspace.bot_user)
    if not args.get("include_num_members"):
        shown.pop("num_members", None)
    if args.get("include_locale"):
        shown["locale"] = "en-GB"
    return {"channel": shown}


def list_(workspace: Workspace, args: Args) -> Obj:
    """Channels of the wanted types."""
    types = str(args.get("types", "public_channel")).split(",")
    if not set(types) <= set(TYPES):
        raise Refused("invalid_types")
    kinds = {TYPES[t] for t in types}
    for kind in sorted(kinds):
        need(workspace, f"{kind}:read")
    visible = [c for c in workspace.channels.values() if c.kind in kinds and _visible(workspace, c)]
    if args.get("exclude_archived"):
        visible = [c for c in visible if not c.is_archived]
    items, cursor = page(visible, args)
    return with_cursor({"channels": [c.to_json(workspace.bot_user) for c in items]}, cursor)


def join(workspace: Workspace, args: Args) -> Obj:
    """The bot joins a public channel."""
    channel = workspace.channel(args["channel"])
    if channel.kind != "channels":
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    already = workspace.bot_user in channel.members
    if not already:
        workspace.join(channel.id, workspace.bot_user)
    body: Obj = {"channel": workspace.channel(channel.id).to_json(workspace.bot_user)}
    return body | {"warning": "already_in_channel"} if already else body


def members(workspace: Workspace, args: Args) -> Obj:
    """Who is in a channel."""
    channel = _readable(workspace, args["channel"], "read")
    items, cursor = page(sorted(channel.members), args)
    return with_cursor({"members": items}, cursor)


def history(workspace: Workspace, args: Args) -> Obj:
    """A channel's messages, newest first."""
    channel = _member(workspace, args["channel"])
    found = list(_between(workspace.messages.history(channel.id), args))
    return _listed(found, args) | {"pin_count": 0}


def replies(workspace: Workspace, args: Args) -> Obj:
    """A thread, oldest first."""
    channel = _member(workspace, args["channel"])
    thread = workspace.messages.thread(channel.id, args["ts"])
    if not thread:
        raise Refused("thread_not_found")
    parent, *rest = thread
    return _listed([parent, *_between(rest, args)], args)


def need(workspace: Workspace, scope: str) -> None:
    """Refuse the call when the bot's token lacks a scope that depends on the channel."""
    if scope not in workspace.scopes:
        provided = ",".join(sorted(workspace.scopes))
        raise Refused("missing_scope", needed=scope, provided=provided)


def _readable(workspace: Workspace, channel_id: str, right: str) -> Channel:
    channel = workspace.channel(channel_id)
    need(workspace, f"{channel.kind}:{right}")
    return channel


def _member(workspace: Workspace, channel_id: str) -> Channel:
    channel = _readable(workspace, channel_id, "history")
    if workspace.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _visible(workspace: Workspace, channel: Channel) -> bool:
    return not channel.deleted and (channel.kind == "channels" or workspace.bot_user in channel.members)


def _moment(args: Args, name: str, usual: int) -> int:
    try:
        return parse_ts(args[name]) if args.get(name) else usual
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _between(messages: Iterable[Message], args: Args) -> Iterable[Message]:
    oldest, latest = _moment(args, "oldest", -1), _moment(args, "latest", 1 << 62)
    edge = bool(args.get("inclusive"))
    for message in messages:
        at = parse_ts(message.ts)
        if oldest < at < latest or (edge and at in (oldest, latest)):
            yield message


def _listed(found: list[Message], args: Args) -> Obj:
    items, cursor = page(found, args)
    shown = [m.to_json(metadata=bool(args.get("include_all_metadata"))) for m in items]
    body: Obj = {"messages": shown, "has_more": bool(cursor)}
    return with_cursor(body, cursor) if cursor else body
