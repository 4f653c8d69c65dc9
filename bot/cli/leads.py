"""`hotlead leads explain | chart`: one lead's score, at any instant and over time. They only read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from bot.charts.course import course_picture
from bot.cli.beside import console, looked_up, plain
from bot.cli.model_files import AsJson, instant_of
from bot.cli.options import CONFIG, Config
from bot.cli.pictures import check_name, save
from bot.cli.words import instant, ledger, line_json, number, points, print_json, subtotals, when, who
from bot.clock import system_clock
from bot.errors import HotleadError
from bot.language import counted
from bot.service.identity.known_as import KnownAs
from bot.service.models.views import LateFact, PastScore
from bot.service.past import Past
from bot.service.views import LeadRef, ScoreView
from bot.settings import read_settings
from scoring.ledger import by_category

T = TypeVar("T")
_DIGITS = 15

_HOW: Final = {
    "together": "named in one event",
    "alias": "made one by an alias",
    "instruction": "joined by an instruction",
}

leads_app = typer.Typer(
    name="leads",
    help="Leads: what they scored, and why; what is held about one, and taking it away.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Who = Annotated[str, typer.Argument(help="L-123, an e-mail address, or the beginning of words of a name or company.")]
Named = Annotated[str | None, typer.Option("--model", help="The model's name; else the one that scores the lead.")]
At = Annotated[
    str | None, typer.Option(help="The instant, such as 2026-03-14T09:00Z; a day means its end, UTC; else now.")
]


@leads_app.command("explain")
def explain(lead: Who, config: Config = CONFIG, at: At = None, model: Named = None, as_json: AsJson = False) -> None:
    """Show a lead's score at an instant, line by line: what was known then, under the model live then.

    Where events that came later change it, both numbers are shown with the events that made the difference. Last come
    the identifiers by which the lead is known today, and what joined them.
    """
    instant_ = instant_of(at) if at is not None else system_clock()

    async def work(past: Past) -> tuple[PastScore, tuple[KnownAs, ...]]:
        number_ = (await one_lead(past, lead)).number
        found = await past.explain(number_, instant_, model)
        if found is None:
            raise HotleadError(f"There is no lead {lead}.")
        return found, await past.known_as(number_)

    found, known = _read(config, work)
    if as_json:
        print_json(_json(found) | {"known_as": [_known_json(one) for one in known]})
    else:
        _tell(found)
        _tell_known(known)


@leads_app.command("chart")
def chart(
    lead: Who,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file: a name that ends in .svg or .png.")],
    config: Config = CONFIG,
    since: Annotated[str | None, typer.Option(help="Where it begins; a day means its beginning, UTC.")] = None,
    until: Annotated[str | None, typer.Option(help="The instant that is taken for now; else now.")] = None,
    model: Named = None,
) -> None:
    """Draw a lead's score over time, its crossings, and what comes if nothing happens."""
    check_name(out)
    now = instant_of(until) if until is not None else system_clock()
    begin = instant_of(since, ends=False) if since is not None else None

    async def work(past: Past) -> None:
        course = await past.course((await one_lead(past, lead)).number, now, since=begin, model=model)
        if course is not None:
            save(course_picture(course), out)

    _read(config, work)
    console.print(f"{plain(str(out))} is written.")


def _read(config: Path, work: Callable[[Past], Awaitable[T]]) -> T:
    return looked_up(read_settings(config), lambda reader: work(Past(reader)))


def number_of(text: str) -> int | None:
    """The number of a lead that is named by it (`L-12`); None for any other words."""
    digits = text.strip()[2:]
    named = text.strip()[:2].upper() == "L-" and digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
    return int(digits) if named else None


async def one_lead(past: Past, lead: str) -> LeadRef:
    """The one lead that is meant. Raises HotleadError in words where it is none, or several."""
    found = await past.find(lead)
    if not found:
        number = number_of(lead)
        if number is not None and await past.was_erased(number):
            raise HotleadError(f"L-{number} was erased. `hotlead audit show --lead L-{number}` says when and by whom.")
        raise HotleadError(
            f"There is no lead {lead!r}. Name it by its number (L-123), an e-mail address, or the beginning of words "
            "of a name or company."
        )
    if len(found) > 1:
        named = "\n".join(f"  {who(one)}" for one in found)
        raise HotleadError(f"{lead!r} may be one of these. Say which by its number.\n{named}")
    return found[0]


