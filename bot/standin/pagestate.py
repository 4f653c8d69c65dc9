"""What one person sees, as JSON for the page: everything at first, then patches."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.standin.payloads import view_json
from bot.standin.values import Channel, File, Message, Obj, View
from bot.standin.workspace import Workspace

if TYPE_CHECKING:
    from bot.standin.server import StandIn

HISTORY = 2000  # messages of a channel that a page is given when it opens
ROLES = (("is_admin", "Manager, admin"), ("is_restricted", "Guest"), ("is_stranger", "External"))


def state(standin: "StandIn", user: str) -> Obj:
    """Everything that `user` sees."""
    workspace = standin.workspace
    channels = [c for c in workspace.channels.values() if sees(workspace, user, c.id)]
    shown = [_message(m) for c in channels for m in workspace.messages.all_in(c.id)[-HISTORY:]]
    return {
        "kind": "state",
        "me": user,
        "now": workspace.now() // 1000,
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "bot": workspace.bot_user,
        "people": [_person(workspace, u) for u in workspace.users],
        "channels": [_channel(c) for c in channels],
        "messages": shown + [_message(m) for m in standin.ephemerals(user)],
        "views": _views(standin, user),
        "home": _view(workspace, standin.home(user)),
        "usergroups": {group: about["handle"] for group, about in workspace.usergroups.items()},
        "commands": [{"name": c.name, "description": c.description, "usage": c.usage} for c in standin.commands],
        "shortcuts": [{"id": s.callback_id, "name": s.name, "scope": s.scope} for s in standin.shortcuts],
    }


def patch(standin: "StandIn", user: str, kind: str, value: Any) -> Obj | None:
    """What a change means for the page of `user`; None when they do not see it."""
    make = PATCHES.get(kind)
    return make(standin, user, value) if make else None


def sees(workspace: Workspace, user: str, channel_id: str) -> bool:
    """Whether a person sees a channel."""
    channel = workspace.channels.get(channel_id)
    return channel is not None and not channel.deleted and user in channel.members


def picture(workspace: Workspace, file_id: str) -> File | None:
    """The picture with this id (or whose private address ends so), when it can be shown."""
    file = workspace.files.get(file_id.rpartition("-")[2])
    shown = file is not None and file.ready(workspace.now()) and file.mimetype.startswith("image/")
    return file if shown else None


def handed_over(workspace: Workspace, user: str, file_id: str) -> File | None:
    """A file that was handed over in a conversation which a person sees."""
    seen = (c for c in workspace.channels if sees(workspace, user, c))
    shared = any(file["id"] == file_id for c in seen for m in workspace.messages.all_in(c) for file in m.files)
    return workspace.files.get(file_id) if shared else None


def _message_patch(standin: "StandIn", user: str, message: Message) -> Obj | None:
    if message.ephemeral_to not in ("", user) or not sees(standin.workspace, user, message.channel):
        return None
    return {"kind": "message", "message": _message(message)}


def _deleted_patch(standin: "StandIn", user: str, message: Message) -> Obj | None:
    made = _message_patch(standin, user, message)
    return made and {"kind": "message_deleted", "channel": message.channel, "ts": message.ts}


def _views_patch(standin: "StandIn", user: str, whose: str) -> Obj | None:
    return {"kind": "views", "views": _views(standin, user)} if whose == user else None


def _home_patch(standin: "StandIn", user: str, view: View) -> Obj | None:
    return {"kind": "home", "home": _view(standin.workspace, view)} if view.user == user else None


def _all_again(standin: "StandIn", user: str, _: Any) -> Obj | None:
    return state(standin, user)


PATCHES: Mapping[str, Callable[["StandIn", str, Any], Obj | None]] = MappingProxyType(
    {
        "message": _message_patch,
        "message_deleted": _deleted_patch,
        "ephemeral": _message_patch,
        "ephemeral_deleted": _deleted_patch,
        "views": _views_patch,
        "home": _home_patch,
        "channels": _all_again,
        "people": _all_again,
    }
)


def _person(workspace: Workspace, user_id: str) -> Obj:
    user = workspace.users[user_id]
    role = next((word for field, word in ROLES if getattr(user, field)), "Rep")
    return {
        "id": user.id,
        "name": user.real_name,
        "title": user.title,
        "role": role,
        "bot": user.is_bot,
        "deleted": user.deleted,
        "tz": user.tz,
        "locale": user.locale,
    }


def _channel(channel: Channel) -> Obj:
    return {
        "id": channel.id,
        "name": channel.name,
        "topic": channel.topic,
        "private": channel.is_private,
        "archived": channel.is_archived,
        "shared": channel.is_ext_shared,
        "im": channel.im_user,
        "members": len(channel.members),
    }


def _message(message: Message) -> Obj:
    more = {"channel": message.channel, "edits": message.edits, "ephemeral": bool(message.ephemeral_to)}
    return message.to_json() | more | {"bot": bool(message.bot_id), "reply": message.is_reply}


def _views(standin: "StandIn", user: str) -> list[Obj | None]:
    return [_view(standin.workspace, view) for view in standin.views(user)]


def _view(workspace: Workspace, view: View | None) -> Obj | None:
    return None if view is None else view_json(workspace, view) | {"errors": dict(view.errors)}
