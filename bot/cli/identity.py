"""`hotlead identity`: who is who. Each instruction is shown first, then asked for; it is audited and can be revoked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot.app.operations import EFFECT, LISTED
from bot.cli.beside import author, console, done_by_service, plain
from bot.cli.options import CONFIG, Config
from bot.cli.words import when
from bot.service.identity.instructions import Effect, Group
from bot.service.identity.instructions_listed import Said
from bot.service.identity.joining import Verb

identity_app: Final = typer.Typer(
    name="identity", help="Who is who: join, part and correct people.", no_args_is_help=True
)

Who = Annotated[str, typer.Argument(help="A lead (L-3), or a value that an event named; kind=value where two have it.")]
Note = Annotated[str | None, typer.Option(help="Why; kept with the instruction.")]
Companies = Annotated[bool, typer.Option("--company", help="Of companies: name each by a group id or a domain.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

_FAULTS: Final = {
    "past_limit": "was named with too many others, and joins nobody",
    "oversized": "is in a set of too many addresses: each of it stands alone",
    "alias": "is said to be {other}, known by other addresses: they stay two",
}


@identity_app.command("join")
def join(
    one: Who, other: Who, company: Companies = False, note: Note = None, yes: Yes = False, config: Config = CONFIG
) -> None:
    """Make one lead of two."""
    _say(config, Verb.JOIN, [one], [other], note, yes, company)


@identity_app.command("unmerge")
def unmerge(
    lead: Who,
    apart: Annotated[list[str], typer.Option(help="An identifier of the other side; may be given several times.")],
    note: Note = None,
    yes: Yes = False,
    config: Config = CONFIG,
) -> None:
    """Make two leads of one: the identifiers named, and the rest. The sides never join again."""
    _say(config, Verb.UNMERGE, [lead], apart, note, yes)


@identity_app.command("never-join")
def never_join(
    one: Who, other: Who, company: Companies = False, note: Note = None, yes: Yes = False, config: Config = CONFIG
) -> None:
    """Keep two leads apart, whatever is sent."""
    _say(config, Verb.NEVER_JOIN, [one], [other], note, yes, company)


@identity_app.command("correct")
def correct(wrong: Who, right: Who, note: Note = None, yes: Yes = False, config: Config = CONFIG) -> None:
    """Let a mistyped address count as the right one, in events up to now."""
    _say(config, Verb.CORRECT, [wrong], [right], note, yes)


@identity_app.command("not-a-person")
def not_a_person(value: Who, note: Note = None, yes: Yes = False, config: Config = CONFIG) -> None:
    """Let a value count as not named: test@test.com, a shared telephone."""
    _say(config, Verb.NOT_A_PERSON, [value], [], note, yes)


@identity_app.command("not-a-company")
def not_a_company(key: Who, note: Note = None, yes: Yes = False, config: Config = CONFIG) -> None:
    """Let a group id or a domain count as no company: a provider of addresses, a tool's name."""
    _say(config, Verb.NOT_A_PERSON, [key], [], note, yes, companies=True)


@identity_app.command("clear")
def clear(value: Who, note: Note = None, yes: Yes = False, config: Config = CONFIG) -> None:
    """Let a value that is past its limit join again, however many it is named with."""
    _say(config, Verb.CLEAR, [value], [], note, yes)


@identity_app.command("revoke")
def revoke(
    number: Annotated[int, typer.Argument(help="The instruction's number, as `list` shows it.")],
    company: Companies = False,
    yes: Yes = False,
    config: Config = CONFIG,
) -> None:
    """Take an instruction back."""
    _ask_and_do(config, "identity.revoke", {"number": number, "companies": company}, yes)
    console.print(f"Done: instruction {number} does not count any more.")


@identity_app.command("list")
def list_(config: Config = CONFIG) -> None:
    """The instructions, newest first, and the values that join nobody."""
    said, faults = LISTED.validate_python(done_by_service(config, "identity.list", {}, None)["listed"])
    for one in said:
        console.print(_line(one))
    for fault in faults:
        told = _FAULTS.get(fault.kind, fault.kind).format(other=fault.other)
        console.print(f"{when(fault.at)}  {plain(fault.value)} {plain(told)}")
    if not said and not faults:
        console.print("No instruction stands, and no value is past its limit.")


def _line(one: Said) -> str:
    sides = " | ".join(", ".join(map(plain, side)) for side in (one.one, one.other) if side)
    revoked = f"  revoked {when(one.revoked_at)} by {plain(one.revoked_by or '')}" if one.revoked_at else ""
    note = f"  ({plain(one.note)})" if one.note else ""
    return f"{one.number:>4}  {when(one.at)}  {plain(one.actor)}  {_command(one.verb)}: {sides}{note}{revoked}"


def _command(verb: str) -> str:
    """What is typed for such an instruction; of companies the service names it `company_…`."""
    if verb == f"company_{Verb.NOT_A_PERSON.value}":
        return "not-a-company"
    typed = verb.removeprefix("company_").replace("_", "-")
    return typed if not verb.startswith("company_") else f"{typed} --company"


def _say(
    config: Path, verb: Verb, one: list[str], other: list[str], note: str | None, yes: bool, companies: bool = False
) -> None:
    values = {"verb": verb.value, "one": one, "other": other, "note": note, "companies": companies}
    number = _ask_and_do(config, "identity.say", values, yes)
    if number is None:
        return
    about = " --company" if companies else ""
    console.print(f"Done: instruction {number}. `hotlead identity revoke{about} {number}` takes it back.")


def _ask_and_do(config: Path, name: str, values: dict[str, Any], yes: bool) -> int | None:
    """Show what it would do, ask, do it; the number of the instruction, None where it stood already."""
    values = {**values, "actor": author()}
    shown = _effect(done_by_service(config, name, {**values, "show": True}, None))
    if _stood(shown):
        return None
    companies = bool(values.get("companies"))
    _tell("Now", shown.before, companies)
    _tell("Then", shown.after, companies)
    if not yes:
        typer.confirm("Do it?", abort=True)
    done = _effect(done_by_service(config, name, {**values, "show": False}, None))
    return None if _stood(done) else done.number


def _stood(found: Effect) -> bool:
    """Whether it was said before, which is told: since when, and by whom."""
    if found.stands is not None:
        console.print(f"It stands already, so nothing was changed:\n{_line(found.stands)}")
    return found.stands is not None


def _effect(values: Any) -> Effect:
    effect: Effect = EFFECT.validate_python(values)
    return effect


def _tell(word: str, groups: tuple[Group, ...], companies: bool) -> None:
    called, none = ("company ", "no company") if companies else ("L-", "nobody")
    for group in groups:
        lead = f"{called}{group.lead}" if group.lead is not None else none
        console.print(f"{word + ':':<6}{lead}  {', '.join(map(plain, group.identifiers))}")
