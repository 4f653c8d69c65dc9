"""The present: scenes that start at a pace to watch, interleaved, with readers in the background.

Every two to four seconds one thing happens: the step of a scene that is due, else something in the background. A scene
in which somebody crosses starts at once and then every three quarters of a minute, later less often.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import count, cycle
from typing import Final, NamedTuple

from bot.demo.acts import ACTS, Actor, Deed
from bot.demo.archetypes import BURNER, READER, WAITING
from bot.demo.past import Member
from bot.demo.people import Casting, Person
from bot.demo.scenes import AFTERWARDS, BACKGROUND, CROSSING, QUIET, Scene
from bot.demo.scripts import Beat

_TICK: Final = (2.0, 4.0)
_LIVELY: Final = 420.0
"""For so many seconds somebody crosses often, so that a newcomer sees all that there is."""
_CROSSING_PACE: Final = {True: (38.0, 50.0), False: (100.0, 180.0)}
_QUIET_PACE: Final = (35.0, 60.0)
_AFTERWARDS: Final = (35.0, 110.0)
_WITHIN: Final = (2.0, 5.0)
"""Between the steps of one act, whatever it takes in the past."""
_SHARES: Final = {BURNER: 4, WAITING: 2}
"""Who crosses but once: each run uses so many of these, that no run before used, and then somebody new."""


class Step(NamedTuple):
    """One thing that happens, so many seconds after the one before."""

    delay: float
    person: Person
    deed: Deed


class _Due(NamedTuple):
    at: float
    number: int
    actor: Actor
    deed: Deed
    rest: Iterator[tuple[float, Deed]]
    crosses: bool


class Stage:
    """What is going on: the next step of each scene, by the second at which it is due."""

    def __init__(self, members: Sequence[Member], casting: Casting) -> None:
        self._rng = casting.rng
        self._casting = casting
        self._actors: dict[str, list[Actor]] = {}
        for member in members:
            actor = Actor(member.person, self._rng, known=True)
            self._actors.setdefault(member.archetype.name, []).append(actor)
        for name, share in _SHARES.items():
            first = (casting.run - 1) * share
            self._actors[name] = self._actors[name][first : first + share]
        self._numbers = count()
        self._due: list[_Due] = []
        self._crossing = cycle(CROSSING)
        self._quiet: list[Scene] = []
        self._now = self._next_crossing = 0.0
        self._next_quiet = self._rng.uniform(*_QUIET_PACE) / 2

    def steps(self) -> Iterator[Step]:
        """One step after the other, without end."""
        while True:
            delay = self._rng.uniform(*_TICK)
            self._now += delay
            self._start_scenes()
            due = heappop(self._due)
            yield Step(delay, due.actor.person, due.deed)
            self._go_on(due)

    def _start_scenes(self) -> None:
        if self._now >= self._next_crossing:
            self._next_crossing = self._now + self._rng.uniform(*_CROSSING_PACE[self._now < _LIVELY])
            actor, scene = self._next_cast()
            self._play(actor, scene.script, crosses=True)
        if self._now >= self._next_quiet:
            self._next_quiet = self._now + self._rng.uniform(*_QUIET_PACE)
            scene = self._next_quiet_scene()
            self._play(self._somebody(scene), scene.script)
        if not self._due or self._due[0].at > self._now:
            self._play(self._rng.choice(self._actors[READER]), self._rng.choice(BACKGROUND))

    def _next_cast(self) -> tuple[Actor, Scene]:
        """The next crossing scene for which there is still somebody."""
        for scene in self._crossing:
            if scene.archetype not in _SHARES:
                return self._somebody(scene), scene
            if left := self._actors[scene.archetype]:
                return left.pop(0), scene
        raise AssertionError("a cycle ends never")

    def _next_quiet_scene(self) -> Scene:
        if not self._quiet:
            self._quiet = self._rng.sample(QUIET, len(QUIET))
        return self._quiet.pop()

    def _somebody(self, scene: Scene) -> Actor:
        if scene.archetype:
            return self._rng.choice(self._actors[scene.archetype])
        person = self._casting.person(self._rng.choice(scene.titles.split()), scene.companies)
        return Actor(person, self._rng)

    def _play(self, actor: Actor, beats: Sequence[Beat], *, crosses: bool = False, later: float = 0.0) -> None:
        steps = self._played(actor, beats)
        gap, deed = next(steps)
        heappush(self._due, _Due(self._now + later + gap, next(self._numbers), actor, deed, steps, crosses))

    def _played(self, actor: Actor, beats: Sequence[Beat]) -> Iterator[tuple[float, Deed]]:
        for beat in beats:
            gap = self._rng.uniform(*beat.after)
            for deed in ACTS[beat.act](actor, beat.words):
                yield gap, deed
                gap = self._rng.uniform(*_WITHIN)

    def _go_on(self, done: _Due) -> None:
        following = next(done.rest, None)
        if following is not None:
            gap, deed = following
            due = _Due(self._now + gap, next(self._numbers), done.actor, deed, done.rest, done.crosses)
            heappush(self._due, due)
        elif done.crosses:
            self._play(done.actor, self._rng.choice(AFTERWARDS), later=self._rng.uniform(*_AFTERWARDS))
