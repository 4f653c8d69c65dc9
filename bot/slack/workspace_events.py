"""What changes in the workspace, as Slack tells it: EVENTS is the table from an event to what is done about it.

A channel that is closed to us is not found out by the next alert alone: admins are told at once, and once. What Slack
repeats has no second effect, because every act here leaves the same when it is done again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.language import mark, speaking, tr
from bot.slack.parts import Parts
from bot.slack.people import DEACTIVATED, GUEST, refusal_of
from bot.slack.presses import inner

Event = Mapping[str, Any]
Happening = Callable[[Parts, Event], Awaitable[None]]


async def _home_opened(parts: Parts, event: Event) -> None:
    if event.get("tab") == "home":
        parts.tasks.spawn(parts.homes.opened(inner(event, "user")), "home")


async def _user_change(parts: Parts, event: Event) -> None:
    """Whoever is deactivated, or a guest now, has no leads any more; what a profile does not say changes nothing."""
    parts.people.changed(inner(event, "user", "id"))
    profile = event.get("user")
    if not isinstance(profile, Mapping):
        return
    refusal = refusal_of(profile, parts.settings.team_id)
    if refusal is None or refusal in (GUEST, DEACTIVATED):
        await parts.handles.member_changed(str(profile.get("id", "")), active=refusal is None)
        parts.homes.changed()


async def _group_members(parts: Parts, _: Event) -> None:
    await parts.people.load_groups()
    await parts.handles.groups_are(parts.people.groups())
    await parts.handles.managers_are(await parts.people.managers())
    parts.homes.changed()


def _channel(event: Event) -> str:
    return inner(event, "channel") or inner(event, "channel", "id")


def _closed(why: str, code: str, advice: str, *, falls_back: bool = True) -> Happening:
    """A channel that takes our messages no more. The key is that of a delivery that fails: admins are told once."""

    async def tell(parts: Parts, event: Event) -> None:
        channel = _channel(event)
        parts.places.forget(channel)
        if channel in parts.settings.places:
            with speaking(parts.languages.of_channel(parts.settings.admin_channel)):
                told = [tr(why, channel=f"<#{channel}>"), *([tr(_MEANWHILE)] if falls_back else []), tr(advice)]
            await parts.workspace.tell_admins(" ".join(told), f"lane:{channel}:{code}")

    return tell


_MEANWHILE: Final = mark("Alerts go to the fallback channel meanwhile.")
_archived: Final = _closed(
    mark("{channel} is archived."), "is_archived", mark("Unarchive it, or configure another one.")
)
_deleted: Final = _closed(mark("{channel} was deleted."), "channel_not_found", mark("Configure another one."))
_removed: Final = _closed(
    mark("{channel} no longer has hotlead in it."),
    "not_in_channel",
    mark(
        "Into a public one it comes back with the next alert; into a private one somebody has to type /invite @hotlead."
    ),
    falls_back=False,
)
_shared: Final = _closed(
    mark("{channel} is shared with another company now, so no lead is posted in it."),
    "shared_channel",
    mark("Allow it with `shared_channels` under [alerts], or configure another one."),
)


async def _left(parts: Parts, event: Event) -> None:
    """Somebody left a channel; it only matters when it was us."""
    if inner(event, "user") == parts.bot_user:
        await _removed(parts, event)


async def _known_again(parts: Parts, event: Event) -> None:
    """Renamed, unarchived or no longer shared: ids are what is stored, so nothing else follows."""
    parts.places.forget(_channel(event))


async def _id_changed(parts: Parts, event: Event) -> None:
    old, new = inner(event, "old_channel_id"), inner(event, "new_channel_id")
    if not (old and new):
        return
    await parts.workspace.channel_moved(old, new)
    if old in parts.settings.places:
        with speaking(parts.languages.of_channel(parts.settings.admin_channel)):
            text = tr(
                "Slack gave a channel another id: {old} is {new} now. Alerts follow; change it in hotlead.toml too.",
                old=old,
                new=f"<#{new}>",
            )
        await parts.workspace.tell_admins(text, f"channel:{old}:{new}")


async def _uninstalled(parts: Parts, _: Event) -> None:
    parts.homes.forget()
    parts.workspace.installed("The app was removed from the workspace. Install it again; alerts wait until then.")


async def _revoked(parts: Parts, event: Event) -> None:
    """Only our own token matters; one of a person is nothing to us."""
    tokens = event.get("tokens")
    bots = tokens.get("bot") if isinstance(tokens, Mapping) else None
    if isinstance(bots, list) and parts.bot_user in bots:
        parts.homes.forget()
        parts.workspace.installed("Slack has revoked the bot token. Give hotlead the new one; alerts wait until then.")


_OF_CHANNELS: Final[Mapping[str, Happening]] = {
    "archive": _archived,
    "unarchive": _known_again,
    "deleted": _deleted,
    "rename": _known_again,
    "left": _removed,
}
EVENTS: Final[Mapping[str, Happening]] = {
    "app_home_opened": _home_opened,
    "user_change": _user_change,
    "subteam_members_changed": _group_members,
    "subteam_updated": _group_members,
    "member_left_channel": _left,
    **{f"{kind}_{what}": act for kind in ("channel", "group") for what, act in _OF_CHANNELS.items()},
    "channel_shared": _shared,
    "channel_unshared": _known_again,
    "channel_id_changed": _id_changed,
    "app_uninstalled": _uninstalled,
    "tokens_revoked": _revoked,
}
