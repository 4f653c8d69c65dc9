"""Who was erased: no names, only what keeps them away."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import number, words

erasures = table(
    "erasures",
    words("token", primary_key=True, required=True),
    number("at", required=True),
    words("actor", required=True),
    words("counts", required=True),  # how much of what went, JSON
    rowid=False,
)

erased_leads = table(  # their numbers are never given again
    "erased_leads",
    number("id", primary_key=True, required=True),
    words("token", required=True),
)

tombstones = table(  # keyed hashes of what named somebody erased
    "tombstones",
    words("hash", primary_key=True, required=True),
    words("token", required=True),
    sa.Index(None, "token"),
    rowid=False,
)
