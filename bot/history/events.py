"""Rows of a file to events: through the same reading as requests, so that an import means what a webhook would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.errors import HotleadError
from bot.history.files import Row, is_csv, rows_of
from bot.history.shapes import SHAPES, Shape, folded, type_of
from bot.service.incoming import Identifier, SourcedEvent
from bot.sources import open_source
from bot.sources.base import HISTORY_HEADER, FieldMap, Received, Refused, SourceConfig
from bot.sources.reading import Endpoint
from scoring.instants import Instant

_HEADERS: Final = {HISTORY_HEADER: "1"}


@dataclass(frozen=True, slots=True)
class Event:
    """What a line means; a line of a source may hold several, or none."""

    row: Row
    events: tuple[SourcedEvent, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that is left out, and why."""

    row: Row
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one file for one source."""

    path: Path
    shape: Shape
    endpoint: Endpoint
    now: Instant
    columns: Mapping[str, str] = field(default_factory=dict)
    """Fields of a record by the file's own column names."""
    zone: ZoneInfo | None = None
    """The zone of times that state none; without it UTC."""
    portal: str = ""
    """HubSpot's number of the company's portal, by which contacts' numbers are told apart."""

    def read(self, *, after: int = 0) -> Iterator[Event | Problem]:
        """Every row after a line. Raises HotleadError."""
        for row in rows_of(self.path, after=after):
            yield self._row(row)

    def _row(self, row: Row) -> Event | Problem:
        if row.problem:
            return Problem(row, "unreadable", row.problem)
        contact = None
        if self.shape.is_mapped:
            record = self._record(row)
            if isinstance(record, Problem):
                return record
            contact = record.pop(self.shape.contact_id, None) if self.shape.contact_id else None
            body = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
        else:
            body = row.text if row.text is not None else json.dumps(row.cells, ensure_ascii=False).encode()
        read = self.endpoint.read(Received("POST", "", "/v1/batch", _HEADERS, body, self.now))
        if isinstance(read, Refused):
            first = read.refusals[0] if read.refusals else read
            return Problem(row, first.code, first.message)
        if read.refusals:
            return Problem(row, read.refusals[0].code, read.refusals[0].message)
        events = tuple(self._named(event, contact) for event in read.events)
        return next((wrong for event in events if (wrong := _unfit(row, event))), Event(row, events))

    def _record(self, row: Row) -> dict[str, Any] | Problem:
        stated: Any = row.cells
        if row.text is not None:
            try:
                stated = json.loads(row.text)
            except (ValueError, RecursionError) as wrong:
                return Problem(row, "bad_json", str(wrong))
        if not isinstance(stated, dict):
            return Problem(row, "no_object", "the line is no JSON object")
        record: dict[str, Any] = {}
        for name, value in stated.items():
            _put(record, self._place(name, flat=row.text is None), value)
        self._complete(record)
        return record

    def _place(self, name: str, *, flat: bool) -> list[str]:
        known = self.columns.get(name) or self.shape.columns.get(folded(name))
        if known:
            return known.split(".")
        if self.shape.rest:
            return [self.shape.rest, folded(name) or name]
        return name.split(".") if flat else [name]

    def _complete(self, record: dict[str, Any]) -> None:
        """What the layout implies: the type, the time, and an id that is the same whenever the file is read."""
        if self.shape.type:
            record.setdefault("type", self.shape.type)
        if isinstance(record.get("type"), str):
            record["type"] = type_of(record["type"], self.shape)
        if self.shape.prefix:
            record.setdefault("occurred_at", record.pop("created_at", None))
        if self.zone is not None:
            for name in ("occurred_at", "created_at", "timestamp", "time"):
                if isinstance(record.get(name), str):
                    record[name] = _in_zone(record[name], self.zone)

    def _named(self, event: SourcedEvent, contact: object) -> SourcedEvent:
        if not self.portal or contact in (None, ""):
            return event
        number = str(contact).split(";")[0].strip()
        return replace(event, identifiers=(*event.identifiers, Identifier(f"hubspot:{self.portal}:contact", number)))


def _put(record: dict[str, Any], place: list[str], value: Any) -> None:
    """Set a field, the nearest of several columns for the same one."""
    *above, last = place
    for step in above:
        inner = record.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        record = inner
    if record.get(last) in (None, ""):
        record[last] = value


def _in_zone(text: str, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return text if moment.tzinfo is not None else moment.replace(tzinfo=zone).isoformat()


def _unfit(row: Row, event: SourcedEvent) -> Problem | None:
    """What a live event may lack, and one of the past may not."""
    if "no_time" in event.flags:
        return Problem(row, "no_time", "nothing says when it happened")
    if "clamped" in event.flags:
        return Problem(row, "ahead", "its time lies ahead; is the zone right?")
    if not event.identifiers and not event.alias_of:
        return Problem(row, "nobody", "it names nobody: no e-mail address, user id, phone number or anonymous id")
    return None


def open_reader(
    path: Path,
    config: SourceConfig,
    now: Instant,
    *,
    shape: str = "",
    columns: Mapping[str, str] | None = None,
    type_: str = "",
    zone: ZoneInfo | None = None,
    portal: str = "",
) -> Reader:
    """A reader of a file for a configured source. Raises HotleadError."""
    name = shape or ("generic" if is_csv(path) and config.kind != "segment" else "source")
    if name not in SHAPES:
        raise HotleadError(f"{name!r} is no shape. Allowed: {', '.join(SHAPES)}.")
    found = SHAPES[name]
    as_read = replace(config, secrets=(), insecure=True, allow_history=True)
    if found.is_mapped:
        mapping = config.mapping if found.name == "generic" and config.kind == "generic" else FieldMap()
        as_read = replace(as_read, kind="generic", scheme="", header="", mapping=replace(mapping, records=""))
    if type_:
        as_read = replace(as_read, mapping=replace(as_read.mapping, default_type=type_))
    return Reader(path, found, open_source(as_read), now, dict(columns or {}), zone, portal)
