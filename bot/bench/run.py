"""Runs the measurements, a few rounds of each, the figure and its floor right after one another."""

from __future__ import annotations

from collections.abc import Sequence

from bot.bench.answers import alerts, people
from bot.bench.figures import Figure
from bot.bench.growing import growth, process
from bot.bench.replay import replayed
from bot.bench.stage import Said, stage
from bot.bench.throughput import batches, half_rate, one_more, one_more_colleague, singles


async def measure(
    leads: int, rounds: int, seconds: float, replay: int, sizes: Sequence[int], said: Said
) -> list[Figure]:
    """Every figure, each the median of so many rounds of about so many seconds.

    `replay`: leads to rescore and back-test, 0 for none; `sizes`: leads in the store at which to measure again.
    """
    async with stage(leads, said) as on:
        figures = [
            *process(on, "at start"),
            await singles(on, rounds, seconds, said),
            await batches(on, rounds, seconds, said),
            await half_rate(on, rounds, seconds, said),
            await one_more(on, said),
            await one_more_colleague(on, said),
            *await alerts(on, said),
            *await people(on, seconds, said),
        ]
    if replay:
        said(f"rescore and back-test of {replay:,} leads")
        figures += await replayed(replay)
    if sizes:
        figures += await growth(sizes, rounds, seconds, said)
    return figures
