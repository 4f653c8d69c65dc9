"""The past in batches that can go out side by side, with each person's requests in their order.

A wave is a few batches of different people; when all of a wave have arrived, the next may go.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.demo.requests import Request

SIZE: Final = 100
"""Events in one request at most, as a Segment SDK does it."""
WIDTH: Final = 4

_Queues: TypeAlias = "dict[str, deque[Request]]"


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests to one source that travel as one."""

    source: str
    requests: tuple[Request, ...]

    @property
    def events(self) -> int:
        return sum(len(request.messages) for request in self.requests)


def waves(requests: Iterable[Request], *, size: int = SIZE, width: int = WIDTH) -> Iterator[tuple[Batch, ...]]:
    """The requests, which are in order of time, wave by wave."""
    queues: _Queues = {}
    for request in requests:
        queues.setdefault(request.person, deque()).append(request)
    while queues:
        yield tuple(_wave(queues, size, width))
        queues = {person: queue for person, queue in queues.items() if queue}


def _wave(queues: _Queues, size: int, width: int) -> Iterator[Batch]:
    free = dict(queues)
    for _ in range(width):
        following = Counter(queue[0].source for queue in free.values())
        if not following:
            return
        source = following.most_common(1)[0][0]
        yield Batch(source, tuple(_take(free, source, size)))


def _take(free: _Queues, source: str, size: int) -> Iterator[Request]:
    """What the people who are free do next with a source; whoever was taken from is not free any more."""
    room = size
    for person, queue in list(free.items()):
        while queue and queue[0].source == source and len(queue[0].messages) <= room:
            room -= len(queue[0].messages)
            free.pop(person, None)
            yield queue.popleft()
