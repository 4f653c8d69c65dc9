"""JSON from Zapier, Make, Marketo, Tag Manager or one's own code: an object or an array, mapped by configuration."""

from __future__ import annotations

from typing import Final

from bot.sources.base import SourceConfig
from bot.sources.mapped import Plan, find_mapped, plan_of
from bot.sources.reading import Source
from bot.sources.schemes import STANDARD, STRIPE


def _prepare(config: SourceConfig) -> Plan:
    return plan_of(config.mapping)


SOURCE: Final = Source(
    kind="generic",
    prefix="generic",
    schemes={"standard": STANDARD, "stripe": STRIPE},
    find=find_mapped,
    prepare=_prepare,
)
