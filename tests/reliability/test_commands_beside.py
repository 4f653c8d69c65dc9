"""Every command of hotlead beside a service under load: none breaks it, none is refused without a clear sentence."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import typer

from bot.cli.commands import app
from tests.reliability.commands import Ended
from tests.reliability.process import Service, configure, send, serve, slack
from tests.reliability.senders import MODEL


@dataclass(frozen=True)
class Case:
    """A command as it is typed. `refused`: the sentence with which it must be; `until`: it runs on, until it is told
    to stop when it has said this."""

    words: str
    refused: str = ""
    until: str = ""
    long: bool = False
    """It takes minutes, and is run in the full size."""


CASES: dict[str, Case] = {
    "demo": Case("demo --data demo --no-browser --port 0", until="http"),
    "serve": Case("serve", refused="in use by process"),
    "init": Case("init new"),
    "check": Case("check"),
    "bench": Case("bench --leads 100 --rounds 1 --seconds 1 --replay 0", long=True),
    "manifest": Case("manifest"),
    "import": Case("import events.jsonl --source forms"),
    "backup": Case("backup copy.db"),
    "restore": Case("restore copy.db", refused="in use by process"),
    "model check": Case("model check model.toml"),
    "model schema": Case("model schema"),
    "model score": Case("model score model.toml --events told.jsonl"),
    "model backtest": Case("model backtest model.toml"),
    "model publish": Case("model publish second.toml"),
    "model rollback": Case("model rollback 1"),
    "model post": Case("model post 3"),
    "model history": Case("model history"),
    "model show": Case("model show"),
    "model diff": Case("model diff 1 2"),
    "leads explain": Case("leads explain L-1"),
    "leads chart": Case("leads chart L-1 --out course.png"),
    "leads export": Case("leads export L-9 --out nine.json"),
    "leads erase": Case("leads erase L-9 --yes"),
    "leads erased": Case("leads erased"),
    "leads lift": Case("leads lift lead8@nord8.example"),
    "audit show": Case("audit show --lead L-1"),
    "routes test": Case("routes test --lead L-1"),
    "identity join": Case("identity join L-1 L-2 --yes"),
    "identity unmerge": Case("identity unmerge L-1 --apart lead1@nord1.example --yes"),
    "identity never-join": Case("identity never-join L-3 L-4 --yes"),
    "identity correct": Case("identity correct lead5@nord5.example lead7@nord7.example --yes"),
    "identity not-a-person": Case("identity not-a-person lead6@nord6.example --yes"),
    "identity not-a-company": Case("identity not-a-company nord6.example --yes"),
    "identity clear": Case("identity clear lead6@nord6.example --yes"),
    "identity revoke": Case("identity revoke 1 --yes"),
    "identity list": Case("identity list"),
    "status": Case("status"),
    "data unmatched": Case("data unmatched"),
    "sources": Case("sources"),
    "sources show": Case("sources show forms"),
    "sources test": Case("sources test forms"),
    "sources retry": Case("sources retry forms"),
    "sources add": Case("sources add generic --name more"),
}
"""A line for every command; in the order in which they are run."""


def commands(of: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that can be typed."""
    if not hasattr(of, "commands"):
        yield " ".join(path)
        return
    if of.invoke_without_command:
        yield " ".join(path)
    for name, inner in of.commands.items():
        yield from commands(inner, (*path, name))


def test_no_command_is_forgotten() -> None:
    known = set(commands(typer.main.get_command(app)))
    assert known - CASES.keys() == set(), "add a line to CASES for a new command"
    assert CASES.keys() - known == set(), "there is no such command any more"


async def load(url: str, until: asyncio.Event) -> Counter[int]:
    """Events without end; how they were answered."""
    answers: Counter[int] = Counter()
    async with aiohttp.ClientSession() as http:
        for number in itertools.count():
            if until.is_set():
                return answers
            email = f"lead{number % 200}@nord{number % 200}.example"
            status, _ = await send(http, url, [{"id": f"load-{number}", "type": "warm", "email": email}])
            answers[status] += 1
            await asyncio.sleep(0.02)
    raise AssertionError("never")


async def typed(folder: Path, environment: dict[str, str], cases: list[Case]) -> list[Ended]:
    asked = [[case.words.split(), case.until] for case in cases]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.reliability.commands",
        cwd=folder, env=environment | {"COLUMNS": "200"}, limit=2**24,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(json.dumps(asked).encode() + b"\n")
    return [Ended(*json.loads(line)) for line in out.splitlines()]


def prepare(folder: Path) -> None:
    (folder / "model.toml").write_text(MODEL, encoding="utf-8")
    (folder / "second.toml").write_text(MODEL.replace("points = 60", "points = 61"), encoding="utf-8")
    at = {"type": "warm", "occurred_at": "2026-01-05T09:00:00Z"}
    past = [{"id": f"past-{n}", "email": f"lead{n}@nord{n}.example", **at} for n in range(20)]
    lines(folder / "events.jsonl", past)
    lines(folder / "told.jsonl", [{"lead": "anna", **at}])


def lines(path: Path, values: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")


async def ready(service: Service) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"{service.operations_url}/readyz") as response:
        return response.status


def complaints(ended: Ended, case: Case) -> list[str]:
    said = []
    if "Traceback" in ended.said:
        said.append("a traceback")
    if case.refused and (ended.code != 1 or case.refused not in ended.said):
        said.append(f"not refused with {case.refused!r}")
    if not case.refused and ended.code != 0:
        said.append(f"ended with {ended.code}")
    return [f"hotlead {' '.join(ended.words)}: {one}\n{ended.said[-1500:]}" for one in said]


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param([case for case in CASES.values() if not case.long], id="short"),
        pytest.param(list(CASES.values()), id="all", marks=pytest.mark.full),
    ],
)
async def test_every_command_is_run_beside_a_service_under_load_and_none_breaks_it(
    tmp_path: Path, cases: list[Case]
) -> None:
    await asyncio.to_thread(prepare, tmp_path)
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        toml = tmp_path / "hotlead.toml"
        toml.write_text(toml.read_text() + "allow_history = true\n")
        async with serve(tmp_path, environment) as service:
            await service.ready()
            toml.write_text(toml.read_text().replace("port = 0", f"port = {service.url.rsplit(':', 1)[1]}", 1))
            enough = asyncio.Event()
            loading = asyncio.create_task(load(service.url, enough))
            ends = await typed(tmp_path, environment, cases)
            enough.set()
            answers = await loading
            assert await ready(service) == 200
            assert await service.terminate() == 0
    said = [one for ended, case in zip(ends, cases, strict=True) for one in complaints(ended, case)]
    assert not said, "\n\n".join(said)
    assert set(answers) == {200}
    assert "Traceback" not in service.said
