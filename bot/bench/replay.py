"""Rescoring everything and back-testing a draft, in a process of its own so that its memory is its own.

The floor of both is reading the same events from the database and parsing them.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from itertools import islice
from time import perf_counter
from typing import Any, Final

from bot.app.core import Core, open_core
from bot.bench.figures import Figure
from bot.bench.workload import EVENTS_PER_LEAD, lives
from bot.clock import system_clock
from bot.logs import set_up_logs
from bot.service.models.backtest import backtest
from bot.service.models.live import shipped
from bot.settings import settings_from
from bot.storage import log
from bot.storage.store import Tx
from scoring.definition import load_model

RULES: Final = 50
_GROUP: Final = 2_000
_READ_AT_ONCE: Final = 5_000
_MIB: Final = 1024


async def replayed(leads: int) -> list[Figure]:
    """Measure with so many leads of ten events each."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.bench.replay", str(leads), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the replay did not come to its end")
    return _figures(json.loads(out))


def _figures(found: Mapping[str, float]) -> list[Figure]:
    events = f"{int(found['events']):,} events"
    floor = (found["read"],)
    name = "reading and parsing the same events"
    return [
        Figure(f"rescore {events}, {RULES} rules", "s", (found["rescore"],), name, floor, "under 5", True),
        Figure(f"back-test {events}", "s", (found["backtest"],), name, floor, "none stated", True),
        Figure(
            f"memory at the end ({int(found['leads']):,} leads)",
            "MiB",
            (found["memory"],),
            "the same process before the rescore",
            (found["memory_before"],),
            "flat",
            True,
        ),
    ]


async def _measure(leads: int) -> Mapping[str, float]:
    with tempfile.TemporaryDirectory(prefix="hotlead-replay-") as folder:
        core = await open_core(settings_from(_settings(folder)), system_clock, lambda: with_rules(10))
        try:
            await _fill(core, leads)
            found: dict[str, float] = {"leads": leads, "events": leads * EVENTS_PER_LEAD, "memory_before": _memory()}
            began = perf_counter()
            await _read_all(core)
            found["read"] = perf_counter() - began
            found["rescore"] = await _rescore(core)
            found["backtest"] = await _backtest(core)
            found["memory"] = _memory()
        finally:
            await core.publishing.stop()
            await core.intake.stop()
            await core.store.close()
    return found


def _settings(folder: str) -> dict[str, Any]:
    channels = dict.fromkeys(("channel", "fallback_channel", "admin_channel"), "C000000001")
    return {"service": {"data": folder}, "alerts": channels}


def with_rules(points: int) -> str:
    """The shipped B2B model with rules added to fifty; `points` for each makes a version of its own."""
    text = shipped("b2b")
    missing = RULES - text.count("[[engagement.rule]]")
    rules = "".join(
        f'\n[[engagement.rule]]\nname = "Topic {number}"\nevent = "page_viewed"\n'
        f'when = {{ url = {{ contains = "/topic-{number}/" }} }}\npoints = {points}\nexpires_after = "100d"\n'
        for number in range(missing)
    )
    head, mark, rest = text.partition("# ---- Score, rating, cells")
    return f'{head}[[engagement]]\nname = "Topics"\n{rules}\n{mark}{rest}'


async def _fill(core: Core, leads: int) -> None:
    """Through the intake, as history: nobody is owed anything."""
    core.intake.start()
    events = lives(leads, system_clock())
    while group := list(islice(events, _GROUP)):
        await core.intake.accept("bench", group, history=True)


async def _read_all(core: Core) -> None:
    after = 0
    while (last := await core.store.read(partial(_parsed, after))) is not None:
        after = last


def _parsed(after: int, tx: Tx) -> int | None:
    rows = log.events_after(tx, after, _READ_AT_ONCE)
    parsed = [(json.loads(row["properties"]), json.loads(row["traits"])) for row in rows]
    return rows[-1]["seq"] if parsed else None


async def _rescore(core: Core) -> float:
    began = perf_counter()
    await core.publishing.publish(with_rules(11), "bench", None)
    await core.publishing.idle()
    return perf_counter() - began


async def _backtest(core: Core) -> float:
    live = core.scorebook.models[0]
    began = perf_counter()
    await backtest(
        core.store,
        load_model(with_rules(12)),
        (live.id, live.model),
        kind_of=lambda key: core.statuses.of(key).kind,
        since=None,
        until=system_clock(),
        stepped=lambda _done, _total: None,
    )
    return perf_counter() - began


def _memory() -> float:
    """Peak resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB


if __name__ == "__main__":
    set_up_logs("text")
    sys.stdout.write(json.dumps(asyncio.run(_measure(int(sys.argv[1])))) + "\n")
