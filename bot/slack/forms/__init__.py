"""The forms: FORMS is the table from a window's name to what it asks and does. A new one is a line here.

To add a form: write its Form in a file of its family, add it here, its button to bot/slack/buttons.py and its row to
docs/slack.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.slack.forms.base import Form
from bot.slack.forms.deciding import NOT_FIT, STATUS
from bot.slack.forms.handing_on import REASSIGN
from bot.slack.forms.putting_off import AGAIN, NOT_NOW, SNOOZE
from bot.slack.forms.writing import LOG, NOTE, QUALIFY

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {form.name: form for form in (SNOOZE, AGAIN, NOT_NOW, NOT_FIT, STATUS, LOG, NOTE, QUALIFY, REASSIGN)}
)