def _tell(found: PastScore) -> None:
    console.print(f"[bold]{plain(who(found.lead))}[/bold] at {instant(found.at)}")
    console.print(f"{plain(found.model)}, version {found.version}, live then; from the events received by then:\n")
    console.print(plain(_line(found.shown)))
    _tell_ledger(found.lines)
    if found.posted is not None:
        posted = found.posted
        rating = f" {posted.rating}" if posted.rating else ""
        console.print(
            f"\nLast crossing by then: {instant(posted.at)}, {points(posted.score)}{rating} {posted.label} as recorded "
            f"(version {posted.version}, {counted(len(posted.lines), 'line')} kept)"
        )
    if found.today is None:
        return
    console.print("\nWith all that is known today, it was:\n")
    console.print(plain(_line(found.today)))
    _tell_ledger(found.today_lines)
    _tell_facts("Because these events came later:", found.late)
    _tell_facts("Because these events no longer count:", found.gone)


def _line(score: ScoreView) -> str:
    if score.score is None:
        return "no score: outside the model's population, or before the first event"
    parts = [points(score.score), score.rating or "", score.label or ""]
    parts.append(f"(fit {points(score.fit)}, engagement {points(score.engagement)})")
    if score.failed_gates:
        parts.append(f"gates not met: {', '.join(score.failed_gates)}")
    elif score.waiting_on:
        parts.append(f"waits for: {', '.join(score.waiting_on)}")
    return " ".join(part for part in parts if part)


def _tell_ledger(lines: Any) -> None:
    for line in ledger(lines):
        console.print(plain(line))
    total = sum((line.points for line in lines), Decimal(0))
    if lines:
        console.print(f"{points(total):>8}  in all")
        console.print(plain(subtotals(lines)))


def _tell_facts(title: str, facts: tuple[LateFact, ...]) -> None:
    if not facts:
        return
    console.print(f"\n{title}")
    for fact in facts:
        console.print(plain(f"  {_fact(fact)}"))


def _fact(fact: LateFact) -> str:
    parts = [when(fact.at), fact.type, *([fact.what] if fact.what else []), *fact.says]
    if fact.points is not None:
        parts.append(points(fact.points, signed=True))
    if fact.of_colleague:
        parts.append("of a colleague")
    return f"{', '.join(parts)} (received {when(fact.received_at)} from {fact.source})"


def _tell_known(known: tuple[KnownAs, ...]) -> None:
    if not known:
        return
    console.print("\nKnown today as:\n")
    for one in known:
        console.print(plain(f"  {one.kind} {one.value}, since {when(one.first_seen)}"))
        for joined in one.joined:
            source = f" from {joined.source}" if joined.source else ""
            console.print(plain(f"    {_HOW[joined.how]}{source} with {joined.other}, {when(joined.since)}"))


def _known_json(one: KnownAs) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "value": one.value,
        "first_seen": instant(one.first_seen),
        "joined": [
            {"with": each.other, "how": each.how, "since": instant(each.since), "source": each.source}
            for each in one.joined
        ],
    }


def _json(found: PastScore) -> dict[str, Any]:
    values: dict[str, Any] = {
        "lead": found.lead.key,
        "at": instant(found.at),
        "model": found.model,
        "version": found.version,
        "shown": _score_json(found.shown, found.lines),
        "today": _score_json(found.today, found.today_lines) if found.today is not None else None,
        "late": [_fact_json(fact) for fact in found.late],
        "gone": [_fact_json(fact) for fact in found.gone],
        "posted": None,
    }
    if found.posted is not None:
        posted = found.posted
        values["posted"] = {
            "at": instant(posted.at),
            "cause": posted.cause,
            "version": posted.version,
            "score": number(posted.score),
            "rating": posted.rating,
            "label": posted.label,
            "ledger": [line_json(line) for line in posted.lines],
        }
    return values


def _score_json(score: ScoreView, lines: Any) -> dict[str, Any]:
    return {
        "score": number(score.score),
        "fit": number(score.fit),
        "engagement": number(score.engagement),
        "rating": score.rating,
        "label": score.label,
        "failed_gates": list(score.failed_gates),
        "waiting_on": list(score.waiting_on),
        "categories": dict(by_category(lines)),
        "ledger": [line_json(line) for line in lines],
    }


def _fact_json(fact: LateFact) -> dict[str, Any]:
    return {
        "at": instant(fact.at),
        "received_at": instant(fact.received_at),
        "type": fact.type,
        "source": fact.source,
        "what": fact.what,
        "points": number(fact.points),
        "says": list(fact.says),
        "of_colleague": fact.of_colleague,
    }
