"""A running service: opened in order, closed in the reverse, and always able to say what keeps it from being ready."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import structlog
from aiohttp import web

from bot.app.backing_up import backup_operations
from bot.app.core import Core, open_core
from bot.app.counting import Counting
from bot.app.openapi import description
from bot.app.operations import operations_of
from bot.app.slack_side import SlackSide
from bot.app.source_operations import source_operations
from bot.app.sources import keeping, open_sources
from bot.app.status import RUNNING, Running
from bot.clock import Clock, system_clock
from bot.control import ControlServer, Told
from bot.errors import DiskFull, StoreUnusable
from bot.settings import Settings, SlackSecrets
from bot.sources.reading import Endpoint
from bot.storage.lock import FolderLock
from bot.web.answers import answer, at_most_in_flight, errors_in_json
from bot.web.hooks import Hooks
from bot.web.listening import listen
from bot.web.operations import alive, operations
from bot.web.rates import Rates
from bot.web.requests import identified
from bot.workers.deliver import Deliverer
from bot.workers.due import DueWork
from bot.workers.loop import Loop
from bot.workers.settled import Settled
from bot.workers.settling import Settling
from scoring.instants import SECOND

log = structlog.get_logger(__name__)

_POLL_SECONDS: Final = 1.0
_ALERTS_FIRST_SECONDS: Final = 0.01
"""An alert is made and posted before what is due beside it (its lead's colleagues) takes the interpreter's time."""
_SOURCES_SECONDS: Final = 10.0
_HOMES_SECONDS: Final = 5.0
_NIGHT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything that comes from the environment."""

    slack: SlackSecrets
    sources: Mapping[str, tuple[bytes, ...]]


class Hotlead:
    """The service. `await start()`, then `url` and `operations_url` say where it listens; `await stop()` drains it."""

    def __init__(
        self, settings: Settings, secrets: Secrets, *, first_model: Callable[[], str], clock: Clock = system_clock
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._first_model = first_model
        self._clock = clock
        self._open = AsyncExitStack()
        self.core: Core
        self.counting: Counting
        self.deliverer: Deliverer
        self.due: DueWork
        self.slack: SlackSide
        self._started_at = 0
        self.url = ""
        self.operations_url = ""

    async def start(self) -> None:
        """Open everything; raises a HotleadError in words if something stands in the way."""
        try:
            await self._start()
        except BaseException:
            await self._open.aclose()
            raise

    async def stop(self) -> None:
        """Take nothing on any more, finish what was taken on, close."""
        await self._open.aclose()

    async def _start(self) -> None:
        """In this order, so that nothing is asked for that is not there yet; `stop` closes in the reverse."""
        settings = self._settings
        endpoints = open_sources(settings, self._secrets.sources)
        lock = FolderLock(settings.service.data)
        lock.take()
        self._open.callback(lock.release)
        self._started_at = self._clock()
        core = self.core = await open_core(settings, self._clock, self._first_model)
        self._open.push_async_callback(core.store.close)
        self.slack = SlackSide(settings, self._secrets.slack, core, self._clock)
        self._open.push_async_callback(self.slack.close)
        await self.slack.connect()
        self.counting = Counting(core, self.slack.trouble)
        await self._start_workers(core)
        await self.due.catch_up()
        core.intake.start()
        self._open.push_async_callback(core.intake.stop)
        self._open.push_async_callback(core.publishing.stop)
        core.publishing.resume()
        await self._answer_commands(core, endpoints)
        await self._open_doors(core, endpoints)
        await self.slack.listen()
        log.info("started", url=self.url, operations=self.operations_url, data=str(settings.service.data))

    async def _start_workers(self, core: Core) -> None:
        settled = Settled(core.book, core.statuses, core.metrics)
        self.deliverer = Deliverer(
            core.store,
            {"slack": self.slack.sender},
            core.clock,
            core.metrics,
            Settling(settled.delivered, settled.undeliverable, settled.overtaken),
            pace=int(self._settings.alerts.seconds_between_posts * SECOND),
        )
        self.due = DueWork(core.store, core.scorebook, core.steps, core.clock)
        failed = self.counting.loop_failed
        deliver = Loop("deliver", self.deliverer.work, at_least_every=_POLL_SECONDS, failed=failed)
        due = Loop("due", self.due.work, at_least_every=_POLL_SECONDS, yields=_ALERTS_FIRST_SECONDS, failed=failed)
        sources = Loop("sources", core.source_health.work, at_least_every=_SOURCES_SECONDS, failed=failed)
        homes = Loop("homes", self.slack.homes.work, at_least_every=_HOMES_SECONDS, failed=failed)
        night = Loop("night", core.night.work, at_least_every=_NIGHT_SECONDS)

        def wake() -> None:
            deliver.wake()
            due.wake()
            self.slack.homes.changed()

        self.wake = wake
        core.when_something_changed(wake)
        self.deliverer.wake = self.due.acted = deliver.wake
        core.night.wake = night.wake
        await self.deliverer.recover()  # before the loop: afterwards rows are being sent again
        self._keep_running(night)
        self._open.callback(core.night.stop)
        self._open.push_async_callback(_last_counts, core)
        self._open.push_async_callback(self.deliverer.stop)
        for loop in (deliver, due, sources, homes):
            self._keep_running(loop)

    def _keep_running(self, loop: Loop) -> None:
        loop.start()
        self._open.push_async_callback(loop.stop)

    async def _answer_commands(self, core: Core, endpoints: Mapping[str, Endpoint]) -> None:
        """Whoever types a command on this machine is answered through a socket in the data folder."""
        operations = operations_of(core) | source_operations(core, endpoints) | backup_operations(core.backups)
        operations["status"] = self._status
        core.erasing.delivers = True
        control = ControlServer(self._settings.service.data, operations)
        await control.start()
        self._open.push_async_callback(control.stop)

    async def _open_doors(self, core: Core, endpoints: Mapping[str, Endpoint]) -> None:
        """The operations port first: what watches us sees the service before senders do."""
        service = self._settings.service
        hooks = Hooks(
            endpoints,
            core.intake,
            core.clock,
            core.metrics,
            core.source_health,
            keeping=keeping(endpoints, self._settings),
            public_url=service.public_url,
            trusted_proxies=service.trusted_proxies,
            max_body_bytes=service.max_body_bytes,
            rates=Rates({name: one.max_events_per_second for name, one in self._settings.source.items()}),
        )
        watched = operations(
            core.metrics,
            self.trouble,
            core.night.warnings,
            self.counting.refresh,
            lambda: self._describe(endpoints),
        )
        self.operations_url = await self._serve(watched, service.metrics_host, service.metrics_port)
        self.url = await self._serve(self._front(hooks), service.host, service.port)

    def _front(self, hooks: Hooks) -> web.Application:
        service = self._settings.service
        app = web.Application(
            middlewares=[
                identified(self.core.metrics, logged=service.log_requests),
                errors_in_json,
                at_most_in_flight(service.max_requests),
            ],
            client_max_size=service.max_body_bytes,
        )
        hooks.add_routes(app)
        self.slack.add_routes(app)
        app.router.add_get("/healthz", alive)
        app.router.add_get("/", _root)
        return app

    async def _serve(self, app: web.Application, host: str, port: int) -> str:
        return await listen(app, host, port, most=self._settings.service.max_connections, opened=self._open)

    def _describe(self, endpoints: Mapping[str, Endpoint]) -> Mapping[str, object]:
        return description(
            endpoints,
            public_url=self._settings.service.public_url or self.url,
            operations_url=self.operations_url,
            slack=self._secrets.slack.slack_signing_secret is not None,
        )

    async def _status(self, _values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
        """What only the service knows of itself, for `hotlead status`; its newest counts are stored first."""
        await self.core.source_health.store()
        running = Running(
            process=os.getpid(),
            version=version("hotlead"),
            started_at=self._started_at,
            url=self.url,
            operations_url=self.operations_url,
            slack=self.slack.way_in,
            trouble=tuple(await self.trouble()),
            waiting_events=self.core.intake.waiting_events,
        )
        said: Mapping[str, Any] = RUNNING.dump_python(running, mode="json")
        return said

    async def trouble(self) -> list[str]:
        """What keeps the service from being ready, each in a sentence."""
        found = []
        try:
            await self.core.store.check()
        except StoreUnusable as trouble:
            found.append(str(trouble))
        found += [one for one in (self.deliverer.trouble, await self.slack.trouble()) if one]
        return found


async def _last_counts(core: Core) -> None:
    """At the end: some seconds of counts, which a full disk does not keep; it must not keep the service from ending."""
    try:
        await core.source_health.store()
    except DiskFull as full:
        log.warning("counts_not_stored", why=str(full))


async def _root(_request: web.Request) -> web.Response:
    return answer(200, {"service": "hotlead", "events": "POST /hooks/NAME or /v1/batch"})
