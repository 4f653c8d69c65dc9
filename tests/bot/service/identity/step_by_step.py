"""Identity step by step over a database in memory, and what `partition` says of the same events."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.app.handling import team_of
from bot.metrics import Metrics
from bot.service.erased import Erased
from bot.service.group import Request
from bot.service.handling.alerts import AlertBook, Channels
from bot.service.handling.happenings import Happenings
from bot.service.handling.state import Statuses
from bot.service.histories import Histories, LiveModel
from bot.service.identity.changes import Changed
from bot.service.identity.index import Identity
from bot.service.identity.inheriting import settle
from bot.service.identity.instructed import Instructed
from bot.service.identity.joining import Instruction, Verb
from bot.service.identity.merging import Merging
from bot.service.identity.partition import Naming, Partition, partition
from bot.service.identity.reconfiguring import Reconfiguring
from bot.service.identity.rules import IdentityRules
from bot.service.identity.standing import LEADS
from bot.service.incoming import Identifier, SourcedEvent
from bot.service.intake import Intake
from bot.service.journal import Journal
from bot.service.logbook import events_of, read_log
from bot.service.quarantine import Judge, concerned, identify_again, tell_company
from bot.service.scorebook import Scorebook
from bot.service.vocabulary import Vocabulary
from bot.settings import Settings, settings_from
from bot.storage import identities
from bot.storage import instructions as stored
from bot.storage import quarantine as stored_quarantine
from bot.storage.store import Store, Tx
from bot.storage.tables import metadata
from scoring.definition import load_model
from scoring.instants import HOUR, Instant, parse_instant
from tests.bot.service.drafts import small

T0: Instant = parse_instant("2026-03-02T09:00:00Z")
SOURCE = "forms"


@cache
def _empty() -> bytes:
    db = sqlite3.connect(":memory:")
    for table in metadata.sorted_tables:
        db.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        for index in table.indexes:
            db.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
    return db.serialize()


@cache
def _model() -> LiveModel:
    return LiveModel(1, load_model(small(hot=30)))


@cache
def _settings() -> Settings:
    return settings_from({"alerts": {"channel": "C01", "fallback_channel": "C02", "admin_channel": "C03"}})


class Index:
    """Takes events in one after the other, each at its own instant of arrival."""

    def __init__(self, rules: IdentityRules, models: Sequence[LiveModel] | None = None, keep: int = 32_000_000) -> None:
        self.rules = rules
        self.now = T0 + 1000 * HOUR
        db = sqlite3.connect(":memory:", isolation_level=None)
        db.deserialize(_empty())
        db.row_factory = sqlite3.Row
        self.tx = Tx(db)
        self.histories = Histories([_model()] if models is None else models, keep=keep)
        statuses, book = Statuses(), AlertBook(Channels("C01", "C02", "C03"), Statuses())
        journal = self.journal = Journal(self.histories)
        team = team_of(_settings(), book, statuses, self.histories, journal.set_status)
        scorebook = self.scorebook = Scorebook(self.histories, Happenings(team), Metrics())
        team.labelled = scorebook.labelled
        self.merging = Merging(scorebook, journal, team)
        self.identity = Identity(rules, self.merging)
        store = cast(Store, None)
        self._intake = Intake(
            store,
            self.identity,
            self.merging,
            scorebook,
            lambda: self.now,
            Metrics(),
            room=1,
            erased=Erased(Path()),
            vocabulary=Vocabulary(),
            judge=Judge(),
        )
        self.instructions: list[Instruction[Identifier]] = []
        self.namings: dict[str, Naming] = {}

    def take(self, *events: SourcedEvent) -> None:
        """Events of one request."""
        self.now += 1
        loop = asyncio.new_event_loop()
        request = Request(SOURCE, events, False, loop.create_future())
        self._intake._group(self.tx, [request])
        loop.close()
        for event in events:
            self.namings.setdefault(
                event.id,
                Naming(
                    SOURCE,
                    event.id,
                    event.occurred_at,
                    event.identifiers,
                    event.alias_of,
                    event.type.startswith("email_"),
                    event.quarantine is not None,
                ),
            )

    def catch_up(self) -> None:
        """Evaluate what is due, as the due loop does."""
        while self.scorebook.due(self.tx, self.now):
            pass

    def say(self, verb: Verb, one: Sequence[str], other: Sequence[str] = ()) -> None:
        """A standing instruction about values."""
        self.now += 1
        sides = [[self._row(name) for name in names(*some)] for some in (one, other)]
        number = stored.add(
            self.tx, at=self.now, actor="U1", about=LEADS, verb=verb.value, one=sides[0], other=sides[1], note=None
        )
        self.instructions.append(Instruction(number, self.now, verb, names(*one), names(*other)))
        self._apply(verb, [*sides[0], *sides[1]])

    def quarantine(self, number: str, why: str | None) -> None:
        """An event that was taken counts for nothing from now on, or again."""
        self.now += 1
        self.tx.run("UPDATE events SET quarantined = :why WHERE id = :id", why=why, id=number)
        self.tx.moves.everything()  # as whatever changes this does
        row = stored_quarantine.event(self.tx, self.tx.value("SELECT seq FROM events WHERE id = :id", id=number))
        leads = concerned(self.tx, row)
        identify_again(self.tx, row, why)
        self.namings[number] = replace(self.namings[number], quarantined=why is not None)
        changed = Instructed(self.identity).requarantined(self.tx, row, self.now)
        changed.leads |= leads
        self._finish(changed)
        tell_company(self.tx, self.scorebook, row, leads, self.now)

    def revoke(self) -> None:
        """The newest instruction stands no more."""
        self.now += 1
        said = self.instructions.pop()
        stored.revoke(self.tx, said.number, "U1", self.now)
        ids = [self._row(name) for name in (*said.one, *said.other)]
        self._apply(said.verb, ids)

    def configure(self, rules: IdentityRules) -> None:
        """The service is started again under another configuration."""
        self.now += 1
        self.rules = rules
        self.identity = Identity(rules, self.merging)
        Reconfiguring(cast(Store, None), self.identity, self.merging, self.scorebook).recompute(self.tx, self.now)

    def _row(self, name: Identifier) -> int:
        row = identities.find(self.tx, name.kind, name.value)
        return int(row["id"]) if row is not None else identities.add(self.tx, name.kind, name.value, self.now)

    def _apply(self, verb: Verb, ids: Sequence[int]) -> None:
        self._finish(Instructed(self.identity).apply(self.tx, verb, ids, self.now))

    def _finish(self, changed: Changed) -> None:
        there = [row["id"] for row in self.tx.all("SELECT id FROM leads") if row["id"] in changed.leads]
        settle(self.tx, self.scorebook, there, changed.companies, self.now)
        for lead_id in there:
            self.scorebook.describe(self.tx, lead_id, self.now)
            self.scorebook.evaluate(self.tx, lead_id, self.now, "event")
        self.merging.settle(self.tx, self.now)

    def lead_of(self) -> dict[str, int | None]:
        """The lead of every event that is not quarantined, None while it waits."""
        found: dict[str, int | None] = {one.id: None for one in self.namings.values() if not one.quarantined}
        for row in self.tx.all("SELECT id FROM leads"):
            for event in events_of(self.tx, row["id"]):
                if event["id"] in found and event["source"] == SOURCE:
                    assert found[event["id"]] is None, "an event belongs to one lead"
                    found[event["id"]] = row["id"]
        return found

    def groups(self) -> set[frozenset[str]]:
        """The events of each lead; what waits is not among them."""
        return _by_value(self.lead_of())

    def from_zero(self) -> set[frozenset[str]]:
        """The same from zero."""
        found: Partition = partition(self.namings.values(), self.instructions, self.rules)
        return _by_value(
            {one.id: found.leads[one.source, one.id] for one in self.namings.values() if not one.quarantined}
        )

    def scores(self) -> dict[frozenset[str], Any]:
        """What each lead's events are worth, as stored; it is what they are worth from zero."""
        by_lead: dict[int, set[str]] = {}
        for event, lead in self.lead_of().items():
            if lead is not None:
                by_lead.setdefault(lead, set()).add(event)
        found = {}
        for lead, events in by_lead.items():
            row = self.tx.one("SELECT score, label FROM scores WHERE lead_id = :id", id=lead)
            model = _model().model
            score = read_log(self.tx, lead).history(model).score(self.now)
            at_hand = self.histories.get(self.tx, lead).running[model.name].score(self.now)
            assert (row["score"], row["label"]) == (score.score_cents, score.label)
            assert at_hand == score
            found[frozenset(events)] = (row["score"], row["label"])
        return found


