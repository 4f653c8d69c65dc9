"""views.*: modals and the Home tab."""

import json
from typing import Any

from bot.standin.blockkit import check_view
from bot.standin.errors import Refused
from bot.standin.methods.arguments import Args
from bot.standin.methods.chat import ready_files
from bot.standin.values import Obj, View
from bot.standin.workspace import Workspace

VIEW_BYTES = 250 * 1024


def open_(workspace: Workspace, args: Args) -> Obj:
    """A modal for whoever acted a moment ago."""
    content = checked(workspace, args["view"], "modal")
    trigger = workspace.tickets.use_trigger(args["trigger_id"])
    return _shown(workspace, workspace.views.open(trigger.user, content))


def push(workspace: Workspace, args: Args) -> Obj:
    """A modal on top of the one that was acted in."""
    content = checked(workspace, args["view"], "modal")
    trigger = workspace.tickets.use_trigger(args["trigger_id"])
    if not trigger.view_id:
        raise Refused("invalid_trigger_id")
    return _shown(workspace, workspace.views.push(trigger.user, content))


def update(workspace: Workspace, args: Args) -> Obj:
    """New content for an open view."""
    views = workspace.views
    if args.get("view_id"):
        view = views.find(args["view_id"])
    elif args.get("external_id"):
        view = views.by_external_id(args["external_id"])
    else:
        raise Refused("invalid_arguments", "[ERROR] missing required field: view_id")
    if view is None:
        raise Refused("not_found")
    content = checked(workspace, args["view"], view.content["type"])
    return _shown(workspace, views.update(view, content, args.get("hash", "")))


def publish(workspace: Workspace, args: Args) -> Obj:
    """The Home tab of a person."""
    content = checked(workspace, args["view"], "home")
    if workspace.user(args["user_id"]).deleted:
        raise Refused("user_not_found")
    return _shown(workspace, workspace.views.publish(args["user_id"], content, args.get("hash", "")))


def checked(workspace: Workspace, content: Any, kind: str) -> Obj:
    """A view that Slack would accept as `kind`."""
    if len(json.dumps(content, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise Refused("view_too_large")
    problems = check_view(content, kind, ready_files(workspace))
    if problems:
        raise Refused("invalid_arguments", *problems)
    return dict(content)


def _shown(workspace: Workspace, view: View) -> Obj:
    return {"view": view.to_json(workspace.team_id, workspace.app_id, workspace.bot_id)}
