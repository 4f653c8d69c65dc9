"""Lists of leads: which there are, narrowed by filters, in pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from bot.service.handling.state import CLOSED_KINDS
from bot.service.handling.team import Team
from bot.service.handling.views import CLOSED_WON, LISTED_PRIORITIES
from bot.service.views import Actor, LeadRef, ListPage, ListRow, State, Unknown
from bot.service.vocabulary import Vocabulary
from bot.storage import alerts, results
from bot.storage.store import Tx
from scoring.grade import ratings_of
from scoring.instants import Instant
from scoring.model import LABEL_RANK, Model
from scoring.ranking import PRIORITIES, last_place

PAGE: Final = 10
MODEL: Final = "model"
"""The filter that says by whose score a list goes."""
PRIORITY: Final = "priority"
"""The filter by which quarter of all leads a lead is in, by its score; customers are in none."""


_USER: Final = re.compile(r"[UW][A-Z0-9]{2,30}")


class Listing:
    """Reads lists inside its caller's transaction. A rep's territories are countries here, however they are written."""

    def __init__(
        self, team: Team, vocabulary: Vocabulary, models: Callable[[], Sequence[Model]], channels: Sequence[str]
    ) -> None:
        self._team = team
        self._vocabulary = vocabulary
        self._models = models
        self._channels = tuple(channels)

    def page(
        self, tx: Tx, name: str, actor: Actor, page: int, filters: Mapping[str, str], *, model: str, now: Instant
    ) -> ListPage:
        """A page of a list; empty for a list or a filter that there is none of."""
        if name not in results.LISTS or filters.keys() - results.FILTERS.keys() - {MODEL, PRIORITY}:
            return ListPage(name, (), 1, 1, 0)
        priority = filters.get(PRIORITY)
        if priority is not None and priority not in LISTED_PRIORITIES:
            return ListPage(name, (), 1, 1, 0, Unknown(PRIORITY, LISTED_PRIORITIES))
        model = self._model(filters.get(MODEL, model))
        asked: dict[str, str | int] = {**self._asked(tx, filters), **self._prior(tx, priority, model)}
        without = self._left_out(name, filters)
        listed = partial(results.listed, tx, name, asked, model=model, user=actor.user_id, now=now, without=without)
        total, _ = listed(limit=0)
        if not total:
            return ListPage(name, (), 1, 1, 0, self._unknown(filters, model))
        pages = max(1, -(-total // PAGE))
        page = min(max(page, 1), pages)
        _, rows = listed(limit=PAGE, offset=(page - 1) * PAGE)
        return ListPage(name, self.rows(tx, rows, model), page, pages, total)

    def rows(self, tx: Tx, rows: Sequence[Any], model: str) -> tuple[ListRow, ...]:
        """Leads of a list as people see them."""
        held = alerts.held_back(tx, [row["id"] for row in rows], model)
        return tuple(self._row(row, held.get(row["id"])) for row in rows)

    def _row(self, row: Any, held_back: str | None) -> ListRow:
        score = None if row["score"] is None else Decimal(row["score"]) / 100
        lead = LeadRef(row["id"], row["name"], row["email"], row["company"], row["label"], score)
        handling = self._team.statuses.handling(row)
        held = held_back if handling.state is State.QUIET else None
        return ListRow(lead, row["rating"], handling, row["latest_at"], held)

    def _model(self, text: str) -> str:
        """The live model of this name, however it is written."""
        return next((one.name for one in self._models() if one.name.casefold() == text.casefold()), text)

    def _unknown(self, filters: Mapping[str, str], model: str) -> Unknown | None:
        """The first filter whose value no lead can have. Asked of empty lists alone: what a lead has is a value."""
        models = {one.name: one for one in self._models()}
        allowed: dict[str, tuple[str, ...]] = {
            MODEL: tuple(models),
            "label": tuple(LABEL_RANK),
            "rating": ratings_of(models[model]) if model in models else (),
            "channel": self._channels,
        }
        for key, text in {MODEL: model, **{key: text for key, text in filters.items() if key != MODEL}}.items():
            if key in allowed and text not in allowed[key]:
                return Unknown(key, allowed[key])
            if key == "country" and self._vocabulary.country(text) is None:
                return Unknown(key, self._vocabulary.countries_like(text))
        return None

    def _asked(self, tx: Tx, filters: Mapping[str, str]) -> dict[str, str]:
        asked = {key: value for key, value in filters.items() if key not in (MODEL, PRIORITY)}
        if "country" in asked:
            asked["country"] = self._country(asked["country"])
        if "territory" in asked:
            places = self._places(tx, asked["territory"])
            if places:
                asked["territory"] = json.dumps(places)
            else:
                del asked["territory"]  # a rep without territories works all of them
        return asked

    def _left_out(self, name: str, filters: Mapping[str, str]) -> list[str]:
        """The statuses whose leads a list leaves out: who is closed is nobody to call, and no customer is ranked."""
        priority = filters.get(PRIORITY)
        if "status" in filters or priority == CLOSED_WON:
            return []
        if name in ("hot", "warm"):
            return self._team.statuses.keys(CLOSED_KINDS)
        return self._customers if priority is not None else []

    @property
    def _customers(self) -> list[str]:
        return [status.key for status in self._team.statuses.all if status.kind == "won"]

    def _prior(self, tx: Tx, priority: str | None, model: str) -> dict[str, str | int]:
        """A priority as filters."""
        if priority == CLOSED_WON:
            return {"statuses": json.dumps(self._customers)}
        return {**_scores_of(tx, priority, model)}

    def _places(self, tx: Tx, text: str) -> list[str]:
        """The countries that a name or code means, or that a rep has as territories."""
        known = self._vocabulary.country(text)
        if known is None and _USER.fullmatch(text):
            return [self._country(place) for place in self._team.reps.get(tx, text).territories]
        return [known or self._country(text)]

    def _country(self, text: str) -> str:
        return self._vocabulary.country(text) or text.strip().upper()


def _scores_of(tx: Tx, priority: str | None, model: str) -> dict[str, int]:
    """The scores of a priority, as filters."""
    leads = results.count_scored(tx, model) if priority is not None else 0
    if priority is None or not leads:
        return {}
    place = PRIORITIES.index(priority)
    found = {"at_least": results.score_at(tx, model, last_place(priority, leads))}
    if place:
        found["below"] = results.score_at(tx, model, last_place(PRIORITIES[place - 1], leads))
    return found
