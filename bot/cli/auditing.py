"""`hotlead audit show`: who changed what, when, from what to what. It only reads, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

import typer

from bot.cli.beside import console, looked_up, plain
from bot.cli.leads import number_of, one_lead
from bot.cli.model_files import instant_of
from bot.cli.options import CONFIG, Config
from bot.cli.words import instant, when
from bot.service.past import Past
from bot.settings import read_settings
from bot.storage import audit, former_leads
from bot.storage.reader import Reader
from scoring.instants import Instant

audit_app: Final = typer.Typer(
    name="audit", help="The audit trail: who changed what, and when.", no_args_is_help=True, rich_markup_mode=None
)
_PAGE: Final = 500


@audit_app.command("show")
def show(
    lead: Annotated[
        str | None, typer.Option(help="Of one lead: L-123 (also one that was erased), an address, or a name.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="By somebody: a Slack user's id, a login name, or hotlead for what went by itself."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Since an instant, such as 2026-03-14T09:00Z, or a day (UTC), such as today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")] = False,
    config: Config = CONFIG,
) -> None:
    """Show the trail, oldest first. Rows are never changed or deleted; an erasure takes names out of the notes only."""
    from_ = instant_of(since, ends=False) if since is not None else None

    async def work(reader: Reader) -> int:
        number = await _number(reader, lead) if lead is not None else None
        shown = after = 0
        while rows := await reader.read(lambda tx, seen=after: _page(tx, seen, number, by, from_)):  # type: ignore[misc]
            for row in rows:
                _tell(row, as_json=as_json)
            shown, after = shown + len(rows), rows[-1]["id"]
        return shown

    if not looked_up(read_settings(config), work) and not as_json:
        console.print("Nothing of the kind is in the trail.")


def _page(tx: Any, after: int, number: int | None, by: str | None, since: Instant | None) -> list[Any]:
    return audit.after(tx, after, _PAGE, lead_id=number, by=by, since=since)


async def _number(reader: Reader, lead: str) -> int:
    """The number that is meant: one that was erased is nobody's, and still has its rows."""
    number = number_of(lead)
    if number is not None:
        return await reader.read(lambda tx: former_leads.resolve(tx, number))
    return (await one_lead(Past(reader), lead)).number


def _tell(row: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_json(row), ensure_ascii=False))
        return
    parts = [f"{when(row['at'])}  {plain(row['actor'])}  {row['action']}"]
    if row["lead_id"] is not None:
        parts.append(f"L-{row['lead_id']}")
    if row["before"] is not None or row["after"] is not None:
        parts.append(plain(f"{row['before'] or '–'} → {row['after'] or '–'}"))
    if row["note"]:
        parts.append(f"({plain(row['note'])})")
    console.print("  ".join(_whole(parts)))


def _whole(parts: Iterable[str]) -> list[str]:
    return [" ".join(part.split("\n")) for part in parts]


def _json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "at": instant(row["at"]),
        "actor": row["actor"],
        "action": row["action"],
        "lead": f"L-{row['lead_id']}" if row["lead_id"] is not None else None,
        "before": row["before"],
        "after": row["after"],
        "note": row["note"],
    }
