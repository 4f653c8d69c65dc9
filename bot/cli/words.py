"""How commands write points, instants, leads and ledgers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import typer

from bot.service.views import LeadRef
from scoring.engine import Score
from scoring.instants import Instant, format_instant, to_datetime
from scoring.ledger import Line, by_category


def points(value: Decimal | None, *, signed: bool = False) -> str:
    """Points without zeros that end a fraction; – where there are none."""
    if value is None:
        return "–"
    text = f"{value:+f}" if signed else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def when(at: Instant | None) -> str:
    """An instant to the minute, UTC; – where there is none."""
    return "–" if at is None else to_datetime(at).strftime("%Y-%m-%d %H:%M")


def who(lead: LeadRef) -> str:
    """A lead as people know it."""
    known = [part for part in (lead.name, lead.company, lead.email) if part]
    return f"{lead.key} {', '.join(known)}" if known else lead.key


def ledger(lines: Iterable[Line]) -> Iterator[str]:
    """A ledger line by line, in columns."""
    for line in lines:
        name = line.rule if line.category is None else f"{line.category}: {line.rule}"
        about = [line.matched, when(line.occurred_at) if line.occurred_at is not None else ""]
        told = ", ".join(part for part in about if part)
        until = f" (until {when(line.changes_at)})" if line.changes_at is not None else ""
        yield f"{points(line.points, signed=True):>8}  {name}{'  ' + told if told else ''}{until}"


def subtotals(lines: Iterable[Line]) -> str:
    """What each category gives in one line; empty where none gives anything."""
    told = ", ".join(f"{name} {points(value)}" for name, value in by_category(lines).items())
    return f"{'':>8}  by category: {told}" if told else ""


def number(value: Decimal | None) -> int | float | None:
    """Points as a JSON number; hundredths are exact in it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def print_json(value: Any) -> None:
    """Print a value as JSON, points as numbers."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=number))


def score_json(score: Score) -> dict[str, Any]:
    """A score as JSON, with its ledger."""
    return {
        "at": format_instant(score.at),
        "in_population": score.in_population,
        "score": number(score.score),
        "fit": number(score.fit),
        "engagement": number(score.engagement),
        "rating": score.rating,
        "label": score.label,
        "action": score.action,
        "eligible": score.eligible,
        "failed_gates": list(score.failed_gates),
        "waiting_on": list(score.waiting_on),
        "never_alert": list(score.never_alert),
        "next_change": instant(score.next_change),
        "forecast": instant(score.forecast),
        "categories": dict(score.categories),
        "ledger": [line_json(line) for line in score.lines],
    }


def line_json(line: Line) -> Mapping[str, Any]:
    """A line of a ledger as JSON."""
    return {
        "category": line.category,
        "rule": line.rule,
        "kind": line.kind,
        "points": number(line.points),
        "matched": line.matched or None,
        "event": {"source": line.event[0], "id": line.event[1]} if line.event else None,
        "occurred_at": instant(line.occurred_at),
        "changes_at": instant(line.changes_at),
    }


def instant(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)
