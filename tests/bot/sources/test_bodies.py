"""Bodies: inflating within bounds, strict JSON, forms."""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
import time
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.base import Limits, Received
from bot.sources.bodies import OVERFLOW, has_overflow, inflate, read_form, read_json, write_json
from bot.sources.problems import BadBody

LIMITS = Limits(inflated_bytes=1_000_000)


def request(body: bytes, encoding: str = "") -> Received:
    return Received("POST", "https://x.example/", "/", {"content-encoding": encoding} if encoding else {}, body, 0)


def problem(body: bytes, encoding: str = "") -> tuple[int, str]:
    with pytest.raises(BadBody) as caught:
        read_json(inflate(request(body, encoding), LIMITS), LIMITS)
    assert caught.value.message
    return caught.value.status, caught.value.code


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "", "identity", "br"])
def test_gzip_is_known_by_its_first_bytes_whatever_the_header_says(encoding: str) -> None:
    assert inflate(request(gzip.compress(b'{"a": 1}'), encoding), LIMITS) == b'{"a": 1}'


def test_gzip_of_several_members_and_both_kinds_of_deflate_are_read() -> None:
    assert inflate(request(gzip.compress(b'{"a"') + gzip.compress(b": 1}")), LIMITS) == b'{"a": 1}'
    raw = zlib.compressobj(wbits=-15)
    assert inflate(request(raw.compress(b"[1]") + raw.flush(), "deflate"), LIMITS) == b"[1]"
    assert inflate(request(zlib.compress(b"[1]"), "deflate"), LIMITS) == b"[1]"


def test_a_damaged_short_or_lengthened_gzip_is_400() -> None:
    good = gzip.compress(b'{"a": 1}' * 50)
    for bad in (good[:-1], good[:10], good[:2], good + b"x", good[:-5] + b"xxxxx"):
        assert problem(bad) == (400, "bad_gzip")
    assert problem(b"{}", "gzip") == (400, "bad_gzip")
    assert problem(b"{}", "deflate") == (400, "bad_gzip")


def test_a_bomb_is_413_and_costs_no_more_than_its_bound() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    started = time.perf_counter()
    assert problem(bomb) == (413, "too_large")
    assert problem(gzip.compress(b"[" + b" " * 500_000) * 3) == (413, "too_large")
    assert time.perf_counter() - started < 0.5
    assert problem(b" " * 1_000_001) == (413, "too_large")
    assert inflate(request(gzip.compress(b" " * 1_000_000)), LIMITS) == b" " * 1_000_000


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a": "\xff"}', "bad_utf8"),
        (b'{"a": "\xed\xa0\x80"}', "bad_utf8"),
        (b'{"a": NaN}', "bad_json"),
        (b'{"a": Infinity}', "bad_json"),
        (b'{"a": -Infinity}', "bad_json"),
        (b'{"a": 1} x', "bad_json"),
        (b'{"a": 1}{"a": 1}', "bad_json"),
        (b'{"a": 1,}', "bad_json"),
        (b"{'a': 1}", "bad_json"),
        (b'{"a": 01}', "bad_json"),
        (b'{"a": "\n"}', "bad_json"),
        (b'{"a": "\x00"}', "bad_json"),
        (b'{"a": "\\ud83"}', "bad_json"),
        (b"", "bad_json"),
        (b"   ", "bad_json"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * 65 + b"]" * 65, "too_deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "too_deep"),
        (b'{"a": 1, "a": 1}', "duplicate_key"),
        (b'[{"b": {"a": 1, "\\u0061": 2}}]', "duplicate_key"),
    ],
)
def test_what_is_not_strict_json_refuses_the_whole_body(body: bytes, code: str) -> None:
    assert problem(body) == (400, code)


def test_64_levels_are_read_and_brackets_within_texts_are_no_levels() -> None:
    assert read_json(b"[" * 64 + b"]" * 64, LIMITS).value
    assert read_json(b'{"a":' * 63 + b"[1]" + b"}" * 63, LIMITS).value
    assert read_json(json.dumps(["[{" * 1000]).encode(), LIMITS).value == ["[{" * 1000]


