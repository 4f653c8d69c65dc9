"""The logbook: the events of leads as the models read them, of many at once as of one.

A batch is read in a handful of statements. Asked with `Known`, it says what was known then: events, and
identifications, that came later are not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.service.company_facts import CompanyFacts
from bot.service.identity.attribution import Identification, reach_of, that_count, whose
from bot.service.identity.correcting import corrections_of
from bot.service.logged import scoring_event, with_companies
from bot.storage import events, identities, log
from bot.storage.log import ALL, Known
from bot.storage.store import Tx
from scoring.engine import History
from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.model import Model


@dataclass(slots=True)
class LeadLog:
    """One lead's events in order of time, none quarantined, and what colleagues' events say of its companies."""

    lead_id: int
    rows: list[Any] = field(default_factory=list)
    events: list[ScoringEvent] = field(default_factory=list)
    colleagues: dict[str, list[ScoringEvent]] = field(default_factory=dict)
    colleague_rows: dict[tuple[str, str], Any] = field(default_factory=dict)
    """The rows of colleagues' events, by source and id."""
    since: Instant = 0
    """Before this instant it does not tell what colleagues had said."""

    def history(self, model: Model) -> History:
        """The events as a model's history."""
        return History(model, self.events, self.colleagues)

    def until(self, at: Instant) -> LeadLog:
        """The same without stored events that lie ahead of an instant."""
        return LeadLog(
            self.lead_id,
            [row for row in self.rows if row["occurred_at"] <= at],
            [event for event in self.events if event.occurred_at <= at],
            {company: [one for one in told if one.occurred_at <= at] for company, told in self.colleagues.items()},
            self.colleague_rows,
        )

    @property
    def latest_at(self) -> Instant | None:
        return self.events[-1].occurred_at if self.events else None

    def next_ahead(self, now: Instant) -> Instant | None:
        """The next stored event that lies ahead of the clock, a colleague's too."""
        known = (self.events, *self.colleagues.values())
        return min((event.occurred_at for events in known for event in events if event.occurred_at > now), default=None)


def read_logs(
    tx: Tx, lead_ids: Sequence[int], known: Known = ALL, facts: CompanyFacts | None = None
) -> dict[int, LeadLog]:
    """The logs of these leads, each there even where it is empty.

    With `facts`, of colleagues' events only those that count by now.
    """
    logs = {lead_id: LeadLog(lead_id) for lead_id in lead_ids}
    rows: dict[int, list[Any]] = {lead_id: [] for lead_id in lead_ids}
    owner = log.subjects(tx, lead_ids)
    for row in log.events_of(tx, owner, known):
        rows[owner[row["subject_id"]]].append(row)
    for lead_id, visit in _visits(tx, lead_ids, known):
        rows[lead_id].append(visit)
    companies: dict[int, set[int]] = {}
    corrections = corrections_of(tx)
    for lead_id, one in logs.items():
        rows[lead_id].sort(key=_order)
        for row, event in with_companies(rows[lead_id], corrections):
            one.rows.append(row)
            one.events.append(event)
            if event.company is not None:
                companies.setdefault(int(event.company), set()).add(lead_id)
    if facts is None:
        _add_colleagues(log.company_facts(tx, companies, known) if companies else (), logs, rows, companies)
    else:
        _add_colleagues(facts.rows(tx, companies) if companies else (), logs, rows, companies)
        for company, of_company in companies.items():
            since = facts.since(tx, company)
            for lead_id in of_company:
                logs[lead_id].since = max(logs[lead_id].since, since)
    return logs


def read_log(tx: Tx, lead_id: int, facts: CompanyFacts | None = None) -> LeadLog:
    """The log of one lead."""
    return read_logs(tx, [lead_id], facts=facts)[lead_id]


def numbered(tx: Tx, numbers: Iterable[int]) -> dict[int, ScoringEvent]:
    """Events by their numbers, as they are told: whose they are, and which company and address they mean, is left out.

    A number of which there is no event is not there.
    """
    return {row["seq"]: scoring_event(row, None) for row in log.events_numbered(tx, numbers)}


def _order(row: Any) -> tuple[Instant, str, str]:
    return (row["occurred_at"], row["id"], row["source"])


def _visits(tx: Tx, lead_ids: Iterable[int], known: Known) -> Iterator[tuple[int, Any]]:
    """Anonymous visits that came to one of these leads."""
    wanted = set(lead_ids)
    anonymous = log.anonymous(tx, wanted)
    if not anonymous:
        return
    identified: dict[int, list[Identification]] = {}
    for row in log.identifications(tx, anonymous, known):
        one = Identification(row["occurred_at"], row["lead_id"], bool(row["by_mail"]))
        identified.setdefault(row["anonymous_id"], []).append(one)
    counting = {anonymous_id: that_count(all_of_it) for anonymous_id, all_of_it in identified.items()}
    reach = reach_of(tx)
    for visit in log.events_of(tx, counting, known):
        lead_id = whose(visit["occurred_at"], counting[visit["subject_id"]], reach)
        if lead_id in wanted and lead_id is not None:
            yield lead_id, visit


def _add_colleagues(
    said: Iterable[Any], logs: Mapping[int, LeadLog], rows: Mapping[int, list[Any]], companies: Mapping[int, set[int]]
) -> None:
    own = {lead_id: {row["seq"] for row in of_lead} for lead_id, of_lead in rows.items()}
    for row in said:
        event = scoring_event(row, str(row["company_id"]))
        for lead_id in companies[row["company_id"]]:
            if row["seq"] not in own[lead_id]:
                logs[lead_id].colleagues.setdefault(str(row["company_id"]), []).append(event)
                logs[lead_id].colleague_rows[event.source, event.id] = row


def events_of(tx: Tx, lead_id: int) -> list[Any]:
    """Every stored event of a lead in order of time: those that name it, and the anonymous visits that came to it."""
    subjects = [row["id"] for row in identities.of_lead(tx, lead_id) if row["kind"] != "anonymous_id"]
    rows = events.of_subjects(tx, subjects)
    reach = reach_of(tx)
    for anonymous_id in identities.anonymous_of_lead(tx, lead_id):
        known = [
            Identification(row["occurred_at"], row["lead_id"], bool(row["by_mail"]))
            for row in identities.identifications_of(tx, anonymous_id)
        ]
        counting = that_count(known)
        visits = events.of_subjects(tx, [anonymous_id])
        rows += [row for row in visits if whose(row["occurred_at"], counting, reach) == lead_id]
    return sorted(rows, key=lambda row: (row["occurred_at"], row["id"], row["source"]))
