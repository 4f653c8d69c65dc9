"""Who may act: full members of the own workspace alone. Guests, bots, deactivated people and strangers are refused.

It fails closed: what Slack does not say, or an answer that does not come, is a refusal. Profiles are kept for some
minutes and looked up again after a `user_change`.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.language import mark, tr
from bot.service.views import Actor, Role
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.faults import Weight
from bot.slack.settings import SlackSettings
from scoring.instants import Instant

log = logging.getLogger(__name__)

Profile: TypeAlias = Mapping[str, Any]
"""The user object of users.info."""

MOST_KEPT: Final = 5_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody may not act; `message` is what they are told, in their language by `sentence`."""

    code: str
    message: str

    @property
    def sentence(self) -> str:
        return tr(self.message)

    @property
    def as_owner(self) -> str:
        """The same of somebody who was to get a lead."""
        return tr(AS_OWNER[self.code])


AS_OWNER: Final[Mapping[str, str]] = {
    "guest": mark("That is a guest. Leads go to full members of the workspace."),
    "bot": mark("That is an app. Leads go to people."),
    "deactivated": mark("That account is deactivated. Choose somebody else."),
    "stranger": mark("That is nobody of this workspace. Choose somebody else."),
    "doubt": mark("Slack did not say just now whether they may work on leads. Please try again in a minute."),
}

GUEST: Final = Refusal("guest", mark("Guests cannot work on leads here. Ask a full member of the workspace."))
BOT: Final = Refusal("bot", mark("Apps cannot work on leads here."))
DEACTIVATED: Final = Refusal("deactivated", mark("This account is deactivated, so it cannot work on leads."))
STRANGER: Final = Refusal("stranger", mark("Only members of the workspace that hotlead belongs to can work on leads."))
DOUBT: Final = Refusal(
    "doubt", mark("Slack did not say just now whether you may work on leads. Please try again in a minute.")
)

# flag of the profile -> the refusal when it is set; a flag that is missing from a profile is doubt
_FLAGS: Final[Mapping[str, Refusal]] = {
    "deleted": DEACTIVATED,
    "is_bot": BOT,
    "is_restricted": GUEST,
    "is_ultra_restricted": GUEST,
}


def refusal_of(profile: Profile, team_id: str) -> Refusal | None:
    """Why this person may not act, or None for a full member."""
    if profile.get("deleted") is True:
        return DEACTIVATED  # such a profile has none of the other flags
    if profile.get("id") == "USLACKBOT" or profile.get("is_workflow_bot") is True:
        return BOT
    if not team_id or profile.get("is_stranger") is True or not _belongs(profile, team_id):
        return STRANGER
    for flag, refusal in _FLAGS.items():
        if profile.get(flag) is not False:
            return refusal if profile.get(flag) is True else DOUBT
    return None


def _belongs(profile: Profile, team_id: str) -> bool:
    if profile.get("team_id") == team_id:
        return True
    # in an organisation people have one home workspace and are members of others
    enterprise = profile.get("enterprise_user")
    teams = enterprise.get("teams") if isinstance(enterprise, Mapping) else None
    return isinstance(teams, list) and team_id in teams


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _name(profile: Profile) -> str | None:
    told = profile.get("profile")
    names = [told.get(key) for key in ("display_name", "real_name")] if isinstance(told, Mapping) else []
    return next((name for name in map(_text, (*names, profile.get("real_name"))) if name), None)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What Slack says of somebody: why they may not act, if so, their time zone, locale and name."""

    refusal: Refusal | None
    zone: str | None = None
    locale: str | None = None
    name: str | None = None


class People:
    """From a user id to an Actor with a role, or to a Refusal."""

    def __init__(self, client: AsyncWebClient, settings: SlackSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._known: OrderedDict[str, tuple[Instant, _Looked]] = OrderedDict()
        self._changes = 0
        self._groups: dict[str, frozenset[str]] = {}

    async def actor(self, user_id: str) -> Actor | Refusal:
        """Who acts; what the request itself says of them is not asked, Slack is."""
        if not user_id:
            return DOUBT
        found = await self._looked_up(user_id)
        return found.refusal if found.refusal is not None else Actor(user_id, self._role(user_id), found.zone)

    async def locale(self, user_id: str) -> str | None:
        """The language that somebody has chosen in Slack, such as da-DK; None where Slack does not say."""
        return (await self._looked_up(user_id)).locale if user_id else None

    async def name(self, user_id: str) -> str | None:
        """What colleagues call somebody, for where a mention would call them; None where Slack does not say."""
        return (await self._looked_up(user_id)).name if user_id else None

    def changed(self, user_id: str) -> None:
        """Slack says that a profile changed: the next act looks it up again."""
        self._changes += 1  # an answer that is on its way may be older than the change
        self._known.pop(user_id, None)

    async def load_groups(self) -> None:
        """Ask who is in the user groups. Without the scope or a paid plan only those named by id have a role."""
        for group in filter(None, (self._settings.admins_group, self._settings.managers_group)):
            try:
                answer = await self._client.usergroups_users_list(usergroup=group)
            except CALL_ERRORS as error:
                failure = explain(error)
                log.warning("the user group %s could not be read: %s", group, failure.code)
                if failure.fault.weight is Weight.FINAL:
                    self._groups[group] = frozenset()  # closed on doubt
                continue
            users = answer.get("users")
            self._groups[group] = frozenset(users) if isinstance(users, list) else frozenset()

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Who has a role by which user group, by its setting; of groups that Slack has told of by now."""
        named = {"admins_group": self._settings.admins_group, "managers_group": self._settings.managers_group}
        return {
            f"slack.{name}": tuple(sorted(self._groups[group]))
            for name, group in named.items()
            if group is not None and group in self._groups
        }

    async def managers(self) -> tuple[str, ...]:
        """The full members in the managers' user group, in order of id."""
        found = [await self.actor(user) for user in sorted(self._members(self._settings.managers_group))]
        return tuple(one.user_id for one in found if isinstance(one, Actor))

    def _role(self, user_id: str) -> Role:
        if user_id in self._settings.admins or user_id in self._members(self._settings.admins_group):
            return Role.ADMIN
        named = user_id in self._settings.managers or user_id in self._members(self._settings.managers_group)
        return Role.MANAGER if named else Role.REP

    def _members(self, group: str | None) -> frozenset[str]:
        return self._groups.get(group or "", frozenset())

    async def _looked_up(self, user_id: str) -> _Looked:
        known = self._known.get(user_id)
        if known is not None and 0 <= self._clock() - known[0] < self._settings.profile_lifetime:
            return known[1]
        before = self._changes
        try:
            answer = await self._client.users_info(user=user_id, include_locale=True)
        except CALL_ERRORS as error:
            failure = explain(error)
            log.warning("users.info failed with %s, so nobody is let in on it", failure.code)
            return _Looked(STRANGER if failure.code in ("user_not_found", "user_not_visible") else DOUBT)
        profile = answer.get("user")
        if not isinstance(profile, Mapping):
            return _Looked(DOUBT)
        zone, locale = (_text(profile.get(name)) for name in ("tz", "locale"))
        looked = _Looked(refusal_of(profile, self._settings.team_id), zone, locale, _name(profile))
        if looked.refusal is not DOUBT and before == self._changes:
            self._keep(user_id, looked)
        return looked

    def _keep(self, user_id: str, looked: _Looked) -> None:
        self._known[user_id] = self._clock(), looked
        self._known.move_to_end(user_id)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
