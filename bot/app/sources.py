"""Opens the configured sources; every problem of all of them is named at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from bot.errors import BadConfiguration, Finding
from bot.settings import Settings, SourceSection
from bot.sources import SOURCES, open_source
from bot.sources.base import FieldMap, Limits, SourceConfig
from bot.sources.reading import Endpoint
from bot.sources.signatures import Ecdsa, Hmac

RESERVED = frozenset({"hotlead", "by-hand"})
"""Names that no source may bear: our own events come from there."""


def open_sources(settings: Settings, secrets: Mapping[str, tuple[bytes, ...]]) -> dict[str, Endpoint]:
    """The endpoints by name. Raises BadConfiguration."""
    findings: list[Finding] = []
    endpoints = {}
    limits = Limits(inflated_bytes=settings.service.max_inflated_bytes, records=settings.service.max_waiting_events)
    for name, section in settings.source.items():
        if name in RESERVED:
            findings.append(Finding(f"source.{name}", "this name is taken", "Choose another; ours come from there."))
            continue
        try:
            endpoints[name] = open_source(source_config(name, section, secrets.get(name, ())), limits)
        except BadConfiguration as bad:
            findings += bad.findings
    if findings:
        raise BadConfiguration(tuple(findings))
    return endpoints


_NEVER_SENT_AGAIN = frozenset({"hubspot", "hubspot_workflow"})
"""Kinds whose sender gives a request up for good when it is refused."""


def keeping(endpoints: Mapping[str, Endpoint], settings: Settings) -> frozenset[str]:
    """The sources whose refused requests are kept, so that they can be tried when the secret is right.

    Only a signature can prove later that a kept request came from the sender; a secret that is sent along is not kept.
    """
    wanted = set()
    for name, endpoint in endpoints.items():
        stated = settings.source[name].keep_refused
        if stated or (stated is None and endpoint.config.kind in _NEVER_SENT_AGAIN):
            wanted.add(name)
    return frozenset(name for name in wanted if isinstance(endpoints[name].scheme, Hmac | Ecdsa))


def kinds() -> tuple[str, ...]:
    """The kinds of source there are."""
    return tuple(sorted(SOURCES))


def source_config(name: str, section: SourceSection, secrets: tuple[bytes, ...]) -> SourceConfig:
    """What a section of hotlead.toml says, as its source takes it. Raises BadConfiguration."""
    return SourceConfig(
        name=name,
        kind=section.kind,
        secrets=secrets,
        scheme=section.scheme,
        header=section.header,
        insecure=section.insecure,
        allow_history=section.allow_history,
        user_space=section.user_space,
        phone_region=section.phone_region,
        plus_tags=section.plus_tags,
        mapping=_mapping(name, section.mapping),
    )


def _mapping(name: str, table: Mapping[str, object]) -> FieldMap:
    """[source.NAME.mapping]: a path or a list of paths per field; `types` and `trait_fields` are tables."""
    known = {field.name for field in fields(FieldMap)}
    findings = [
        Finding(f"source.{name}.mapping.{key}", "this key is not known", f"Allowed: {', '.join(sorted(known))}.")
        for key in table
        if key not in known
    ]
    values: dict[str, object] = {}
    for key, value in table.items():
        if key in ("records", "default_type", "types"):
            values[key] = value
        elif key == "trait_fields" and isinstance(value, Mapping):
            values[key] = {trait: _paths(paths) for trait, paths in value.items()}
        else:
            values[key] = _paths(value)
        if not _is_right(key, values[key]):
            findings.append(
                Finding(f"source.{name}.mapping.{key}", f"found {value!r}", "Allowed: a path, or a list of paths.")
            )
    if findings:
        raise BadConfiguration(tuple(findings))
    return FieldMap(**values)  # type: ignore[arg-type]  # checked just above


def _paths(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _is_right(key: str, value: object) -> bool:
    if key in ("records", "default_type"):
        return isinstance(value, str)
    if key in ("types", "trait_fields"):
        return isinstance(value, Mapping)
    return isinstance(value, tuple) and all(isinstance(path, str) for path in value)
