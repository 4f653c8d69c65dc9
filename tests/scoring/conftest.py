"""Hypothesis as these tests use it: the same examples in every run, and no time limit per example."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "scoring", derandomize=True, deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("scoring")
