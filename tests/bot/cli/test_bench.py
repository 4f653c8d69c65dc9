"""The benchmark runs, and prints every figure beside its floor."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bot.bench.workload import Workload

FIGURES = ["single events", "events in batches of 100", "single at half of peak, p99"]


def test_every_figure_stands_beside_its_floor_of_the_same_run(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "bench", "--json"]
    sizes = ["--leads", "100", "--rounds", "1", "--seconds", "0.1", "--replay", "100", "--growth", "100"]
    ran = subprocess.run([*command, *sizes], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240)
    assert ran.returncode == 0, ran.stderr
    figures = {figure["name"]: figure for figure in json.loads(ran.stdout)}
    assert set(FIGURES) <= set(figures)
    assert {"rescore 1,000 events, 50 rules", "back-test 1,000 events"} <= set(figures)
    for figure in figures.values():
        assert figure["value"] > 0
        assert figure["floor"] > 0
        assert figure["ratio"] > 0
    assert {"start to ready, 100 leads", "memory at start, 100 leads", "single events, 100 leads"} <= set(figures)
    assert {f"{what} at 1,000 events/s, p99" for what in ("slash command to answer", "click to claim")} <= set(figures)
    assert {f"event to Slack at {rate}/s, p{percent}" for rate in (20, 200) for percent in (50, 99)} <= set(figures)


def test_what_is_measured_is_no_duplicate_of_what_fills_the_store() -> None:
    filling, live = Workload(3), Workload(3, ids="live-")
    sent = {one["id"] for lead in range(3) for one in filling.life(lead, 10**15)}
    assert len(sent) == 30
    assert sent.isdisjoint(live.one()["id"] for _ in range(30))
    assert live.address(1) == filling.address(1)
