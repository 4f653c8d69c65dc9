"""Settings: every mistake named at once with its place, secrets from the environment alone, every key documented."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.cli.starting import template
from bot.errors import BadConfiguration, Finding
from bot.settings import (
    Settings,
    StatusSection,
    read_settings,
    settings_from,
    slack_secrets,
    source_secrets,
)

ALERTS = {"channel": "C0000000001", "fallback_channel": "C0000000002", "admin_channel": "C0000000003"}


def findings(table: Mapping[str, Any]) -> dict[str, Finding]:
    """What is wrong with a table, by place."""
    with pytest.raises(BadConfiguration) as refused:
        settings_from(table)
    return {finding.place: finding for finding in refused.value.findings}


def test_every_problem_is_named_at_once_with_its_place() -> None:
    found = findings(
        {
            "service": {"port": 99_999, "log_format": "xml"},
            "slack": {"admins": ["#sales"]},
            "alerts": {"channel": "sales"},
            "status": [{"key": "new", "label": "New"}, {"key": "Bad Key", "label": ""}],
            "source": {"forms": {"kind": "generic", "heder": "x"}},
            "srvice": {},
        }
    )
    assert set(found) == {
        "service.port",
        "service.log_format",
        "slack.admins[0]",
        "alerts.channel",
        "alerts.fallback_channel",
        "alerts.admin_channel",
        "status[1].key",
        "status[1].label",
        "source.forms.heder",
        "srvice",
    }


@pytest.mark.parametrize(
    ("table", "place", "meant"),
    [
        ({"servce": {}}, "servce", "service"),
        ({"service": {"prot": 1}}, "service.prot", "port"),
        ({"source": {"forms": {"kind": "generic", "secret": []}}}, "source.forms.secret", "secrets"),
        ({"status": [{"key": "new", "label": "New", "is_contct": True}]}, "status[0].is_contct", "is_contact"),
    ],
)
def test_a_mistyped_key_is_told_what_was_meant(table: Mapping[str, Any], place: str, meant: str) -> None:
    assert f"Did you mean {meant}?" in findings({"alerts": ALERTS, **table})[place].advice


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ([{"key": "open", "label": "Open"}], "no status has the key new"),
        ([{"key": "new", "label": "A"}, {"key": "new", "label": "B"}], "there twice: new"),
        ([{"key": "new", "label": "A", "kind": "won"}], "kind open for it"),
        ([{"key": "new", "label": "Open"}, {"key": "deal", "label": "open"}], "called the same"),
        (
            [{"key": "new", "label": "A"}, {"key": "won", "label": "B", "kind": "won"}],
            "no status is of kind lost (Lost), rejected (Not a fit), recycled (Not now)",
        ),
    ],
)
def test_statuses_need_new_and_no_key_twice(status: list[Any], said: str) -> None:
    assert said in findings({"alerts": ALERTS, "status": status})["status"].advice


def test_a_secret_that_was_written_into_the_file_is_not_repeated() -> None:
    table = {"alerts": ALERTS, "source": {"forms": {"kind": "generic", "secrets": ["whsec_verysecret"]}}}
    with pytest.raises(BadConfiguration) as refused:
        settings_from(table)
    assert "verysecret" not in str(refused.value)
    assert "Name an environment variable" in str(refused.value)


# ---- the file


def write(folder: Path, text: str) -> Path:
    path = folder / "hotlead.toml"
    path.write_text(text, encoding="utf-8")
    return path


HEAD = '[alerts]\nchannel = "C01"\nfallback_channel = "C02"\nadmin_channel = "C03"\n'.replace("C0", "C000")


def test_a_relative_data_folder_is_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert read_settings(write(tmp_path, HEAD)).service.data == tmp_path / "hotlead-data"
    assert read_settings(write(tmp_path, HEAD + '[service]\ndata = "/var/x"\n')).service.data == Path("/var/x")


@pytest.mark.parametrize(
    ("content", "said"), [(None, "hotlead init"), (b"[alerts\n", "it is no TOML"), (b"\xff\xfe", "UTF-8")]
)
def test_a_file_that_cannot_be_read_is_said_in_words(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "hotlead.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadConfiguration, match=said):
        read_settings(path)


# ---- secrets


def test_a_secret_comes_from_the_environment_or_from_the_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    sources = {name: {"kind": "generic", "secrets": [f"{name.upper()}_KEY"]} for name in ("a", "b")}
    settings = settings_from({"alerts": ALERTS, "source": sources})
    environment = {"A_KEY": "from here", "B_KEY_FILE": str(tmp_path / "key")}
    assert source_secrets(settings, environment) == ({"a": (b"from here",), "b": (b"from a file",)}, ())


def test_every_missing_or_unreadable_secret_is_named_at_once(tmp_path: Path) -> None:
    sources = {
        "a": {"kind": "generic", "secrets": ["A_KEY"]},
        "b": {"kind": "generic", "secrets": ["B_KEY"]},
        "c": {"kind": "generic"},
        "d": {"kind": "generic", "insecure": True},
    }
    settings = settings_from({"alerts": ALERTS, "source": sources})
    _, found = source_secrets(settings, {"B_KEY_FILE": str(tmp_path / "gone")})
    assert [finding.place for finding in found] == ["source.a.secrets", "B_KEY_FILE", "source.c.secrets"]


def test_slacks_secrets_come_from_files_too_and_do_not_show(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1\n")
    secrets = slack_secrets({"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token"), "SLACK_SIGNING_SECRET": "s"})
    assert secrets.slack_bot_token is not None
    assert secrets.slack_bot_token.get_secret_value() == "xoxb-1"
    assert "xoxb" not in repr(secrets)


def test_only_the_environment_that_is_given_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    assert slack_secrets({}).slack_app_token is None


# ---- the documentation of every key


def keys(model: type[BaseModel], place: str = "") -> Iterator[str]:
    """Every key of the settings by the heading under which it stands."""
    for name, field in model.model_fields.items():
        inner = _section(field.annotation)
        if inner is None:
            yield f"{place}.{name}".removeprefix(".")
        else:
            yield from keys(inner, name)


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section(part)) is not None), None)


def documented() -> set[str]:
    """Every key of the template, commented out or not, by its heading."""
    found, place = set(), ""
    for line in template().splitlines():
        if heading := re.match(r"#? ?\[+([a-z_]+)(\.[\w.]+)?\]+", line):
            place = heading[1]  # without what the user calls it, as in [source.forms] and [channel.C0000000001]
            found.add(f"{heading[1]}{heading[2] or ''}")  # a table of its own is a key too
        if key := re.match(r"(?:# )?([a-z_]+) *= ", line):
            found.add(f"{place}.{key[1]}")
    return found


def test_the_template_documents_every_setting() -> None:
    missing = {key for key in keys(Settings) if not key.endswith(".mapping")} - documented()
    assert missing == set()


def test_the_template_loads_and_so_does_every_line_that_is_commented_out() -> None:
    settings_from(tomllib.loads(template()))
    whole = re.sub(r"^# ?(\[\[?[a-z].*|\"?[A-Za-z][\w ]*\"? *= .*)$", r"\1", template(), flags=re.MULTILINE)
    settings = settings_from(tomllib.loads(whole))
    assert [status.key for status in settings.status][:2] == ["new", "attempting"]


def test_the_defaults_in_the_template_are_the_defaults() -> None:
    whole = re.sub(r"^# ([a-z_]+ *= )", r"\1", template(), flags=re.MULTILINE)
    service = tomllib.loads(whole.split("[slack]")[0])["service"]
    said = {name: value for name, value in service.items() if name != "public_url"}
    fields = type(settings_from({"alerts": ALERTS}).service).model_fields
    assert {name: str(value).replace("[]", "()") for name, value in said.items()} == {
        name: str(fields[name].default) for name in said
    }


def test_a_status_of_the_template_is_one_of_ours() -> None:
    assert set(StatusSection.model_fields) == {"key", "label", "kind", "is_contact", "asks_qualification"}


GARBAGE = (
    *("-7", '"%%"', "[]", "{ a = 1 }", "nan", "inf", "9" * 20, "1.5", "true", '""', "[1]", '["x", "x"]'),
    "1979-05-27",
)
KEY = re.compile(r"(?:# )?([a-z_]+) += .")
SECTION = re.compile(r"# (\[[\w.]+\]|\[\[\w+\]\])")


def test_garbage_under_any_key_is_answered_with_place_what_was_found_and_what_is_allowed() -> None:
    lines = [
        line.removeprefix("# ") if SECTION.match(line) or KEY.match(line) else line for line in template().split("\n")
    ]
    keys = [(number, found[1]) for number, line in enumerate(lines) if (found := KEY.match(line))]
    assert len(keys) > 100
    settings_from(tomllib.loads("\n".join(lines)))  # every key of the template, with its comment sign taken off
    unsaid = set()
    for (number, key), value in product(keys, GARBAGE):
        table = tomllib.loads("\n".join([*lines[:number], f"{key} = {value}", *lines[number + 1 :]]))
        try:
            settings_from(table)
        except BadConfiguration as refused:
            unsaid |= {str(one) for one in refused.findings if not is_said_in_words(one, key)}
    assert unsaid == set()


def is_said_in_words(finding: Finding, key: str) -> bool:
    """A place, what was found, and no words of a library's."""
    foreign = ("Input", "String", "Tuple", "pathlib", "pattern", "datetime", "Value")
    return key in finding.place and bool(finding.advice) and not any(word in str(finding) for word in foreign)