def test_a_message_says_where() -> None:
    with pytest.raises(BadBody, match="line 2, column 7"):
        read_json(b'{"a": 1,\n "b": }', LIMITS)
    with pytest.raises(BadBody, match="byte 7"):
        read_json(b'{"a": "\xff"}', LIMITS)
    with pytest.raises(BadBody, match="'mail' twice"):
        read_json(b'{"mail": 1, "mail": 2}', LIMITS)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r'"\ud83d"', "\ufffd"),
        (r'"a\ude00b"', "a\ufffdb"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd😀"),
        (r'"\uD83D\u0041"', "\ufffdA"),
        (r'"\u0000"', "\ufffd"),
        (r'"\\ud83d"', r"\ud83d"),
        (r'"\\\ud83d"', "\\\ufffd"),
        (r'"\\u0000\u0000"', "\\u0000\ufffd"),
    ],
)
def test_a_cut_emoji_or_nul_becomes_the_replacement_character_also_in_the_text_kept(sent: str, read: str) -> None:
    body = read_json(f'{{"a": {sent}}}'.encode(), LIMITS)
    assert body.value == {"a": read}
    assert json.loads(body.text) == {"a": read}
    assert r"\u0000" not in body.text.replace(r"\\", "")


@pytest.mark.parametrize("number", ["1e400", "-1e999", "1" * 309, "9" * 5000, "-" + "9" * 400])
def test_a_number_beyond_any_double_is_marked_for_its_event_to_refuse(number: str) -> None:
    body = read_json(f'[{{"a": [{number}]}}, {{"b": 1.5}}]'.encode(), LIMITS)
    assert body.overflows
    assert [has_overflow(record) for record in body.value] == [True, False]
    assert body.value[0]["a"] == [OVERFLOW]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_json(b'\xef\xbb\xbf {"a": 1}\r\n', LIMITS).text == '{"a": 1}'


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_é", max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_what_is_json_is_read_as_the_library_reads_it_and_written_so_that_it_reads_the_same(
    value: Any, ascii_only: bool
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert read_json(body, LIMITS).value == value
    assert read_json(gzip.compress(body) and body, LIMITS).text == body.decode()
    assert json.loads(write_json(value)) == value


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_a_value_or_a_bad_body_and_nothing_else(body: bytes) -> None:
    for read in (lambda: read_json(body, LIMITS), lambda: read_form(body), lambda: inflate(request(body), LIMITS)):
        with contextlib.suppress(BadBody):
            read()


def test_deep_nesting_does_not_raise_when_the_stack_is_nearly_used_up() -> None:
    def deep(left: int) -> str:
        return deep(left - 1) if left else problem(b"[" * 70 + b"]" * 70)[1]

    assert deep(sys.getrecursionlimit() - 250) == "too_deep"


def test_a_form_is_read_as_nested_maps() -> None:
    form = read_form(b"type=open&contact%5Bemail%5D=a%40x.dk&contact[fields][size]=5&tag=1&tag=2&tag=3&empty=&plain")
    assert form.value == {
        "type": "open",
        "contact": {"email": "a@x.dk", "fields": {"size": "5"}},
        "tag": ["1", "2", "3"],
        "empty": "",
        "plain": "",
    }
    assert json.loads(form.text) == form.value


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"a=%ff", "bad_utf8"),
        (b"a=\xff", "bad_utf8"),
        (b"&".join([b"a=1"] * 2001), "bad_form"),
        (b"a" + b"[b]" * 9 + b"=1", "too_deep"),
    ],
)
def test_a_form_that_cannot_be_read_refuses_the_body(body: bytes, code: str) -> None:
    with pytest.raises(BadBody) as caught:
        read_form(body)
    assert caught.value.code == code


def test_a_form_whose_field_is_both_plain_and_nested_keeps_both() -> None:
    assert read_form(b"a=1&a[b]=2&c=%00").value == {"a": "1", "a[b]": "2", "c": "\ufffd"}