def _by_value(found: dict[str, Any]) -> set[frozenset[str]]:
    by_value: dict[Any, set[str]] = {}
    for event, value in found.items():
        if value is not None:
            by_value.setdefault(value, set()).add(event)
    return {frozenset(events) for events in by_value.values()}


def names(*texts: str) -> tuple[Identifier, ...]:
    """`a@x.example` is an address, `+45…` a telephone, `u:…` a user id, `v:…` a vendor's, `n:…` an anonymous id."""
    return tuple(_name(text) for text in texts)


def _name(text: str) -> Identifier:
    if "@" in text:
        return Identifier("email", text)
    if text.startswith("+"):
        return Identifier("phone", text)
    kinds = {"u": "user_id", "v": "hubspot:1:contact", "w": "brevo:1:contact", "n": "anonymous_id"}
    return Identifier(kinds[text[0]], text)


def event(
    number: int | str,
    at: int,
    texts: Iterable[str],
    *,
    kind: str = "page_viewed",
    alias: Sequence[str] = (),
    bad: bool = False,
) -> SourcedEvent:
    """An event `at` minutes after T0 that names these."""
    return SourcedEvent(
        id=f"e{number}",
        type=kind,
        occurred_at=T0 + at * HOUR // 60,
        properties={},
        traits={},
        identifiers=names(*texts),
        raw="{}",
        alias_of=names(*alias),
        quarantine="by hand" if bad else None,
    )
