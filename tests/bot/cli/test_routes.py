"""`hotlead routes test` says where a lead went and why, and changes nothing."""

from __future__ import annotations

from pathlib import Path

from bot.service.models.live import shipped
from tests.bot.cli.shell import a_past, configuration, typed
from tests.rig import DIRECTOR, HOT


def test_it_says_which_routes_hold_and_who_was_looked_at(tmp_path: Path) -> None:
    a_past(tmp_path / "data", shipped("b2b"), [{**event, "email": "a@x.example", "traits": DIRECTOR} for event in HOT])
    config = configuration(tmp_path, tmp_path / "data")
    config.write_text(
        config.read_text()
        + '[[rep]]\nuser = "U0ANNA"\n[[route]]\nname = "Turns"\nchannel = "C0SALES"\nhow = "round_robin"\n'
    )
    said = typed("routes", "test", "--lead", "a@x.example", "--config", config)
    assert said.code == 0, said.error
    assert "no routes configured" in said.out  # its alert was made before the route was
    assert typed("routes", "test", "--lead", "L-99", "--config", config).error == (
        "No lead is meant by 'L-99'. Name one as L-123."
    )
