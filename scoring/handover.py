"""Hand-over: the one state. It advances with every evaluation and is never taken back.

An evaluation first notes a dip, then arms a lead that is due, then lets an armed one cross:

* a lead dips when, disarmed, it is found with its label below the hand-over label (and its score under `rearm_below`);
* it is due to be armed when it has dipped and the cooldown since its last crossing is over;
* an armed lead found at the hand-over label or better crosses: once, which disarms it.

A silent evaluation (imported history, a published model, a changed identity configuration) crosses nothing: a lead
found at the label is disarmed, its dip forgotten and its cooldown ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scoring.engine import Score
from scoring.grade import reaches
from scoring.instants import Instant
from scoring.model import Label, Model


@dataclass(frozen=True, slots=True)
class HandOver:
    """The state of one lead under one model."""

    label: Label | None = None
    """The label at the last evaluation inside the population."""
    armed: bool = True
    dipped: bool = False
    """Whether the lead has dipped since it was disarmed."""
    last_crossing_at: Instant | None = None
    cooldown_ended: bool = False
    """A silent evaluation has ended the cooldown of the last crossing."""

    @classmethod
    def new(cls) -> HandOver:
        """The state of a new lead: armed."""
        return cls()


@dataclass(frozen=True, slots=True)
class Crossing:
    """A lead crossed. Who it was and why is in the score that was evaluated."""

    at: Instant
    label: Label
    after_cooldown: bool
    """It came back during the cooldown, and crosses at its end."""
    alert: bool
    """Whether people are alerted: not with `alert = false`, nor while a `never_alert` holds."""
    held_back_by: tuple[str, ...]
    """The names of the `never_alert` that hold."""


def evaluate(state: HandOver, score: Score, model: Model, *, silent: bool = False) -> tuple[HandOver, Crossing | None]:
    """Advance the state with a score; a crossing when the lead crossed. Outside the population nothing happens."""
    if not score.in_population or score.label is None:
        return state, None
    reached = reaches(score.label, model.hand_over.label)
    was_reached = reaches(state.label, model.hand_over.label)
    dipped = state.dipped or (not state.armed and not reached and _is_under(score, model))
    due = dipped and not state.armed and _cooldown_is_over(state, model, score.at)
    armed = state.armed or due
    after = replace(state, label=score.label, armed=armed, dipped=dipped and not armed)
    if not (armed and reached):
        if silent and reached:
            after = replace(after, dipped=False, cooldown_ended=True)
        return after, None
    if silent:
        return replace(after, armed=False, dipped=False, cooldown_ended=True), None
    crossing = Crossing(
        at=score.at,
        label=score.label,
        after_cooldown=due and was_reached,
        alert=model.hand_over.alert and not score.never_alert,
        held_back_by=score.never_alert,
    )
    return replace(after, armed=False, dipped=False, last_crossing_at=score.at, cooldown_ended=False), crossing


def _is_under(score: Score, model: Model) -> bool:
    bound = model.hand_over.rearm_below
    return bound is None or (score.score_cents is not None and score.score_cents < bound)


def _cooldown_is_over(state: HandOver, model: Model, at: Instant) -> bool:
    return (
        state.cooldown_ended
        or state.last_crossing_at is None
        or at >= state.last_crossing_at + model.hand_over.cooldown
    )


def cooldown_ends(state: HandOver, model: Model) -> Instant | None:
    """When the cooldown of a disarmed lead ends: an evaluation is due then. It may lie in the past; None: none runs."""
    if state.armed or state.cooldown_ended or state.last_crossing_at is None or not model.hand_over.cooldown:
        return None
    return state.last_crossing_at + model.hand_over.cooldown


def merge(kept: HandOver, other: HandOver) -> HandOver:
    """The state of two leads that turn out to be one; `kept` is the one that keeps its number.

    Disarmed if either was, with the later crossing time; dipped if both had. If both were armed, evaluate it next.
    """
    latest = kept if (kept.last_crossing_at or 0) >= (other.last_crossing_at or 0) else other
    return HandOver(
        label=kept.label if kept.label is not None else other.label,
        armed=kept.armed and other.armed,
        dipped=kept.dipped and other.dipped,
        last_crossing_at=latest.last_crossing_at,
        cooldown_ended=latest.cooldown_ended,
    )
