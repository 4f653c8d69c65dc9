"""The store itself, the published models, and what a publication did."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import key, number, words

meta = table("meta", words("name", primary_key=True, required=True), words("value", required=True))

models = table(
    "models",
    key(),
    words("name", required=True),
    words("hash", required=True),
    words("text", required=True),
    words("author", required=True),
    words("note"),
    number("published_at", required=True),
    sa.Index(None, "name", "id"),
)

rescores = table(  # after a publication every lead is evaluated once, silently; where that stands
    "rescores",
    number("model_id", primary_key=True, required=True),
    number("at", required=True),  # the instant of the publication, for which all are evaluated
    number("seq", required=True),  # the newest event known then
    number("until", required=True),  # the newest lead known then
    number("after", default=0),  # leads up to this one are done
    number("total", required=True),
    number("done", default=0),
    number("cooled", default=0),
    number("ended_at"),
)

found = table(  # leads that a publication found at the hand-over label, until somebody posts them
    "found",
    number("model_id", primary_key=True, required=True),
    number("lead_id", primary_key=True, required=True),
    words("label", required=True),
    words("rating"),
    number("score", required=True),
    words("was_label"),
    number("was_score"),
    number("settled_at"),
    words("settled"),  # posted, held_back, crossed, cooled
    sa.Index(None, "lead_id"),
    rowid=False,
)
