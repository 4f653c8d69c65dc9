"""What a command is: a verb in a table, with its help, who may use it, and the coroutine that answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.language import Code
from bot.service.desk import Adds, Desk, Erases, Explains, Handles, Models
from bot.service.source_health import SourceView
from bot.service.views import Actor, HealthLine, Role
from bot.slack.blocks import Message
from bot.slack.people import Refusal
from bot.slack.settings import SlackSettings
from scoring.instants import Instant

Health: TypeAlias = Callable[[], Awaitable[Sequence[HealthLine]]]
"""How the service is: the composition root knows."""

Sources: TypeAlias = Callable[[], Awaitable[Sequence[SourceView]]]
"""How the sources of events are."""

RANKS: Final[Mapping[Role, int]] = {Role.REP: 0, Role.MANAGER: 1, Role.ADMIN: 2}


@dataclass(frozen=True, slots=True)
class Call:
    """One command of one person: the text after the verb, undressed, and what it may use."""

    family: str
    text: str
    page: int
    actor: Actor
    desk: Desk
    settings: SlackSettings
    now: Instant
    health: Health
    explains: Explains
    models: Models
    handles: Handles
    colleague: Callable[[str], Awaitable[Actor | Refusal]]
    """Who somebody is, or why they may not work on leads."""
    adds: Adds
    erases: Erases
    families: Mapping[str, Family]
    language: Callable[[str], Awaitable[Code]]
    """Which language somebody is talked to in."""
    unnamed: tuple[str, ...] = ()
    sources: Sources | None = None

    def typed(self, family: str, text: str) -> str:
        """The command as a person types it here, whatever it is called."""
        return f"{self.families[family].command(self.settings)} {text}".rstrip()


Answering: TypeAlias = Callable[[Call], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after a command; `help` is a marked message.

    `changes`: it has an effect, so a replayed request must not have it twice.
    """

    name: str
    usage: str
    help: str
    answer: Answering
    role: Role = Role.REP
    changes: bool = False
    people: bool = False
    """Colleagues are named in it."""


@dataclass(frozen=True, slots=True)
class Family:
    """A slash command with its verbs; `place` is where the settings keep what it is called here."""

    name: str
    about: str
    verbs: tuple[Verb, ...]
    place: int

    def command(self, settings: SlackSettings) -> str:
        return settings.commands[self.place]

    @property
    def table(self) -> Mapping[str, Verb]:
        return {verb.name: verb for verb in self.verbs}

    def open_to(self, actor: Actor) -> tuple[Verb, ...]:
        """The verbs that this person may use."""
        return tuple(verb for verb in self.verbs if RANKS[actor.role] >= RANKS[verb.role])
