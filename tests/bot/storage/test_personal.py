"""Where personal data lies is known column by column: a new one is listed, exported and erased, or this says so."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app.paths import DATABASE
from bot.service.identity.joining import Verb
from bot.storage.personal import HELD, IMPERSONAL, MENTIONS, Held
from bot.storage.tables import metadata
from tests.bot.service.house import ANNA, BO, House, house

TEXTS = {
    (table.name, column.name)
    for table in metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, sa.Text | sa.LargeBinary)
}
CODES = frozenset(
    {
        # keys, words of a fixed vocabulary, and ids of colleagues and channels: they say nothing of the person
        *(
            ("alerts", name)
            for name in ("key", "lane", "ended_why", "best_label", "best_rating", "owner", "channel", "ts")
        ),
        *(("leads", name) for name in ("do_not_mail", "status", "status_by", "owner", "last_owner", "offered_to")),
        *(("leads", name) for name in ("taken", "clock_span", "close_on")),
        *(("events", name) for name in ("source", "identifiers", "alias_of", "flags", "quarantined", "judged_by")),
        *(("outbox", name) for name in ("sender", "kind", "key", "lane", "state", "channel", "ts", "request")),
        *(("scores", name) for name in ("model", "rating", "label", "action", "due_cause", "last_label")),
        *(("crossings", name) for name in ("model", "cause", "label", "rating", "held_back")),
        *(("found", name) for name in ("label", "rating", "was_label", "settled")),
        *(("steps", name) for name in ("kind", "whom")),
        *(("turns", name) for name in ("user_id", "kind", "ended_why")),
        *(("contacts", name) for name in ("by", "kind", "outcome")),
        *(("instructions", name) for name in ("actor", "about", "verb", "one", "other", "revoked_by")),
        *(("audit", name) for name in ("actor", "action", "before", "after")),
        *(("letters", name) for name in ("source", "code", "method")),
        ("notes", "by"),
        ("qualifications", "by"),
        ("identifiers", "kind"),
        ("namings", "kind"),
        ("identity_findings", "kind"),
        ("identifications", "source"),
    }
)


def test_every_table_and_column_is_listed_once() -> None:
    listed = {one.table: set(one.columns) for one in HELD}
    assert listed.keys() & IMPERSONAL.keys() == set()
    assert listed.keys() | IMPERSONAL.keys() == set(metadata.tables)
    for name, columns in listed.items():
        assert columns == {column.name for column in metadata.tables[name].columns}, name
    for table, key, said in MENTIONS:
        assert {key, *said} <= {column.name for column in metadata.tables[table].columns}


def _filled(data: Path, number: int) -> Iterator[tuple[str, str, str]]:
    """Write a word of its own into every personal text of a lead: (table, column, word)."""
    db = sqlite3.connect(data / DATABASE)
    wheres = {
        "events": "1",
        "identifiers": "1",
        "letters": "1",
        "outbox": "kind <> 'channel'",
        "former_leads": "1",
        "audit_notes": "lead_id IS NOT NULL",
        "instructions": "1",
        "identifications": "1",
    }
    for held in HELD:
        for column in held.columns:
            if (held.table, column) in TEXTS - CODES:
                word = f"canary-{held.table}-{column}"
                where = wheres.get(held.table, f"lead_id = {number}" if held.table != "leads" else f"id = {number}")
                text, said = _written(held, column, word)
                statement = ("UPDATE", held.table, "SET", column, "=", said.format(column), "WHERE", where)
                changed = db.execute(" ".join(statement), (text,))
                assert changed.rowcount > 0, f"nothing of the lead in {held.table}: the test must make some"
                yield held.table, column, word
    # why an admin said something is kept with the instruction and, in the same words, beside the trail
    db.execute("UPDATE audit_notes SET text = (SELECT note FROM instructions) WHERE lead_id IS NULL")
    db.commit()
    db.close()


def _written(held: Held, column: str, word: str) -> tuple[str, str]:
    """The word as the column holds it, and how it is set: what is no JSON keeps what it said, so that rows differ."""
    where = (held.table, column)
    whole = {
        ("outbox", "payload"): {"notice": {"code": "claimed", "lead": {"number": 1}, "text": word}},
        ("former_leads", "kept"): {"other": {"name": word}},
        **{("events", name): {"word": word} for name in ("properties", "traits", "means", "raw")},
        **{("alerts", name): [word] for name in ("facts", "route")},
        ("crossings", "ledger"): [word],
        ("letters", "headers"): {"x": word},
    }
    if where in whole:
        return json.dumps(whole[where]), "?"
    return word, "CAST(? || {0} AS BLOB)" if where == ("letters", "body") else "? || COALESCE({0}, '')"


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def everything(it: House) -> int:
    """A lead about which there is something in every table."""
    email = "karen@rungsted.example"
    await it.take(it.event("warm", anonymous_id="browser"))
    number = await it.says("hot", email, anonymous_id="browser", traits={"name": "Karen"})
    await it.claim(number)
    handling = it.core.handling
    await handling.note(number, ANNA, "a note", "what works")
    await handling.log_contact(number, ANNA, "call", "reached", "spoke")
    await handling.qualify(number, BO, "some", "yes", "much", "soon")
    await it.core.desk.set_status(number, "connected", ANNA, "because")
    await it.take(it.event("warm", email="karen@home.example"))
    await it.core.instructions.say(Verb.JOIN, ["L-1"], ["L-2"], "cli:eva", "she said so", show=False)
    (version,) = await it.rows("SELECT MAX(id) AS id FROM models")

    def more(tx: Any) -> None:
        tx.run(
            "INSERT INTO found (model_id, lead_id, label, score) VALUES (:id, :lead, 'hot', 1)",
            id=version["id"],
            lead=number,
        )
        tx.run(
            "INSERT INTO letters (source, received_at, code, method, url, path, headers, body) "
            "VALUES ('site', 0, 'signature', 'POST', 'u', 'p', '{}', :body)",
            body=f"canary-identifiers-value{email}".encode(),
        )
        tx.run("INSERT INTO identity_findings (at, kind, subject_id) VALUES (0, 'past_limit', 1)")
        tx.run("INSERT INTO steps (kind, lead_id, whom, due_at) VALUES ('remind', :lead, 'U1', 1)", lead=number)
        tx.run(
            "INSERT INTO turns (lead_id, alert_id, user_id, kind, at) VALUES (:lead, 1, 'U1', 'offer', 1)", lead=number
        )
        tx.run("INSERT INTO aliases (a, b, since) VALUES (1, 2, 0)")

    await it.core.store.write(more)
    return number


@pytest.mark.parametrize("what", ["export", "erase"])
async def test_every_personal_column_is_exported_and_erased(tmp_path: Path, what: str) -> None:
    async with house(tmp_path) as it:
        number = await everything(it)
        words = dict.fromkeys(word for _, _, word in _filled(tmp_path, number))
        it.core.scorebook.histories.forget_all()
        exported = json.dumps(await it.core.erasing.export(number))
        aside = {"canary-name_words-word"}  # the index of what names say, which are exported
        missing = [word for word in words if word not in exported and word not in aside]
        assert missing == []
        if what == "erase":
            await it.core.erasing.erase(number, "U0BOSS")
            whole = _bytes_of(tmp_path)
            assert [word for word in words if word.encode() in whole] == []
            for held in HELD:
                if held.erased:
                    of_leads = "WHERE lead_id <> 0" if held.table == "steps" else ""  # others are the service's own
                    assert await it.rows(" ".join(("SELECT 1 FROM", held.table, of_leads))) == [], held.table
