"""The sources: what came from them, and files of the past."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import key, number, raw, words

source_counts = table(
    "source_counts",
    words("source", primary_key=True, required=True),
    number("hour", primary_key=True, required=True),  # counted from 1970
    words("what", primary_key=True, required=True),  # accepted, duplicate, …, refused:CODE
    number("count", default=0),
    number("latest_at", required=True),
    rowid=False,
)

source_troubles = table(  # what people have been told of, until it is over
    "source_troubles",
    words("source", primary_key=True, required=True),
    words("trouble", primary_key=True, required=True),  # quiet, signatures
    number("since", required=True),
    rowid=False,
)

letters = table(  # requests refused for their signature that their sender will not send again
    "letters",
    key(),
    words("source", required=True),
    number("received_at", required=True),
    words("code", required=True),
    words("method", required=True),
    words("url", required=True),
    words("path", required=True),
    words("headers", required=True),
    raw("body", required=True),
    sa.Index(None, "source", "id"),
)

imports = table(  # how far a file of the past has been read
    "imports",
    key(),
    words("file", required=True),  # a hash of what it holds and how it is read
    words("source", required=True),
    words("name", required=True),
    number("started_at", required=True),
    number("lines", default=0),  # read and stored, good and bad
    number("accepted", default=0),
    number("duplicates", default=0),
    number("bad", default=0),
    number("ended_at"),
    sa.UniqueConstraint("file"),
)
