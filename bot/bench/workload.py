"""What is sent: signed requests as bytes, made before the clock runs. Leads are drawn by Zipf, as visitors come.

Events name no time, so they happen when they arrive, as live ones do: in order.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from bot.service.incoming import Identifier, SourcedEvent
from scoring.instants import DAY, SECOND, Instant

SOURCE: Final = "bench"
PREFIX: Final = "b"
SECRET: Final = "whsec_" + base64.b64encode(b"a key that only this benchmark uses!").decode()
PER_BATCH: Final = 100
LEADS_PER_BATCH: Final = 20
EVENTS_PER_LEAD: Final = 10
_LIVES_PER_REQUEST: Final = 20

_KINDS: Final[Sequence[tuple[str, Mapping[str, str]]]] = (
    ("page_viewed", {"url": "https://www.example.dk/blog/lead-scoring"}),
    ("page_viewed", {"url": "https://www.example.dk/cases/acme"}),
    ("page_viewed", {"url": "https://www.example.dk/om-os"}),
    ("page_viewed", {"url": "https://www.example.dk/produkt?utm_source=mail"}),
    ("email_opened", {"campaign": "march"}),
    ("email_clicked", {"campaign": "march", "url": "https://www.example.dk/guide"}),
    ("webinar_attended", {"duration_s": "600"}),
)
_COLD: Final = _KINDS[:3]
"""What makes nobody hot, however often."""


class Workload:
    """A seeded supply of events of so many leads."""

    def __init__(self, leads: int, *, seed: int = 1, prefix: str = PREFIX, ids: str = "") -> None:
        self._random = random.Random(seed)  # noqa: S311 - a benchmark, and the same every time
        self._leads = leads
        self._prefix = prefix
        self._ids = ids or prefix
        self._made = 0
        self._weights = list(accumulate(1 / (rank + 1) for rank in range(leads)))

    def first(self, lead: int) -> Mapping[str, Any]:
        """The event that makes a lead: a cold one, so that nothing is owed to anybody."""
        traits = {
            "title": "Konsulent",
            "company": {"country": "DK", "employees": 5 + lead % 40, "industry": "Consulting"},
        }
        return self._event(lead, ("page_viewed", {"url": "https://www.example.dk/"}), traits)

    def life(self, lead: int, now: Instant) -> list[Mapping[str, Any]]:
        """Ten events of a lead over the last ninety days; the first makes it."""
        start = now - self._random.randrange(10, 90) * DAY
        later = [self._event(lead, self._random.choice(_COLD)) for _ in range(EVENTS_PER_LEAD - 1)]
        events = [self.first(lead), *later]
        return [{**one, "occurred_at": (start + number * DAY) // SECOND} for number, one in enumerate(events)]

    def address(self, lead: int) -> str:
        """The e-mail address of a lead."""
        return f"{self._prefix}{lead}@firma{lead // 3}.example"

    def of(self, lead: int) -> Mapping[str, Any]:
        """A page view of one lead."""
        return self._event(lead, _KINDS[0])

    def one(self) -> Mapping[str, Any]:
        """An event of a lead drawn by Zipf."""
        return self._event(self._draw(), self._random.choice(_KINDS))

    def batch(self) -> list[Mapping[str, Any]]:
        """A hundred events of twenty leads."""
        leads = [self._draw() for _ in range(LEADS_PER_BATCH)]
        return [self._event(leads[n % LEADS_PER_BATCH], self._random.choice(_KINDS)) for n in range(PER_BATCH)]

    def colleague(self, person: int, company: str) -> Mapping[str, Any]:
        """A page view of somebody at a company, who brings its facts along as vendors' SDKs do."""
        traits = {"company": {"country": "DK", "employees": 12, "industry": "Consulting"}}
        return {**self._event(0, _COLD[2], traits), "email": f"{self._prefix}{person}@{company}.example"}

    def crossing(self, lead: int) -> list[Mapping[str, Any]]:
        """Two events that make a new lead hot."""
        traits = {
            "name": f"Lead {lead}",
            "title": "Direktør",
            "company": {"country": "DK", "employees": 120, "industry": "Software"},
        }
        page = ("page_viewed", {"url": "https://www.example.dk/priser"})
        return [self._event(lead, page, traits), self._event(lead, ("meeting_booked", {}))]

    def _draw(self) -> int:
        return self._random.choices(range(self._leads), cum_weights=self._weights)[0]

    def _event(
        self, lead: int, kind: tuple[str, Mapping[str, str]], traits: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        self._made += 1
        event: dict[str, Any] = {
            "id": f"{self._ids}{self._made}",
            "type": kind[0],
            "email": self.address(lead),
            "properties": kind[1],
        }
        return event | ({"traits": traits} if traits else {})


def lives(leads: int, now: Instant) -> Iterator[SourcedEvent]:
    """Ten events of every lead over the last ninety days, lead after lead; some leads are worth a call."""
    dice = random.Random(2)  # noqa: S311 - a benchmark, and the same every time
    for lead in range(leads):
        address = f"r{lead}@firma{lead // 3}.example"
        known = {"email": address, "title": dice.choice(("Direktør", "Manager", "Konsulent"))}
        company = {"country": "DK", "employees": dice.choice((20, 120, 400)), "industry": "Software"}
        start = now - dice.randrange(10, 90) * DAY
        for number in range(EVENTS_PER_LEAD):
            kind, properties = dice.choice(_KINDS)
            yield SourcedEvent(
                id=f"r{lead}-{number}",
                type=kind,
                occurred_at=start + number * DAY,
                properties=properties,
                traits={**known, "company": company} if number == 0 else {"email": address},
                identifiers=(Identifier("email", address),),
                raw="{}",
            )


def signed(body: object, now: Instant, message_id: str, *, history: bool = False) -> bytes:
    """A whole HTTP request, signed by Standard Webhooks."""
    content = json.dumps(body, ensure_ascii=False).encode()
    timestamp = str(now // SECOND)
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + content, hashlib.sha256).digest()
    lines = [
        f"POST /hooks/{SOURCE} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        f"webhook-id: {message_id}",
        f"webhook-timestamp: {timestamp}",
        f"webhook-signature: v1,{base64.b64encode(digest).decode()}",
        *(["X-Hotlead-History: 1"] if history else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content


def preload(workload: Workload, leads: int, now: Instant) -> Iterator[bytes]:
    """Requests that fill the store with leads and their lives, marked as history."""
    for start in range(0, leads, _LIVES_PER_REQUEST):
        body = [
            one for lead in range(start, min(start + _LIVES_PER_REQUEST, leads)) for one in workload.life(lead, now)
        ]
        yield signed(body, now, f"preload-{start}", history=True)
