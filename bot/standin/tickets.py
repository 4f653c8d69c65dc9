"""Things that an app may use for a short time: trigger ids (3 s, once) and response URLs (30 min, five times)."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.standin.errors import Refused
from bot.standin.ids import Ids
from bot.standin.values import SECOND

TRIGGER_SECONDS = 3
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


@dataclass
class Trigger:
    """A person did something a moment ago, so the app may open a modal for them."""

    user: str
    made_at: int
    view_id: str = ""
    used: bool = False


@dataclass
class ResponseUrl:
    """Where the app may answer an act: in `channel`, to `user`, about the message `ts` (if it was on one)."""

    user: str
    channel: str
    made_at: int
    ts: str = ""
    thread_ts: str = ""
    uses: int = 0


class Tickets:
    """All triggers and response URLs given out."""

    def __init__(self, ids: Ids, now: Callable[[], int]) -> None:
        self._ids = ids
        self._now = now
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view_id: str = "") -> str:
        """A new trigger id for `user`; `view_id` when they acted inside a modal."""
        key = f"{self._ids.secret(13)}.{self._ids.secret(12)}.{self._ids.secret()}"
        self._triggers[key] = Trigger(user, self._now(), view_id)
        return key

    def use_trigger(self, key: str) -> Trigger:
        """The trigger, now spent; refused when unknown, late or used before."""
        trigger = self._triggers.get(key)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._now() - trigger.made_at > TRIGGER_SECONDS * SECOND:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, user: str, channel: str, ts: str = "", thread_ts: str = "") -> str:
        """The secret part of a new response URL."""
        key = self._ids.secret()
        self._urls[key] = ResponseUrl(user, channel, self._now(), ts, thread_ts)
        return key

    def use_response_url(self, key: str) -> ResponseUrl:
        """The ticket with one use taken; refused when unknown, old or used up."""
        ticket = self._urls.get(key)
        if ticket is None:
            raise Refused("invalid_url")
        if self._now() - ticket.made_at > RESPONSE_SECONDS * SECOND:
            raise Refused("expired_url")
        if ticket.uses >= RESPONSE_USES:
            raise Refused("used_url")
        ticket.uses += 1
        return ticket
