"""What a newcomer types first: init, check and manifest, as processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest

from bot.standin import DemoWorkspace, StandIn
from tests.bot.cli.shell import typed
from tests.rig import SetClock

SCHEMA = Path(__file__).parent.parent / "slack" / "manifest.schema.2.0.0.json"


async def hotlead(folder: Path, *words: str, **environment: str) -> tuple[int, str]:
    """Run a command in a folder; its exit code and all that it says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HOTLEAD_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        *words,
        cwd=folder,
        env={**kept, **environment, "PYTHONPATH": str(Path.cwd()), "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_init_writes_a_commented_configuration_and_a_model_and_leaves_what_is_there(tmp_path: Path) -> None:
    code, said = await hotlead(tmp_path, "init", "myteam")
    assert code == 0
    assert "hotlead.toml" in said
    (tmp_path / "myteam" / "model.toml").write_text("mine")
    code, said = await hotlead(tmp_path, "init", "myteam")
    assert "stays as it is" in said
    assert (tmp_path / "myteam" / "model.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("init file/team", "file"),
        ("sources add calendly --name calls", "hotlead.new"),
        ("demo --data file/demo --no-browser --port 0", "file"),
        ("serve", "file"),
        ("backup file/copy.db", "file"),
    ],
)
async def test_a_place_where_nothing_can_be_written_is_said_in_a_sentence(
    tmp_path: Path, words: str, where: str
) -> None:
    (tmp_path / "file").write_text("here no folder can be")
    (tmp_path / "hotlead.new").mkdir()
    (tmp_path / "hotlead.toml").write_text(
        '[service]\ndata = "file/data"\n[alerts]\nchannel = "C01"\nfallback_channel = "C01"\nadmin_channel = "C01"\n'
    )
    code, said = await hotlead(tmp_path, *words.split(), SLACK_BOT_TOKEN="xoxb-none")
    assert code == 1
    assert where in said
    assert "Traceback" not in said
    assert "Errno" not in said


async def test_the_manifest_of_a_new_configuration_is_one_that_slack_takes(tmp_path: Path) -> None:
    await hotlead(tmp_path, "init")
    code, said = await hotlead(tmp_path, "manifest")
    assert code == 0
    made = json.loads(said)
    jsonschema.validate(made, json.loads(SCHEMA.read_text()))
    assert made["settings"]["socket_mode_enabled"] is True
    code, said = await hotlead(tmp_path, "manifest", "--http")
    assert code == 1
    assert "public_url" in said
    assert "Traceback" not in said


async def test_check_names_everything_that_is_wrong_at_once_with_what_to_do(tmp_path: Path) -> None:
    await hotlead(tmp_path, "init")
    model = (tmp_path / "model.toml").read_text()
    broken = model.replace("weight = 35", "weight = 36").replace('market       = "b2b"', 'market       = "b2x"')
    (tmp_path / "model.toml").write_text(broken)
    code, said = await hotlead(tmp_path, "check")
    assert code == 1
    assert "Traceback" not in said
    for words in ("HOTLEAD_WEBSITE_KEY", "HOTLEAD_FORMS_KEY", "SLACK_BOT_TOKEN", "101", "b2x"):
        assert words in said, said


async def test_check_says_that_all_is_well_beside_a_workspace_that_is_set_up(tmp_path: Path) -> None:
    workspace = DemoWorkspace(now=SetClock())
    standin = StandIn(workspace)
    await standin.start()
    await hotlead(tmp_path, "init")
    path = tmp_path / "hotlead.toml"
    text = path.read_text().replace('# api_url = "https://slack.com/api/"', f'api_url = "{standin.api_url}"')
    ids = {"C0000000001": workspace.sales, "C0000000002": workspace.archived, "C0000000003": workspace.admin}
    for name, channel in ids.items():
        text = text.replace(name, channel)
    path.write_text(text)
    keys = dict.fromkeys(("HOTLEAD_WEBSITE_KEY", "HOTLEAD_FORMS_KEY"), "a key of sixteen bytes or more")
    slack = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": workspace.app_token}
    code, said = await hotlead(tmp_path, "check", **keys, **slack)
    await standin.close()
    assert code == 1
    assert "archived" in said
    assert "Slack takes the token" in said
    assert "6 examples pass" in said


def test_the_program_says_its_version_and_its_commands() -> None:
    assert typed("--version").out == f"hotlead {version('hotlead')}\n"
    said = typed("--help").out
    assert "A lead-scoring Slack bot" in said
    assert "--version" in said
