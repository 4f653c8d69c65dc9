"""How the sources are: what came, what was refused and why, who is quiet against habit, whose signatures fail.

The front door tells what becomes of every request; that is gathered in memory and stored every few seconds, so that a
request costs no write of its own (a kill loses some seconds of counts, never an event). A trouble is told to the admin
channel once; when it is over it may be told again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.language import counted
from bot.service.habits import REMEMBERED, Usual, against_habit
from bot.service.handling.alerts import AlertBook
from bot.storage import letters, source_counts
from bot.storage.source_counts import ACCEPTED
from bot.storage.store import Store, Tx
from scoring.instants import DAY, HOUR, MINUTE, Duration, Instant

log = structlog.get_logger(__name__)

DUPLICATE, IGNORED, QUARANTINED, HISTORY, REFUSED = "duplicate", "ignored", "quarantined", "history", "refused:"
ERASED = "erased"
"""Of somebody who was erased: taken, and not stored."""
NOBODY = "nobody"
"""Accepted, and kept as no lead's: it names nobody, so a field is not where it is looked for, or is no address."""
QUIET, SIGNATURES = "quiet", "signatures"
_LOOK_EVERY: Final = MINUTE
_FAILURES: Final = 3
"""So many requests in a row whose signature is not right, and none between them whose is: a secret is wrong."""
_LETTERS_IN_MEMORY: Final = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """What came in some time: events by what became of them, refusals by their code."""

    counts: Mapping[str, int] = field(default_factory=dict)

    def of(self, what: str) -> int:
        return self.counts.get(what, 0)

    @property
    def refused(self) -> dict[str, int]:
        """By code, the most frequent first."""
        found = [(what[len(REFUSED) :], n) for what, n in self.counts.items() if what.startswith(REFUSED)]
        return dict(sorted(found, key=lambda one: (-one[1], one[0])))


@dataclass(frozen=True, slots=True)
class SourceView:
    """How one source is. The instants say since when it is quiet, or its signatures fail."""

    name: str
    kind: str
    last_at: Instant | None
    day: Tally
    week: Tally
    quiet_since: Instant | None = None
    failing_since: Instant | None = None
    kept: int = 0
    """Refused requests that can be tried again."""

    @property
    def ok(self) -> bool:
        return self.quiet_since is None and self.failing_since is None


@dataclass(slots=True)
class _Watched:
    """What is known of a source since the start."""

    failures: int = 0  # requests refused for their signature since the last that was not
    failing_since: Instant = 0
    code: str = ""
    good_at: Instant | None = None


