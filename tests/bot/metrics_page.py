"""docs/metrics.md, as the code says it; `python -m tests.bot.metrics_page` writes it."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric

from bot.metrics import Metrics

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "metrics.md"
_HEAD = """# Metrics

`GET 127.0.0.1:9464/metrics` shows these to Prometheus, which asks as often as you like: queues and ages are looked up
when it does. A counter's name ends with `_total`; a histogram has `_bucket`, `_sum` and `_count`. Names end with their
unit (`seconds`, `bytes`); what has none is a plain number. Beside them stand the usual `process_*` of Prometheus:
memory, CPU seconds, open files.

[deploy/grafana.json](deploy/grafana.json) is a dashboard of all of it (*Dashboards → New → Import*, then choose your
Prometheus), and [deploy/alerts.yml](deploy/alerts.yml) rules that wake somebody only for what a person can mend.
"""
_STAGES = {
    "_process": "The process",
    "_front_door": "Front door",
    "_intake": "Intake",
    "_scoring": "Scores and handling",
    "_delivery": "Delivery",
    "_slack": "Slack",
    "_people": "People",
    "_nights": "Nightly work",
}


def families(metrics: Metrics) -> list[Metric]:
    """Ours, in the order in which they were made."""
    return [one for one in metrics.registry.collect() if one.name.startswith("hotlead_")]


def shown(one: Metric) -> str:
    """The name as it stands in a query."""
    return f"{one.name}_total" if one.type == "counter" else one.name


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    labels = {made._name: made._labelnames for made in vars(Metrics()).values() if isinstance(made, MetricWrapperBase)}
    for stage, title in _STAGES.items():
        bare = Metrics.__new__(Metrics)
        bare.registry = type(Metrics().registry)()
        getattr(bare, stage)()
        rows = [
            f"| `{shown(one)}` | {one.type} | {', '.join(labels[one.name]) or '–'} | {one.documentation} |"
            for one in families(bare)
        ]
        parts.append("\n".join([f"## {title}\n", "| name | type | labels | meaning |", "|---|---|---|---|", *rows, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
