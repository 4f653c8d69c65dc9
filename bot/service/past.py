"""Scores at past instants: as they were shown then, and as they are known today.

Then: the model live then, the events received by then, the identifications received by then. A lead that two leads
have become since is read as the one that it is today. Today: the same model and instant, with all that is known now.
Where the two differ, the events that made the difference are named.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Any, Final

from bot.errors import HotleadError
from bot.service.course import Span, course_of
from bot.service.facts import points_by_event, score_view, what_of
from bot.service.identity.known_as import KnownAs, known_as
from bot.service.logbook import LeadLog, read_log, read_logs
from bot.service.models.versions import Reads
from bot.service.models.views import Course, LateFact, PastScore, PostedScore
from bot.service.views import LeadRef
from bot.storage import identities, leads, log, publications, tombstones
from bot.storage.log import Known
from bot.storage.store import Tx
from scoring.conditions.values import leaves
from scoring.definition import load_model
from scoring.engine import Score
from scoring.engine.compiled import compiled
from scoring.events import ScoringEvent
from scoring.instants import Instant, format_instant
from scoring.ledger import Line
from scoring.model import Model
from scoring.numbers import to_decimal

_CHOICES: Final = 10


class Past:
    """What the log says of earlier instants; it only reads."""

    def __init__(self, store: Reads) -> None:
        self._store = store

    async def find(self, who: str) -> tuple[LeadRef, ...]:
        """Leads meant by `L-123`, an e-mail address, or the beginnings of words of a name or company."""
        return await self._store.read(lambda tx: tuple(_find(tx, who.strip())))

    async def was_erased(self, number: int) -> bool:
        """Whether there was a lead of this number, and an erasure took it."""
        return await self._store.read(lambda tx: tombstones.token_of_lead(tx, number)) is not None

    async def explain(self, number: int, at: Instant, model: str | None = None) -> PastScore | None:
        """A lead's score at an instant; None where there is no such lead.

        Without a name: the default model's, or that of the first in whose population the lead was.
        """
        return await self._store.read(lambda tx: _explain(tx, number, at, model))

    async def known_as(self, number: int) -> tuple[KnownAs, ...]:
        """By which identifiers a lead is known today, and what joined them when."""
        return await self._store.read(lambda tx: known_as(tx, number))

    async def course(
        self, number: int, now: Instant, *, since: Instant | None = None, model: str | None = None
    ) -> Course | None:
        """A lead's score over time; None where there is no such lead."""
        return await self._store.read(lambda tx: _course(tx, number, now, since, model))


def _find(tx: Tx, who: str) -> Iterable[LeadRef]:
    number = who[2:] if who[:2].upper() == "L-" else ""
    if number.isascii() and number.isdigit() and len(number) < 16:
        found = [int(number)]
    elif "@" in who and (by_mail := identities.lead_of(tx, "email", who.casefold())) is not None:
        found = [by_mail]
    else:
        found = leads.by_words(tx, sorted(leads.words_of(who)), _CHOICES)
    return [ref for one in found if (ref := _ref(tx, one)) is not None]


def _ref(tx: Tx, number: int) -> LeadRef | None:
    row = leads.get(tx, number)
    return None if row is None else LeadRef(row["id"], row["name"], row["email"], row["company"])


# ---- one instant


def _explain(tx: Tx, number: int, at: Instant, model: str | None) -> PastScore | None:
    lead = _ref(tx, number)
    if lead is None:
        return None
    then, today = (read_logs(tx, [number], known)[number] for known in (Known(received_by=at), Known()))
    version, chosen, shown = _shown(tx, then, at, model)
    known_now = today.history(chosen).score(at)
    crossed = [_posted(row) for row in log.crossings_until(tx, number, chosen.name, at)]
    found = PastScore(
        lead, chosen.name, version, at, score_view(chosen, shown), shown.lines, posted=crossed[-1] if crossed else None
    )
    if (known_now, known_now.lines) == (shown, shown.lines):
        return found
    late, gone = _differences(then, today, at)
    return PastScore(
        lead=lead,
        model=chosen.name,
        version=version,
        at=at,
        shown=found.shown,
        lines=found.lines,
        today=score_view(chosen, known_now),
        today_lines=known_now.lines,
        late=_facts(late, chosen, known_now.lines, shown.lines),
        gone=_facts(gone, chosen, shown.lines, known_now.lines),
        posted=found.posted,
    )


