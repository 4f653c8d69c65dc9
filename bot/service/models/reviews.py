"""A model asks to be looked at again: `review_every` counts from its last publication, and its owners are named."""

from __future__ import annotations

from bot.service.handling.alerts import AlertBook
from bot.storage import models, publications
from bot.storage.store import Tx
from scoring.definition import load_model
from scoring.instants import Instant, format_duration, to_datetime
from scoring.model import Model


def review_due(model: Model, published_at: Instant) -> Instant | None:
    """When a version that was published then is due to be looked at; None where the model does not say."""
    return None if model.review_every is None else published_at + model.review_every


def tell_of_reviews(tx: Tx, book: AlertBook, now: Instant) -> None:
    """Owe the admin channel a line for each live model that is due, once in each `review_every` that it stays so."""
    for row in models.live(tx):
        model = load_model(row["text"])
        published_at = publications.version(tx, row["id"])["published_at"]
        if model.review_every is None or now < published_at + model.review_every:
            continue
        period = (now - published_at) // model.review_every
        book.tell_admins(tx, _notice(model, row["id"], published_at), f"model_review:{row['id']}:{period}", now)


def _notice(model: Model, version: int, published_at: Instant) -> str:
    every = format_duration(model.review_every or 0)
    owners = f" Its owners: {', '.join(model.owners)}." if model.owners else ""
    return (
        f"The model {model.name} is due for its review: version {version} is live since "
        f"{to_datetime(published_at):%Y-%m-%d}, and it is to be looked at every {every}.{owners} `/hotlead stats` says "
        "what became of its alerts, `/hotlead model` shows and changes it, `hotlead model history` lists its versions."
    )
