"""Publications: every version of every model, where its rescore stands, and whom it found at the hand-over label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant

_VERSION = (
    "SELECT m.id, m.name, m.hash, m.author, m.note, m.published_at, r.total, r.done, r.cooled, r.ended_at, "
    "(SELECT COUNT(*) FROM found AS f WHERE f.model_id = m.id) AS found, "
    "(SELECT COUNT(*) FROM found AS f WHERE f.model_id = m.id AND f.settled_at IS NULL) AS unsettled, "
    "m.id = (SELECT MAX(id) FROM models AS n WHERE n.name = m.name) AS live "
    "FROM models AS m LEFT JOIN rescores AS r ON r.model_id = m.id"
)


def versions(tx: Tx, name: str | None = None) -> list[Any]:
    """Every version, or those of one model, newest first; without their texts."""
    return tx.all(f"{_VERSION} WHERE :name IS NULL OR m.name = :name ORDER BY m.id DESC", name=name)


def version(tx: Tx, version_id: int) -> Any:
    """One version, or None."""
    return tx.one(f"{_VERSION} WHERE m.id = :id", id=version_id)


def text(tx: Tx, version_id: int) -> str | None:
    """What was published, to the letter."""
    found: str | None = tx.value("SELECT text FROM models WHERE id = :id", id=version_id)
    return found


def live_of(tx: Tx, name: str) -> Any:
    """The version of a model that is live, with its text, or None."""
    return tx.one("SELECT id, name, hash, text FROM models WHERE name = :name ORDER BY id DESC LIMIT 1", name=name)


def live_at(tx: Tx, at: Instant) -> list[Any]:
    """The version of each model that was live at an instant."""
    return tx.all(
        "SELECT id, name, text FROM models WHERE id IN "
        "(SELECT MAX(id) FROM models WHERE published_at <= :at GROUP BY name) ORDER BY id",
        at=at,
    )


def since(tx: Tx, name: str) -> list[Any]:
    """When the versions of a model were published, oldest first."""
    return tx.all("SELECT id, text, published_at FROM models WHERE name = :name ORDER BY id", name=name)


# ---- rescoring


def begin(tx: Tx, version_id: int, now: Instant) -> None:
    """All leads known now are to be evaluated for this instant, from the events known now."""
    tx.run(
        "INSERT INTO rescores (model_id, at, seq, until, total) SELECT :id, :now, "
        "(SELECT COALESCE(MAX(seq), 0) FROM events), (SELECT COALESCE(MAX(id), 0) FROM leads), "
        "(SELECT COUNT(*) FROM leads)",
        id=version_id,
        now=now,
    )


def unfinished(tx: Tx) -> list[Any]:
    """Rescores that have not come to their end, oldest first."""
    return tx.all("SELECT * FROM rescores WHERE ended_at IS NULL ORDER BY model_id")


def advance(tx: Tx, version_id: int, *, after: int, done: int, cooled: int) -> None:
    """Leads up to `after` are done: `done` more of them, of which `cooled` lost their live alert."""
    tx.run(
        "UPDATE rescores SET after = :after, done = done + :done, cooled = cooled + :cooled WHERE model_id = :id",
        id=version_id,
        after=after,
        done=done,
        cooled=cooled,
    )


def end(tx: Tx, version_id: int, now: Instant) -> None:
    tx.run("UPDATE rescores SET ended_at = :now, done = total WHERE model_id = :id", id=version_id, now=now)


# ---- who was found


def add_found(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Remember whom a publication found at the hand-over label."""
    tx.many(
        "INSERT INTO found (model_id, lead_id, label, rating, score, was_label, was_score) "
        "VALUES (:model_id, :lead_id, :label, :rating, :score, :was_label, :was_score) ON CONFLICT DO NOTHING",
        rows,
    )


def found(tx: Tx, version_id: int, limit: int) -> list[Any]:
    """Whom a publication found, best first, as people know them."""
    return tx.all(
        "SELECT f.*, l.name, l.email, l.company FROM found AS f JOIN leads AS l ON l.id = f.lead_id "
        "WHERE f.model_id = :id ORDER BY f.score DESC, f.lead_id LIMIT :limit",
        id=version_id,
        limit=limit,
    )


def unsettled(tx: Tx, version_id: int, limit: int) -> list[int]:
    """Leads that were found and that nobody has posted, best first."""
    rows = tx.all(
        "SELECT lead_id FROM found WHERE model_id = :id AND settled_at IS NULL ORDER BY score DESC, lead_id "
        "LIMIT :limit",
        id=version_id,
        limit=limit,
    )
    return [row[0] for row in rows]


def settle(tx: Tx, version_id: int, lead_id: int, how: str, now: Instant) -> bool:
    """Say what became of a lead that was found; False when that was said before."""
    return (
        tx.run(
            "UPDATE found SET settled_at = :now, settled = :how "
            "WHERE model_id = :id AND lead_id = :lead AND settled_at IS NULL",
            id=version_id,
            lead=lead_id,
            how=how,
            now=now,
        )
        == 1
    )
