"""The values of a source: what came in, what it means in our words, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.service.incoming import Identifier, SourcedEvent
from scoring.instants import Instant

__all__ = [
    "HISTORY_HEADER",
    "Accepted",
    "FieldMap",
    "Identifier",
    "Limits",
    "Paths",
    "Received",
    "Refusal",
    "Refused",
    "SourceConfig",
    "SourcedEvent",
]

HISTORY_HEADER: Final = "x-hotlead-history"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in. Nothing in it is believed yet."""

    method: str
    address: str | Callable[[], str]
    """The public URL, or what tells it."""
    path: str
    headers: Mapping[str, str]
    """Looked up by lower-case names only, so a case-insensitive mapping and one with lower-case keys both serve."""
    body: bytes
    """As sent: not inflated, because signatures are made over these bytes."""
    received_at: Instant

    @property
    def public_url(self) -> str:
        """The whole URL with its query, as the sender was told it. Few vendors sign it, and making it costs much."""
        return self.address if isinstance(self.address, str) else self.address()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One event of a readable body that is refused, by its position from 0."""

    position: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The whole request is refused."""

    status: int
    code: str
    message: str
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a request brought. `ignored` counts the records that are no events, such as a vendor's ping."""

    events: tuple[SourcedEvent, ...]
    refusals: tuple[Refusal, ...] = ()
    ignored: int = 0
    history: bool = False
    """The request says that it is history, and its source may say so (SOURCES, "History is not news")."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one body."""

    inflated_bytes: int = 5 * 2**20
    depth: int = 64
    records: int = 20_000
    """More in one request could never be taken on, and naming each that is refused would take minutes."""


Paths = tuple[str, ...]
"""Where a field may stand, the nearest first; dots reach into nested maps."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where a generic source finds what it needs (configured under [source.NAME.mapping])."""

    records: str = ""
    """Path of the array of events; without it the body is one event or an array of them."""
    id: Paths = ("id", "event_id", "messageId", "message_id")
    type: Paths = ("type", "event", "event_type")
    time: Paths = ("occurred_at", "timestamp", "originalTimestamp", "time", "created_at")
    sent_at: Paths = ("sentAt", "sent_at")
    email: Paths = ("email", "traits.email", "context.traits.email")
    user_id: Paths = ("user_id", "userId")
    anonymous_id: Paths = ("anonymous_id", "anonymousId")
    phone: Paths = ("phone", "traits.phone")
    group_id: Paths = ("group_id", "groupId")
    company: Paths = ("company",)
    traits: Paths = ("traits", "context.traits")
    properties: Paths = ("properties",)
    """Without a map there, the properties are the fields that nothing else uses."""
    trait_fields: Mapping[str, Paths] = field(
        default_factory=lambda: {
            "first_name": ("first_name", "firstName"),
            "last_name": ("last_name", "lastName"),
            "phone": ("phone",),
        }
    )
    types: Mapping[str, str] = field(default_factory=dict)
    """The sender's words for types, to ours."""
    default_type: str = ""
    """The type of a record that names none."""


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One configured source."""

    name: str
    kind: str
    secrets: tuple[bytes, ...] = field(default=(), repr=False)
    """One, or two while one replaces the other."""
    scheme: str = ""
    """How requests prove where they come from; empty: the kind's own way, or `header` where one is named."""
    header: str = ""
    """The header that carries a static secret."""
    insecure: bool = False
    """Without a secret, and so without any proof: must be written down to be had."""
    allow_history: bool = False
    user_space: str = ""
    """Sources that name the same one share user ids; empty: the source's own."""
    phone_region: str = ""
    """The country (DK) of phone numbers without a country code; empty: such numbers name nobody."""
    plus_tags: bool = True
    """Whether ann+news@acme.example is another address than ann@acme.example."""
    mapping: FieldMap = field(default_factory=FieldMap)