class SourceHealth:
    """Keeps the counts. `kinds` are the configured sources with their kinds."""

    def __init__(
        self, kinds: Mapping[str, str], store: Store, book: AlertBook, clock: Clock, *, kept: Duration = 30 * DAY
    ) -> None:
        self._kept = kept  # how long refused requests are
        self._kinds = kinds
        self._store = store
        self._book = book
        self._clock = clock
        self._since = clock()
        self._counts: dict[tuple[str, int, str], list[int]] = {}
        self._watched = {name: _Watched() for name in kinds}
        self._letters: list[Mapping[str, Any]] = []
        self._look_at: Instant = 0

    # ---- told by the front door

    def took(self, source: str, counts: Mapping[str, int]) -> None:
        """A request was accepted: how many of its events became what."""
        now = self._clock()
        for what, count in counts.items():
            if count:
                self._count(source, what, count, now)
        watched = self._watched.get(source)
        if watched is not None:
            watched.failures, watched.good_at = 0, now

    def refused(self, source: str, code: str, *, unproved: bool = False) -> None:
        """A request, or one of its events, was refused. `unproved`: for its signature or secret."""
        now = self._clock()
        self._count(source, f"{REFUSED}{code}", 1, now)
        watched = self._watched.get(source)
        if unproved and watched is not None:
            watched.failures += 1
            watched.code = code
            watched.failing_since = now if watched.failures == 1 else watched.failing_since

    def keep(self, letter: Mapping[str, Any]) -> bool:
        """Keep a refused request that will not be sent again; False where too many came at once."""
        if len(self._letters) >= _LETTERS_IN_MEMORY:
            return False
        self._letters.append(letter)
        return True

    def _count(self, source: str, what: str, count: int, now: Instant) -> None:
        held = self._counts.setdefault((source, now // HOUR, what), [0, now])
        held[0] += count
        held[1] = now

    # ---- the loop

    async def work(self) -> None:
        """Store what was counted; every minute look whether anything is wrong."""
        await self.store()
        now = self._clock()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY
            await self._store.write(lambda tx: self._look(tx, now))

    async def store(self) -> None:
        """Store what was counted so far."""
        counts, self._counts = self._counts, {}
        kept, self._letters = self._letters, []
        if not counts and not kept:
            return
        rows = [
            {"source": source, "hour": hour, "what": what, "count": count, "latest_at": at}
            for (source, hour, what), (count, at) in counts.items()
        ]

        def work(tx: Tx) -> None:
            source_counts.add(tx, rows)
            letters.add(tx, kept)

        try:
            await self._store.write(work)
        except Exception:
            self._take_back(counts, kept)
            raise

    def _take_back(self, counts: Mapping[tuple[str, int, str], list[int]], kept: list[Mapping[str, Any]]) -> None:
        """It could not be stored: it is counted with what comes next."""
        self._letters = kept + self._letters
        for (source, hour, what), (count, at) in counts.items():
            held = self._counts.setdefault((source, hour, what), [0, at])
            held[0] += count

    def _look(self, tx: Tx, now: Instant) -> None:
        source_counts.forget_before(tx, now - REMEMBERED)
        letters.forget_old(tx, now - self._kept)
        latest, known = source_counts.latest(tx), source_counts.troubles(tx)
        for name in self._kinds:
            self._look_at_signatures(tx, name, known.get((name, SIGNATURES)), now)
            self._look_at_silence(tx, name, latest.get(name), known.get((name, QUIET)), now)

    def _look_at_signatures(self, tx: Tx, name: str, since: Instant | None, now: Instant) -> None:
        watched = self._watched[name]
        if since is not None and watched.good_at is not None and watched.good_at >= since and not watched.failures:
            source_counts.end_trouble(tx, name, SIGNATURES)
        if watched.failures < _FAILURES or not source_counts.begin_trouble(tx, name, SIGNATURES, now):
            return
        log.error("source_fails_signatures", source=name, requests=watched.failures, code=watched.code)
        kept = letters.counts(tx).get(name, 0)
        many = counted(watched.failures, "request")
        text = (
            f"The source {name} refuses its sender: {many} in a row failed ({watched.code}), none was right since. "
            f"Compare the secret that the sender has with the one that is configured, and the address with public_url; "
            f"“hotlead sources show {name}” says how it is meant."
        )
        if kept:
            text += (
                f" The sender does not send them again: {counted(kept, 'is', 'are')} kept. When the secret is right, "
                f"“hotlead sources retry {name}” takes in those that it proves."
            )
        self._book.tell_admins(tx, text, f"source:{name}:{SIGNATURES}:{now}", now)

    def _look_at_silence(self, tx: Tx, name: str, last: Instant | None, since: Instant | None, now: Instant) -> None:
        if last is None:
            return
        if since is not None:
            if last > since:
                source_counts.end_trouble(tx, name, QUIET)
            return
        begin = max(last, self._since)  # nothing could come in while the service was down
        usual = against_habit(source_counts.active_hours(tx, name, now - REMEMBERED), begin, now)
        if usual is not None and source_counts.begin_trouble(tx, name, QUIET, last):
            log.warning("source_quiet", source=name, seconds=(now - last) // 1_000_000)
            self._book.tell_admins(tx, _quiet(name, now - begin, usual), f"source:{name}:{QUIET}:{last}", now)

    # ---- asked

    async def overview(self) -> tuple[SourceView, ...]:
        """How every configured source is, now."""
        await self.store()
        now = self._clock()
        return await self._store.read(lambda tx: views(tx, self._kinds, now))


def views(tx: Tx, kinds: Mapping[str, str], now: Instant) -> tuple[SourceView, ...]:
    """How sources are, by what is stored."""
    day, week = _tallies(tx, now - DAY), _tallies(tx, now - 7 * DAY)
    latest, troubles, kept = source_counts.latest(tx), source_counts.troubles(tx), letters.counts(tx)
    return tuple(
        SourceView(
            name=name,
            kind=kind,
            last_at=latest.get(name),
            day=Tally(day.get(name, {})),
            week=Tally(week.get(name, {})),
            quiet_since=troubles.get((name, QUIET)),
            failing_since=troubles.get((name, SIGNATURES)),
            kept=kept.get(name, 0),
        )
        for name, kind in kinds.items()
    )


def _tallies(tx: Tx, since: Instant) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in source_counts.since(tx, since):
        found.setdefault(row["source"], {})[row["what"]] = row["count"]
    return found


def _quiet(name: str, silence: Duration, usual: Usual) -> str:
    hours = silence // HOUR
    long = counted(hours, "hour") if hours < 48 else counted(hours // 24, "day")
    return (
        f"The source {name} is quiet: nothing has come for {long}. At this time of the week events came in "
        f"{usual.hours:.0f} of these hours on average, over {counted(usual.weeks, 'week')}. "
        f"Look whether the sender still sends; “hotlead sources show {name}” says to which address."
    )


__all__ = [
    "ACCEPTED",
    "DUPLICATE",
    "ERASED",
    "HISTORY",
    "IGNORED",
    "QUARANTINED",
    "QUIET",
    "SIGNATURES",
    "SourceHealth",
    "SourceView",
    "Tally",
    "views",
]
