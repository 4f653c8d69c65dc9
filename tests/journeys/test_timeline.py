"""The timeline of a lead: every accepted event in order of time, with its source, in words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.service.views import Activity
from bot.slack.event_words import HAPPENED, NOTED
from bot.slack.words import activity_line
from bot.sources.words import OUR_WORDS
from tests.rig import KEY, T0, Rig, rig

EMAIL = "ann@acme.example"


async def _history(it: Rig) -> list[str]:
    rep = it.workspace.reps[0]
    await it.standin.run_command(rep, it.workspace.sales, "/lead", f"history {EMAIL}")
    await it.settle()
    text = json.dumps(it.standin.ephemerals(rep)[-1].blocks, ensure_ascii=False)
    return re.findall(r"• ((?:(?!\\n|\").)*)", text)


async def test_every_event_of_every_source_is_there_newest_first_and_says_what_it_was(tmp_path: Path) -> None:
    more = {"mails": {"kind": "sendgrid", "insecure": True}}
    async with rig(tmp_path, source=more) as it:
        form = {"type": "form_submitted", "properties": {"form_id": "Demo"}}
        await it.send(
            {**form, "email": EMAIL, "occurred_at": "2026-03-02T08:00:00Z"},
            {"type": "Trial Started", "email": EMAIL, "occurred_at": "2026-03-01T08:00:00Z"},
        )
        page = {"type": "page", "properties": {"url": "https://www.example.com/cases/"}, "traits": {"email": EMAIL}}
        sent = {"timestamp": "2026-03-02T08:30:00Z", "userId": "u", "writeKey": KEY}
        await it.post("/v1/page", json.dumps({**page, **sent}))
        opened = {"event": "open", "email": EMAIL, "timestamp": 1772352000, "sg_event_id": "e", "sg_machine_open": True}
        await it.post("/hooks/mails", json.dumps([opened]))
        told = [re.sub(r"<!date[^>]*>|\(\+\d+\)| ,|(?<=,) ", "", line).strip() for line in await _history(it)]
        assert [line.replace(",,", ",") for line in told] == [
            "Viewed a page: www.example.com/cases,from website",
            "Filled in a form: Demo,from forms",
            "Trial Started,from forms",
            "Opened a mail,from mails – not counted: the mail program opened it by itself",
        ]


async def test_what_was_set_right_about_a_time_is_said(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        for at in ("2026-03-02T12:00:00Z", "2026-03-02T08:00:00", None):
            await it.send({"type": "page_viewed", "email": EMAIL, "occurred_at": at})
        told = " | ".join(await _history(it))
        for flag in ("clamped", "no_zone", "no_time"):
            assert NOTED[flag] in told


def test_every_word_of_ours_is_said_in_words() -> None:
    assert set(HAPPENED) >= OUR_WORDS


@pytest.mark.parametrize(
    ("type_", "what", "begins"),
    [
        ("email_opened", None, "Opened a mail, "),
        ("hubspot.deal.creation", None, "hubspot.deal.creation, "),
        ("<!channel>", "<@U1>", "&lt;!channel&gt;: &lt;@U1&gt;, "),
        ("", "", "Something, "),
    ],
)
def test_a_type_of_the_sender_s_own_keeps_its_name_and_does_no_harm(type_: str, what: str | None, begins: str) -> None:
    assert activity_line(Activity(T0, type_, "forms", what)).startswith(begins)
