"""The story of a company that sells software in Denmark, the Netherlands and Sweden: its past, and its present.

Pure and seeded: the same seed, instant and run give the same requests. Who is who depends on the seed alone, so that a
demo that is started again (the next run) meets the same people, and repeats neither its past nor an event's id.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from typing import Final

from bot.demo.acts import Deed
from bot.demo.live import Stage
from bot.demo.past import Member, cast, history, passers_by
from bot.demo.people import Casting, Person
from bot.demo.requests import ID_FIELDS, Request
from scoring.instants import Instant

DEMO_SEED: Final = 7
"""The story that the tests hold to every promise; other seeds keep the shares and the pace too."""
_PAST: Final = 0


class Story:
    """One telling of the story. `run` counts the starts of a demo, from 1.

    `now` is that of the first start in every run: then a past whose sending was broken off can be sent again, and what
    had arrived is dropped as a duplicate.
    """

    def __init__(self, seed: int, now: Instant, run: int = 1) -> None:
        if run < 1:
            raise ValueError("runs are counted from 1")
        self._seed = str(seed)
        self._now = now
        self._run = run
        casting = Casting(self._dice(_PAST), _PAST)
        self.members: tuple[Member, ...] = cast(casting)
        self._strangers = passers_by(casting)

    def past(self) -> list[Request]:
        """The last 120 days up to yesterday, in order of time."""
        done = history(self.members, self._strangers, self._seed, self._now)
        return [self._request(one.person, one.deed, _PAST, number, one.at) for number, one in enumerate(done)]

    def live(self) -> Iterator[tuple[float, Request]]:
        """What happens from now on, without end: seconds to wait at speed 1, and a request."""
        casting = Casting(self._dice(self._run), self._run, {member.person.email for member in self.members})
        for number, step in enumerate(Stage(self.members, casting).steps()):
            yield step.delay, self._request(step.person, step.deed, self._run, number, None)

    def _dice(self, run: int) -> random.Random:
        return random.Random(f"{self._seed}/run {run}")  # noqa: S311 -- a story, not a secret

    def _request(self, person: Person, deed: Deed, run: int, number: int, at: Instant | None) -> Request:
        name = ID_FIELDS[deed.source]
        messages = tuple({name: self._id(run, number, place), **message} for place, message in enumerate(deed.messages))
        return Request(deed.source, deed.path, messages, person.key, at)

    def _id(self, run: int, number: int, place: int) -> str:
        text = f"{self._seed}/{run}/{number}/{place}"
        return hashlib.sha256(text.encode()).hexdigest()[:20]
