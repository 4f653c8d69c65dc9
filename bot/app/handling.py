"""Puts handling together: policy, reps, routes, team, acts, steps and digests, from the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.errors import BadConfiguration, Finding
from bot.service.handling.acts import Acts
from bot.service.handling.alerts import AlertBook
from bot.service.handling.clockwork import Clockwork
from bot.service.handling.desk import Handlers
from bot.service.handling.digests import Digests
from bot.service.handling.ending import Ending
from bot.service.handling.gathering import Gathering
from bot.service.handling.listing import Listing
from bot.service.handling.members import Members
from bot.service.handling.policy import ChannelPolicy, Policy
from bot.service.handling.reps import Rep, Reps
from bot.service.handling.results import Results
from bot.service.handling.routing import Facts, Routing, Rule
from bot.service.handling.state import Statuses
from bot.service.handling.steps import Steps
from bot.service.handling.team import SetStatus, Team
from bot.service.handling.views import Choices
from bot.service.handling.working import Working
from bot.service.handling.working_time import (
    DAYS,
    Calendar,
    PublicHolidays,
    UnreadableHours,
    read_clock,
    read_hours,
    read_period,
    read_quiet,
    read_zone,
)
from bot.service.histories import Histories
from bot.service.logbook import read_log
from bot.service.scorebook import Scorebook
from bot.service.vocabulary import Vocabulary
from bot.settings import Settings
from bot.storage.store import Tx
from scoring.conditions import LeadFacts, compile_condition
from scoring.errors import InvalidModel
from scoring.instants import Instant, parse_duration

T = TypeVar("T")


class _Reading:
    """Reads what only means something together, and collects every problem."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def read(self, place: str, read: Callable[[str], T], text: str, default: T) -> T:
        if not text:
            return default
        try:
            return read(text)
        except UnreadableHours as trouble:
            self.findings.append(Finding(place, f"found {text!r}", f"{trouble}."))
            return default


def policy_of(settings: Settings) -> Policy:
    """Everything that is configured about handling. Raises BadConfiguration with every problem."""
    reading = _Reading()
    policy = _policy(settings, reading)
    _look_at_reps(settings, reading)
    _look_at_routes(settings, reading)
    if reading.findings:
        raise BadConfiguration(tuple(reading.findings))
    return policy


def _policy(settings: Settings, reading: _Reading) -> Policy:
    follow_up, alerts, digest, reasons = settings.follow_up, settings.alerts, settings.digest, settings.reasons
    reading.read("backup.at", read_clock, settings.backup.at, 0)
    digest_at = reading.read("digest.at", read_clock, digest.at, 510)
    default = ChannelPolicy(
        reading.read("alerts.quiet_hours", _quiet, alerts.quiet_hours, None), alerts.daily_ceiling, digest_at
    )
    release = follow_up.release_after
    return Policy(
        calendar=_calendar(settings, reading, default),
        stops_at_claim=follow_up.stops_at == "claim",
        remind=follow_up.remind,
        escalate=follow_up.escalate,
        escalate_to=follow_up.escalate_to,
        escalate_in_thread=follow_up.escalate_in == "thread",
        release_after=parse_duration(release) if release is not None else None,
        not_now=parse_duration(follow_up.not_now),
        lost_rest=parse_duration(follow_up.lost_rest),
        closes=follow_up.closes,
        refuses_unqualified=follow_up.qualification == "refuse",
        stale_after={status: parse_duration(length) for status, length in settings.stale_after.items()},
        choices=Choices(reasons.not_fit, reasons.not_now, reasons.lost),
        gather=parse_duration(alerts.gather),
        digests=digest.enabled,
        digest_at=digest_at,
        weekly=DAYS.index(digest.weekly),
        default_channel=default,
        channels=_channels(settings, reading, default),
    )


def _quiet(text: str) -> tuple[int, int] | None:
    return read_quiet(text)


def _calendar(settings: Settings, reading: _Reading, default: ChannelPolicy) -> Calendar:
    section = settings.follow_up
    return Calendar(
        zone=reading.read("follow_up.time_zone", read_zone, section.time_zone, ZoneInfo("UTC")),
        hours=reading.read("follow_up.hours", read_hours, section.hours, ()),
        closed=reading.read(
            "follow_up.holidays",
            lambda country: PublicHolidays(country, section.closed),
            section.holidays,
            PublicHolidays("", section.closed),
        ),
        quiet=default.quiet,
    )


