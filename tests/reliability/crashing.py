"""The crash harness: senders that resend what was not answered, a Slack with faults, a server that ends at random.

Everything that chance decides (what is sent, what goes wrong in Slack, when the server ends) is drawn from the seed, so
that a failing run is played again by its seed. Afterwards the database and Slack are compared with a calm run of the
very same requests: no fault, no end, one request after the other.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.standin import DemoWorkspace, Fault, StandIn
from tests.reliability.aftermath import Found, database, look
from tests.reliability.process import Service, configure, send, serve, slack
from tests.reliability.senders import MODEL, Sender, Where

READY_WITHIN: Final = 5.0
ENDS_WITHIN: Final = 10.0
_FAULTS: Final = {
    "chat.postMessage": 0.25,
    "chat.update": 0.1,
    "conversations.history": 0.1,
    "conversations.replies": 0.1,
}
"""How many of the calls of a method go wrong."""
_KINDS: Final = ("429", "500_before", "500_after", "drop_before", "drop_after", "latency", "latency_after")


class Chance:
    """Faults by chance instead of by order."""

    def __init__(self, seed: str, share: float = 1.0) -> None:
        self._chance = random.Random(seed)
        self.share = share
        self.happened = 0

    def clear(self) -> None:
        """From now on all is well."""
        self.share = 0.0

    def take(self, method: str, _channel: str) -> Fault | None:
        if self._chance.random() >= _FAULTS.get(method, 0.0) * self.share:
            return None
        self.happened += 1
        return Fault(self._chance.choice(_KINDS), seconds=self._chance.uniform(0.3, 2.0))


@dataclass
class Run:
    """What happened."""

    seed: int
    requests: list[list[list[dict[str, Any]]]]
    ready_seconds: list[float] = field(default_factory=list)
    """From the start of the process to its readiness, without what it waited for others on a busy machine."""
    ready_by_the_wall: list[float] = field(default_factory=list)
    end_seconds: list[float] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)
    faults: int = 0
    unconfirmed: int = 0
    counted: float = 0.0
    """Of these, those of the last process by its metrics."""
    unconfirmed_by_the_last: int = 0
    tracebacks: int = 0
    found: Found | None = None

    def told(self) -> str:
        """The figures in a line."""
        assert self.found is not None
        events = sum(len(request) for sender in self.requests for request in sender)
        twice = sum(count - 1 for count in self.found.posted.values())
        return (
            f"seed {self.seed}: {len(self.end_seconds)} ends, {events} events, {len(self.found.keys)} owed, "
            f"{self.faults} faults, {twice} said twice, ready again within {max(self.ready_seconds):.2f} s "
            f"({max(self.ready_by_the_wall):.2f} s by the wall), "
            f"ended within {max(self.end_seconds):.2f} s"
        )


async def crash(
    folder: Path, *, seed: int, ends: int, senders: int, leads: int, kill: bool = True, history: bool = True
) -> Run:
    """Start the server and end it so many times while the senders send, each time with so many new leads that cross.

    Then it may come to rest.
    """
    chance = random.Random(f"{seed}: ends")
    async with slack() as (standin, workspace):
        faults = Chance(f"{seed}: faults")
        standin.goes_wrong = faults
        workspace.limits.on = False
        if not history:
            workspace.scopes = workspace.scopes - {"channels:history", "groups:history", "im:history"}
        environment = prepare(folder, standin, workspace)
        people = [Sender(n, random.Random(f"{seed}: sender {n}")) for n in range(senders)]
        run = Run(seed, [one.requests for one in people])
        where, enough = Where(), asyncio.Event()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(15)) as http, asyncio.TaskGroup() as tasks:
            sending = [tasks.create_task(one.send(http, where, enough)) for one in people]
            for _ in range(ends):
                await _one_life(folder, environment, where, run, chance, people, leads, kill=kill)
            enough.set()
            async with serve(folder, environment) as service:
                await _up(service, where, run)
                await asyncio.gather(*sending)
                faults.clear()
                await until_nothing_is_owed(folder)
                run.counted = await metric(service, "hotlead_deliveries_unconfirmed_total")
                run.unconfirmed_by_the_last = service.said.count("delivery_unconfirmed")
                await _down(service, where, run, kill=False)
        run.faults = faults.happened
        run.mistakes += [mistake for one in people for mistake in one.mistakes]
        run.found = await asyncio.to_thread(look, folder, standin, workspace)
    return run


async def _one_life(
    folder: Path,
    environment: Mapping[str, str],
    where: Where,
    run: Run,
    chance: random.Random,
    people: list[Sender],
    leads: int,
    *,
    kill: bool,
) -> None:
    for one in chance.sample(people, leads):
        one.new_leads += 1
    async with serve(folder, environment) as service:
        await _up(service, where, run)
        await asyncio.sleep(chance.choice((0.05, 0.3, 1.0)) * chance.random() * 2)
        await _down(service, where, run, kill=kill)


async def _up(service: Service, where: Where, run: Run) -> None:
    began, idle = asyncio.get_running_loop().time(), waited("self")
    await service.ready()
    async with aiohttp.ClientSession() as http, http.get(f"{service.operations_url}/readyz") as response:
        assert response.status == 200, await response.text()
    took = asyncio.get_running_loop().time() - began
    run.ready_seconds.append(took - waited(service.process.pid) - (waited("self") - idle))
    run.ready_by_the_wall.append(took)
    where.up(service.url)


def waited(process: int | str) -> float:
    """Seconds for which a process could have run, but others had the processors; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


