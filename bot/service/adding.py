"""Adds a lead by hand: somebody a rep met, with an e-mail address or phone number, or with a name alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import HotleadError
from bot.language import tr
from bot.service.identity.identifiers import EMAIL, PHONE, normalise
from bot.service.identity.rules import LEAD
from bot.service.identity.subjects import BY_HAND
from bot.service.incoming import Identifier, SourcedEvent
from bot.service.intake import Intake
from bot.service.views import Actor
from bot.storage import audit, identities
from bot.storage.store import Store, Tx
from scoring.events import Value

ADDED = "lead.added"
"""The event of it: what is known of the lead is told by its traits."""


class CannotAdd(HotleadError):
    """What was told names nobody; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Added:
    """The lead's number; `known` when it was one before."""

    number: int
    known: bool


class Adding:
    """Adds leads by hand, as events like any other."""

    def __init__(self, store: Store, intake: Intake, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._clock = clock

    async def add_lead(
        self,
        actor: Actor,
        *,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        title: str | None = None,
        company: str | None = None,
        region: str = "",
    ) -> Added:
        """Add a lead, or what is told to the one that it is. `region` (DK) is that of a number without a country code.

        Raises CannotAdd for an address or number that cannot be read, and where nothing names anybody.
        """
        key = f"added-{secrets.token_hex(8)}"
        people = _people(email, phone, region)
        if not people:
            if not (name or "").strip():
                raise CannotAdd(tr("Say who it is: an e-mail address, a telephone number, or at least a name."))
            people = (Identifier(LEAD, key),)
        told = {"name": name, "title": title, "company.name": company}
        traits: dict[str, Value] = {what: text.strip() for what, text in told.items() if text and text.strip()}
        traits |= {one.kind: one.value for one in people if one.kind != LEAD}
        before = await self._store.read(lambda tx: _lead_of(tx, people))
        event = SourcedEvent(key, ADDED, self._clock(), {"by": actor.user_id}, traits, people, "{}")
        receipt = await self._intake.accept(BY_HAND, (event,))
        if receipt.erased:
            raise CannotAdd(
                tr(
                    "Somebody of this address or number was erased on request, so it is not stored again. When they "
                    "want to come back, an admin lifts that: `hotlead leads lift ADDRESS`."
                )
            )
        number = await self._store.write(lambda tx: self._record(tx, people, actor, known=before is not None))
        if number is None:
            raise CannotAdd(tr("It is an address of our own company, or of nobody, so it makes no lead."))
        return Added(number, before is not None)

    def _record(self, tx: Tx, people: tuple[Identifier, ...], actor: Actor, *, known: bool) -> int | None:
        number = _lead_of(tx, people)
        if number is None:
            return None
        action = "lead_told" if known else "lead_added"
        audit.record(tx, at=self._clock(), actor=actor.user_id, action=action, lead_id=number)
        return number


def _people(email: str | None, phone: str | None, region: str) -> tuple[Identifier, ...]:
    found = []
    for kind, text in ((EMAIL, email), (PHONE, phone)):
        if text is None or not text.strip():
            continue
        value = normalise(kind, text, region=region)
        if value is None:
            raise CannotAdd(_unreadable(kind, text))
        found.append(Identifier(kind, value))
    return tuple(found)


def _unreadable(kind: str, text: str) -> str:
    if kind == EMAIL:
        return tr("{text} is no e-mail address that can be read.", text=text)
    advice = tr("Write it with its country code, as in +45 33 44 55 66.")
    return f"{tr('{text} is no telephone number that can be read.', text=text)} {advice}"


def _lead_of(tx: Tx, people: tuple[Identifier, ...]) -> int | None:
    return next((lead for one in people if (lead := identities.lead_of(tx, one.kind, one.value)) is not None), None)