def _channels(settings: Settings, reading: _Reading, default: ChannelPolicy) -> Mapping[str, ChannelPolicy]:
    found = {}
    for name, section in settings.channel.items():
        place = f"channel.{name}"
        quiet = default.quiet
        if section.quiet_hours is not None:
            quiet = reading.read(f"{place}.quiet_hours", _quiet, section.quiet_hours, None)
        at = section.digest_at
        found[name] = ChannelPolicy(
            quiet,
            default.ceiling if section.daily_ceiling is None else section.daily_ceiling,
            default.digest_at if at is None else reading.read(f"{place}.digest_at", read_clock, at, default.digest_at),
        )
    return found


def _look_at_reps(settings: Settings, reading: _Reading) -> None:
    seen: set[str] = set()
    for n, rep in enumerate(settings.rep):
        place = f"rep[{n}]"
        reading.read(f"{place}.time_zone", read_zone, rep.time_zone, None)
        reading.read(f"{place}.hours", read_hours, rep.hours, None)
        for period in rep.away:
            reading.read(f"{place}.away", read_period, period, None)
        if rep.user in seen:
            reading.findings.append(Finding(f"{place}.user", f"{rep.user} is there twice", "Name everybody once."))
        seen.add(rep.user)


def _look_at_routes(settings: Settings, reading: _Reading) -> None:
    for n, route in enumerate(settings.route):
        place = f"route[{n}]"
        if route.how == "owner" and not route.owner:
            reading.findings.append(
                Finding(f"{place}.owner", "it is missing", 'how = "owner" needs the attribute that names the owner.')
            )
        if route.how == "round_robin" and not (route.reps or settings.rep):
            reading.findings.append(
                Finding(f"{place}.reps", "there is nobody", "Name user ids here, or add a [[rep]] for each.")
            )
        try:
            compile_condition(route.when)
        except InvalidModel as invalid:
            reading.findings += [
                Finding(f"{place}.when.{one.place}", str(one.found), str(one.allowed)) for one in invalid.problems
            ]


def reps_of(settings: Settings, policy: Policy, statuses: Statuses) -> Reps:
    """The configured reps."""
    configured = [
        Rep(one.user, one.email, one.time_zone, one.hours, one.away, one.capacity, one.languages, one.territories)
        for one in settings.rep
    ]
    return Reps(configured, policy, statuses)


def routing_of(settings: Settings, reps: Reps, policy: Policy, facts: Facts) -> Routing:
    """The configured routes."""
    rules = [
        Rule(
            name=one.name,
            condition=compile_condition(one.when) if one.when else None,
            channel=one.channel,
            how=one.how,
            reps=one.reps,
            owner=one.owner,
            territory=one.territory,
            language=one.language,
            assign=one.assign,
            offer_for=parse_duration(one.offer_for),
        )
        for one in settings.route
    ]
    alerts = settings.alerts
    return Routing(rules, reps, policy, channel=alerts.channel, fallback=alerts.fallback_channel, facts=facts)


def team_of(
    settings: Settings, book: AlertBook, statuses: Statuses, histories: Histories, set_status: SetStatus
) -> Team:
    """Who gets leads and takes them back; `labelled` comes with the scorebook."""
    policy = book.policy
    reps = reps_of(settings, policy, statuses)

    def facts(tx: Tx, lead_id: int, at: Instant) -> LeadFacts:
        entry = histories.get(tx, lead_id)
        events = cache(lambda: read_log(tx, lead_id).until(at).events)
        return LeadFacts(at, dict(entry.folding.attributes), entry.folding.status, events, entry.company)

    clock = Clockwork(policy, statuses)
    clock.calendar_of = lambda tx, owner: reps.get(tx, owner).workdays(policy)
    book.late = clock.late
    return Team(book, statuses, clock, routing_of(settings, reps, policy, facts), reps, set_status)


def handlers_of(settings: Settings, team: Team, scorebook: Scorebook, vocabulary: Vocabulary) -> tuple[Handlers, Steps]:
    """What acts on handling, and what happens by itself."""
    team.labelled = scorebook.labelled
    acts, ending = Acts(team), Ending(team)
    gathering = Gathering(team, ending)
    results = Results(team.statuses, team.policy.calendar, lambda: scorebook.default_model)
    digests = Digests(team, results, channels_used(settings))
    handlers = Handlers(
        team=team,
        acts=acts,
        ending=ending,
        working=Working(team, acts, ending),
        members=Members(team),
        results=results,
        gathering=gathering,
        listing=Listing(team, vocabulary, lambda: [live.model for live in scorebook.models], channels_used(settings)),
        digests=digests,
    )
    return handlers, Steps(team, acts, gathering, digests)


def channels_used(settings: Settings) -> tuple[str, ...]:
    """Every channel that alerts may go to."""
    alerts = settings.alerts
    return tuple(dict.fromkeys((*(route.channel for route in settings.route), alerts.channel, alerts.fallback_channel)))
