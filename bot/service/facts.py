"""A score as people are told it: its ledger in groups, what is known of the lead, and what it did last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import unquote

from bot.service.histories import RECENT, Entry
from bot.service.views import Activity, AlertFacts, LeadRef, Reason, ScoreView
from bot.storage.events import OUR_TYPES
from scoring.engine import Score
from scoring.events import ScoringEvent, Value
from scoring.ledger import Line
from scoring.model import Model

_NOTHING: Final = Decimal(0)
TOP: Final = 4
_TIER: Final = "tier "
_NAMES: Final[Mapping[str, str]] = {
    "title": "title",
    "company.employees": "employees",
    "company.industry": "industry",
    "company.country": "country",
    "country": "country",
    "department": "department",
}
_SHOWN: Final = ("url", "title", "form_id", "asset", "campaign", "name", "subject", "webinar", "to")


def reasons_of(lines: Iterable[Line]) -> tuple[Reason, ...]:
    """Ledger lines grouped by rule, in the order of the ledger; adjustments stand alone."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        what = line.matched if line.kind == "adjustment" else None
        groups.setdefault((line.kind, line.category, line.rule, what), []).append(line)
    return tuple(_reason(group) for group in groups.values())


def _reason(group: Sequence[Line]) -> Reason:
    first, latest = group[0], max(group, key=lambda line: line.occurred_at or 0)
    tier = first.kind == "fit" and first.rule.startswith(_TIER) and first.category is not None
    return Reason(
        category=first.category,
        rule=first.category if tier and first.category else first.rule,
        points=sum((line.points for line in group), Decimal(0)),
        count=len(group),
        latest_at=latest.occurred_at,
        matched=_matched(latest, tier=tier),
        kind=first.kind,
    )


def _matched(line: Line, *, tier: bool) -> str | None:
    """What matched, where it says more than the rule's name does; a tier's without the field's name."""
    if tier:
        return line.matched.partition(": ")[2] or line.matched or None
    return line.matched if line.matched != line.event_type else None


def top_reasons(lines: Iterable[Line]) -> tuple[Reason, ...]:
    """What gave most, largest first, adjustments aside."""
    told = [reason for reason in reasons_of(lines) if reason.kind != "adjustment" and reason.points > 0]
    return tuple(sorted(told, key=lambda reason: (reason.kind == "fit", -reason.points))[:TOP])


def fit_facts(attributes: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """What is known of who they are; bot/slack/words.py says it in words."""
    found: dict[str, str] = {}
    for field, name in _NAMES.items():
        value = attributes.get(field)
        if value is not None and not isinstance(value, Mapping):
            found.setdefault(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
    return tuple(found.items())


def what_of(properties: Mapping[str, Value]) -> str | None:
    """What an event was about, in one text."""
    for field in _SHOWN:
        value = properties.get(field)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return _readable(str(value)) if field == "url" else str(value)
    return None


def _readable(url: str) -> str:
    """An address as people read it: without its scheme, and decoded."""
    return unquote(url.partition("://")[2] or url, errors="replace").rstrip("/")


def points_by_event(lines: Iterable[Line]) -> dict[tuple[str, str], Decimal]:
    """What each event gives now."""
    points: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        if line.event is not None:
            points[line.event] = points.get(line.event, Decimal(0)) + line.points
    return points


def activity_of(event: ScoringEvent, points: Mapping[tuple[str, str], Decimal]) -> Activity:
    """An event as a line of a timeline."""
    return Activity(
        at=event.occurred_at,
        type=event.type,
        source=event.source,
        what=what_of(event.properties),
        points=points.get((event.source, event.id)),
    )


def facts_of(entry: Entry, model: Model, score: Score, last: Sequence[ScoringEvent]) -> AlertFacts:
    """The crossing as its alert tells it for good. `last` are the lead's events, oldest first."""
    shown = entry.shown()
    points = points_by_event(score.lines)
    told = [event for event in last if not event.type.startswith(OUR_TYPES)][-RECENT:]
    return AlertFacts(
        lead=LeadRef(entry.lead_id, shown["name"], shown["email"], shown["company"], score.label, score.score),
        title=shown["title"],
        model=model.name,
        label=score.label or "none",
        rating=score.rating,
        score=score.score or _NOTHING,
        fit=score.fit or _NOTHING,
        engagement=score.engagement or _NOTHING,
        crossed_at=score.at,
        reasons=top_reasons(score.lines),
        fit_facts=fit_facts(entry.folding.attributes),
        activities=tuple(activity_of(event, points) for event in reversed(told)),
    )


def score_view(model: Model, score: Score, *, forecast: bool = True) -> ScoreView:
    """One model's score as it is shown."""
    return ScoreView(
        model=model.name,
        score=score.score,
        fit=score.fit or _NOTHING,
        engagement=score.engagement or _NOTHING,
        rating=score.rating,
        label=score.label,
        action=score.action,
        failed_gates=score.failed_gates,
        waiting_on=score.waiting_on,
        never_alert=score.never_alert,
        reasons=top_reasons(score.lines),
        next_change=score.next_change,
        forecast=score.forecast if forecast else None,
    )
