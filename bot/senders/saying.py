"""What an owed row says in Slack: a message made of the state as it is now, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from bot.charts.png import to_png
from bot.charts.results import results_picture
from bot.senders.base import Later, Owed, Refused
from bot.senders.calling import Failed
from bot.senders.pictures import Pictures
from bot.service.desk import Desk, Models
from bot.service.handling.views import DigestView
from bot.service.views import AlertView, Notice
from bot.service.views_json import digest_from_json, notice_from_json
from bot.slack.alert import alert_message
from bot.slack.blocks import Message
from bot.slack.digest import ALT_LIMIT, digest_message, is_day
from bot.slack.models import publication_message
from bot.slack.notices import notice_message
from bot.slack.people import People
from bot.slack.settings import SlackSettings


class Saying:
    """Renders owed rows. What cannot be rendered (any more) raises Failed."""

    def __init__(self, desk: Desk, models: Models, people: People, pictures: Pictures, settings: SlackSettings) -> None:
        self._desk = desk
        self._models = models
        self._people = people
        self._pictures = pictures
        self._settings = settings

    async def alert(self, owed: Owed) -> Message:
        """The alert as it was and its handling as it is."""
        view = await self._desk.alert(owed.key)
        if view is None:
            raise Failed(Refused("gone", "The lead was erased, so there is nothing left to tell."))
        return alert_message(await self._named(view), self._settings)

    async def _named(self, view: AlertView) -> AlertView:
        """With the names of those who have colleagues of the lead: whoever is mentioned in an alert would be called."""
        if not view.colleagues:
            return view
        named = [replace(one, name=await self._people.name(one.owner)) for one in view.colleagues]
        return replace(view, colleagues=tuple(named))

    def notice(self, owed: Owed) -> Notice:
        """The notice that the row holds."""
        stored = owed.payload.get("notice")
        try:
            return notice_from_json(stored if isinstance(stored, Mapping) else {})
        except ValidationError:
            raise Failed(
                Refused("unreadable_notice", "What was to be said cannot be read; please report it.")
            ) from None

    async def said(self, owed: Owed) -> Message:
        """What any row but an alert's says."""
        if owed.kind == "publication":
            return await self._publication(owed)
        if owed.kind == "digest" and (view := _digest_of(owed)) is not None:
            return await self._digest(owed.key, view)
        if owed.kind == "thread":
            return notice_message(self.notice(owed), in_thread=True)
        return notice_message(self.notice(owed), channels=self._settings.places)

    async def _digest(self, key: str, view: DigestView) -> Message:
        """A digest, with a picture of what became of the alerts; without it where Slack does not take one."""
        if not is_day(view) or not view.total.passed:
            return digest_message(view)
        drawing = results_picture(view.total)
        found = await self._pictures.ready(key, lambda: to_png(drawing), drawing.title[:ALT_LIMIT])
        if isinstance(found, float):
            raise Failed(Later(found, "Slack is not ready with the picture", "row"))
        return digest_message(view, found or None, drawing.title)

    async def _publication(self, owed: Owed) -> Message:
        version = owed.payload.get("version")
        found = await self._models.publication(version) if isinstance(version, int) else None
        if found is None:
            raise Failed(Refused("gone", "There is no such version of a model."))
        return publication_message(found)


def _digest_of(owed: Owed) -> DigestView | None:
    stored = owed.payload.get("digest")
    try:
        return digest_from_json(stored if isinstance(stored, Mapping) else {})
    except ValidationError:
        return None
