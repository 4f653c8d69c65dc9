"""api.test, auth.test, apps.connections.open, blocks.validate: whether we are who we say."""

from bot.standin.blockkit import check_message, check_view
from bot.standin.errors import Refused
from bot.standin.methods.arguments import Args
from bot.standin.methods.chat import ready_files
from bot.standin.values import Obj
from bot.standin.workspace import Workspace


def api_test(_: Workspace, args: Args) -> Obj:
    """Says back what it heard."""
    if args.get("error"):
        raise Refused(args["error"], args=dict(args))
    return {"args": dict(args)}


def auth_test(workspace: Workspace, _: Args) -> Obj:
    """Whose token this is."""
    return {
        "url": f"https://{workspace.team_domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.users[workspace.bot_user].name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(workspace: Workspace, _: Args) -> Obj:
    """Where Socket Mode connects."""
    ticket = workspace.ids.secret()
    workspace.socket_tickets.add(ticket)
    return {"url": f"{workspace.socket_base}/link/{ticket}?app_id={workspace.app_id}"}


def blocks_validate(workspace: Workspace, args: Args) -> Obj:
    """Whether blocks or a view would be accepted."""
    files = ready_files(workspace)
    if "view" in args:
        view = args["view"]
        kind = view.get("type", "modal") if isinstance(view, dict) else "modal"
        problems, code = check_view(view, kind, files), "invalid_view"
    elif "blocks" in args:
        problems, code = check_message(args["blocks"], files), "invalid_blocks"
    else:
        raise Refused("invalid_arguments")
    if problems:
        raise Refused(code, *problems)
    return {}
