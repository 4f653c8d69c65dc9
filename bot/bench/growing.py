"""What the size of the store costs: the same figures with few leads and with many, and what a process needs."""

from __future__ import annotations

from collections.abc import Sequence

from bot.bench.answers import alerts
from bot.bench.figures import Figure
from bot.bench.stage import Said, Stage, stage
from bot.bench.throughput import batches, singles


def process(on: Stage, when: str) -> list[Figure]:
    """Start, and memory by now, with the leads in the store; the floor is a start with an empty one."""
    of = f"{on.leads:,} leads"
    return [
        Figure(
            f"start to ready, {of}",
            "s",
            (on.product.seconds,),
            "an empty store",
            (on.empty_seconds,),
            "under 4 s",
            True,
        ),
        Figure(
            f"memory {when}, {of}", "MiB", (on.product.memory,), "an empty store", (on.empty_memory,), "under 200", True
        ),
    ]


async def growth(sizes: Sequence[int], rounds: int, seconds: float, said: Said) -> list[Figure]:
    """The same figures at each size; the floor is that of the first size, in the same run."""
    figures: list[Figure] = []
    first: list[Figure] = []
    for size in sizes:
        async with stage(size, said) as on:
            found = [
                await singles(on, rounds, seconds, said),
                await batches(on, rounds, seconds, said),
                *[one for one in await alerts(on, said) if one.name.endswith("p50")],
            ]
            first = first or found
            of = f"the same with {sizes[0]:,} leads"
            figures += [
                Figure(
                    f"{one.name}, {on.leads:,} leads",
                    one.unit,
                    (one.value,),
                    of,
                    (base.value,),
                    "at most 1.5" if one.lower_is_better else "at least 0.67",
                    one.lower_is_better,
                )
                for one, base in zip(found, first, strict=True)
            ]
            figures += process(on, "after traffic")
    return figures
