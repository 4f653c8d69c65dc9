"""JSON from Zapier, Make, Marketo, Tag Manager or one's own code: an object or an array, mapped by configuration."""

from __future__ import annotations

from typing import Final

from bot.sources.base import SourceConfig
from bot.sources.bodies import Body
from bot.sources.mapped import Plan, find_mapped, plan_of, split_records
from bot.sources.reading import Batch, Source
from bot.sources.schemes import STANDARD, STRIPE


def _split(body: Body, config: SourceConfig) -> Batch:
    return split_records(body, config.mapping.records)


def _prepare(config: SourceConfig) -> Plan:
    return plan_of(config.mapping)


SOURCE: Final = Source(
    kind="generic",
    prefix="generic",
    schemes={"standard": STANDARD, "stripe": STRIPE},
    split=_split,
    find=find_mapped,
    prepare=_prepare,
)
