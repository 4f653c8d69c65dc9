"""Everything at once (invariants 8 and 13): the database is never locked, and each backup restores to what it was."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.app.backing_up import restore
from bot.app.core import Core, open_core
from bot.settings import settings_from
from bot.storage.backups import check
from bot.storage.store import Tx
from tests.bot.service.house import ALERTS
from tests.reliability.soak import Soak
from tests.rig import SetClock, rig


@pytest.mark.parametrize("requests", [48, pytest.param(4_000, marks=pytest.mark.full)])
async def test_nothing_is_ever_locked_and_every_backup_restores_to_what_it_was(
    tmp_path: Path, requests: int, capsys: pytest.CaptureFixture[str]
) -> None:
    async with rig(tmp_path / "data", alerts={"seconds_between_posts": 0.0}) as it:
        soak = Soak(it, tmp_path)
        await soak.run(requests)
        assert soak.wrong == []
        assert soak.done["accepted"] == requests
        metrics = it.hotlead.core.metrics
        for failures in (metrics.loop_failures, metrics.group_failures):
            assert [
                one for found in failures.collect() for one in found.samples if "total" in one.name and one.value
            ] == []
        clock = it.clock
    assert "database is locked" not in capsys.readouterr().out
    drilled = 0
    for path, sure in soak.backups[:: max(1, len(soak.backups) // 5)]:
        drilled += await drill(path, sure, tmp_path / f"fresh-{path.stem}", clock)
    assert drilled
    with capsys.disabled():
        print(f"\n  {dict(soak.done)}, {drilled} scores of restored backups recomputed: all equal")  # noqa: T201


async def drill(backup: Path, sure: int, folder: Path, clock: SetClock) -> int:
    """Restore into a fresh folder: nothing that was sure is missing, and every score comes out of its events again."""
    before = stored(backup)
    settings = settings_from({"service": {"data": folder}, "alerts": ALERTS})
    done = await restore(settings, clock, backup, lambda _step: None)
    await asyncio.to_thread(check, folder / "hotlead.db")
    assert done.contents.leads >= sure
    core = await open_core(settings, clock, None)
    try:
        again = await core.store.read(lambda tx: recomputed(core, tx))
    finally:
        await core.publishing.stop()
        await core.store.close()
    assert again == before
    return len(again)


def stored(path: Path) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(path)
    rows = db.execute(
        "SELECT lead_id, model, at, score, fit, engagement, rating, label, action, follow_up_within "
        "FROM scores ORDER BY lead_id, model"
    ).fetchall()
    db.close()
    return rows


def recomputed(core: Core, tx: Tx) -> list[tuple[Any, ...]]:
    """Every score from the events alone, at the instant of its last evaluation."""
    core.scorebook.histories.forget_all()
    (live,) = core.scorebook.models
    found = []
    for row in tx.all("SELECT lead_id, at FROM scores ORDER BY lead_id"):
        score = core.scorebook.score(tx, row["lead_id"], live, row["at"])
        found.append(
            (
                row["lead_id"],
                live.model.name,
                score.at,
                score.score_cents,
                score.fit_cents,
                score.engagement_cents,
                score.rating,
                score.label,
                score.action,
                score.follow_up_within,
            )
        )
    return found
