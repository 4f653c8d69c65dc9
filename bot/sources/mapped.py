"""Events from JSON whose fields the configuration points at, for all sources that are read so."""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, PHONE, USER_ID, normalise
from bot.sources.base import FieldMap, Paths
from bot.sources.fields import Places, a_map, every, filled, first, places
from bot.sources.reading import Found, Request
from bot.sources.words import own_word


class Plan(NamedTuple):
    """A FieldMap, taken apart once."""

    id: Places
    type: Places
    time: Places
    sent_at: Places
    people: tuple[tuple[str, Places], ...]
    traits: Places
    properties: Places
    trait_fields: tuple[tuple[str, Places], ...]
    group_id: Places
    types: dict[str, str]
    default_type: str
    type_paths: Paths
    """Where a type is looked for, as it is written."""
    trait_heads: frozenset[str]
    used: frozenset[str]
    """The fields of a record that are read as something, and so are no properties."""


def plan_of(fields: FieldMap) -> Plan:
    """What `find_mapped` works by."""
    people = {EMAIL: fields.email, USER_ID: fields.user_id, PHONE: fields.phone, ANONYMOUS_ID: fields.anonymous_id}
    trait_fields = {**fields.trait_fields, "company": fields.company}
    single = (fields.id, fields.type, fields.time, fields.sent_at, fields.traits, fields.properties, fields.group_id)
    paths = (*single, *people.values(), *trait_fields.values())
    return Plan(
        id=places(fields.id),
        type=places(fields.type),
        time=places(fields.time),
        sent_at=places(fields.sent_at),
        people=tuple((kind, places(where)) for kind, where in people.items()),
        traits=places(fields.traits),
        properties=places(fields.properties),
        trait_fields=tuple((name, places(where)) for name, where in trait_fields.items()),
        group_id=places(fields.group_id),
        types=dict(fields.types),
        default_type=fields.default_type,
        type_paths=fields.type,
        trait_heads=_heads(*trait_fields.values(), fields.group_id),
        used=_heads(*paths),
    )


def _heads(*paths: Paths) -> frozenset[str]:
    return frozenset(path for some in paths for whole in some for path in (whole, whole.split(".")[0]))


def find_mapped(record: dict[str, Any], request: Request) -> Found:
    """What a record means, by the plan of the map of its fields."""
    plan: Plan = request.plan
    return Found(
        type=_type(first(record, plan.type) or plan.default_type, plan, request.prefix),
        people=tuple([(kind, values) for kind, where in plan.people if (values := every(record, where))]),
        id=first(record, plan.id),
        time=first(record, plan.time),
        sent_at=first(record, plan.sent_at),
        properties=_properties(record, plan),
        traits=_traits(record, plan),
    )


def _type(word: object, plan: Plan, prefix: str) -> str:
    mapped = plan.types.get(word) if isinstance(word, str) else None
    return mapped or own_word(word, prefix, plan.type_paths)


def _properties(record: dict[str, Any], plan: Plan) -> dict[str, Any]:
    stated = first(record, plan.properties)
    if isinstance(stated, dict):
        return stated
    used = plan.used
    return {name: value for name, value in record.items() if name not in used}


def _traits(record: dict[str, Any], plan: Plan) -> dict[str, Any]:
    traits: dict[str, Any] = {}
    for stated in every(record, plan.traits):
        traits = {**a_map(stated), **traits} if traits else a_map(stated)
    if plan.trait_heads.isdisjoint(record):
        return traits
    more = [(name, value) for name, where in plan.trait_fields if (value := first(record, where)) is not None]
    group = first(record, plan.group_id)
    if group is not None:
        more.append(("group_id", group_id(group)))
    return filled(traits, more)


def group_id(value: object) -> str | None:
    """A company's id as a text; what names nobody names no company either."""
    return normalise("group_id", value)
