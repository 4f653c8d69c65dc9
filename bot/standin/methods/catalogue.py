"""The table of Web API methods that the stand-in knows; a call of any other answers `unknown_method`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.standin.methods import basics, chat, conversations, files, people, views
from bot.standin.methods.arguments import Args
from bot.standin.values import Obj
from bot.standin.workspace import Workspace

Run = Callable[[Workspace, Args], Obj]


@dataclass(frozen=True)
class Method:
    """What runs, its rate tier, one scope it needs, its arguments, and whose token calls it (bot, app or none)."""

    run: Run
    tier: str
    scope: str = ""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    caller: str = "bot"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _m(run: Run, tier: str, scope: str = "", required: str = "", optional: str = "", caller: str = "bot") -> Method:
    return Method(run, tier, scope, _words(required), _words(optional), caller)


POST = "text blocks thread_ts metadata reply_broadcast unfurl_links unfurl_media mrkdwn parse link_names"
HISTORY = "cursor include_all_metadata inclusive latest limit oldest"

# Tiers, scopes and arguments as on docs.slack.dev/reference/methods; arguments that no product of ours sends are left
# out, so that a call with one of them is refused. Scopes that depend on the channel are checked where the channel is.
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "api.test": _m(basics.api_test, "t4", optional="error foo", caller="none"),
        "apps.connections.open": _m(basics.connections_open, "t3", "connections:write", caller="app"),
        "auth.test": _m(basics.auth_test, "t5"),
        "blocks.validate": _m(basics.blocks_validate, "t4", optional="blocks message view"),
        "bots.info": _m(people.bots_info, "t3", "users:read", "bot"),
        "chat.delete": _m(chat.delete, "t3", "chat:write", "channel ts"),
        "chat.getPermalink": _m(chat.get_permalink, "t5", "", "channel message_ts"),
        "chat.postEphemeral": _m(
            chat.post_ephemeral, "t4", "chat:write", "channel user", "text blocks thread_ts parse link_names"
        ),
        "chat.postMessage": _m(chat.post_message, "post", "chat:write", "channel", POST),
        "chat.update": _m(chat.update, "t3", "chat:write", "channel ts", "text blocks metadata parse link_names"),
        "conversations.history": _m(conversations.history, "t3", "", "channel", HISTORY),
        "conversations.info": _m(conversations.info, "t3", "", "channel", "include_locale include_num_members"),
        "conversations.join": _m(conversations.join, "t3", "channels:join", "channel"),
        "conversations.list": _m(conversations.list_, "t2", "", "", "cursor exclude_archived limit types"),
        "conversations.members": _m(conversations.members, "t4", "", "channel", "cursor limit"),
        "conversations.open": _m(conversations.open_, "t3", "im:write", "", "channel users return_im prevent_creation"),
        "conversations.replies": _m(conversations.replies, "t3", "", "channel ts", HISTORY),
        "files.completeUploadExternal": _m(
            files.complete_upload, "t4", "files:write", "files", "channel_id initial_comment"
        ),
        "files.delete": _m(files.delete, "t3", "files:write", "file"),
        "files.getUploadURLExternal": _m(
            files.get_upload_url, "t4", "files:write", "length filename", "alt_txt snippet_type"
        ),
        "files.info": _m(files.info, "t4", "files:read", "file", "count page cursor limit"),
        "reactions.add": _m(people.reactions_add, "t3", "reactions:write", "channel name timestamp"),
        "team.info": _m(people.team_info, "t3", "team:read", "", "team domain"),
        "usergroups.list": _m(
            people.usergroups_list,
            "t2",
            "usergroups:read",
            "",
            "include_count include_disabled include_users",
        ),
        "usergroups.users.list": _m(
            people.usergroups_users_list, "t2", "usergroups:read", "usergroup", "include_disabled"
        ),
        "users.info": _m(people.info, "t4", "users:read", "user", "include_locale"),
        "users.list": _m(people.list_, "t2", "users:read", "", "cursor include_locale limit"),
        "users.lookupByEmail": _m(people.lookup_by_email, "t3", "users:read.email", "email"),
        "views.open": _m(views.open_, "t4", "", "view trigger_id"),
        "views.publish": _m(views.publish, "t4", "", "user_id view", "hash"),
        "views.push": _m(views.push, "t4", "", "view trigger_id"),
        "views.update": _m(views.update, "t4", "", "view", "view_id external_id hash"),
    }
)
