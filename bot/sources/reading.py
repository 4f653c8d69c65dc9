"""The way of every request, whatever its source: prove, inflate, parse, split, find, finish.

A source is a value: its schemes and three pure functions. `parse` makes a body of the bytes, `split` makes records of
the body, `find` says what a record means in our words (`Found`). All else is the same for all and stands here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from bot.errors import BadConfiguration, Finding
from bot.language import counted
from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, USER_ID, normalise
from bot.sources.base import (
    HISTORY_HEADER,
    Accepted,
    Identifier,
    Limits,
    Received,
    Refusal,
    Refused,
    SourceConfig,
    SourcedEvent,
)
from bot.sources.bodies import Body, has_overflow, inflate, read_json, write_json
from bot.sources.fields import get
from bot.sources.problems import BadBody, BadEvent
from bot.sources.schemes import STANDARD
from bot.sources.signatures import Basic, InBody, Scheme, StaticHeader, UrlKey, Verdict
from bot.sources.times import occurred
from scoring.instants import MINUTE

_LONGEST_ID: Final = 200
_ANYWHERE: Final[Mapping[str, Scheme]] = {"basic": Basic(), "url": UrlKey()}
"""Schemes that every kind has, besides `header`."""

Person = tuple[str, tuple[Any, ...]]
"""A kind of identifier and the values of it that a record names, the nearest first: the first readable one counts."""


class Batch(NamedTuple):
    """The records of a body, and what it says about all of them."""

    records: list[Any]
    shared: Any = None
    alone: bool = False
    """The body is the one record."""


def split_records(body: Body, config: SourceConfig) -> Batch:
    """One object, or an array of them, or the array at the configured path."""
    path = config.mapping.records
    value = get(body.value, path) if path else body.value
    if isinstance(value, list):
        return Batch(value)
    if isinstance(value, dict):
        return Batch([value], alone=not path)
    where = f"at {path!r} " if path else ""
    raise BadBody("no_events", f"the body has {where}neither a JSON object nor an array of them")


class Request(NamedTuple):
    """What `find` may know besides the record."""

    config: SourceConfig
    received: Received
    prefix: str
    plan: Any
    """What the source made of its configuration when it was opened."""
    shared: Any = None
    alone: bool = False
    history: bool = False
    message_id: str = ""
    """The id that Standard Webhooks gives to a request; a resent request has it again."""


class Found(NamedTuple):
    """What a record means in our words. Time, ids and people are as they were sent."""

    type: str
    people: tuple[Person, ...] = ()
    id: Any = None
    time: Any = None
    sent_at: Any = None
    properties: dict[str, Any] = {}  # noqa: RUF012 -- never written to
    traits: dict[str, Any] = {}  # noqa: RUF012
    previous: Any = None
    """The previous id of an alias."""
    about: str = ""
    """For the id of an event without one: what it happened to. Empty: the whole record says it."""
    quarantine: str | None = None
    record: Any = None
    """What is kept as the raw event, where that is not the record itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of event source."""

    kind: str
    prefix: str
    """What a type that has no word of ours is prefixed by."""
    schemes: Mapping[str, Scheme]
    """The first is the kind's own way."""
    find: Callable[[dict[str, Any], Request], Found | None]
    """None: the record is no event."""
    split: Callable[[Body, SourceConfig], Batch] = split_records
    parse: Callable[[bytes, Received, Limits], Body] = lambda body, _, limits: read_json(body, limits)
    prepare: Callable[[SourceConfig], Any] = lambda _: None
    """Whatever is worth working out once, for `find` to have as `plan`."""


