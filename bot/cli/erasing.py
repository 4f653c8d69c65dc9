"""`hotlead leads export | erase | erased | lift`: everything about one lead, and taking all of it away for good."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot.app.operations import ERASURE, ERASURES
from bot.cli.beside import author, console, done_by_service, looked_up, plain
from bot.cli.leads import Who, number_of, one_lead
from bot.cli.options import CONFIG, Config
from bot.cli.words import when, who
from bot.clock import system_clock
from bot.errors import HotleadError
from bot.language import counted
from bot.service.erasing import Done, Plan, lead_of, plan_of
from bot.service.exporting import export_of
from bot.service.models.live import live_models
from bot.service.past import Past
from bot.settings import read_settings
from bot.storage.reader import Reader

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

_ROWS: Final = {
    "events": ("event with its body", "events with their bodies"),
    "identifiers": ("identifier", "identifiers"),
    "former_leads": ("lead that it was joined from", "leads that it was joined from"),
    "crossings": ("crossing", "crossings"),
    "alerts": ("alert", "alerts"),
    "outbox": ("message in Slack", "messages in Slack"),
    "contacts": ("contact", "contacts"),
    "notes": ("note", "notes"),
    "qualifications": ("qualification", "qualifications"),
    "letters": ("refused request that names it", "refused requests that name it"),
}
"""What is told of a plan; the other tables only serve these."""


def export(
    lead: Who,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write; else standard output.")] = None,
    config: Config = CONFIG,
) -> None:
    """Write everything that is held about a lead as JSON: for the person who asks for it (GDPR articles 15 and 20)."""

    async def meant(reader: Reader) -> int:
        number = await _number(reader, lead)
        return int(await reader.read(lambda tx: lead_of(tx, number)["id"]))

    async def work(reader: Reader) -> dict[str, Any]:
        models = await live_models(reader)
        return await reader.read(lambda tx: export_of(tx, lead_of(tx, number)["id"], models, system_clock()))

    if out is not None and out.exists():  # before the trail says that it was handed out
        raise _there_already(out)
    settings = read_settings(config)
    number = looked_up(settings, meant)
    done_by_service(config, "leads.exported", {"number": number, "actor": author()}, None)
    found = looked_up(settings, work)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    _write(out, text)
    counts = (("events", "event"), ("messages", "message"), ("history", "line of history", "lines of history"))
    told = ", ".join(counted(len(found[name]), *forms) for name, *forms in counts)
    console.print(plain(f"{out} is written: {found['lead']}, {told}."))


async def _number(reader: Reader, lead: str) -> int:
    """The lead that is meant; of a number that was erased it is said that it was."""
    number = number_of(lead)
    return number if number is not None else (await one_lead(Past(reader), lead)).number


def _write(path: Path, text: str) -> None:
    """Write a new file that its owner alone may read: one that is there already may be everybody's to read."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _there_already(path) from None
    except OSError as trouble:
        raise HotleadError(f"{path} cannot be written: {trouble.strerror or trouble}.") from trouble


def _there_already(path: Path) -> HotleadError:
    return HotleadError(f"{path} is there already. Name a new file, or delete that one first.")


def erase(lead: Who, yes: Yes = False, config: Config = CONFIG) -> None:
    """Erase a lead for good, in the database and in Slack, and keep it away (GDPR article 17). Shown first."""

    async def work(reader: Reader) -> Plan:
        number = await _number(reader, lead)
        return await reader.read(lambda tx: plan_of(tx, number))

    plan = looked_up(read_settings(config), work)
    _tell_plan(plan)
    if not yes:
        typer.confirm("Erase it for good? This cannot be taken back.", abort=True)
    values = {"number": plan.lead.number, "actor": author()}
    _tell_done(_erasure(done_by_service(config, "leads.erase", values, None)))


def _tell_plan(plan: Plan) -> None:
    console.print(f"[bold]{plain(who(plan.lead))}[/bold]")
    former = [f"L-{one}" for one in plan.numbers if one != plan.lead.number]
    if former:
        console.print(f"before also {', '.join(former)}")
    console.print("\nThis goes:")
    for name, (one, more) in _ROWS.items():
        if count := plan.counts.get(name):
            console.print(f"{count:>8,}  {one if count == 1 else more}")
    console.print("\nEvents that name one of these are taken from then on, but not stored:")
    for identifier in plan.identifiers:
        console.print(f"          {plain(identifier)}")
    console.print(
        "\nThe audit trail stays, without names. Backups made until now still hold it until they are deleted; "
        "`hotlead restore` erases it again.\n"
    )


def _tell_done(done: Done) -> None:
    numbers = ", ".join(f"L-{one}" for one in done.numbers)
    console.print(f"{numbers} {'is' if len(done.numbers) == 1 else 'are'} erased (erasure {done.token}).")
    for line in _of_slack(done):
        console.print(plain(line))
    console.print(f"`hotlead leads lift {done.token}` lets the person come back with events to come.")


def _of_slack(done: Done) -> list[str]:
    lines = []
    if done.taken_back:
        lines.append(f"Slack: {counted(done.taken_back, 'message says', 'messages say')} so now.")
    if done.waiting:
        lines.append(
            f"Slack: {counted(done.waiting, 'message is', 'messages are')} still to be taken back; the running "
            "service does that. `hotlead leads erased` says how far it is."
        )
    if done.refused:
        lines.append(f"Slack refused {len(done.refused)}. Delete by hand:")
        lines += [f"  {one}" for one in done.refused]
    return lines


def erased(config: Config = CONFIG) -> None:
    """Who was erased, by number: when, by whom, and how far Slack is."""
    found = ERASURES.validate_python(done_by_service(config, "leads.erased", {}, None)["erased"])
    for done in found:
        numbers = ", ".join(f"L-{one}" for one in done.numbers) or "nobody's visits"
        kept = f"{counted(done.standing, 'identifier')} kept away" if done.standing else "nobody is kept away"
        console.print(f"{when(done.at)}  {done.token}  {numbers}  by {plain(done.actor)}  {kept}")
        for line in _of_slack(done):
            console.print(f"    {plain(line)}")
    if not found:
        console.print("Nobody was erased.")


def lift(
    value: Annotated[str, typer.Argument(help="An address, number or id that was erased, or an erasure's name.")],
    config: Config = CONFIG,
) -> None:
    """Let somebody who was erased come back with events to come, because they want to. Nothing old comes back."""
    done = done_by_service(config, "leads.lift", {"value": value, "actor": author()}, None)
    again = counted(done["lifted"], "identifier is", "identifiers are")
    console.print(f"{again} let in again; what was erased stays erased.")
    if done["kept"]:
        others = counted(done["kept"], "other of the same person is", "others of the same person are")
        console.print(f"{others} still kept away: `hotlead leads lift {done['token']}` lets all of them in.")


def _erasure(values: Any) -> Done:
    done: Done = ERASURE.validate_python(values)
    return done
