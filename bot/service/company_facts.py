"""What is known of companies by now: so that colleagues are told news alone, and read but the words that count.

Of a fact the latest word holds, whoever said it. In a company of a thousand people who each bring its size along,
nearly every word says again what is known: it concerns no colleague, and a lead that is loaded need not read it.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from bot.service.logged import scoring_event
from bot.storage import company_keys, log
from bot.storage.store import Tx
from scoring.engine import company_facts_of
from scoring.engine.folding import Key, key_of
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant

_KEPT: Final = 4_000
"""Companies that are remembered, at about 800 bytes."""
_PASSED: Final = 16
"""Of a company, events once ahead of the clock whose instants are remembered."""
Row: TypeAlias = Mapping[str, Any]


class Word(NamedTuple):
    """An event that says something of a company."""

    by: int | None
    """The lead that said it; None: nobody known."""
    row: Row
    event: ScoringEvent


@dataclass(slots=True)
class News:
    """What new words say of a company that was not known."""

    words: list[Word] = field(default_factory=list)
    """What colleagues are told."""
    anew: bool = False
    """Whether colleagues must be loaded anew instead: some of it came behind a word that holds, or they know it."""
    latest: Instant = 0
    """When the last of the new words was said, news or not; those that lie ahead of the clock aside."""
    behind: set[int] = field(default_factory=set)
    """Leads whose own word came behind another's: they must be loaded anew."""
    since: Instant = 0
    """Before this instant people are not told all that was said: some of it came behind a word that holds."""


class _Held(NamedTuple):
    """A word that holds."""

    key: Key
    number: int
    """Of its event."""
    value: Value
    begun: Key
    """The first word of those that said the same, one after the other: whatever comes between says nothing new."""


@dataclass(slots=True)
class _Company:
    """What holds of one company."""

    holding: dict[str, _Held] = field(default_factory=dict)
    """By the name of a fact."""
    ahead: dict[int, ScoringEvent] = field(default_factory=dict)
    """By its number, an event that came before its instant: from then on it holds, so nothing is sure before."""
    passed: deque[ScoringEvent] = field(default_factory=lambda: deque(maxlen=_PASSED))
    """Of those whose instant has come since, the last: whoever is evaluated late is evaluated for that instant too."""
    upto: int = 0
    """The number of the last event that is in here."""

    @property
    def numbers(self) -> set[int]:
        """The numbers of the events whose words hold, or will."""
        holding = {held.number for held in self.holding.values()}
        return holding.union(self.ahead, (event.number for event in self.passed))

    @property
    def since(self) -> Instant:
        """When the last of the words that hold was said: before it, others did."""
        return max((held.key[0] for held in self.holding.values()), default=0)

    def add(self, row: Row, event: ScoringEvent) -> tuple[bool, bool]:
        """One more word: whether it changes what holds or held, and whether it came behind one that holds."""
        self.upto = max(self.upto, event.number)
        self._pass(row["received_at"])
        if row["occurred_at"] > row["received_at"]:
            self.ahead[event.number] = event
            return True, False
        changed, behind = self._hold(event)
        return changed or bool(self.ahead), behind

    def _pass(self, now: Instant) -> None:
        """The instants of events have come that were ahead of it."""
        come = [event for event in self.ahead.values() if event.occurred_at <= now]
        for event in sorted(come, key=key_of):
            self.passed.append(self.ahead.pop(event.number))
            self._hold(event)

    def _hold(self, event: ScoringEvent) -> tuple[bool, bool]:
        key, changed, behind = key_of(event), False, False
        for name, value in company_facts_of(event):
            known = self.holding.get(name)
            same = known is not None and repr(known.value) == repr(value)  # true is no 1
            if known is not None and key < known.key:
                if not same or key < known.begun:  # whoever was evaluated last between the two knew otherwise
                    changed = behind = True
                if not same:
                    self.holding[name] = known._replace(begun=known.key)
                continue
            changed = changed or not same
            self.holding[name] = _Held(key, event.number, value, known.begun if known is not None and same else key)
        return changed, behind


class CompanyFacts:
    """What holds of the companies that were asked for last."""

    def __init__(self) -> None:
        self._companies: OrderedDict[int, _Company] = OrderedDict()

    def rows(self, tx: Tx, companies: Iterable[int]) -> list[Row]:
        """The events whose words hold of these companies, or will: those of other companies are read but once."""
        self._look(tx)
        wanted = list(companies)
        missing = [one for one in wanted if one not in self._companies]
        numbers: set[int] = set()
        for one in wanted:
            if one in self._companies:
                self._companies.move_to_end(one)
                numbers |= self._companies[one].numbers
        found = log.events_numbered(tx, numbers) if numbers else []
        for one, rows in _by_company(missing, log.company_facts(tx, missing) if missing else ()).items():
            counting = self._remember(one, rows).numbers
            found += [row for row in rows if row["seq"] in counting]
        return found

    def since(self, tx: Tx, company: int) -> Instant:
        """From which instant on they tell what holds: that of the latest word."""
        known = self._companies.get(company)
        if known is None:
            known = self._remember(company, log.company_facts(tx, [company]))
        return known.since

    def news(self, tx: Tx, company: int, words: Iterable[Word]) -> News:
        """What of these new words, whose events are stored already, is news.

        All other events must be about the companies about which they were before.
        """
        self._look(tx)
        in_order = sorted(words, key=lambda word: word.event.number)  # as they came
        numbers = {word.event.number for word in in_order}
        known, found = self._companies.get(company), News()
        if known is None or known.upto >= min(numbers):  # not known, or read with some of these words
            rows = [row for row in log.company_facts(tx, [company]) if row["seq"] not in numbers]
            found.anew = known is not None  # whoever was loaded between knows some; others have been told all but these
            known = self._remember(company, rows)
        self._companies.move_to_end(company)
        for word in in_order:
            changed, behind = known.add(word.row, word.event)
            found.anew = found.anew or (changed and behind)
            if word.event.number not in known.ahead:
                found.latest = max(found.latest, word.event.occurred_at)
            if changed:
                found.words.append(word)
            if behind:
                found.since = known.since
            if behind and word.by is not None:
                found.behind.add(word.by)
        return found

    def forget(self, company: int) -> None:
        """Other events than before are about this company."""
        self._companies.pop(company, None)

    def forget_all(self) -> None:
        """The same of every company."""
        self._companies.clear()

    def _remember(self, company: int, rows: Sequence[Row]) -> _Company:
        known = self._companies[company] = _Company()
        for row in sorted(rows, key=itemgetter("seq")):  # as they came
            known.add(row, scoring_event(row, str(company)))
        while len(self._companies) > _KEPT:
            self._companies.popitem(last=False)
        return known

    def _look(self, tx: Tx) -> None:
        """Forget companies about which other events are than before."""
        keys = tx.moves.take()
        if keys is None:
            self._companies.clear()
        elif keys:
            for company in company_keys.companies_of(tx, keys):
                self._companies.pop(company, None)


def _by_company(companies: Iterable[int], rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {one: [] for one in companies}
    for row in rows:
        found[row["company_id"]].append(row)
    return found
