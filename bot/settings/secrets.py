"""Secrets, from the environment or the files that it names. They never stand in hotlead.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadConfiguration, Finding
from bot.settings.sections import Settings


class SlackSecrets(BaseSettings):
    """Slack's secrets, from the environment alone. With an app token Socket Mode is used, without it HTTP."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None


def secret(name: str, environment: Mapping[str, str] = os.environ) -> bytes | None:
    """The value of an environment variable, or of the file that NAME_FILE names; None when neither is there."""
    value = environment.get(name)
    if value:
        return value.encode()
    file = environment.get(f"{name}_FILE")
    if not file:
        return None
    try:
        return Path(file).read_bytes().strip() or None
    except OSError as trouble:
        raise BadConfiguration(
            (Finding(f"{name}_FILE", str(trouble), "It must name a file that this user can read."),)
        ) from None


def slack_secrets(environment: Mapping[str, str] = os.environ) -> SlackSecrets:
    """Slack's secrets from the environment or the files that it names."""
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
    found = {name.lower(): secret(name, environment) for name in names}
    # None is said too: what is left out would be looked for in this process's environment
    return SlackSecrets(
        **{name: SecretStr(value.decode("utf-8", "replace")) if value else None for name, value in found.items()}
    )


def source_secrets(
    settings: Settings, environment: Mapping[str, str] = os.environ
) -> tuple[dict[str, tuple[bytes, ...]], tuple[Finding, ...]]:
    """The secrets of every source, and what is missing: a source without a secret does not start."""
    secrets: dict[str, tuple[bytes, ...]] = {}
    findings: list[Finding] = []
    for name, source in settings.source.items():
        values = []
        for variable in source.secrets:
            try:
                value = secret(variable, environment)
            except BadConfiguration as bad:
                findings += bad.findings
                continue
            if value is None:
                what = f"the environment has no {variable}"
                findings.append(Finding(f"source.{name}.secrets", what, f"Set {variable} or {variable}_FILE."))
            else:
                values.append(value)
        if not source.secrets and not source.insecure:
            findings.append(
                Finding(
                    f"source.{name}.secrets",
                    "no secret is named, so anybody could send events",
                    'Name a variable, as in secrets = ["HOTLEAD_WEBSITE_SECRET"], or write insecure = true.',
                )
            )
        secrets[name] = tuple(values)
    return secrets, tuple(findings)
