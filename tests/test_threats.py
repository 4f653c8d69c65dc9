"""The threats of SECURITY.md: each is tested by name, or does not apply and a test says so."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scoring.conditions import LeadFacts, compile_condition
from tests.rig import T0, rig

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "`tests/" in line]


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_every_threat_names_tests_that_are_there(row: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
    assert named
    for file, test in named:
        assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), test


def test_every_threat_of_the_table_is_among_them() -> None:
    table = PAGE.partition("|---|---|---|\n")[2].partition("\n\n")[0]
    assert len(table.splitlines()) == len(ROWS) >= 14


@pytest.mark.parametrize("typed", ["%", "_", "%@%", "' OR 1=1 --", "\\", "n%e", "*", "L-%"])
async def test_no_search_is_a_pattern_or_a_statement(tmp_path: Path, typed: str) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        assert await it.hotlead.core.desk.find(typed) == ()
        assert len(await it.hotlead.core.desk.find("anneke")) == 1


def test_a_pattern_of_a_model_ends_whatever_the_text() -> None:
    condition = compile_condition({"name": {"matches": "^(a+)+$"}})
    began = time.process_time()
    assert not condition.holds(LeadFacts(T0, {"name": "a" * 100_000 + "b"}))
    assert time.process_time() - began < 5


def test_no_other_pattern_comes_from_outside() -> None:
    """Whatever is given to `re` as a pattern is written in the code, with nothing in it that is not escaped."""
    outside = []
    for path, tree in modules("bot", "scoring"):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=attr), args=[pattern, *_]):
                    if attr != "escape" and not _is_written(pattern):
                        outside.append(f"{path}:{call.lineno} {ast.unparse(pattern)}")
    assert [one for one in outside if not one.startswith("bot/standin/")] == []  # that plays Slack: nobody's input


def _is_written(pattern: ast.expr) -> bool:
    match pattern:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.JoinedStr(values=parts):
            return all(_is_written(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts)
        case ast.BinOp(left=left, right=right):
            return _is_written(left) and _is_written(right)
        case ast.Call(func=func, args=[inner]):  # re.escape(…), or a join of what it was mapped over
            escaped = ast.unparse(func) == "re.escape"
            return escaped or (ast.unparse(func) == "'|'.join" and "re.escape" in ast.unparse(inner))
    return False


def test_only_slack_and_the_engineers_own_commands_are_called() -> None:
    """Who opens connections of their own: everything else that goes out, goes through Slack's client."""
    callers = {
        path
        for path, tree in modules("bot")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id)
        in ("ClientSession", "urlopen", "HTTPConnection")
    }
    of_slack = {"bot/senders/pictures.py", "bot/senders/handing.py"}  # the address comes from Slack's own answer
    of_slack |= {"bot/slack/calls.py"}  # what Slack's client calls with
    by_hand = {"bot/cli/sources.py", "bot/bench/stage.py", "bot/demo/feed.py"}  # to the service on this machine
    stand_in = {"bot/standin/server.py", "bot/standin/deliver.py"}
    assert callers == of_slack | by_hand | stand_in


def test_no_csv_is_written() -> None:
    writers = [
        path
        for path, tree in modules("bot")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("writer", "DictWriter")
        and isinstance(node.value, ast.Name) and node.value.id == "csv"
    ]  # fmt: skip
    assert writers == []
