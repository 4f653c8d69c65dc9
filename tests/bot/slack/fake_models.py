"""Models in memory: one live model, drafts made of its real text, back-tests and publications from a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.errors import HotleadError
from bot.service.desk import Stepped
from bot.service.models.draft_views import Draft, Edit, Published, PublishedModel, Tried
from bot.service.models.live import shipped
from bot.service.models.redrafting import redrafted
from bot.service.models.versions import diff
from bot.service.models.views import Backtest, FoundLead, Mover, Posted, Publication, Side, Standing, Version
from bot.service.views import Actor
from scoring.definition import load_model
from scoring.instants import DAY, HOUR
from tests.bot.slack.fake_desk import NOON, facts

TEXT = shipped("b2b")
VERSION = Version(3, "B2B inbound", "ab" * 32, "U0AUTHOR", "less for prices", NOON - DAY, True, 50, 50, NOON, 2, 2, 1)
FOUND = (
    FoundLead(facts().lead, "A1", "warm", Decimal(64)),
    FoundLead(replace(facts(2).lead, score=Decimal(81)), "B1", None, None),
)
SIDE = Side(12, Decimal("2.50"), (("hot", 3),), 5, 4, Decimal("6.5"), 1)
AFTER = replace(SIDE, alerts=20, alerts_per_week=Decimal(4), at_label=8, customers_alerted=5)
MOVER = Mover(facts().lead, Standing(Decimal(40), "B4", "cold"), Standing(Decimal(64), "B2", "warm"))
BACKTEST = Backtest(
    "B2B inbound",
    "cd" * 32,
    3,
    NOON - 90 * DAY,
    NOON,
    50,
    900,
    6,
    SIDE,
    AFTER,
    (),
    (MOVER,) * 7,
    7,
    (MOVER,),
    1,
    (),
    (),
)


class FakeModels:
    """Implements bot.service.desk.Models. `acts` lists what had an effect; `refuse` makes every act fail with it."""

    def __init__(self, text: str = TEXT) -> None:
        self.text = text
        self.version = VERSION
        self.found: tuple[FoundLead, ...] = FOUND
        self.acts: list[tuple[str, int, str]] = []
        self.published: list[Draft] = []
        self.notes: list[str | None] = []
        self.refuse: str | None = None
        self.revocable = True

    def _live(self) -> PublishedModel:
        until = NOON + HOUR if self.revocable else None
        return PublishedModel(self.version, load_model(self.text), 2, until)

    async def models(self) -> tuple[PublishedModel, ...]:
        return (self._live(),)

    async def model(self, version: int) -> PublishedModel | None:
        return self._live() if version == self.version.number else None

    async def publication(self, number: int) -> Published | None:
        if number > self.version.number:
            return None
        version = replace(self.version, number=number, live=number == self.version.number)
        return Published(Publication(version, number - 1, found=self.found), self._live().revocable_until)

    async def draft(self, base: int, edits: Sequence[Edit]) -> Draft:
        text, names, model = redrafted(self.text, edits)
        return Draft(base, text, model, diff(self.text, text, "a", "b"), names)

    async def try_out(self, draft: Draft, stepped: Stepped) -> Tried:
        self._check()
        stepped(50, 50)
        return Tried(draft, BACKTEST)

    async def publish(self, draft: Draft, actor: Actor, note: str | None, stepped: Stepped) -> Published:
        self._check()
        stepped(50, 50)
        self.acts.append(("publish", draft.base, actor.user_id))
        self.published.append(draft)
        self.notes.append(note)
        self.version = replace(self.version, number=draft.base + 1)
        return Published(Publication(self.version, draft.base, found=self.found), NOON + HOUR)

    async def roll_back(self, number: int, actor: Actor, stepped: Stepped) -> Published:
        self._check()
        stepped(50, 50)
        self.acts.append(("roll back", number, actor.user_id))
        self.version = replace(self.version, number=number + 1)
        return Published(Publication(self.version, number), NOON + HOUR)

    async def post(self, number: int, actor: Actor, stepped: Stepped) -> Posted:
        self._check()
        stepped(2, 2)
        posted = self.version.unposted
        self.version = replace(self.version, unposted=0)
        self.found = tuple(replace(one, settled="posted") for one in self.found)
        self.acts.append(("post", number, actor.user_id))
        return Posted(number, posted=posted)

    def _check(self) -> None:
        if self.refuse is not None:
            raise HotleadError(self.refuse)
