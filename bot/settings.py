"""The only reader of the environment and of hotlead.toml: settings with every problem named at once.

Secrets never stand in the file: it names environment variables, and for each NAME the variable NAME_FILE may name a
file.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadConfiguration, Finding
from bot.language import Code
from scoring.instants import DAY, UnreadableInstant, parse_duration

CONFIG_NAME: Final = "hotlead.toml"


def _domain(text: str) -> str:
    name = text.strip().strip(".").casefold()
    if not name or "@" in name or "/" in name or " " in name:
        raise ValueError("allowed: a domain such as example.com")
    return name


Domain = Annotated[str, AfterValidator(_domain)]
ChannelId = Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,}$")]
GroupId = Annotated[str, Field(pattern=r"^S[A-Z0-9]{2,}$")]
UserId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")]
CommandName = Annotated[str, Field(pattern=r"^/[a-z0-9_-]{1,31}$")]


def _length(text: str) -> str:
    try:
        parse_duration(text)
    except UnreadableInstant as unreadable:
        raise ValueError(str(unreadable)) from None
    return text


Length = Annotated[str, AfterValidator(_length)]
"""A whole number and a unit, as in the model file: 24h, 2d."""


def _a_month_or_more(text: str) -> str:
    if parse_duration(_length(text)) < 30 * DAY:
        raise ValueError("allowed: 30d or longer; what is sent again until then must still have no second effect")
    return text


Kept = Annotated[str, AfterValidator(_a_month_or_more)]
"""How long something is kept: a month at least."""
Limit = Annotated[int, Field(ge=1, le=1000)]
ReasonText = Annotated[str, Field(min_length=1, max_length=75)]
"""As long as a choice in Slack may be."""
VariableName = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]*$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceSection(_Section):
    """[service]: where it runs."""

    data: Path = Path("hotlead-data")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=9464, ge=0, le=65535)
    public_url: str | None = Field(default=None, pattern=r"^https?://[^/\s]+(/[^\s]*)?$")
    trusted_proxies: tuple[str, ...] = ()
    max_body_bytes: int = Field(default=5_242_880, ge=1024, le=16_777_216)
    max_inflated_bytes: int = Field(default=5_242_880, ge=1024, le=67_108_864)
    max_waiting_events: int = Field(default=20_000, ge=1)
    max_requests: int = Field(default=1_000, ge=1)
    max_connections: int = Field(default=2_000, ge=1)
    log_format: Literal["text", "json"] = "text"
    log_requests: bool = False


class SlackSection(_Section):
    """[slack]: who may do what, and how the commands are called."""

    api_url: str = "https://slack.com/api/"
    admins: tuple[UserId, ...] = ()
    managers: tuple[UserId, ...] = ()
    admins_group: GroupId | None = None
    managers_group: GroupId | None = None
    default_language: Code = "en"
    lead_command: CommandName = "/lead"
    leads_command: CommandName = "/leads"
    hotlead_command: CommandName = "/hotlead"


class AlertsSection(_Section):
    """[alerts]: where alerts go."""

    channel: ChannelId
    fallback_channel: ChannelId
    admin_channel: ChannelId
    mode: Literal["live", "shadow"] = "live"
    crm_url: str | None = Field(default=None, pattern=r"^https://[^/\s{}]+(/[^\s]*)?$")
    seconds_between_posts: float = Field(default=1.0, ge=0, le=60)
    quiet_hours: str = ""
    daily_ceiling: int = Field(default=0, ge=0)
    gather: Length = "5m"
    shared_channels: tuple[ChannelId, ...] = ()


class ChannelSection(_Section):
    """[channel.ID]: what is different in one channel."""

    quiet_hours: str | None = None
    daily_ceiling: int | None = Field(default=None, ge=0)
    digest_at: str | None = None
    language: Code | None = None


class FollowUpSection(_Section):
    """[follow_up]: the clock that runs until the first contact, and its steps."""

    time_zone: str = "UTC"
    hours: str = ""
    holidays: str = ""
    closed: tuple[date, ...] = ()
    stops_at: Literal["contact", "claim"] = "contact"
    remind: int = Field(default=75, ge=0, le=99)
    escalate: bool = True
    escalate_in: Literal["direct", "thread"] = "direct"
    escalate_to: tuple[UserId, ...] = ()
    release_after: Length | None = None
    not_now: Length = "90d"
    lost_rest: Length = "90d"
    closes: bool = True
    qualification: Literal["warn", "refuse"] = "warn"


class DigestSection(_Section):
    """[digest]: what is told together, to channels and managers."""

    enabled: bool = True
    at: str = "08:30"
    weekly: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"


class RepSection(_Section):
    """[[rep]]: somebody to whom leads may be offered."""

    user: UserId
    email: str = ""
    time_zone: str = ""
    hours: str = ""
    away: tuple[str, ...] = ()
    capacity: int | None = Field(default=None, ge=0)
    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()


class RouteSection(_Section):
    """[[route]]: where leads of a kind go. The first whose condition holds decides."""

    name: str = Field(min_length=1, max_length=80)
    when: Mapping[str, Any] = Field(default_factory=dict)
    channel: ChannelId
    how: Literal["pool", "round_robin", "owner"] = "pool"
    reps: tuple[UserId, ...] = ()
    owner: str = ""
    territory: str = ""
    language: str = ""
    assign: bool = False
    offer_for: Length = "15m"


class StatusSection(_Section):
    """[[status]]: one of the reps' words for where a lead stands."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")
    label: str = Field(min_length=1, max_length=40)
    kind: Literal["open", "won", "lost", "rejected", "recycled"] = "open"
    is_contact: bool = False
    asks_qualification: bool = False


