"""A lint rule: what is secret is never compared by == or `in`, whose time says how much of it was right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parents[2] / "bot"
_SECRET = re.compile(
    r"(^|_)(secrets?|signatures?|signed|tokens?|passwords?|digests?|hmac|mac|authorization|write_?keys?)($|_(?!at$|in$))",
    re.IGNORECASE,
)
_TELLING = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
_HASHING = frozenset({"digest", "hexdigest", "sign", "b64encode", "b2a_base64"})


def compared(source: str) -> Iterator[tuple[int, str]]:
    """The lines where something whose name says that it is secret, or a hash made on the spot, is compared."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(
            isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for op in node.ops
        ):
            sides = (node.left, *node.comparators)
            if any(map(_is_secret, sides)) and not any(map(_is_plain, sides)):
                yield node.lineno, ast.unparse(node)


def _is_secret(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(_SECRET.search(name))
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _HASHING or bool(_SECRET.search(name)) or _of_secret(node)
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return bool(_SECRET.search(name.replace("-", "_")))
    return False


def _of_secret(call: ast.Call) -> bool:
    """`secret.encode()`, `headers.get("x-signature")`, `as_bytes(token)`."""
    inside = [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
    names = [
        one.value.replace("-", "_") for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    return any(map(_is_secret, inside)) or any(map(_SECRET.search, names))


def _is_plain(node: ast.expr) -> bool:
    """Whether it is empty, absent or a number: that says nothing of what is in it."""
    return isinstance(node, ast.Constant) and (not node.value or isinstance(node.value, int))


@pytest.mark.parametrize(
    "bad",
    [
        "if given == secret: pass",
        "if signature != expected: pass",
        "ok = hmac.new(key, body).hexdigest() == given",
        "ok = given in self.secrets",
        'ok = headers.get("x-signature") == right',
        "ok = config.signing_secret.get_secret_value() == given",
        "ok = base64.b64encode(mac) == given",
        "ok = as_bytes(write_key) in keys",
        'ok = row["token"] == given',
    ],
)
def test_the_rule_sees_a_secret_that_is_compared(bad: str) -> None:
    assert list(compared(bad))


@pytest.mark.parametrize(
    "good",
    [
        "ok = hmac.compare_digest(secret, given)",
        'ok = token == ""',
        "ok = token is None",
        "ok = len(secret) < 16",
        "ok = signed_at == now",
        'ok = word == "bearer"',
    ],
)
def test_the_rule_sees_nothing_where_nothing_is(good: str) -> None:
    assert not list(compared(good))


ALLOWED = {
    # what the sender wrote, compared with itself written by the book
    "sources/signatures.py: base64.b64encode(decoded) == as_bytes(text)",
    # the number of an erasure, which opens nothing
    "service/erasing.py: one.token == token",
    "service/erasure.py: line.token not in known",
}


def test_no_secret_of_the_bot_is_compared_in_a_time_that_tells() -> None:
    found = {
        f"{path.relative_to(BOT)}: {text}"
        for path in sorted(BOT.rglob("*.py"))
        if BOT / "standin" not in path.parents  # it plays Slack on this machine: its tokens are nobody's
        for _, text in compared(path.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED
