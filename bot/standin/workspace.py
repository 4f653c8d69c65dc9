"""One Slack workspace in memory: people, channels, the installed app, and what happens to them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.standin.errors import Refused
from bot.standin.ids import Ids
from bot.standin.limits import Limits
from bot.standin.messages import Messages
from bot.standin.tickets import Tickets
from bot.standin.values import SECOND, Channel, File, Obj, User
from bot.standin.views import Views

SCOPES = frozenset(
    """channels:history channels:join channels:read chat:write chat:write.public commands files:read files:write
    groups:history groups:read im:history im:read im:write reactions:write team:read usergroups:read users:read
    users:read.email""".split()
)
EVENTS = frozenset(
    """app_home_opened app_uninstalled tokens_revoked user_change subteam_members_changed member_left_channel
    channel_archive channel_unarchive channel_rename channel_deleted channel_shared channel_unshared channel_id_changed
    member_joined_channel group_left group_archive group_unarchive group_rename group_deleted""".split()
)


class Workspace:
    """The state that the Web API changes and the page shows. `now` gives microseconds since 1970 UTC.

    Whoever wants to follow it adds a function to `on_change` (kind, value) and `on_event` (an Events API event).
    """

    def __init__(self, *, now: Callable[[], int], seed: str = "hotlead") -> None:
        self.now = now
        self.ids = Ids(seed, now)
        self.team_id, self.team_name, self.team_domain = self.ids.new("T"), "Nordwind", "nordwind"
        self.app_id, self.bot_id, self.bot_user = self.ids.new("A"), self.ids.new("B"), self.ids.new("U")
        self.bot_token = f"xoxb-standin-{self.ids.secret(24)}"
        self.app_token = f"xapp-1-{self.app_id}-{self.ids.secret(24)}"
        self.signing_secret = self.ids.secret()
        self.scopes: set[str] = set(SCOPES)
        self.app_scopes: set[str] = {"connections:write"}
        self.subscriptions: set[str] = set(EVENTS)
        self.revoked: set[str] = set()
        self.installed = True
        self.has_paid_plan = True
        self.upload_base = self.socket_base = ""  # the server's address, once it listens
        self.socket_tickets: set[str] = set()  # given out by apps.connections.open, each good for one connection
        self.file_seconds = 2.0  # how long Slack works on an upload
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, Obj] = {}
        self.files: dict[str, File] = {}
        self.on_change: list[Callable[[str, Any], None]] = []
        self.on_event: list[Callable[[Obj], None]] = []
        self.messages = Messages(self.ids, self.changed)
        self.views = Views(self.ids, self.changed)
        self.tickets = Tickets(self.ids, now)
        self.limits = Limits(now)
        self.add_user(User(self.bot_user, "hotlead", "hotlead", is_bot=True, bot_id=self.bot_id))

    def changed(self, kind: str, value: Any) -> None:
        """Tell everybody who follows the workspace."""
        for tell in list(self.on_change):
            tell(kind, value)

    def emit(self, event_type: str, **fields: Any) -> None:
        """An event happened; the app hears of it if it subscribed."""
        if event_type in self.subscriptions:
            for tell in list(self.on_event):
                tell({"type": event_type, **fields, "event_ts": self.ids.ts()})

    # people

    def add_user(self, user: User) -> User:
        """A person joins the workspace."""
        self.users[user.id] = user
        self.changed("people", user)
        return user

    def user(self, user_id: str) -> User:
        """The person, or the refusal `user_not_found`."""
        if user_id not in self.users:
            raise Refused("user_not_found")
        return self.users[user_id]

    def change_user(self, user_id: str, **fields: Any) -> User:
        """A person is renamed, becomes a guest, an admin …: emits `user_change`."""
        new = self.add_user(replace(self.user(user_id), **fields))
        self.emit("user_change", user=self.user_json(new), cache_ts=self.now() // SECOND)
        return new

    def deactivate(self, user_id: str) -> None:
        """A person leaves the company."""
        self.change_user(user_id, deleted=True)

    def user_json(self, user: User, *, locale: bool = True) -> Obj:
        """The user object as this app may see it."""
        return user.to_json(self.team_id, self.now(), email="users:read.email" in self.scopes, locale=locale)

    def set_usergroup(self, usergroup_id: str, users: Iterable[str]) -> None:
        """Change who is in a user group: emits `subteam_members_changed`."""
        group = self.usergroups[usergroup_id]
        before, after = list(group["users"]), list(users)
        group["users"] = after
        added, removed = [u for u in after if u not in before], [u for u in before if u not in after]
        self.emit(
            "subteam_members_changed",
            subteam_id=usergroup_id,
            team_id=self.team_id,
            added_users=added,
            added_users_count=len(added),
            removed_users=removed,
            removed_users_count=len(removed),
        )

    # channels

    def add_channel(self, channel: Channel) -> Channel:
        """Make a channel, or let this value stand for it."""
        self.channels[channel.id] = channel
        self.changed("channels", channel)
        return channel

    def channel(self, channel_id: str) -> Channel:
        """The channel, or the refusal `channel_not_found` (also for a private one without the bot)."""
        channel = self.channels.get(channel_id)
        if channel is None or channel.deleted:
            raise Refused("channel_not_found")
        if channel.is_private and self.bot_user not in channel.members:
            raise Refused("channel_not_found")
        return channel

    def channel_id(self, name: str) -> str:
        """The id of the channel with this name."""
        return next(c.id for c in self.channels.values() if c.name == name and not c.im_user and not c.deleted)

    def dm(self, user_id: str, channel_id: str = "") -> Channel:
        """The direct messages between the bot and a person, opened (under a given id) when they were not."""
        for channel in self.channels.values():
            if channel.im_user == user_id:
                return channel
        members = frozenset({user_id, self.bot_user})
        made = Channel(channel_id or self.ids.new("D"), "", members, im_user=user_id, created=self.now() // SECOND)
        return self.add_channel(made)

    def change_channel(self, channel_id: str, event: str, /, **fields: Any) -> None:
        """Change fields of a channel and emit `channel_{event}`, or `group_{event}` when it is private."""
        channel = self.add_channel(replace(self.channels[channel_id], **fields))
        if self.bot_user in channel.members:
            shown: Any = channel_id
            if event == "rename":
                shown = {"id": channel.id, "name": channel.name, "created": channel.created}
            kind = "group" if channel.is_private else "channel"
            self.emit(f"{kind}_{event}", channel=shown, user=self._somebody())

    def archive(self, channel_id: str) -> None:
        """Archive a channel."""
        self.change_channel(channel_id, "archive", is_archived=True)

    def unarchive(self, channel_id: str) -> None:
        """Bring an archived channel back."""
        self.change_channel(channel_id, "unarchive", is_archived=False)

    def rename(self, channel_id: str, name: str) -> None:
        """Rename a channel."""
        self.change_channel(channel_id, "rename", name=name)

    def delete_channel(self, channel_id: str) -> None:
        """Delete a channel for good."""
        self.change_channel(channel_id, "deleted", deleted=True)

    def share(self, channel_id: str) -> None:
        """Share a channel with another company."""
        self.change_channel(channel_id, "shared", is_ext_shared=True)

    def change_channel_id(self, channel_id: str) -> str:
        """Slack gives a channel a new id (it does so when a private channel is shared); the new one."""
        old = self.channels[channel_id]
        new = self.ids.new("C")
        self.add_channel(replace(old, deleted=True))
        self.add_channel(replace(old, id=new))
        self.messages.move(channel_id, new)
        self.emit("channel_id_changed", old_channel_id=channel_id, new_channel_id=new)
        return new

    def join(self, channel_id: str, user_id: str) -> None:
        """Somebody (or the bot) joins a channel."""
        channel = self.channels[channel_id]
        self.add_channel(replace(channel, members=channel.members | {user_id}))
        self._membership("member_joined_channel", channel, user_id)

    def leave(self, channel_id: str, user_id: str) -> None:
        """Somebody leaves a channel, or the bot is removed from it."""
        channel = self.channels[channel_id]
        self.add_channel(replace(channel, members=channel.members - {user_id}))
        self._membership("member_left_channel", channel, user_id)
        if user_id == self.bot_user:
            self.emit("group_left" if channel.is_private else "channel_left", channel=channel_id)

    def remove_bot(self, channel_id: str) -> None:
        """Somebody removes the bot from a channel."""
        self.leave(channel_id, self.bot_user)

    def _membership(self, event: str, channel: Channel, user_id: str) -> None:
        kind = "G" if channel.is_private else "C"
        self.emit(event, user=user_id, channel=channel.id, channel_type=kind, team=self.team_id)

    def _somebody(self) -> str:
        # Who did it. Never the bot: clients pass over what their own user did.
        people = [u for u in self.users.values() if not u.is_bot]
        return next((u.id for u in people if u.is_admin), people[0].id if people else "USLACKBOT")

    # the installation

    def revoke_token(self, token: str = "") -> None:
        """Revoke the bot's token (or the one given): emits `tokens_revoked`."""
        self.revoked.add(token or self.bot_token)
        self.emit("tokens_revoked", tokens={"oauth": [], "bot": [self.bot_user]})

    def restore_token(self) -> None:
        """Make revoked tokens valid again, as a new installation would."""
        self.revoked.clear()
        self.installed = True

    def uninstall(self) -> None:
        """Somebody removes the app: emits `tokens_revoked` and `app_uninstalled`."""
        self.installed = False
        self.revoke_token()
        self.emit("app_uninstalled")