class ReasonsSection(_Section):
    """[reasons]: why a lead is rejected, recycled or lost; what reps choose from, and what marketing reads."""

    not_fit: tuple[ReasonText, ...] = Field(
        default=(
            "Not the target group",
            "Student or job seeker",
            "Competitor",
            "Existing customer",
            "Wrong or fake details",
            "No need",
            "Other",
        ),
        min_length=1,
        max_length=50,
    )
    not_now: tuple[ReasonText, ...] = Field(
        default=("No budget yet", "Too early", "Bound by a contract", "No answer", "Other"), min_length=1, max_length=50
    )
    lost: tuple[ReasonText, ...] = Field(
        default=("Price", "Competitor", "No decision", "Missing feature", "No answer", "Other"),
        min_length=1,
        max_length=50,
    )


class SourceSection(_Section):
    """[source.NAME]: one sender of events. `secrets` names environment variables; two while one replaces the other."""

    kind: str
    secrets: tuple[VariableName, ...] = Field(default=(), max_length=2)
    scheme: str = ""
    header: str = ""
    insecure: bool = False
    allow_history: bool = False
    keep_refused: bool | None = None
    max_events_per_second: int = Field(default=0, ge=0)
    user_space: str = ""
    phone_region: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    plus_tags: bool = True
    mapping: Mapping[str, Any] = Field(default_factory=dict)


class IdentitySection(_Section):
    """[identity]: who is who."""

    own_domains: tuple[Domain, ...] = ()
    free_mail: tuple[Domain, ...] = ()
    role_addresses: tuple[str, ...] | None = None
    identifying: tuple[str, ...] = Field(default=("email", "user_id", "phone"), min_length=1)
    limits: Mapping[str, Limit] = Field(default_factory=dict)
    addresses_of_a_phone: Limit = 1
    addresses_of_a_set: Limit = 10
    addresses_of_a_visitor: Limit = 10
    group_ids_of_a_domain: Limit = 5
    domains_of_a_group_id: Limit = 20
    session: Length = "30m"
    anonymous_window: Kept = "180d"


class BackupSection(_Section):
    """[backup]: a copy of the database every night."""

    nightly: bool = True
    at: str = "02:30"
    folder: Path | None = None
    keep: int = Field(default=7, ge=1, le=1000)


class RetentionSection(_Section):
    """[retention]: how long is kept what no score needs. Visits of unknown people: [identity] anonymous_window."""

    raw: Kept = "90d"
    delivered: Kept = "365d"
    seen: Kept = "30d"
    refused: Kept = "30d"


class VocabularySection(_Section):
    """[vocabulary]: words that mean the same, added to hotlead's own."""

    titles: Mapping[str, Literal["executive", "director", "manager", "expert", "staff", "none"]] = Field(
        default_factory=dict
    )
    countries: Mapping[str, Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] = Field(default_factory=dict)
    employees: Mapping[str, tuple[int, int]] = Field(default_factory=dict)


class Settings(_Section):
    """Everything in hotlead.toml."""

    service: ServiceSection = Field(default_factory=ServiceSection)
    slack: SlackSection = Field(default_factory=SlackSection)
    alerts: AlertsSection
    status: tuple[StatusSection, ...] = ()
    reasons: ReasonsSection = Field(default_factory=ReasonsSection)
    follow_up: FollowUpSection = Field(default_factory=FollowUpSection)
    stale_after: Mapping[str, Length] = Field(
        default_factory=lambda: {"attempting": "3d", "deal": "30d", "other": "14d"}
    )
    digest: DigestSection = Field(default_factory=DigestSection)
    channel: Mapping[ChannelId, ChannelSection] = Field(default_factory=dict)
    rep: tuple[RepSection, ...] = ()
    route: tuple[RouteSection, ...] = ()
    source: Mapping[str, SourceSection] = Field(default_factory=dict)
    identity: IdentitySection = Field(default_factory=IdentitySection)
    backup: BackupSection = Field(default_factory=BackupSection)
    retention: RetentionSection = Field(default_factory=RetentionSection)
    vocabulary: VocabularySection = Field(default_factory=VocabularySection)

    @field_validator("status")
    @classmethod
    def _statuses(cls, value: tuple[StatusSection, ...]) -> tuple[StatusSection, ...]:
        keys = [status.key for status in value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"these keys are there twice: {', '.join(twice)}; allowed: each once")
        if value and "new" not in keys:
            raise ValueError("no status has the key new; allowed: a list with new, where every lead begins")
        return value


class SlackSecrets(BaseSettings):
    """Slack's secrets, from the environment alone. With an app token Socket Mode is used, without it HTTP."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None


def read_settings(path: Path) -> Settings:
    """Read hotlead.toml; relative paths are relative to its folder. Raises BadConfiguration with every problem."""
    try:
        text = path.read_text(encoding="utf-8")
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
            return Finding(place, f"found {error['input']!r}", f"{error['msg'].removeprefix('Value error, ')}.")


_SECTIONS: Final[Mapping[str, type[_Section]]] = {
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
