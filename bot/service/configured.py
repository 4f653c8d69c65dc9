"""Notes a changed configuration in the audit trail: a start with another one than before leaves a row.

Roles get a row of their own. `[identity]` and `[vocabulary]` are noted where they are applied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.storage import audit, meta
from bot.storage.store import Tx
from scoring.instants import Instant

CONFIGURED: Final = "configured"
ROLES: Final = "roles"
_KEY: Final = "configuration"
_KEY_OF_GROUP: Final = "members"
_OF_ROLES: Final = frozenset({"slack.admins", "slack.managers", "slack.admins_group", "slack.managers_group"})
_APART: Final = ("identity.", "vocabulary.")
"""Sections whose change is audited with what it does."""


def note_configuration(tx: Tx, settings: Mapping[str, Any], now: Instant) -> None:
    """Compare the settings with those of the last start; what changed is in the row, key by key."""
    flat = {key: value for key, value in _flat("", settings).items() if not key.startswith(_APART)}
    known = meta.get(tx, _KEY)
    if known is not None:
        before = json.loads(known)
        changed = {key for key in before.keys() | flat.keys() if before.get(key) != flat.get(key)}
        for action, keys in ((CONFIGURED, changed - _OF_ROLES), (ROLES, changed & _OF_ROLES)):
            if keys:
                was, is_ = ({key: some.get(key) for key in sorted(keys)} for some in (before, flat))
                audit.record(
                    tx, at=now, actor=audit.SYSTEM, action=action, before=json.dumps(was), after=json.dumps(is_)
                )
    meta.put(tx, _KEY, json.dumps(flat, sort_keys=True))


def note_groups(tx: Tx, groups: Mapping[str, Sequence[str]], now: Instant) -> None:
    """Compare who is in the user groups that give a role with what was known: a group's change is a row."""
    for setting, users in groups.items():
        key = f"{_KEY_OF_GROUP}:{setting}"
        known = meta.get(tx, key)
        after = json.dumps({setting: list(users)})
        if after != (known or json.dumps({setting: []})):
            audit.record(tx, at=now, actor=audit.SYSTEM, action=ROLES, before=known, after=after)
            meta.put(tx, key, after)


def _flat(prefix: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {prefix: value}
    found: dict[str, Any] = {}
    for name, inner in value.items():
        found |= _flat(f"{prefix}.{name}" if prefix else str(name), inner)
    return found
