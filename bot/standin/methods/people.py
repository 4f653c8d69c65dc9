"""users.*, usergroups.*, bots.info, team.info, reactions.add: who is there."""

from dataclasses import replace

from bot.standin.errors import Refused
from bot.standin.methods.arguments import Args
from bot.standin.methods.paging import page, with_cursor
from bot.standin.values import SECOND, Obj
from bot.standin.workspace import Workspace


def info(workspace: Workspace, args: Args) -> Obj:
    """One person."""
    user = workspace.user(args["user"])
    return {"user": workspace.user_json(user, locale=bool(args.get("include_locale")))}


def list_(workspace: Workspace, args: Args) -> Obj:
    """Everybody, the bot and the deactivated too."""
    items, cursor = page(list(workspace.users.values()), args)
    shown = [workspace.user_json(u, locale=bool(args.get("include_locale"))) for u in items]
    return with_cursor({"members": shown, "cache_ts": workspace.now() // SECOND}, cursor)


def lookup_by_email(workspace: Workspace, args: Args) -> Obj:
    """The person with this address; a deactivated one is not found."""
    wanted = args["email"].casefold()
    for user in workspace.users.values():
        if user.email.casefold() == wanted and not user.deleted:
            return {"user": workspace.user_json(user, locale=False)}
    raise Refused("users_not_found")


def usergroups_list(workspace: Workspace, args: Args) -> Obj:
    """All user groups."""
    _paid(workspace)
    shown = []
    for group_id, group in workspace.usergroups.items():
        body = {"id": group_id, "team_id": workspace.team_id, "is_usergroup": True} | group
        body |= {"description": "", "date_delete": 0, "user_count": len(group["users"])}
        if not args.get("include_users"):
            del body["users"]
        shown.append(body)
    return {"usergroups": shown}


def usergroups_users_list(workspace: Workspace, args: Args) -> Obj:
    """Who is in a user group."""
    _paid(workspace)
    group = workspace.usergroups.get(args["usergroup"])
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group["users"])}


def bots_info(workspace: Workspace, args: Args) -> Obj:
    """The bot behind a bot id."""
    if args.get("bot") != workspace.bot_id:
        raise Refused("bot_not_found")
    user = workspace.users[workspace.bot_user]
    bot = {"id": workspace.bot_id, "deleted": user.deleted, "name": user.name, "updated": 0}
    return {"bot": bot | {"app_id": workspace.app_id, "user_id": user.id, "icons": {}}}


def team_info(workspace: Workspace, _: Args) -> Obj:
    """The workspace."""
    team = {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.team_domain}
    url = f"https://{workspace.team_domain}.slack.com/"
    return {"team": team | {"email_domain": f"{workspace.team_domain}.example", "icon": {}, "url": url}}


def reactions_add(workspace: Workspace, args: Args) -> Obj:
    """The bot reacts to a message."""
    channel = workspace.channel(args["channel"])
    message = workspace.messages.get(channel.id, args["timestamp"])
    if channel.is_archived:
        raise Refused("is_archived")
    users = message.reactions.get(args["name"], ())
    if workspace.bot_user in users:
        raise Refused("already_reacted")
    reactions = {**message.reactions, args["name"]: (*users, workspace.bot_user)}
    workspace.messages.put(replace(message, reactions=reactions))
    return {}


def _paid(workspace: Workspace) -> None:
    if not workspace.has_paid_plan:
        raise Refused("plan_upgrade_required")
