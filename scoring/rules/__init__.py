"""The rule kinds. RULE_KINDS is the table: for each kind of rule the class that prepares it once per model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from scoring.model import FrequencyRule, InactivityRule, PointsRule, Rule
from scoring.rules.frequency import FrequencyPlan
from scoring.rules.inactivity import InactivityPlan
from scoring.rules.points import PointsPlan
from scoring.rules.tally import NEVER, RuleLine, Tally

__all__ = ["NEVER", "RULE_KINDS", "Plan", "RuleLine", "Tally", "plan_of"]


class Plan(Protocol):
    """What is prepared once per model for a rule."""

    def __init__(self, rule: Any) -> None: ...

    def new_tally(self, *, lean: bool = False) -> Tally:
        """A tally of one lead; a lean one keeps numbers for events, and forgets what can count no more."""


RULE_KINDS: Final[Mapping[type[Rule], type[Plan]]] = {
    PointsRule: PointsPlan,
    FrequencyRule: FrequencyPlan,
    InactivityRule: InactivityPlan,
}
"""To add a kind: its values in model.py, its class here, its keys in definition/engagement.py, its page in docs."""


def plan_of(rule: Rule) -> Plan:
    """What is prepared once per model for this rule."""
    return RULE_KINDS[type(rule)](rule)
