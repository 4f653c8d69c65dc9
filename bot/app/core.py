"""Puts the service together: store, models, identity, scorebook, handling, desk and intake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.app.handling import handlers_of, policy_of, team_of
from bot.app.nights import backups_of, night_of
from bot.app.paths import database_of
from bot.clock import Clock
from bot.metrics import Metrics
from bot.service.adding import Adding
from bot.service.backing_up import Backups
from bot.service.configured import note_configuration
from bot.service.erased import Erased
from bot.service.erasing import Erasing
from bot.service.erasure import apply_tombstones
from bot.service.explaining import Explaining
from bot.service.going_live import go_live
from bot.service.handling.alerts import AlertBook, Channels
from bot.service.handling.desk import HandlingDesk
from bot.service.handling.happenings import Happenings
from bot.service.handling.state import DEFAULT_STATUSES, Statuses
from bot.service.handling.steps import Steps
from bot.service.handling.team import Team
from bot.service.histories import Histories
from bot.service.identity.company_instructions import CompanyInstructions
from bot.service.identity.index import Identity
from bot.service.identity.instructed import Instructed
from bot.service.identity.instructions import Instructions
from bot.service.identity.merging import Merging
from bot.service.identity.reconfiguring import Reconfiguring
from bot.service.identity.rules import IdentityRules
from bot.service.intake import Intake
from bot.service.journal import Journal
from bot.service.leads import LeadDesk
from bot.service.models.live import live_models, publish_first
from bot.service.models.modelling import Modelling
from bot.service.models.publishing import Publishing
from bot.service.night import STEP, Night
from bot.service.quarantine import Judge, Quarantine
from bot.service.rewording import Rewording
from bot.service.scorebook import Scorebook
from bot.service.source_health import SourceHealth
from bot.service.timeline import Timeline
from bot.service.views import Status
from bot.service.vocabulary import Vocabulary, Words
from bot.settings import Settings
from bot.storage import events
from bot.storage.migrate import bring_up_to_date
from bot.storage.store import Store
from scoring.instants import parse_duration


@dataclass(frozen=True, slots=True)
class Core:
    """The service without its doors."""

    store: Store
    clock: Clock
    metrics: Metrics
    book: AlertBook
    statuses: Statuses
    scorebook: Scorebook
    intake: Intake
    desk: LeadDesk
    team: Team
    handling: HandlingDesk
    steps: Steps
    publishing: Publishing
    instructions: Instructions
    company_instructions: CompanyInstructions
    adding: Adding
    erasing: Erasing
    source_health: SourceHealth
    explaining: Explaining
    quarantine: Quarantine
    modelling: Modelling
    backups: Backups
    night: Night

    def when_something_changed(self, told: Callable[[], None]) -> None:
        """After every commit that may leave something owed or due."""
        self.store.told = lambda _left: told()
        self.desk.changed = told
        self.handling.changed = told
        self.publishing.changed = told
        self.instructions.changed = told
        self.company_instructions.changed = told
        self.quarantine.changed = told
        self.erasing.changed = told


async def open_core(settings: Settings, clock: Clock, first_model: Callable[[], str] | None) -> Core:
    """Open the data folder's database (migrating it) and put the service together.

    `first_model` reads the model that a store without one publishes; None: it stays without. Raises
    StoreUnusable, StoreTooNew, InvalidModel.
    """
    path = database_of(settings)
    await asyncio.to_thread(bring_up_to_date, path, clock())
    store = Store(path)
    try:
        await store.check()
        await apply_tombstones(store, path.parent, clock())  # also in a database that somebody put back by hand
        timeline = Timeline(clock, await store.read(events.last_instant))
        if first_model is not None:
            await publish_first(store, first_model, timeline())
        return await _compose(settings, store, timeline)
    except BaseException:
        await store.close()
        raise


async def _compose(settings: Settings, store: Store, clock: Clock) -> Core:
    metrics = Metrics()
    statuses = statuses_of(settings)
    book = AlertBook(channels_of(settings), statuses, policy_of(settings))
    histories = Histories(await live_models(store))
    journal = Journal(histories)
    team = team_of(settings, book, statuses, histories, journal.set_status)
    scorebook = Scorebook(histories, Happenings(team), metrics)
    vocabulary = vocabulary_of(settings)
    handlers, steps = handlers_of(settings, team, scorebook, vocabulary)
    handling = HandlingDesk(store, handlers, clock, metrics)
    merging = Merging(scorebook, journal, team)
    identity = Identity(identity_of(settings), merging)
    erased, judge = Erased(store.path.parent), Judge()

    def forget() -> None:
        erased.forget()
        histories.forget_all()
        identity.forget()
        merging.forget()
        judge.forget()

    store.rolled_back = forget
    backups = backups_of(settings, clock)
    night = night_of(settings, store, backups, identity, book, clock, metrics)
    steps.kinds[STEP] = night.due
    await _note_settings(settings, store, steps, night, team, clock)
    publishing = Publishing(store, scorebook, clock)
    publishing.ended = book.tell_of_publication
    await publishing.open()
    if histories.models:
        await Reconfiguring(store, identity, merging, scorebook).apply(clock())
        await Rewording(store, vocabulary, scorebook).apply(clock())
    intake = Intake(
        store,
        identity,
        merging,
        scorebook,
        clock,
        metrics,
        room=settings.service.max_waiting_events,
        vocabulary=vocabulary,
        erased=erased,
        judge=judge,
    )
    kept = parse_duration(settings.retention.refused)
    source_health = SourceHealth(kinds_of(settings), store, book, clock, kept=kept)
    intake.came = handlers.gathering.came
    return Core(
        store=store,
        clock=clock,
        metrics=metrics,
        book=book,
        statuses=statuses,
        scorebook=scorebook,
        intake=intake,
        desk=LeadDesk(store, scorebook, handling, book, statuses, clock),
        team=team,
        handling=handling,
        steps=steps,
        publishing=publishing,
        adding=Adding(store, intake, clock),
        company_instructions=CompanyInstructions(store, identity, scorebook, clock),
        instructions=Instructions(store, identity, merging, scorebook, erased, clock),
        source_health=source_health,
        erasing=Erasing(store, erased, identity, scorebook, source_health, clock),
        explaining=Explaining(store, scorebook, statuses, clock),
        quarantine=_quarantine(store, scorebook, intake, identity, merging, clock),
        modelling=Modelling(store, publishing, statuses, clock),
        backups=backups,
        night=night,
    )


async def _note_settings(
    settings: Settings, store: Store, steps: Steps, night: Night, team: Team, clock: Clock
) -> None:
    """What the settings say by now, told to the store: steps, whether we are live, the night, and what changed."""
    configured = settings.model_dump(mode="json")
    await store.write(lambda tx: steps.plan(tx, clock()))
    await store.write(lambda tx: go_live(tx, team, clock()))
    await store.write(lambda tx: note_configuration(tx, configured, clock()))
    await store.write(lambda tx: night.plan(tx, clock()))


def _quarantine(
    store: Store, scorebook: Scorebook, intake: Intake, identity: Identity, merging: Merging, clock: Clock
) -> Quarantine:
    quarantine = Quarantine(store, scorebook, intake.judge, clock)
    quarantine.regrouped = Instructed(identity).requarantined
    quarantine.settled = merging.settle
    return quarantine


def kinds_of(settings: Settings) -> dict[str, str]:
    """The configured sources, each with its kind."""
    return {name: section.kind for name, section in settings.source.items()}


def channels_of(settings: Settings) -> Channels:
    """Where alerts go, by the settings."""
    alerts = settings.alerts
    return Channels(
        alerts=alerts.channel,
        fallback=alerts.fallback_channel,
        admin=alerts.admin_channel,
        shadow=alerts.mode == "shadow",
        managers=settings.slack.managers,
        crm_url=alerts.crm_url,
    )


def statuses_of(settings: Settings) -> Statuses:
    """The reps' words, by the settings or ours."""
    configured = [
        Status(one.key, one.label, one.kind, one.is_contact, one.asks_qualification) for one in settings.status
    ]
    return Statuses(configured or DEFAULT_STATUSES)


def vocabulary_of(settings: Settings) -> Vocabulary:
    """Words that mean the same: ours, and those of the settings."""
    section = settings.vocabulary
    return Vocabulary(Words(section.titles, section.countries, section.employees))


def identity_of(settings: Settings) -> IdentityRules:
    """Who is who, by the settings."""
    section = settings.identity
    rules = IdentityRules(
        identifying=section.identifying,
        own_domains=frozenset(section.own_domains),
        free_mail=frozenset(section.free_mail),
        addresses_of_a_phone=section.addresses_of_a_phone,
        addresses_of_a_set=section.addresses_of_a_set,
        addresses_of_a_visitor=section.addresses_of_a_visitor,
        group_ids_of_a_domain=section.group_ids_of_a_domain,
        domains_of_a_group_id=section.domains_of_a_group_id,
        session=parse_duration(section.session),
        anonymous_window=parse_duration(section.anonymous_window),
    )
    rules = replace(rules, limits={**rules.limits, **section.limits})
    if section.role_addresses is None:
        return rules
    return replace(rules, role_addresses=frozenset(role.casefold() for role in section.role_addresses))
