"""What the app receives when a person acts. docs.slack.dev/interactivity"""

from typing import Any

from bot.standin.values import Message, Obj, Shortcut, View
from bot.standin.workspace import Workspace


def _base(workspace: Workspace, kind: str, user_id: str) -> Obj:
    user = workspace.users[user_id]
    team = {"id": workspace.team_id, "domain": workspace.team_domain}
    who = {"id": user.id, "username": user.name, "name": user.name}
    return {
        "type": kind,
        "team": team,
        "user": who | {"team_id": "TSTRANGERS" if user.is_stranger else workspace.team_id},
        "api_app_id": workspace.app_id,
        "token": "verification-token-is-not-used",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(workspace: Workspace, channel_id: str) -> Obj:
    channel = workspace.channels[channel_id]
    names = {"im": "directmessage", "groups": "privategroup"}
    return {"id": channel_id, "name": names.get(channel.kind, channel.name)}


def view_json(workspace: Workspace, view: View) -> Obj:
    """A view as payloads carry it."""
    return view.to_json(workspace.team_id, workspace.app_id, workspace.bot_id)


def slash_command(workspace: Workspace, user_id: str, channel_id: str, command: str, text: str, response: str) -> Obj:
    """A slash command, as form fields."""
    user, channel = workspace.users[user_id], _channel(workspace, channel_id)
    return {
        "token": "verification-token-is-not-used",
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel_id,
        "channel_name": channel["name"],
        "user_id": user_id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": response,
        "trigger_id": workspace.tickets.trigger(user_id),
    }


def message_action(workspace: Workspace, user_id: str, message: Message, action: Obj, state: Any, response: str) -> Obj:
    """Somebody used a button or menu in a message."""
    body = _base(workspace, "block_actions", user_id)
    container: Obj = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    container["is_ephemeral"] = bool(message.ephemeral_to)
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body |= {"container": container, "channel": _channel(workspace, message.channel)}
    if not message.ephemeral_to:
        body["message"] = message.to_json()
    body |= {"state": {"values": state}, "response_url": response, "actions": [action]}
    return body | {"trigger_id": workspace.tickets.trigger(user_id)}


def view_action(workspace: Workspace, user_id: str, view: View, action: Obj) -> Obj:
    """Somebody used a button or menu in a modal or on their Home tab."""
    body = _base(workspace, "block_actions", user_id)
    shown = view_json(workspace, view)
    body |= {"container": {"type": "view", "view_id": view.id}, "view": shown, "state": shown["state"]}
    modal = view.id if view.content["type"] == "modal" else ""
    return body | {"actions": [action], "trigger_id": workspace.tickets.trigger(user_id, modal)}


def view_submission(workspace: Workspace, view: View) -> Obj:
    """Somebody pressed a modal's submit button."""
    body = _base(workspace, "view_submission", view.user) | {"view": view_json(workspace, view), "response_urls": []}
    return body | {"trigger_id": workspace.tickets.trigger(view.user, view.id)}


def view_closed(workspace: Workspace, view: View, *, cleared: bool) -> Obj:
    """Somebody closed a modal that asked to hear of it."""
    return _base(workspace, "view_closed", view.user) | {"view": view_json(workspace, view), "is_cleared": cleared}


def suggestion(workspace: Workspace, user_id: str, place: Message | View, block: Obj, element: Obj, typed: str) -> Obj:
    """Somebody typed into an external_select."""
    body = _base(workspace, "block_suggestion", user_id)
    body |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
    if isinstance(place, View):
        return body | {"container": {"type": "view", "view_id": place.id}, "view": view_json(workspace, place)}
    container: Obj = {"type": "message", "message_ts": place.ts, "channel_id": place.channel}
    container["is_ephemeral"] = bool(place.ephemeral_to)
    return body | {"container": container, "channel": _channel(workspace, place.channel), "message": place.to_json()}


def shortcut(workspace: Workspace, user_id: str, wanted: Shortcut, message: Message | None, response: str) -> Obj:
    """Somebody used a shortcut, on a message or anywhere."""
    trigger, at = workspace.tickets.trigger(user_id), workspace.ids.ts()
    if message is None:
        body = _base(workspace, "shortcut", user_id)
        return body | {"callback_id": wanted.callback_id, "trigger_id": trigger, "action_ts": at}
    body = _base(workspace, "message_action", user_id) | {"callback_id": wanted.callback_id, "trigger_id": trigger}
    body |= {"action_ts": at, "message_ts": message.ts, "message": message.to_json(), "response_url": response}
    return body | {"channel": _channel(workspace, message.channel)}
