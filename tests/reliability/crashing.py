"""The crash harness: senders that resend what was not answered, a Slack with faults, a server that ends at random.

Everything that chance decides (what is sent, what goes wrong in Slack, when the server ends) is drawn from the seed, so
that a failing run is played again by its seed. Afterwards the database and Slack are compared with a calm run of the
very same requests: no fault, no end, one request after the other.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.standin import DemoWorkspace, Fault, Message, StandIn
from tests.bot.service.house import HEAD, TAIL
from tests.reliability.process import Service, configure, send, serve, slack

VISIT: Final = '[[engagement.rule]]\nname = "visit"\nevent = "visit"\npoints = 0.01\nexpires_after = "30d"\n'
MODEL: Final = HEAD + VISIT + TAIL
"""Points that nothing but another event changes for 30 days: an event lost or applied twice shows in the score."""
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

    def inject(self, fault: Fault) -> None:
        raise NotImplementedError(f"{fault} is not by chance")

    def clear(self) -> None:
        """From now on all is well."""
        self.share = 0.0

    def take(self, method: str, _channel: str) -> Fault | None:
        if self._chance.random() >= _FAULTS.get(method, 0.0) * self.share:
            return None
        self.happened += 1
        return Fault(self._chance.choice(_KINDS), seconds=self._chance.uniform(0.3, 2.0))


@dataclass
class Sender:
    """Sends one request after the other, each until it is answered; now and then an earlier one again."""

    name: int
    chance: random.Random
    requests: list[list[dict[str, Any]]] = field(default_factory=list)
    leads: int = 0
    new_leads: int = 0
    """Leads that it may still make hot."""
    mistakes: list[str] = field(default_factory=list)
    _planned: list[list[dict[str, Any]]] = field(default_factory=list)
    _made: int = 0

    def _event(self, lead: int, kind: str) -> dict[str, Any]:
        self._made += 1
        email = f"lead{lead}@nord{self.name}.example"
        return {"id": f"{self.name}-{self._made}", "type": kind, "email": email}

    def next(self) -> list[dict[str, Any]]:
        """The next request: visits, and for each lead that it may make hot what makes it warm and later hot."""
        if self.new_leads and not self._planned:
            self.new_leads -= 1
            self.leads += 1
            number = self.leads
            self._planned = [[self._event(number, kind)] for kind in ("visit", "warm", "visit", "hot")]
        if self._planned:
            return self._planned.pop(0)
        known = max(self.leads, 1)
        return [self._event(self.chance.randint(1, known), "visit") for _ in range(self.chance.randint(1, 3))]

    async def deliver(self, http: aiohttp.ClientSession, where: Where, request: list[dict[str, Any]]) -> Any:
        """Send until the answer is 200; its body."""
        while True:
            url = await where.now()
            try:
                status, answer = await send(http, url, request)
            except (aiohttp.ClientError, ConnectionError, TimeoutError, ValueError):
                await asyncio.sleep(0.02)
                continue
            if status == 200:
                return answer
            if status != 503:
                self.mistakes.append(f"{status} {answer}")
                return answer

    async def send(self, http: aiohttp.ClientSession, where: Where, until: asyncio.Event) -> None:
        """Send until told to stop, and what is planned then."""
        while not until.is_set() or self._planned or self.new_leads:
            request = self.next()
            self.requests.append(request)
            await self.deliver(http, where, request)
            if self.chance.random() < 0.1:
                again = self.chance.choice(self.requests)
                answer = await self.deliver(http, where, again)
                if answer.get("accepted") != 0:
                    self.mistakes.append(f"what was answered before is taken again: {answer}")
            await asyncio.sleep(self.chance.uniform(0.0, 0.2))


class Where:
    """Where the server listens now; whoever asks while it is down waits."""

    def __init__(self) -> None:
        self._url = ""
        self._up = asyncio.Event()

    def up(self, url: str) -> None:
        self._url = url
        self._up.set()

    def down(self) -> None:
        self._up.clear()

    async def now(self) -> str:
        await self._up.wait()
        return self._url


@dataclass
class Found:
    """What a run has left: in the database, and in Slack."""

    events: set[str]
    leads: dict[str, tuple[int, str, int, int]]
    """address -> score in hundredths, label, crossings, alerts"""
    outbox: Counter[str]
    """state -> rows"""
    keys: set[str]
    """Of what was owed to people, by its key."""
    posted: Counter[str]
    """key -> messages in Slack"""
    shown: dict[str, str]
    """address -> the alert's words, without its times"""


@dataclass
class Run:
    """What happened."""

    seed: int
    requests: list[list[list[dict[str, Any]]]]
    ready_seconds: list[float] = field(default_factory=list)
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
            f"{self.faults} faults, {twice} said twice, ready again within {max(self.ready_seconds):.2f} s, "
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
        standin.faults = faults  # type: ignore[assignment]
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
    began = asyncio.get_running_loop().time()
    await service.ready()
    async with aiohttp.ClientSession() as http, http.get(f"{service.operations_url}/readyz") as response:
        assert response.status == 200, await response.text()
    run.ready_seconds.append(asyncio.get_running_loop().time() - began)
    where.up(service.url)


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


def database(folder: Path) -> sqlite3.Connection:
    """A look into the database."""
    return sqlite3.connect(f"file:{folder / 'hotlead-data' / 'hotlead.db'}?mode=ro", uri=True)


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


def look(folder: Path, standin: StandIn, workspace: DemoWorkspace) -> Found:
    """What is there when all has come to rest."""
    with closing(database(folder)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = db.execute(
            "SELECT l.email, s.score, s.label, "
            "(SELECT COUNT(*) FROM crossings AS c WHERE c.lead_id = l.id), "
            "(SELECT COUNT(*) FROM alerts AS a WHERE a.lead_id = l.id), "
            "(SELECT MAX(a.key) FROM alerts AS a WHERE a.lead_id = l.id) "
            "FROM leads AS l JOIN scores AS s ON s.lead_id = l.id"
        ).fetchall()
        events = {event for (event,) in db.execute("SELECT id FROM events")}
        owed = db.execute("SELECT key, state, kind FROM outbox").fetchall()
    messages = _messages(standin, workspace)
    texts = {_key(one): one.text for one in messages}
    return Found(
        events,
        {email: (score, label, crossings, alerts) for email, score, label, crossings, alerts, _ in rows},
        Counter(state for _, state, _ in owed),
        {key for key, _, kind in owed if kind != "update"},
        Counter(_key(one) for one in messages),
        {email: _timeless(texts.get(key, "no message")) for email, *_, key in rows if key is not None},
    )


def _messages(standin: StandIn, workspace: DemoWorkspace) -> list[Message]:
    found = [one for channel in workspace.channels for one in standin.messages(channel)]
    return [one for one in found if (one.metadata or {}).get("event_type", "").startswith("hotlead_")]


def _key(message: Message) -> str:
    return str((message.metadata or {})["event_payload"]["key"])


def _timeless(text: str) -> str:
    return re.sub(r"<!date[^>]*>|L-\d+|\d+ (s|min|h)\b", "…", json.dumps(text))


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
