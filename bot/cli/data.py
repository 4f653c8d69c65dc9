"""`hotlead data`: how good the data is. `unmatched` lists values that no table of words knows."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Annotated, Final

import typer

from bot.app.core import vocabulary_of
from bot.cli.beside import console, looked_up, plain
from bot.cli.options import CONFIG, Config
from bot.service.rewording import unmatched as count_unmatched
from bot.settings import read_settings
from bot.storage.reader import Reader

data_app: Final = typer.Typer(name="data", help="How good the data is.", no_args_is_help=True)


@data_app.callback()
def data() -> None:
    """How good the data is."""


@data_app.command("unmatched")
def unmatched(
    limit: Annotated[int, typer.Option(min=1, help="How many values to list.")] = 50, config: Config = CONFIG
) -> None:
    """Titles, countries and company sizes that no table knows, the most frequent first; add them to [vocabulary]."""
    settings = read_settings(config)
    vocabulary = vocabulary_of(settings)

    async def count(reader: Reader) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        after: int | None = 0
        while after is not None:
            after = await reader.read(partial(count_unmatched, vocabulary=vocabulary, after=after, found=found))
        return found

    found = looked_up(settings, count)
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    for (name, value), times in ranked[:limit]:
        console.print(f"{times:>7}  {plain(name)}  {plain(value)}")
    if not ranked:
        console.print("Every title, country and company size is known.")
    elif len(ranked) > limit:
        console.print(f"and {len(ranked) - limit} more; --limit {len(ranked)} lists all")
    if ranked:
        console.print(
            "Where a model should know some of them, say what they mean under \\[vocabulary.titles], "
            "\\[vocabulary.countries] or \\[vocabulary.employees] in hotlead.toml, and start the service again.",
            soft_wrap=True,
        )
