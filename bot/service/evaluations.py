"""An evaluation as it is stored, and what of a stored one matters next."""

from __future__ import annotations

from typing import Any

from bot.service.histories import LiveModel
from scoring.engine import Score
from scoring.handover import HandOver, cooldown_ends
from scoring.instants import Instant
from scoring.model import LABEL_RANK, Model


def stored_row(
    lead_id: int,
    live: LiveModel,
    score: Score,
    state: HandOver,
    *,
    latest_at: Instant | None,
    next_ahead: Instant | None,
) -> dict[str, Any]:
    """An evaluation as it is stored, with the instant at which the lead must be evaluated again."""
    ends = cooldown_ends(state, live.model)
    timers = [score.next_change, ends if ends is not None and ends > score.at else None, next_ahead]
    return {
        "lead_id": lead_id,
        "model": live.model.name,
        "model_id": live.id,
        "at": score.at,
        "score": score.score_cents,
        "fit": score.fit_cents,
        "engagement": score.engagement_cents,
        "rating": score.rating,
        "label": score.label,
        "action": score.action,
        "follow_up_within": score.follow_up_within,
        "latest_at": latest_at,
        "due_at": min((timer for timer in timers if timer is not None), default=None),
        "due_cause": "time",
        "last_label": state.label,
        "armed": int(state.armed),
        "dipped": int(state.dipped),
        "cooldown_ended": int(state.cooldown_ended),
        "crossed_at": state.last_crossing_at,
    }


def hand_over_of(row: Any) -> HandOver:
    """The state of hand-over of a stored evaluation; that of a new lead where there is none."""
    if row is None:
        return HandOver.new()
    return HandOver(
        label=row["last_label"],
        armed=bool(row["armed"]),
        dipped=bool(row["dipped"]),
        last_crossing_at=row["crossed_at"],
        cooldown_ended=bool(row["cooldown_ended"]),
    )


def at_label(model: Model, label: str | None) -> bool:
    """Whether an alerting model has the lead at its hand-over label."""
    if not model.hand_over.alert or label is None:
        return False
    return LABEL_RANK[label] >= LABEL_RANK[model.hand_over.label]
