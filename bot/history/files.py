"""A file as numbered rows, streamed: plain or gzipped, CSV (comma, semicolon or tab) or JSON Lines, in UTF-8."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from bot.errors import HotleadError
from bot.language import counted

_LONGEST: Final = 1_048_576
"""Bytes of one line; no event is larger."""
_CHUNK: Final = 1_048_576
_DELIMITERS: Final = ",;\t"


class Row(NamedTuple):
    """One row: the number of the line where it begins, and either its text (JSON), its cells, or what is wrong."""

    number: int
    last: int
    """The number of its last line: a cell may have line breaks."""
    text: bytes | None = None
    cells: dict[str, str] | None = None
    problem: str = ""
    at: int = 0
    """How many bytes of the file have been read."""


def fingerprint(path: Path, *more: str) -> str:
    """A hash of what a file holds and of how it is read. Raises HotleadError."""
    found = hashlib.sha256("\0".join(more).encode())
    try:
        with path.open("rb") as file:
            while part := file.read(_CHUNK):
                found.update(part)
    except OSError as trouble:
        raise HotleadError(f"{path} cannot be read: {trouble.strerror or trouble}.") from None
    return found.hexdigest()


def is_csv(path: Path) -> bool:
    """By its name: .csv and .tsv (also with .gz) are, everything else is JSON Lines."""
    return Path(path.name.removesuffix(".gz")).suffix.casefold() in (".csv", ".tsv")


def rows_of(path: Path, *, after: int = 0) -> Iterator[Row]:
    """The rows after a line. Raises HotleadError where the file is none that can be read."""
    try:
        with path.open("rb") as raw:
            file: IO[bytes] = gzip.GzipFile(fileobj=raw) if _is_gzip(raw) else raw  # type: ignore[assignment]
            rows = _csv_rows(file, raw) if is_csv(path) else _json_rows(file, raw)
            for row in rows:
                if row.last > after:
                    yield row
    except (OSError, EOFError) as trouble:
        raise HotleadError(f"{path} cannot be read: {trouble}.") from None


def _is_gzip(raw: IO[bytes]) -> bool:
    magic = raw.read(2)
    raw.seek(0)
    return magic == b"\x1f\x8b"


def _json_rows(file: IO[bytes], raw: IO[bytes]) -> Iterator[Row]:
    number = 0
    while line := file.readline(_LONGEST + 1):
        number += 1
        at = raw.tell()
        if len(line) > _LONGEST:
            while line and not line.endswith(b"\n"):
                line = file.readline(_LONGEST)
            yield Row(number, number, problem=f"the line is longer than {_LONGEST:,} bytes", at=at)
        elif text := line.strip():
            yield Row(number, number, text=text, at=at)


def _csv_rows(file: IO[bytes], raw: IO[bytes]) -> Iterator[Row]:
    with io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        head = text.readline(_LONGEST)
        delimiter = max(_DELIMITERS, key=head.count)
        names = _names(next(csv.reader([head], delimiter=delimiter), []))
        csv.field_size_limit(_LONGEST)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            number = reader.line_num + 2  # the header is the first line
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as wrong:
                yield Row(number, reader.line_num + 1, problem=f"it is no CSV: {wrong}", at=raw.tell())
                continue
            if cells:
                yield _csv_row(number, reader.line_num + 1, names, cells, raw.tell())


def _names(header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    if not any(names):
        raise HotleadError("The file has no header: its first line names the columns.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise HotleadError(f"The header names these columns twice: {', '.join(twice)}.")
    return names


def _csv_row(number: int, last: int, names: list[str], cells: list[str], at: int) -> Row:
    if len(cells) != len(names):
        problem = f"it has {counted(len(cells), 'cell')}, and the header names {len(names)}"
        return Row(number, last, problem=problem, at=at)
    found: dict[str, Any] = {name: cell for name, cell in zip(names, cells, strict=True) if name and cell.strip()}
    if any("\udc80" <= char <= "\udcff" for cell in found.values() for char in cell):
        return Row(number, last, problem="it is not UTF-8", at=at)
    return Row(number, last, cells=found, at=at)
