"""docs/privacy.md says what is: each table with personal data, the settings that end it, and the commands."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from bot.cli.commands import app
from bot.settings import BackupSection, IdentitySection, RetentionSection
from bot.storage import tombstones
from bot.storage.personal import HELD

PAGE = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_every_table_with_personal_data_is_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert rows == [held.table for held in HELD]


def test_the_settings_that_it_names_are_there() -> None:
    for section, fields in (("retention", RetentionSection), ("identity", IdentitySection), ("backup", BackupSection)):
        named = set(re.findall(rf"`(\w+)`(?: \w+)? under\s+`\[{section}\]`", PAGE))
        assert named
        assert named <= set(fields.model_fields), section
    assert BackupSection().keep == 7


def test_the_commands_that_it_names_are_there() -> None:
    known = typer.main.get_command(app)
    for words in re.findall(r"`hotlead ([a-z]+(?: [a-z]+)?)", PAGE):
        command = known
        for word in words.split():
            command = command.commands[word]  # type: ignore[attr-defined]
    assert {tombstones.FILE, tombstones.KEY} <= set(re.findall(r"`([\w.]+)`", PAGE))
