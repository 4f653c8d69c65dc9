"""Lines: stored as JSON and read again."""

from __future__ import annotations

import json
from decimal import Decimal

from scoring.ledger import Line
from tests.scoring.build import T

FULL = Line("Web", "R", 1050, "engagement", ("site", "1"), "page_viewed", T(0), "acme.dk", None, T(9))
SHORT = Line(None, "rounding", -40, "adjustment")


def test_a_line_survives_its_storage() -> None:
    for line in (FULL, SHORT, Line("Web", "R", 5, "engagement", matched="at least 3 in 1w", count=4)):
        assert Line.from_json(json.loads(json.dumps(line.to_json()))) == line


def test_what_a_line_has_not_is_not_stored() -> None:
    assert SHORT.to_json() == {"rule": "rounding", "cents": -40, "kind": "adjustment"}


def test_points_are_decimals() -> None:
    assert (FULL.points, SHORT.points) == (Decimal("10.5"), Decimal("-0.4"))
