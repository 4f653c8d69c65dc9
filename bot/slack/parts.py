"""What listeners need, in one value, and the error boundary that everything after an ack runs in."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import Overloaded
from bot.language import speaking, tr
from bot.service.desk import Adds, Desk, Erases, Explains, Handles, Models, Quarantines
from bot.service.views import Actor
from bot.slack.blocks import said
from bot.slack.commands import FAMILIES
from bot.slack.commands.base import Call, Health, Sources
from bot.slack.homes import Homes
from bot.slack.languages import Languages
from bot.slack.lately import Lately
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.seen import Seen
from bot.slack.settings import SlackSettings
from bot.slack.talk import Talk
from bot.slack.tasks import TaskSet
from bot.slack.workspace import Workspace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """The composition root fills it once."""

    client: AsyncWebClient
    desk: Desk
    people: People
    settings: SlackSettings
    clock: Clock
    tasks: TaskSet
    seen: Seen
    health: Health
    explains: Explains
    events: Quarantines
    models: Models
    handles: Handles
    adds: Adds
    erases: Erases
    homes: Homes
    places: Places
    workspace: Workspace
    languages: Languages
    bot_user: str = ""
    sources: Sources | None = None
    lately: Lately = field(default_factory=Lately)

    def call(self, family: str, actor: Actor, text: str, page: int = 1) -> Call:
        """A command as its verb gets it."""
        return Call(
            family,
            text,
            page,
            actor,
            self.desk,
            self.settings,
            self.clock(),
            self.health,
            self.explains,
            self.models,
            self.handles,
            self.people.actor,
            self.adds,
            self.erases,
            FAMILIES,
            self.languages.of_person,
            sources=self.sources,
        )

    def spawn(self, work: Awaitable[None], talk: Talk, name: str) -> None:
        """Do it after the ack, in the language of whoever asked.

        Whatever goes wrong is told to the person and logged under the same reference.
        """
        self.tasks.spawn(_guarded(self.languages, work, talk, name), name)


async def _guarded(languages: Languages, work: Awaitable[None], talk: Talk, name: str) -> None:
    with speaking(await languages.of_person(talk.user_id)):
        try:
            await work
        except Overloaded:
            await talk.say(said(tr("hotlead has a lot to do right now. Please try again in a moment.")))
        except Exception:  # the boundary: after the ack nobody else would tell the person
            reference = secrets.token_hex(4)
            log.exception("%s failed, reference %s", name, reference)
            wrong = tr(
                "Something went wrong, and it was not you. Try again; if it stays, say “{code}”.", code=reference
            )
            await talk.say(said(wrong))