async def _down(service: Service, where: Where, run: Run, *, kill: bool) -> None:
    began = asyncio.get_running_loop().time()
    if kill:
        where.down()
        await service.kill()
    else:
        code = await service.terminate()  # senders go on sending meanwhile
        where.down()
        run.codes[code] += 1
    run.end_seconds.append(asyncio.get_running_loop().time() - began)
    run.unconfirmed += service.said.count("delivery_unconfirmed")
    if "Traceback" in service.said:
        run.tracebacks += 1
        run.mistakes.append(service.said[service.said.index("Traceback") - 500 :][:3000])


async def calm(folder: Path, requests: list[list[list[dict[str, Any]]]]) -> Found:
    """The same requests, to a server that nothing happens to."""
    async with slack() as (standin, workspace):
        workspace.limits.on = False
        environment = prepare(folder, standin, workspace)

        async def one_after_the_other(http: aiohttp.ClientSession, url: str, mine: list[list[dict[str, Any]]]) -> None:
            for request in mine:
                status, answer = await send(http, url, request)
                assert (status, answer["duplicates"]) == (200, 0)

        async with serve(folder, environment) as service:
            await service.ready()
            async with aiohttp.ClientSession() as http:
                await asyncio.gather(*(one_after_the_other(http, service.url, mine) for mine in requests))
            await until_nothing_is_owed(folder)
            assert await service.terminate() == 0
        return await asyncio.to_thread(look, folder, standin, workspace)


def prepare(folder: Path, standin: StandIn, workspace: DemoWorkspace) -> dict[str, str]:
    """The configuration and the model of a run."""
    folder.mkdir(exist_ok=True)
    (folder / "model.toml").write_text(MODEL, encoding="utf-8")
    return configure(folder, standin, workspace)


async def until_nothing_is_owed(folder: Path, seconds: float = 900.0) -> None:
    """Wait until every row of the outbox is settled; two seconds at rest, because one may cause another."""

    def owed() -> int:
        with closing(database(folder)) as db:
            (count,) = db.execute("SELECT COUNT(*) FROM outbox WHERE state NOT IN ('done', 'refused')").fetchone()
        return int(count)

    rest = 0
    async with asyncio.timeout(seconds):
        while rest < 4:
            rest = 0 if await asyncio.to_thread(owed) else rest + 1
            await asyncio.sleep(0.25)


async def metric(service: Service, name: str) -> float:
    """A number at /metrics."""
    async with aiohttp.ClientSession() as http, http.get(f"{service.operations_url}/metrics") as response:
        found = re.search(rf"^{name} (\S+)$", await response.text(), re.MULTILINE)
    assert found, name
    return float(found[1])


def complaints(run: Run, calm_one: Found, *, history: bool = True) -> list[str]:
    """Everything in which a run differs from a calm one; empty when nothing was lost and nothing was done twice."""
    found = run.found
    assert found is not None
    sent = {event["id"] for sender in run.requests for request in sender for event in request}
    said = list(run.mistakes)
    said += [f"lost after 200: {sorted(sent - found.events)}"] if found.events != sent else []
    for email in sorted(found.leads.keys() | calm_one.leads.keys()):
        if found.leads.get(email) != calm_one.leads.get(email):
            said.append(f"{email}: {found.leads.get(email)}, when calm {calm_one.leads.get(email)}")
        if found.shown.get(email) != calm_one.shown.get(email):
            said.append(f"{email} is shown as {found.shown.get(email)}, when calm {calm_one.shown.get(email)}")
    said += [f"outbox: {found.outbox}"] if set(found.outbox) != {"done"} else []
    said += [f"never said: {key}" for key in sorted(found.keys - found.posted.keys())]
    said += [f"said though not owed: {key}" for key in sorted(found.posted.keys() - found.keys)]
    twice = sum(count - 1 for count in found.posted.values())
    if twice > (0 if history else run.unconfirmed):
        said.append(f"said twice: {[key for key, count in found.posted.items() if count > 1]}")
    return said
