"""The things in a workspace, as frozen values: people, channels, messages, views, files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Obj = dict[str, Any]
SECOND = 1_000_000
NOBODY_IS = dict.fromkeys(("is_owner", "is_primary_owner", "is_ultra_restricted", "is_app_user"), False)


@dataclass(frozen=True)
class User:
    """A person, or the bot itself."""

    id: str
    name: str
    real_name: str
    email: str = ""
    title: str = ""
    tz: str = "Etc/UTC"
    tz_label: str = "Coordinated Universal Time"
    locale: str = "en-GB"
    is_admin: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    bot_id: str = ""

    @property
    def first_name(self) -> str:
        """The word that people call them by."""
        return self.real_name.split()[0]

    def to_json(self, team: str, now: int, *, email: bool, locale: bool) -> Obj:
        """The user object of users.info; what the caller may not see is left out."""
        offset = datetime.fromtimestamp(now / SECOND, UTC).astimezone(ZoneInfo(self.tz)).utcoffset()
        flags = {name: getattr(self, name) for name in ("deleted", "is_admin", "is_restricted", "is_bot")}
        body: Obj = {
            "id": self.id,
            "team_id": "TSTRANGERS" if self.is_stranger else team,
            "name": self.name,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz_label,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": self._profile(team, email=email),
            "updated": now // SECOND,
            **NOBODY_IS,
            **flags,
        }
        if self.is_stranger:
            body["is_stranger"] = True
        if locale:
            body["locale"] = self.locale
        return body

    def _profile(self, team: str, *, email: bool) -> Obj:
        profile = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.first_name,
            "display_name_normalized": self.first_name,
            "title": self.title,
            "first_name": self.first_name,
            "last_name": self.real_name.partition(" ")[2],
            "team": team,
        }
        if email and self.email:
            profile["email"] = self.email
        if self.is_bot:
            profile["bot_id"] = self.bot_id
        return profile


@dataclass(frozen=True)
class Channel:
    """A channel, or a direct message between the bot and `im_user`."""

    id: str
    name: str
    members: frozenset[str] = frozenset()
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    im_user: str = ""
    topic: str = ""
    created: int = 0
    deleted: bool = False

    @property
    def kind(self) -> str:
        """The prefix of the scopes that open it: channels, groups or im."""
        if self.im_user:
            return "im"
        return "groups" if self.is_private else "channels"

    def to_json(self, viewer: str) -> Obj:
        """The conversation object as `viewer` sees it."""
        body: Obj = {"id": self.id, "created": self.created, "is_archived": self.is_archived}
        if self.im_user:
            return body | {"is_im": True, "user": self.im_user, "is_user_deleted": False, "priority": 0}
        return body | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_general": self.name == "general",
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "is_member": viewer in self.members,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }


@dataclass(frozen=True)
class Message:
    """A message as it stands now. `ephemeral_to` names the one person who sees it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Obj, ...] = ()
    thread_ts: str = ""
    metadata: Obj | None = None
    edits: int = 0
    edited_ts: str = ""
    bot_id: str = ""
    app_id: str = ""
    ephemeral_to: str = ""
    broadcast: bool = False
    deleted: bool = False
    files: tuple[Obj, ...] = ()
    """What was handed over with it: id, name and size of each."""
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """Whether it lives in a thread, not in the channel."""
        return bool(self.thread_ts) and self.thread_ts != self.ts

    def to_json(self, *, metadata: bool = False) -> Obj:
        """The message object of the Web API; metadata only when it was asked for."""
        body: Obj = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        if self.deleted:
            body |= {"subtype": "tombstone", "user": "USLACKBOT"}
        if self.bot_id:
            body |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if self.blocks:
            body["blocks"] = list(self.blocks)
        if self.files:
            body |= {"files": list(self.files), "upload": True}
        if self.thread_ts:
            body["thread_ts"] = self.thread_ts
        if self.broadcast:
            body["subtype"] = "thread_broadcast"
        if self.edited_ts:
            body["edited"] = {"user": self.user, "ts": self.edited_ts}
        if metadata and self.metadata:
            body["metadata"] = self.metadata
        if self.reactions:
            body["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in self.reactions.items()]
        return body


@dataclass(frozen=True)
class View:
    """A modal in somebody's stack, or their Home tab."""

    id: str
    user: str
    content: Obj
    hash: str
    root_id: str
    previous_id: str = ""
    state: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Obj]:
        """The blocks it shows."""
        blocks: list[Obj] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The app's name for it."""
        return str(self.content.get("callback_id", ""))

    def to_json(self, team: str, app: str, bot: str) -> Obj:
        """The view object, as answers and payloads carry it."""
        content: Obj = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "close": None}
        content |= {"submit": None, "clear_on_close": False, "notify_on_close": False}
        return (
            content
            | self.content
            | {
                "id": self.id,
                "team_id": team,
                "app_id": app,
                "app_installed_team_id": team,
                "bot_id": bot,
                "hash": self.hash,
                "root_view_id": self.root_id,
                "previous_view_id": self.previous_id or None,
                "state": {"values": {block: dict(actions) for block, actions in self.state.items()}},
            }
        )


@dataclass(frozen=True)
class File:
    """An uploaded file. A picture can be shown in a block only from `ready_at` on."""

    id: str
    name: str
    length: int
    alt: str = ""
    title: str = ""
    data: bytes = b""
    mimetype: str = ""
    ready_at: int | None = None

    def ready(self, now: int) -> bool:
        """Whether Slack has finished working on it."""
        return self.ready_at is not None and now >= self.ready_at


@dataclass(frozen=True)
class Command:
    """A slash command, as the composer completes it."""

    name: str
    description: str = ""
    usage: str = ""


@dataclass(frozen=True)
class Shortcut:
    """A shortcut, as the page offers it: on a message, or on the lightning button (`scope="global"`)."""

    callback_id: str
    name: str
    scope: str = "message"
