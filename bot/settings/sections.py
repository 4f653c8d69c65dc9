"""Every section of hotlead.toml, with what is allowed and what stands where nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.language import Code
from bot.settings.values import (
    ChannelId,
    CommandName,
    Domain,
    GroupId,
    Kept,
    Length,
    Limit,
    ReasonText,
    UserId,
    VariableName,
)


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceSection(Section):
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


class SlackSection(Section):
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


class AlertsSection(Section):
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


class ChannelSection(Section):
    """[channel.ID]: what is different in one channel."""

    quiet_hours: str | None = None
    daily_ceiling: int | None = Field(default=None, ge=0)
    digest_at: str | None = None
    language: Code | None = None


class FollowUpSection(Section):
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


class DigestSection(Section):
    """[digest]: what is told together, to channels and managers."""

    enabled: bool = True
    at: str = "08:30"
    weekly: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"


class RepSection(Section):
    """[[rep]]: somebody to whom leads may be offered."""

    user: UserId
    email: str = ""
    time_zone: str = ""
    hours: str = ""
    away: tuple[str, ...] = ()
    capacity: int | None = Field(default=None, ge=0)
    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()


class RouteSection(Section):
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


_ENDS: Final = {"won": "Won", "lost": "Lost", "rejected": "Not a fit", "recycled": "Not now"}
"""Kinds of statuses, and the button or command of the same meaning, which has to set one."""


class StatusSection(Section):
    """[[status]]: one of the reps' words for where a lead stands."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")
    label: str = Field(min_length=1, max_length=40)
    kind: Literal["open", "won", "lost", "rejected", "recycled"] = "open"
    is_contact: bool = False
    asks_qualification: bool = False


class ReasonsSection(Section):
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


class SourceSection(Section):
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


class IdentitySection(Section):
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


class BackupSection(Section):
    """[backup]: a copy of the database every night."""

    nightly: bool = True
    at: str = "02:30"
    folder: Path | None = None
    keep: int = Field(default=7, ge=1, le=1000)


class RetentionSection(Section):
    """[retention]: how long is kept what no score needs. Visits of unknown people: [identity] anonymous_window."""

    raw: Kept = "90d"
    delivered: Kept = "365d"
    seen: Kept = "30d"
    refused: Kept = "30d"


class VocabularySection(Section):
    """[vocabulary]: words that mean the same, added to hotlead's own."""

    titles: Mapping[str, Literal["executive", "director", "manager", "expert", "staff", "none"]] = Field(
        default_factory=dict
    )
    countries: Mapping[str, Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] = Field(default_factory=dict)
    employees: Mapping[str, tuple[int, int]] = Field(default_factory=dict)


class Settings(Section):
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
        if any(status.key == "new" and status.kind != "open" for status in value):
            raise ValueError("new is where every lead begins; allowed: kind open for it")
        if len({status.label.strip().casefold() for status in value}) < len(value):
            raise ValueError("two statuses are called the same; allowed: each label once")
        missing = [kind for kind in _ENDS if value and kind not in {status.kind for status in value}]
        if missing:
            means = ", ".join(f"{kind} ({_ENDS[kind]})" for kind in missing)
            raise ValueError(f"no status is of kind {means}; allowed: a list with one of each kind at least")
        return value
