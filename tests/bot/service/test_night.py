"""Every night: a checked backup, told once when it fails; what is kept too long goes, and no score changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.storage import retention
from bot.storage.backups import look_into
from bot.storage.store import Tx
from scoring.events import Value
from tests.bot.service.house import ADMIN, DAY, HOUR, MINUTE, MODEL, T0, House, SetClock, house
from tests.rig import rig

ON: Mapping[str, Any] = {"backup": {"nightly": True, "at": "02:30", "keep": 3}}


def backups(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "backups").glob("*") if path.name.startswith("nightly"))


async def sleep_(it: House, nights: int = 1) -> None:
    """A night passes, and what it owes is done."""
    for _ in range(nights):
        await it.pass_(DAY)
        await it.core.night.work()


async def admins_heard(it: House) -> list[str]:
    rows = await it.rows("SELECT payload FROM outbox WHERE lane = :admin ORDER BY id", admin=ADMIN)
    return [json.loads(row["payload"])["notice"]["text"] for row in rows]


async def number(it: House, name: str) -> float:
    found: float | None = it.core.metrics.registry.get_sample_value(name)
    assert found is not None
    return found


async def test_a_backup_is_made_at_its_hour_in_the_teams_time_zone(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up={"time_zone": "America/New_York", "remind": 0, "escalate": False}, **ON) as it:
        await it.says("warm")
        await it.pass_(22 * HOUR + 29 * MINUTE)  # 02:29 in New York
        await it.core.night.work()
        assert backups(tmp_path) == []
        await it.pass_(2 * MINUTE)
        await it.core.night.work()
        await it.core.night.work()
        assert backups(tmp_path) == ["nightly-20260303T073100Z.db"]
        assert look_into(tmp_path / "backups" / backups(tmp_path)[0]).leads == 1
        assert await number(it, "hotlead_backup_timestamp_seconds") == it.clock() / 1e6
        assert await admins_heard(it) == []
        assert it.core.night.warnings() == []


async def test_a_model_that_was_live_for_so_long_is_due_for_a_review_and_told_once_in_that_time(tmp_path: Path) -> None:
    model = f'owners = ["marketing", "sales"]\nreview_every = "3d"\n{MODEL}'
    async with house(tmp_path, model=model, **ON) as it:
        await sleep_(it, 2)
        assert await admins_heard(it) == []
        await sleep_(it, 3)
        (said,) = await admins_heard(it)
        assert "The model house is due for its review: version 1 is live since 2026-03-02" in said
        assert "every 3d. Its owners: marketing, sales." in said
        await sleep_(it, 2)
        assert len(await admins_heard(it)) == 2


async def test_so_many_are_kept_and_those_made_by_hand_stay(tmp_path: Path) -> None:
    async with house(tmp_path, **ON) as it:
        await it.core.backups.make(None, lambda *_: None)
        await sleep_(it, 5)
        assert backups(tmp_path) == [f"nightly-2026030{day}T090000Z.db" for day in (5, 6, 7)]
        assert len(list((tmp_path / "backups").iterdir())) == 4


async def test_a_night_that_was_missed_or_broken_off_is_made_up_once(tmp_path: Path) -> None:
    clock = SetClock()
    async with house(tmp_path, clock=clock, **ON) as it:
        await it.pass_(DAY)  # it became due, and the process ended before anything was done
    async with house(tmp_path, clock=clock, **ON) as it:
        await it.core.night.work()
        assert len(backups(tmp_path)) == 1
    clock.now += 10 * DAY
    async with house(tmp_path, clock=clock, **ON) as it:
        await it.pass_(0)
        await it.core.night.work()
        await it.core.night.work()
        assert len(backups(tmp_path)) == 2


async def test_another_hour_is_obeyed_from_the_next_start(tmp_path: Path) -> None:
    async with house(tmp_path, **ON):
        pass
    async with house(tmp_path, backup={"at": "10:00"}) as it:
        await it.pass_(HOUR)
        await it.core.night.work()
        assert backups(tmp_path) == ["nightly-20260302T100000Z.db"]


async def test_a_failure_is_told_once_shown_until_it_is_over_and_tried_every_hour(tmp_path: Path) -> None:
    clock, far = SetClock(), tmp_path / "far"
    on: Mapping[str, Any] = {"backup": {"folder": str(far)}}
    async with house(tmp_path / "data", clock=clock, **on) as it:
        await sleep_(it, 2)
        (told,) = await admins_heard(it)
        assert told.startswith("The nightly backup failed, and is tried again every hour: ")
        assert "Make it, or mount it, first" in told
        assert len(it.core.night.warnings()) == 1
        assert await number(it, "hotlead_backup_failures_total") == 2
    async with house(tmp_path / "data", clock=clock, **on) as it:
        assert len(it.core.night.warnings()) == 1
        await it.core.night.work()
        far.mkdir()
        assert await it.core.night.work() == 3600
        await it.pass_(HOUR)
        assert await it.core.night.work() is None
        assert [path.name[:7] for path in far.iterdir()] == ["nightly"]
        assert it.core.night.warnings() == []
        assert (await admins_heard(it))[1:] == ["Nightly backups work again."]


async def test_a_service_that_stops_leaves_the_night_for_the_next_start(tmp_path: Path) -> None:
    clock = SetClock()
    async with house(tmp_path, clock=clock, **ON) as it:
        await it.pass_(DAY)
        it.core.night.stop()
        await it.core.night.work()
        assert await admins_heard(it) == []
        assert backups(tmp_path) == []
    async with house(tmp_path, clock=clock, **ON) as it:
        await it.core.night.work()
        assert len(backups(tmp_path)) == 1


async def test_the_log_of_changes_is_emptied(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.says("warm")
        assert (tmp_path / "hotlead.db-wal").stat().st_size > 0
        await sleep_(it)
        assert (tmp_path / "hotlead.db-wal").stat().st_size < 100_000  # what the end of the night wrote


# ---- retention


async def types(it: House) -> list[str]:
    return [row["type"] for row in await it.rows("SELECT type FROM events WHERE source = 'site' ORDER BY seq")]


async def test_visits_of_nobody_go_when_nobody_can_claim_them_any_more(tmp_path: Path) -> None:
    group: dict[str, Value] = {"group_id": "g1", "company": {"domain": "nord.example", "employees": 70}}
    async with house(tmp_path) as it:
        await it.take(
            it.event("nobodys", anonymous_id="v1"),
            it.event("vendors", crm__1__contact="9"),
            it.event("named nobody"),
            it.event("annas", anonymous_id="v2"),
            it.event("company's", anonymous_id="v3", traits=group),
            it.event("joined", anonymous_id="v4", crm__1__contact="10"),
        )
        await it.pass_(100 * DAY)
        await it.take(it.event("known", anonymous_id="v2", email="a@x.example"), it.event("later", anonymous_id="v1"))
        await sleep_(it, 79)
        assert len(await types(it)) == 8
        await sleep_(it, 2)
        assert await types(it) == ["annas", "company's", "joined", "known", "later"]
        await it.take(it.event("known", anonymous_id="v1", email="b@x.example"))
        await sleep_(it, 200)
        assert "later" in await types(it)  # it was claimed in time


async def test_how_events_were_sent_goes_and_what_they_say_stays(tmp_path: Path) -> None:
    async with house(tmp_path, retention={"raw": "30d"}) as it:
        await it.take(*(it.event("warm", email=f"{n}@x.example") for n in range(450)))
        await it.pass_(29 * DAY)
        await it.says("warm")
        await sleep_(it, 2)
        rows = await it.rows("SELECT raw FROM events WHERE source = 'site' ORDER BY seq")
        assert [row["raw"] for row in rows] == [None] * 450 + ["{}"]


async def test_what_was_delivered_goes_and_what_is_owed_stays(tmp_path: Path) -> None:
    async with house(tmp_path, retention={"delivered": "30d"}) as it:
        await it.says("warm")
        await it.says("warm", "b@x.example")
        now = it.clock()
        await it.core.store.write(
            lambda tx: tx.run("UPDATE outbox SET state = 'done', settled_at = :now WHERE id = 1", now=now)
        )
        before = len(await it.rows("SELECT 1 FROM outbox"))
        await sleep_(it, 29)
        assert len(await it.rows("SELECT 1 FROM outbox")) >= before
        await sleep_(it, 2)
        assert await it.rows("SELECT 1 FROM outbox WHERE id = 1") == []
        assert len(await it.rows("SELECT 1 FROM outbox WHERE state = 'owed' AND kind = 'alert'")) == 1


async def test_deliveries_that_had_their_effect_are_remembered_a_month(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        old, now = it.clock() - 31 * DAY, it.clock()
        rows = [{"key": f"old{n}", "at": old} for n in range(450)] + [{"key": "new", "at": now}]
        await it.core.store.write(lambda tx: tx.many("INSERT INTO seen (key, at) VALUES (:key, :at)", rows))
        await sleep_(it)
        assert [row["key"] for row in await it.rows("SELECT key FROM seen")] == ["new"]


async def test_no_transaction_deletes_more_than_a_few_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path) as it:
        await it.take(*(it.event("x", anonymous_id=f"v{n}") for n in range(900)))
        await it.says("warm")
        await it.pass_(181 * DAY)
        deleted = []
        drop = retention.drop_events

        def counted(tx: Tx, seqs: list[int]) -> int:
            deleted.append(len(seqs))
            return drop(tx, seqs)

        monkeypatch.setattr(retention, "drop_events", counted)
        await it.core.night.work()
        assert sum(deleted) == 900
        assert max(deleted) <= retention.AT_ONCE


async def test_where_retention_was_ended_it_goes_on(tmp_path: Path) -> None:
    clock = SetClock()
    async with house(tmp_path, clock=clock) as it:
        await it.take(*(it.event("x", anonymous_id=f"v{n}") for n in range(900)))
        await it.says("warm")
        await it.pass_(181 * DAY)
        portions = iter(range(3))
        it.core.night._retention.stopped = lambda: next(portions, None) is None
        await it.core.night.work()
        assert 0 < len(await it.rows("SELECT 1 FROM events WHERE raw IS NULL AND source = 'site'")) < 900
    async with house(tmp_path, clock=clock) as it:
        await it.pass_(DAY)
        await it.core.night.work()
        assert await types(it) == ["warm"]


_NAMES = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["a@x.example", "b@x.example"]),
        "anonymous_id": st.sampled_from(["v1", "v2"]),
        "crm__1__contact": st.sampled_from(["1", "2"]),
    },
)
_TYPES = st.sampled_from(["warm", "hot", "dip", "other", "email_clicked"])
_EVENTS = st.lists(st.tuples(st.integers(0, 400), _TYPES, _NAMES), min_size=1, max_size=12)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    [(0, "warm", {"anonymous_id": "v1"}), (9, "hot", {"email": "a@x.example", "anonymous_id": "v1"}), (240, "dip", {})]
)
@given(_EVENTS)
async def test_what_retention_deletes_changes_no_score(
    tmp_path_factory: pytest.TempPathFactory, some: list[tuple[int, str, dict[str, str]]]
) -> None:
    """Whatever came in over a year, in order of time: leads, scores and lists are the same with and without."""
    ends = []
    for nights in (True, False):
        clock = SetClock()
        async with house(tmp_path_factory.mktemp("house"), clock=clock, model=MODEL.replace('"30d"', '"2000d"')) as it:
            for day, kind, names in sorted(some, key=lambda one: one[0]):
                await it.pass_(T0 + day * DAY - clock())
                await it.take(it.event(kind, **dict[str, Any](names)))
                if nights:
                    await it.core.night.work()
            await it.pass_(T0 + 420 * DAY - clock())
            if nights:
                await it.core.night.work()
            it.core.scorebook.histories.forget_all()
            ends.append(await worth(it))
    assert ends[0] == ends[1]


async def worth(it: House) -> list[Any]:
    """What each lead is worth, from its events alone, and as stored."""
    (live,) = it.core.scorebook.models

    def work(tx: Tx) -> list[Any]:
        rows = tx.all("SELECT lead_id, score, label FROM scores ORDER BY lead_id")
        return [(*row, it.core.scorebook.score(tx, row["lead_id"], live, it.clock())) for row in rows]

    return await it.core.store.read(work)


def test_the_cut_in_the_log_is_found_by_time(tmp_path: Path) -> None:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, received_at INTEGER)")
    seqs = (2, 3, 7, 8, 20)
    db.executemany("INSERT INTO events VALUES (?, ?)", ((seq, seq * 10) for seq in seqs))
    for at in range(0, 230, 5):
        found = retention.received_before(Tx(db), at)
        assert [seq for seq in seqs if seq <= found] == [seq for seq in seqs if seq * 10 < at]
    db.close()


async def test_readiness_and_slack_say_that_backups_fail_while_the_service_is_ready(tmp_path: Path) -> None:
    async with rig(tmp_path / "data", backup={"nightly": True, "folder": str(tmp_path / "far")}) as it:
        it.clock.pass_(DAY)
        await it.hotlead.due.work()
        await it.hotlead.core.night.work()
        async with it.http.get(f"{it.hotlead.operations_url}/readyz") as answer:
            assert answer.status == 200
            said = await answer.json()
        assert said["ready"]
        assert said["warnings"][0].startswith("The nightly backup fails: ")
        assert [line.detail for line in await it.hotlead.slack.health() if line.name == "Backup"] == said["warnings"]
