"""`hotlead bench`: how fast it is here, each figure beside its floor."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from bot.bench.figures import Figure, columns
from bot.bench.run import measure

err: Final = Console(stderr=True, highlight=False)
out: Final = Console(highlight=False)
_FEWEST: Final = 100
_COLUMNS: Final = ("figure", "measured", "floor", "ratio", "goal")


def bench(
    leads: Annotated[int, typer.Option(help="Leads in the store before anything is measured.", min=100)] = 10_000,
    rounds: Annotated[int, typer.Option(help="Rounds of each figure; the median is shown.", min=1)] = 3,
    seconds: Annotated[float, typer.Option(help="About so long is a round.", min=0.1)] = 3.0,
    replay: Annotated[
        int, typer.Option(help="Leads of ten events each to rescore and back-test; 0: none.", min=0)
    ] = 5_000,
    growth: Annotated[
        str, typer.Option(help="Measure again with so many leads in the store each: 1000,100000,1000000.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for comparing.")] = False,
) -> None:
    """Measure throughput and latency through HTTP, with everything on, on this machine."""
    sizes = _sizes(growth)
    with err.status("starting") as status:
        figures = asyncio.run(measure(leads, rounds, seconds, replay, sizes, status.update))
    if as_json:
        typer.echo(json.dumps([figure.as_json() for figure in figures], indent=2))
    else:
        out.print(_table(figures, leads, rounds))
        for name in dict.fromkeys(figure.floor_name for figure in figures):
            of = ", ".join(figure.name for figure in figures if figure.floor_name == name)
            out.print(f"The floor of {of}: {name}.")


def _sizes(text: str) -> list[int]:
    sizes = [one.strip() for one in text.split(",") if one.strip()]
    if not all(one.isascii() and one.isdecimal() and int(one) >= _FEWEST for one in sizes):
        raise typer.BadParameter(f"{text!r} is no list of numbers of leads from {_FEWEST}, such as 1000,100000.")
    return [int(one) for one in sizes]


def _table(figures: list[Figure], leads: int, rounds: int) -> Table:
    table = Table(title=f"hotlead bench: {leads:,} leads in the store, medians of {rounds} rounds")
    for name in _COLUMNS:
        table.add_column(name, justify="right" if name in ("measured", "floor", "ratio") else "left")
    for figure in figures:
        table.add_row(*columns(figure))
    return table
