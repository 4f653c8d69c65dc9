"""Puts nightly work together: backups, retention and their plan, from the settings."""

from __future__ import annotations

from bot.app.paths import database_of
from bot.clock import Clock
from bot.metrics import Metrics
from bot.service.backing_up import Backups
from bot.service.handling.alerts import AlertBook
from bot.service.handling.working_time import read_clock
from bot.service.identity.index import Identity
from bot.service.night import Night, NightPlan
from bot.service.retaining import Kept, Retention
from bot.settings import Settings
from bot.storage.store import Store
from scoring.instants import parse_duration


def backups_of(settings: Settings, clock: Clock) -> Backups:
    """Backups of the database of these settings."""
    return Backups(database_of(settings), settings.backup.folder, clock)


def night_of(
    settings: Settings,
    store: Store,
    backups: Backups,
    identity: Identity,
    book: AlertBook,
    clock: Clock,
    metrics: Metrics,
) -> Night:
    """What every night brings."""
    backup, kept = settings.backup, settings.retention
    retention = Retention(
        store,
        identity,
        Kept(parse_duration(kept.raw), parse_duration(kept.delivered), parse_duration(kept.seen)),
    )
    plan = NightPlan(read_clock(backup.at), backup.nightly, backup.keep)
    return Night(store, backups, retention, book, book.policy.calendar, plan, clock, metrics)