def _shown(tx: Tx, then: LeadLog, at: Instant, name: str | None) -> tuple[int, Model, Score]:
    """The version that was live then, and what it showed."""
    rows = publications.live_at(tx, at)
    meant = [row for row in rows if name is None or row["name"].casefold() == name.casefold()]
    if not meant:
        which = f"No model named {name!r}" if name else "No model"
        raise HotleadError(f"{which} was live at {format_instant(at)}. `hotlead model history` lists them.")
    scored = []
    for row in sorted(meant, key=lambda row: not _is_default(row["text"])):
        model = load_model(row["text"])
        scored.append((row["id"], model, then.history(model).score(at)))
        if scored[-1][2].in_population:
            return scored[-1]
    return scored[0]


def _is_default(text: str) -> bool:
    return tomllib.loads(text).get("default") is True


def _posted(row: Any) -> PostedScore:
    lines = tuple(Line.from_json(line) for line in json.loads(row["ledger"]))
    score = to_decimal(row["score"])
    return PostedScore(row["at"], row["cause"], row["model_id"], score, row["rating"], row["label"], lines)


_Known = tuple[ScoringEvent, Instant, bool]
"""An event, when it was received, whether it is a colleague's."""


def _differences(then: LeadLog, today: LeadLog, at: Instant) -> tuple[list[_Known], list[_Known]]:
    """The events that count today alone, and those that counted then alone."""
    before, after = _by_identity(then, at), _by_identity(today, at)
    late = [one for identity, one in after.items() if identity not in before]
    gone = [one for identity, one in before.items() if identity not in after]
    return late, gone


def _by_identity(one: LeadLog, at: Instant) -> dict[tuple[str, str], _Known]:
    found: dict[tuple[str, str], _Known] = {
        (event.source, event.id): (event, one.colleague_rows[event.source, event.id]["received_at"], True)
        for known in one.colleagues.values()
        for event in known
    }
    for row, event in zip(one.rows, one.events, strict=True):
        found[event.source, event.id] = (event, row["received_at"], False)
    return {identity: known for identity, known in found.items() if known[0].occurred_at <= at}


def _facts(
    known: Sequence[_Known], model: Model, lines: Iterable[Line], other_lines: Iterable[Line]
) -> tuple[LateFact, ...]:
    """Those events that made the difference: by their points, or by what they say of the lead.

    Where neither is seen of any (they only move what is counted of others), all are named.
    """
    giving = points_by_event(lines)
    also = points_by_event(other_lines)
    reads = compiled(model).reads | {"status"}
    facts = [
        LateFact(
            at=event.occurred_at,
            received_at=received_at,
            type=event.type,
            source=event.source,
            what=what_of(event.properties),
            points=giving.get((event.source, event.id), also.get((event.source, event.id))),
            says=tuple(_says(event, reads)),
            of_colleague=of_colleague,
        )
        for event, received_at, of_colleague in sorted(known, key=lambda one: one[0].occurred_at)
    ]
    made = [fact for fact in facts if fact.points is not None or fact.says]
    return tuple(made or facts)


def _says(event: ScoringEvent, reads: Iterable[str]) -> Iterable[str]:
    names = set(reads)
    for name, value in leaves(event.traits).items():
        if name in names:
            yield f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}"
    if event.type == "lead.status_changed":
        yield f"status = {event.properties.get('to')}"


# ---- over time


def _course(tx: Tx, number: int, now: Instant, since: Instant | None, name: str | None) -> Course | None:
    lead = _ref(tx, number)
    if lead is None:
        return None
    one = read_log(tx, number)
    _, chosen, _ = _shown(tx, one, now, name)
    rows = publications.since(tx, chosen.name)
    spans = [Span(row["published_at"], cache(partial(load_model, row["text"]))) for row in rows]
    crossed = tuple(_posted(row) for row in log.crossings_until(tx, number, chosen.name, now))
    published = tuple((row["published_at"], row["id"]) for row in rows)
    return course_of(lead, one, spans, crossed, published, since=since, now=now)
