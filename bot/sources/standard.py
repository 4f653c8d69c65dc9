"""Standard Webhooks: `{"type", "timestamp", "data"}`, signed; the person is in `data`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from typing import Final

from bot.sources.base import FieldMap, SourceConfig
from bot.sources.mapped import Plan, find_mapped, plan_of
from bot.sources.reading import Source
from bot.sources.schemes import STANDARD

FIELDS: Final = FieldMap(
    id=("id",),
    type=("type",),
    time=("data.occurred_at", "timestamp", "created_at"),
    email=("data.email", "data.traits.email"),
    user_id=("data.user_id", "data.userId"),
    anonymous_id=("data.anonymous_id", "data.anonymousId"),
    phone=("data.phone", "data.traits.phone"),
    group_id=("data.group_id", "data.groupId"),
    company=("data.company",),
    traits=("data.traits",),
    properties=("data.properties", "data"),
    trait_fields={"first_name": ("data.first_name",), "last_name": ("data.last_name",), "phone": ("data.phone",)},
)
"""Where things stand when the configuration maps nothing."""


def _prepare(config: SourceConfig) -> Plan:
    return plan_of(FIELDS if config.mapping == FieldMap() else config.mapping)


SOURCE: Final = Source(
    kind="standard",
    prefix="standard",
    schemes={"standard": STANDARD},
    find=find_mapped,
    prepare=_prepare,
)
