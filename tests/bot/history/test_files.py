"""Files as numbered rows: what is wrong with one row never stops the others."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bot.errors import HotleadError
from bot.history.files import Row, fingerprint, rows_of


def rows(folder: Path, content: bytes, name: str = "file.csv", after: int = 0) -> list[Row]:
    path = folder / name
    path.write_bytes(content)
    return list(rows_of(path, after=after))


@pytest.mark.parametrize("mark", [b",", b";", b"\t"])
def test_the_header_tells_which_mark_parts_the_columns(tmp_path: Path, mark: bytes) -> None:
    found = rows(tmp_path, b"name,e mail\nann,a@b.example\n".replace(b",", mark))
    assert [row.cells for row in found] == [{"name": "ann", "e mail": "a@b.example"}]


def test_a_byte_order_mark_and_empty_cells_are_not_there(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, b"\xef\xbb\xbfname,mail\n ,a@b.example\n")
    assert row.cells == {"mail": "a@b.example"}


def test_a_row_is_known_by_its_first_line_also_where_cells_have_line_breaks(tmp_path: Path) -> None:
    found = rows(tmp_path, b'a,b\n"one\ntwo",x\ny,z\n')
    assert [(row.number, row.last) for row in found] == [(2, 3), (4, 4)]


def test_bad_rows_are_told_and_the_others_read(tmp_path: Path) -> None:
    found = rows(tmp_path, b'a,b\n1,2,3\n\xff,x\n"x"y,z\n\n1,2\n')
    assert [row.number for row in found] == [2, 3, 4, 6]
    assert ["cells" in found[0].problem, "UTF-8" in found[1].problem, "no CSV" in found[2].problem] == [True] * 3
    assert found[3].cells == {"a": "1", "b": "2"}


@pytest.mark.parametrize("content", [b"", b"\n", b",,\n1,2,3\n", b"a,b,a\n1,2,3\n"])
def test_without_a_usable_header_nothing_is_read(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(HotleadError, match="header"):
        rows(tmp_path, content)


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.log.gz"])
def test_whatever_is_no_csv_is_json_lines_and_gzip_is_told_by_its_bytes(tmp_path: Path, name: str) -> None:
    content = b'{"a": 1}\n\n  {"a": 2}  \n'
    for written in (content, gzip.compress(content)):
        found = rows(tmp_path, written, name)
        assert [(row.number, row.text) for row in found] == [(1, b'{"a": 1}'), (3, b'{"a": 2}')]


def test_a_line_that_is_too_long_is_told_and_passed_over(tmp_path: Path) -> None:
    found = rows(tmp_path, b"[" + b" " * 3_000_000 + b"]\n[]\n", "x.jsonl")
    assert [(row.number, bool(row.problem)) for row in found] == [(1, True), (2, False)]


def test_reading_goes_on_after_a_line(tmp_path: Path) -> None:
    assert [row.number for row in rows(tmp_path, b"a\n1\n2\n3\n", after=3)] == [4]
    assert [row.number for row in rows(tmp_path, b"[1]\n[2]\n[3]\n", "x.jsonl", after=2)] == [3]


def test_a_gzip_that_was_cut_off_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(HotleadError, match="cannot be read"):
        rows(tmp_path, gzip.compress(b"[]\n" * 1000)[:-8], "x.jsonl")


def test_another_content_or_another_way_of_reading_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one")
    first = fingerprint(path, "generic")
    assert fingerprint(path, "generic") == first
    assert fingerprint(path, "source") != first
    path.write_bytes(b"two")
    assert fingerprint(path, "generic") != first