def _unproved(verdict: Verdict) -> Refused:
    """The source is not named: at an address that several share its name is no business of who cannot prove a thing."""
    return Refused(401, verdict.code, f"{verdict.message}; `hotlead sources show NAME` says what to send")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A source as it is configured, ready to read requests."""

    source: Source
    config: SourceConfig
    limits: Limits
    scheme: Scheme
    keys: tuple[Any, ...] = field(repr=False)
    plan: Any = field(repr=False)

    def read(self, received: Received) -> Accepted | Refused:
        """What a request says. Whatever its bytes are, this raises nothing."""
        try:
            verdict = self.scheme.check(received, self.keys) if self.keys else Verdict.GOOD
            if verdict is not Verdict.GOOD and verdict is not Verdict.IN_BODY:
                return _unproved(verdict)
            body = self.source.parse(inflate(received, self.limits), received, self.limits)
            if verdict is Verdict.IN_BODY and isinstance(self.scheme, InBody):
                verdict = self.scheme.check_body(received, self.keys, body.value)
            if verdict is not Verdict.GOOD:
                return _unproved(verdict)
            return self._read(body, received)
        except BadBody as problem:
            return Refused(problem.status, problem.code, problem.message)

    def _read(self, body: Body, received: Received) -> Accepted | Refused:
        batch = self.source.split(body, self.config)
        if len(batch.records) > self.limits.records:
            many = counted(len(batch.records), "event")
            what = f"the request has {many}, more than {self.limits.records}; send fewer at once"
            raise BadBody("too_many_events", what, status=413)
        message_id = received.headers.get("webhook-id", "") if self.scheme is STANDARD and self.keys else ""
        history = self.config.allow_history and received.headers.get(HISTORY_HEADER) == "1"
        shared, alone = batch.shared, batch.alone
        request = Request(self.config, received, self.source.prefix, self.plan, shared, alone, history, message_id)
        events: list[SourcedEvent] = []
        refusals: list[Refusal] = []
        for position, record in enumerate(batch.records):
            try:
                event = self._event(record, body, request, position)
            except BadEvent as problem:
                refusals.append(Refusal(position, problem.code, problem.message))
            else:
                if event is not None:
                    events.append(event)
        if refusals and len(refusals) == len(batch.records):
            return Refused(400, "no_event_accepted", _told(refusals), tuple(refusals))
        ignored = len(batch.records) - len(events) - len(refusals)
        return Accepted(tuple(events), tuple(refusals), ignored, history)

    def _event(self, record: Any, body: Body, request: Request, position: int) -> SourcedEvent | None:
        if not isinstance(record, dict):
            raise BadEvent("no_object", "the event is no JSON object")
        if body.overflows and (has_overflow(record) or has_overflow(request.shared)):
            raise BadEvent("bad_number", "the event has a number that is too large to be one")
        found = self.source.find(record, request)
        if found is None:
            return None
        return _finish(found, record, body.text, request, position)


def _told(refusals: list[Refusal]) -> str:
    named = "; ".join(f"event {one.position}: {one.message}" for one in refusals[:20])
    return named if len(refusals) <= 20 else f"{named}; and {len(refusals) - 20} more"


def _finish(found: Found, record: Any, text: str, request: Request, position: int) -> SourcedEvent:
    config, received = request.config, request.received
    sent_at = None if request.history else found.sent_at  # of then: it says nothing about a clock of now
    at, flags = occurred(found.time, received.received_at, sent_at)
    identifiers = identify(found.people, config)
    kept = record if found.record is None else found.record
    return SourcedEvent(
        id=_given_id(found.id) or _message_id(request, position) or _derived_id(found, kept, request),
        type=found.type,
        occurred_at=at,
        properties=found.properties,
        traits=_with_email(found.traits, identifiers, config),
        identifiers=identifiers,
        raw=text if request.alone and kept is record else write_json(kept),
        alias_of=() if found.previous is None else _previous(found.previous, config),
        flags=flags,
        quarantine=found.quarantine,
    )


def identify(people: Iterable[Person], config: SourceConfig) -> tuple[Identifier, ...]:
    """The identifiers that a record names, each once, in the order named."""
    named: dict[Identifier, None] = {}
    for kind, values in people:
        for value in values:
            identifier = _identifier(kind, value, config) if value is not None else None
            if identifier is not None:
                named[identifier] = None
                break
    return tuple(named)


def _identifier(kind: str, value: object, config: SourceConfig) -> Identifier | None:
    if kind == USER_ID:
        return _user(value, config)
    text = normalise(kind, value, region=config.phone_region, plus_tags=config.plus_tags)
    return Identifier(kind, text) if text is not None else None


def _user(value: object, config: SourceConfig) -> Identifier | None:
    """A user id that is an e-mail address is that address (docs/identity.md)."""
    text = normalise(USER_ID, value)
    if text is None:
        return None
    if "@" in text and (email := normalise(EMAIL, text, plus_tags=config.plus_tags)):
        return Identifier(EMAIL, email)
    return Identifier(USER_ID, f"{config.user_space or config.name}:{text}")


def _previous(value: object, config: SourceConfig) -> tuple[Identifier, ...]:
    user = _user(value, config)
    if user is None or user.kind == EMAIL:
        return () if user is None else (user,)
    text = normalise(ANONYMOUS_ID, value)
    return (user, Identifier(ANONYMOUS_ID, text)) if text is not None else (user,)


def _with_email(traits: dict[str, Any], identifiers: tuple[Identifier, ...], config: SourceConfig) -> dict[str, Any]:
    """The attribute `email` is an address as identity knows it, or not there: reps and companies go by it."""
    emails = [one.value for one in identifiers if one.kind == EMAIL]
    stated = traits.get("email")
    if stated in emails or (stated is None and not emails):
        return traits
    email = normalise(EMAIL, stated, plus_tags=config.plus_tags) or (emails[0] if emails else None)
    if email is not None:
        return {**traits, "email": email}
    return {name: value for name, value in traits.items() if name != "email"}


def _given_id(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = normalise("", value)
    text = value.strip() if isinstance(value, str) else ""
    return text if len(text) <= _LONGEST_ID else _digest(text)


def _message_id(request: Request, position: int) -> str:
    if not request.message_id:
        return ""
    return _given_id(request.message_id if request.alone else f"{request.message_id}:{position}")


def _derived_id(found: Found, record: Any, request: Request) -> str:
    """From source, type, object and time (else the minute of arrival), so that a resent event has it again."""
    about = found.about or _canonical(record)
    time = f"{found.time}" if found.time not in (None, "") else f"~{request.received.received_at // MINUTE}"
    return _digest("\0".join((request.config.name, found.type, about, time)))


def _canonical(record: Any) -> str:
    return write_json({name: record[name] for name in sorted(record) if name not in ("sentAt", "sent_at")})


def _digest(text: str) -> str:
    return "derived-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def open_endpoint(source: Source, config: SourceConfig, limits: Limits) -> Endpoint:
    """The endpoint of a source. Every problem of its configuration is named at once (BadConfiguration)."""
    findings: list[Finding] = []
    scheme = _scheme(source, config, findings)
    keys = _keys(scheme, config, findings)
    if findings:
        raise BadConfiguration(tuple(findings))
    return Endpoint(source, config, limits, scheme, keys, source.prepare(config))


def _scheme(source: Source, config: SourceConfig, findings: list[Finding]) -> Scheme:
    name = config.scheme or ("header" if config.header else next(iter(source.schemes)))
    if name == "header":
        return StaticHeader(config.header.lower() or "authorization")
    schemes = {**_ANYWHERE, **source.schemes}
    if name not in schemes:
        allowed = ", ".join(sorted({"header", *schemes}))
        findings.append(Finding(f"source.{config.name}.scheme", f"{name!r} is unknown", f"Allowed: {allowed}"))
        return STANDARD
    return schemes[name]


def _keys(scheme: Scheme, config: SourceConfig, findings: list[Finding]) -> tuple[Any, ...]:
    place = f"source.{config.name}.secret"
    if not config.secrets and not config.insecure:
        advice = "Set one, or write insecure = true to believe whoever posts here"
        findings.append(Finding(place, "there is no secret", advice))
    keys: list[Any] = []
    for number, secret in enumerate(config.secrets, 1):
        try:
            keys.append(_key(scheme, secret))
        except ValueError as problem:
            findings.append(Finding(place, f"secret {number} is unusable: {problem}", "Copy it from the sender again"))
    return tuple(keys)


def _key(scheme: Scheme, secret: bytes) -> Any:
    if not secret.strip():
        raise ValueError("it is blank")
    return scheme.key(secret)
