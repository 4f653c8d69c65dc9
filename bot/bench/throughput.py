"""How many events a second, and how long each of them waits, through the front door."""

from __future__ import annotations

import asyncio
from typing import Final

from bot.bench.figures import Figure
from bot.bench.load import Measured, send_all, send_paced
from bot.bench.stage import Said, Stage
from bot.bench.workload import PER_BATCH
from bot.storage.floors import rows_per_second

_CONNECTIONS: Final = 64
_BATCH_CONNECTIONS: Final = 8
_VERIFIES: Final = "an aiohttp handler that only verifies an HMAC, parses and answers"
_LONG: Final = 10_000
"""Events of the lead that has very many."""
_PEOPLE: Final = 1_000
"""People of the company that is very big, and of the one that is not."""
_FEW_PEOPLE: Final = 10
_MORE: Final = 200


async def singles(on: Stage, rounds: int, seconds: float, said: Said) -> Figure:
    """Single events over 64 connections, per second."""
    values, floors = [], []
    for number in range(rounds):
        said(f"single events, round {number + 1} of {rounds}")
        requests = on.singles(int(4_000 * seconds))
        floors.append((await send_all(on.floor.url, requests, _CONNECTIONS)).rate)
        values.append((await send_all(on.product.url, requests, _CONNECTIONS)).rate)
    return Figure("single events", "/s", tuple(values), _VERIFIES, tuple(floors), "at least 0.4")


async def batches(on: Stage, rounds: int, seconds: float, said: Said) -> Figure:
    """Events in batches over 8 connections, per second."""
    values, floors = [], []
    for number in range(rounds):
        said(f"batches of {PER_BATCH}, round {number + 1} of {rounds}")
        requests = on.batches(int(80 * seconds))
        floors.append(await asyncio.to_thread(rows_per_second, on.folder / f"floor{number}.db", PER_BATCH, seconds))
        values.append((await send_all(on.product.url, requests, _BATCH_CONNECTIONS)).rate * PER_BATCH)
    floor = f"sqlite3 executemany in groups of {PER_BATCH} under the same pragmas"
    return Figure(f"events in batches of {PER_BATCH}", "/s", tuple(values), floor, tuple(floors), "at least 0.25")


async def half_rate(on: Stage, rounds: int, seconds: float, said: Said) -> Figure:
    """The latency of accepted single events at half of the peak rate, and of the floor at the same rate."""
    peak = (await send_all(on.product.url, on.singles(int(3_000 * seconds)), _CONNECTIONS)).rate
    values: list[Measured] = []
    floors: list[Measured] = []
    for number in range(rounds):
        said(f"latency at half of the peak ({peak / 2:,.0f}/s), round {number + 1} of {rounds}")
        requests = on.singles(int(peak / 2 * seconds))
        floors.append(await send_paced(on.floor.url, requests, peak / 2))
        values.append(await send_paced(on.product.url, requests, peak / 2))
    return Figure(
        "single at half of peak, p99",
        "ms",
        tuple(value.percentile(99) * 1000 for value in values),
        _VERIFIES,
        tuple(floor.percentile(99) * 1000 for floor in floors),
        "under 3, and under 25 ms",
        lower_is_better=True,
    )


async def one_more(on: Stage, said: Said) -> Figure:
    """One more event of a lead that has ten thousand, beside one of a lead that has ten: the median of each."""
    said(f"one more event of a lead with {_LONG:,}")
    many, few = on.leads - 1, on.leads - 2
    bodies = [[on.workload.of(many) for _ in range(PER_BATCH)] for _ in range(_LONG // PER_BATCH)]
    await send_all(on.product.url, on.requests(bodies), _BATCH_CONNECTIONS)
    alone = await send_all(on.product.url, on.requests([on.workload.of(few)] * 10), 1)
    alone = await send_all(on.product.url, on.requests(on.workload.of(few) for _ in range(_MORE)), 1)
    among = await send_all(on.product.url, on.requests(on.workload.of(many) for _ in range(_MORE)), 1)
    return Figure(
        f"one more event of a lead with {_LONG:,}, p50",
        "ms",
        (among.percentile(50) * 1000,),
        "the same of a lead with a few",
        (alone.percentile(50) * 1000,),
        "under 5",
        lower_is_better=True,
    )


async def one_more_colleague(on: Stage, said: Said) -> Figure:
    """One more event that brings along what is known of a company of a thousand people, beside one of ten people."""
    said(f"one more event of a company of {_PEOPLE:,}")
    medians = []
    for people in (_FEW_PEOPLE, _PEOPLE):
        company = f"firm-of-{people}"
        everybody = [on.workload.colleague(person, company) for person in range(people)]
        bodies = [everybody[start : start + PER_BATCH] for start in range(0, people, PER_BATCH)]
        await send_all(on.product.url, on.requests(bodies), _BATCH_CONNECTIONS)
        again = on.requests(on.workload.colleague(number % people, company) for number in range(_MORE))
        medians.append((await send_all(on.product.url, again, 1)).percentile(50) * 1000)
    few, many = medians
    name = f"one more event of a company of {_PEOPLE:,}, p50"
    return Figure(name, "ms", (many,), f"the same of {_FEW_PEOPLE} people", (few,), "under 5", lower_is_better=True)
