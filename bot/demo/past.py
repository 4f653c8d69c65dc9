"""The past: what everybody did in the last 120 days, each person by a script and a seed of their own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.demo.acts import ACTS, Actor, Deed, mailing, visit, website
from bot.demo.archetypes import ARCHETYPES, PASSERS_BY, Archetype
from bot.demo.messages import mail_event, page_call
from bot.demo.people import Casting, Person
from bot.demo.site import PAGES, SUBJECTS
from scoring.instants import DAY, HOUR, MINUTE, SECOND, Instant

DAYS: Final = 120
_TUESDAY: Final = 1
_FIRST_WEEKDAY: Final = 3
"""1970-01-01 was a Thursday."""
_CLICKS: Final = 0.2
_OPENING: Final = (7 * HOUR, 15 * HOUR)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the past and what kind of person that is."""

    archetype: Archetype
    person: Person


@dataclass(frozen=True, slots=True)
class Done:
    """A deed with its person and its time."""

    person: Person
    deed: Deed
    at: Instant


def cast(casting: Casting) -> tuple[Member, ...]:
    """The leads of the past."""
    return tuple(
        Member(archetype, casting.person(casting.rng.choice(archetype.titles.split()), archetype.companies))
        for archetype in ARCHETYPES
        for _ in range(archetype.count)
    )


def passers_by(casting: Casting) -> tuple[Person, ...]:
    """The visitors who never say who they are."""
    return tuple(casting.person("unsaid", "none") for _ in range(PASSERS_BY))


def history(members: Sequence[Member], strangers: Sequence[Person], seed: str, now: Instant) -> list[Done]:
    """Everything that was done, in order of time. Nothing lies on the day of `now` itself."""
    done = [one for member in members for one in _Diary(member.person, seed, now).of_member(member)]
    done += [one for person in strangers for one in _Diary(person, seed, now).of_passer_by()]
    return sorted(done, key=lambda one: one.at)


class _Diary:
    """Writes down the past of one person."""

    def __init__(self, person: Person, seed: str, now: Instant) -> None:
        self._rng = random.Random(f"{seed}/{person.key}")  # noqa: S311 -- a story, not a secret
        self._actor = Actor(person, self._rng)
        self._today = now // DAY
        self._last: Instant = 0

    def of_member(self, member: Member) -> Iterator[Done]:
        archetype = member.archetype
        age = self._rng.randint(archetype.starts[1], archetype.starts[0])
        known_since = 0
        for beat in archetype.script:
            age -= self._rng.randint(*beat.after)
            if self._rng.random() < beat.chance and age > 0:
                yield from self._timed(ACTS[beat.act](self._actor, beat.words), age)
                if self._actor.known and not known_since:
                    known_since = age
        if archetype.opens:
            yield from self._newsletters(known_since, archetype.opens)

    def of_passer_by(self) -> Iterator[Done]:
        age = self._rng.randint(1, DAYS - 1)
        for _ in range(self._rng.randint(1, 3)):
            kinds = self._rng.choices(("home", "product", "blog", "price", "case", "career"), k=self._rng.randint(1, 4))
            yield from self._timed(visit(self._actor, " ".join(kinds)), age)
            age -= self._rng.randint(1, 9)
            if age < 1:
                return

    def _timed(self, deeds: Iterator[Deed], age: int) -> Iterator[Done]:
        """Some time in the working day that lies so many days back; on the same day, after what came before."""
        at = (self._today - age) * DAY + self._rng.randint(*_OPENING)
        if at < self._last:
            at = self._last + self._rng.randint(2 * MINUTE, 20 * MINUTE)
        for deed in deeds:
            at += int(deed.gap * SECOND)
            yield Done(self._actor.person, deed, at)
        self._last = at

    def _newsletters(self, since: int, opens: float) -> Iterator[Done]:
        """The mail of every Tuesday since we know their address."""
        for age in range(since - 1, 0, -1):
            if (self._today - age + _FIRST_WEEKDAY) % 7 == _TUESDAY:
                yield from self._newsletter(age, opens)

    def _newsletter(self, age: int, opens: float) -> Iterator[Done]:
        person, rng = self._actor.person, self._rng
        week = self._today - age
        subject = SUBJECTS[person.language][week // 7 % len(SUBJECTS[person.language])]
        at = week * DAY + 7 * HOUR
        yield Done(person, mailing(mail_event(person, "sent", subject)), at)
        if rng.random() >= opens:
            return
        at += rng.randint(5 * MINUTE, 8 * HOUR)
        yield Done(person, mailing(mail_event(person, "opened", subject)), at)
        if rng.random() < _CLICKS:
            page = rng.choice(PAGES["blog"][person.language])
            yield Done(person, mailing(mail_event(person, "clicked", subject, url=page.url)), at + 20 * SECOND)
            read = page_call(person, page, known=True, campaign=subject)
            yield Done(person, website(read), at + 23 * SECOND)
