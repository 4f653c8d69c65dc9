"""What engineers look at is true: the page lists every metric, dashboard and rules ask only for what there is."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from bot.standin import Fault
from tests.bot.metrics_page import DOCS, PAGE, families, page, shown
from tests.rig import HOUR, KEY, MINUTE, SECOND, T0, Rig, rig

DASHBOARD = json.loads((DOCS / "deploy" / "grafana.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((DOCS / "deploy" / "alerts.yml").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
_NAME = re.compile(r"\b(?:hotlead|process)_[a-z_]+\b")


def queryable() -> set[str]:
    """Every name that a query may ask for."""
    found = {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"}
    for one in families(Metrics()):
        found.add(shown(one))
        if one.type == "histogram":
            found |= {f"{one.name}_{part}" for part in ("bucket", "sum", "count")}
    return found


def test_the_page_lists_every_metric_as_the_code_has_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.bot.metrics_page writes it"


def test_the_page_leaves_no_metric_out() -> None:
    listed = set(re.findall(r"^\| `([a-z_]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {shown(one) for one in families(Metrics())}


def test_every_metric_says_what_it_means_in_a_sentence() -> None:
    for one in families(Metrics()):
        assert re.fullmatch(r"[A-Z].{15,}\.", one.documentation), one.name


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_a_panel_says_what_it_shows_in_which_unit_and_asks_for_what_there_is(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    for target in panel["targets"]:
        names = set(_NAME.findall(target["expr"]))
        assert names
        assert names <= queryable()


def test_the_dashboard_is_a_valid_model() -> None:
    assert DASHBOARD["schemaVersion"] >= 36
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    assert all(at["x"] >= 0 and at["x"] + at["w"] <= 24 for at in places)
    assert not any(_overlap(one, other) for one, other in combinations(places, 2))
    assert {one["name"] for one in DASHBOARD["templating"]["list"]} == {"datasource", "instance"}
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in PANELS)


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not (beside or above)


def test_the_dashboard_shows_every_metric() -> None:
    asked = set(_NAME.findall(json.dumps(DASHBOARD)))
    unseen = {one.name for one in families(Metrics()) if not any(name.startswith(one.name) for name in asked)}
    assert unseen == set()


def test_the_rules_ask_for_what_there_is_and_say_what_to_do() -> None:
    (group,) = RULES["groups"]
    for rule in group["rules"]:
        assert set(_NAME.findall(rule["expr"])) <= queryable(), rule["alert"]
        assert {"summary", "action"} <= set(rule["annotations"])


# ---- and the numbers are right, on the whole service


async def numbers(it: Rig) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and the values of its labels."""
    async with it.http.get(f"{it.hotlead.operations_url}/metrics") as response:
        text = await response.text()
    return {
        (sample.name.removeprefix("hotlead_"), tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_an_event_is_counted_at_each_stage_up_to_the_claim(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        it.clock.pass_(5 * MINUTE)
        await it.standin.run_command(it.workspace.reps[0], it.workspace.sales, "/lead", f"claim L-{number}")
        await it.settle()
        found = await numbers(it)
        assert found["requests_total", ("hooks", "200")] == 1
        assert found["events_accepted_total", ("forms",)] == 2
        assert found["commit_group_events_sum", ()] == 2
        assert found["crossings_total", ("hot", "B2B inbound")] == 1
        assert found["deliveries_total", ("alert", "sent")] == 1
        assert found["slack_calls_total", ("chat.postMessage", "ok")] >= 1
        assert found["alert_seconds_count", ()] == 1
        assert found["acts_total", ("claim", "claimed")] == 1
        assert found["claims_total", ("claimed",)] == 1
        assert 5 * 60 <= found["claim_seconds_sum", ()] <= 6 * 60
        assert found["slack_ack_seconds_count", ()] == 1
        assert found["slack_connected", ()] == 1
        assert found["database_bytes", ("database",)] > 10_000
        assert found["outbox_age_seconds", ()] == 0
        assert found["started_timestamp_seconds", ()] == T0 // SECOND


async def test_a_second_owner_is_a_claim_and_no_second_time_to_claim(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        for rep in it.workspace.reps[:2]:
            await it.standin.run_command(rep, it.workspace.sales, "/lead", f"claim L-{number}")
            await it.settle()
            await it.standin.run_command(rep, it.workspace.sales, "/lead", f"release L-{number}")
            await it.settle()
        found = await numbers(it)
        assert found["claims_total", ("claimed",)] == 2
        assert found["claim_seconds_count", ()] == 1


async def test_what_is_refused_repeated_or_no_event_is_counted_by_its_reason(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        event = {"type": "x", "id": "a"}
        await it.send(event)
        await it.send(event)
        await it.send({**event, "type": "y"})
        await it.post("/hooks/forms", "{", {"x-hotlead-key": KEY})
        await it.post("/hooks/forms", "{}", {"x-hotlead-key": "wrong"})
        await it.post("/hooks/nobody", "{}")
        await it.hotlead.core.source_health.store()
        await it.post("/a/place/of/theirs", "{}")
        found = await numbers(it)
        assert found["source_last_event_timestamp_seconds", ("forms",)] == T0 // SECOND
        assert found["events_duplicate_total", ("forms",)] == 2
        assert found["events_duplicate_changed_total", ("forms",)] == 1
        assert found["events_refused_total", ("bad_json", "forms")] == 1
        assert found["events_refused_total", ("signature_wrong", "forms")] == 1
        assert found["events_refused_total", ("unknown_source", "unknown")] == 1
        assert found["requests_total", ("hooks", "401")] == 1
        assert found["requests_total", ("other", "404")] == 1


async def test_a_queue_that_stands_still_shows_its_age(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.standin.inject(Fault("500_before", "chat.postMessage", 99))
        with pytest.raises(AssertionError, match="still owed"):
            await it.make_hot()
        it.clock.pass_(HOUR)
        found = await numbers(it)
        assert found["outbox_age_seconds", ()] >= HOUR / SECOND
        assert found["outbox_rows", ("unknown",)] + found["outbox_rows", ("owed",)] >= 1
        calls = [labels for name, labels in found if name == "slack_calls_total" and "chat.postMessage" in labels]
        assert calls
        assert all("ok" not in labels for labels in calls)
        assert found["deliveries_total", ("alert", "ambiguous")] >= 1


async def test_each_service_counts_for_itself() -> None:
    one, other = Metrics(), Metrics()
    one.claims.labels("claimed").inc()
    assert isinstance(other.registry, CollectorRegistry)
    assert other.registry.get_sample_value("hotlead_claims_total", {"how": "claimed"}) is None
