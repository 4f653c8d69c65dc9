"""hotlead.toml as settings, with every problem named at once: where, what was found, what is allowed."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from bot.errors import BadConfiguration, Finding
from bot.settings.allowed import allowed, shown
from bot.settings.sections import (
    AlertsSection,
    BackupSection,
    ChannelSection,
    DigestSection,
    FollowUpSection,
    IdentitySection,
    ReasonsSection,
    RepSection,
    RetentionSection,
    RouteSection,
    Section,
    ServiceSection,
    Settings,
    SlackSection,
    SourceSection,
    StatusSection,
    VocabularySection,
)


def read_settings(path: Path) -> Settings:
    """Read hotlead.toml; relative paths are relative to its folder. Raises BadConfiguration with every problem."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadConfiguration(
            (Finding(str(path), "there is no such file", "Run `hotlead init` to write one, or name it with --config."),)
        ) from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadConfiguration((Finding(str(path), str(trouble), "It must be a readable UTF-8 file."),)) from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadConfiguration((Finding(str(path), f"it is no TOML: {trouble}", "Mend that line."),)) from None
    settings = settings_from(table)
    folder = path.resolve().parent
    service = settings.service.model_copy(update={"data": folder / settings.service.data})
    backup = settings.backup
    if backup.folder is not None:
        backup = backup.model_copy(update={"folder": folder / backup.folder})
    return settings.model_copy(update={"service": service, "backup": backup})


def settings_from(table: Mapping[str, Any]) -> Settings:
    """Check a table as hotlead.toml would hold it. Raises BadConfiguration with every problem."""
    try:
        return Settings.model_validate(table)
    except ValidationError as invalid:
        raise BadConfiguration(tuple(_finding(error) for error in invalid.errors())) from None


def _finding(error: Any) -> Finding:
    place = ".".join(f"[{part}]" if isinstance(part, int) else str(part) for part in error["loc"]).replace(".[", "[")
    match error["type"]:
        case "extra_forbidden":
            return Finding(place, "this key is not known", _did_you_mean(error["loc"]))
        case "missing":
            return Finding(place, "it is missing", "It is required; `hotlead init` writes a file that has it.")
        case _ if "secrets" in error["loc"]:  # somebody wrote the secret itself there: it is not repeated
            return Finding(place, "this is no name of a variable", "Name an environment variable, such as MY_SECRET.")
        case _:
            return Finding(place, f"found {shown(error['input'])}", allowed(error))


_SECTIONS: Final[Mapping[str, type[Section]]] = {
    "service": ServiceSection,
    "slack": SlackSection,
    "alerts": AlertsSection,
    "status": StatusSection,
    "reasons": ReasonsSection,
    "follow_up": FollowUpSection,
    "digest": DigestSection,
    "channel": ChannelSection,
    "rep": RepSection,
    "route": RouteSection,
    "source": SourceSection,
    "identity": IdentitySection,
    "vocabulary": VocabularySection,
    "backup": BackupSection,
    "retention": RetentionSection,
}


def _did_you_mean(location: tuple[int | str, ...]) -> str:
    section = _SECTIONS.get(str(location[0])) if len(location) > 1 else Settings
    allowed = sorted((section or Settings).model_fields)
    near = difflib.get_close_matches(str(location[-1]), allowed, 1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return f"{hint}Allowed here: {', '.join(allowed)}."
