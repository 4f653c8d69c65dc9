"""What a run has left in the database and in Slack, as values that can be compared."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.standin import DemoWorkspace, Message, StandIn


@dataclass
class Found:
    """What a run has left: in the database, and in Slack."""

    events: set[str]
    leads: dict[str, tuple[int, str, int, int]]
    """address -> score in hundredths, label, crossings, alerts"""
    outbox: Counter[str]
    """state -> rows"""
    keys: set[str]
    """Of what was owed to people, by its key."""
    posted: Counter[str]
    """key -> messages in Slack"""
    shown: dict[str, str]
    """address -> the alert's words, without its times"""


def database(folder: Path) -> sqlite3.Connection:
    """A look into the database."""
    return sqlite3.connect(f"file:{folder / 'hotlead-data' / 'hotlead.db'}?mode=ro", uri=True)


def look(folder: Path, standin: StandIn, workspace: DemoWorkspace) -> Found:
    """What is there when all has come to rest."""
    with closing(database(folder)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = db.execute(
            "SELECT l.email, s.score, s.label, "
            "(SELECT COUNT(*) FROM crossings AS c WHERE c.lead_id = l.id), "
            "(SELECT COUNT(*) FROM alerts AS a WHERE a.lead_id = l.id), "
            "(SELECT MAX(a.key) FROM alerts AS a WHERE a.lead_id = l.id) "
            "FROM leads AS l JOIN scores AS s ON s.lead_id = l.id"
        ).fetchall()
        events = {event for (event,) in db.execute("SELECT id FROM events")}
        owed = db.execute("SELECT key, state, kind FROM outbox").fetchall()
    messages = _messages(standin, workspace)
    texts = {_key(one): one.text for one in messages}
    return Found(
        events,
        {email: (score, label, crossings, alerts) for email, score, label, crossings, alerts, _ in rows},
        Counter(state for _, state, _ in owed),
        {key for key, _, kind in owed if kind != "update"},
        Counter(_key(one) for one in messages),
        {email: _timeless(texts.get(key, "no message")) for email, *_, key in rows if key is not None},
    )


def _messages(standin: StandIn, workspace: DemoWorkspace) -> list[Message]:
    found = [one for channel in workspace.channels for one in standin.messages(channel)]
    return [one for one in found if (one.metadata or {}).get("event_type", "").startswith("hotlead_")]


def _key(message: Message) -> str:
    return str((message.metadata or {})["event_payload"]["key"])


def _timeless(text: str) -> str:
    return re.sub(r"<!date[^>]*>|L-\d+|\d+ (s|min|h)\b", "…", json.dumps(text))
