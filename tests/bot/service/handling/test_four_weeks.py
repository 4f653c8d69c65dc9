"""Four weeks of a team, played with restarts at random: every alert comes to an end, and was made once."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.service.views import Actor
from tests.bot.service.house import ALERTS, ANNA, BO, CARL, DAY, HOUR, MANAGER, SALES, House, SetClock, house

PEOPLE = (ANNA, BO, CARL, MANAGER)
TEAM: dict[str, Any] = {
    "alerts": ALERTS | {"quiet_hours": "20:00-07:00", "daily_ceiling": 6},
    "follow_up": {
        "time_zone": "Europe/Copenhagen",
        "hours": "Mon-Fri 08:00-17:00",
        "holidays": "DK",
        "release_after": "2h",
    },
    "stale_after": {"attempting": "3d", "deal": "30d", "other": "5d"},
    "digest": {"enabled": True},
    "rep": [
        {"user": ANNA.user_id, "hours": "Mon-Fri 08:00-16:00"},
        {"user": BO.user_id, "capacity": 4},
        {"user": CARL.user_id, "away": ["2026-03-09..2026-03-13"]},
    ],
    "route": [{"name": "Turns", "channel": SALES, "how": "round_robin"}],
}
ACTS = (
    "claim", "release", "reassign", "snooze", "wake", "not_fit", "not_now", "status", "contact", "note", "yes",
    "leave", "event", "event", "event",
)  # fmt: skip


async def act(it: House, chance: random.Random, name: str, number: int, actor: Actor) -> None:
    desk = it.core.handling
    match name:
        case "reassign":
            await desk.reassign(number, actor, chance.choice(PEOPLE).user_id)
        case "snooze":
            await desk.snooze(number, actor, it.clock() + chance.choice((HOUR, DAY, 6 * DAY)))
        case "not_fit":
            await desk.not_fit(number, actor, "Competitor")
        case "not_now":
            await desk.not_now(number, actor, "Too early", it.clock() + 5 * DAY)
        case "status":
            await desk.set_status(number, chance.choice(("attempting", "connected", "deal", "customer", "lost")), actor)
        case "contact":
            await desk.log_contact(number, actor, "call", "no_answer", claim=chance.random() < 0.5)
        case "note":
            await desk.note(number, actor, "A note")
        case "yes":
            await desk.still_working(number, actor, "yes")
        case "leave":
            await desk.member_changed(actor.user_id, active=False)
            await desk.member_changed(actor.user_id, active=True)
        case _:
            await getattr(desk, name)(number, actor)


async def post(it: House) -> None:
    """What is owed reaches Slack."""
    for row in await it.rows("SELECT key FROM alerts WHERE held = 0 AND posted_at IS NULL"):
        await it.core.desk.relink(row["key"], SALES, row["key"])
    held = [row["id"] for row in await it.rows("SELECT id FROM alerts WHERE held = 1")]
    told = await it.rows("SELECT 1 FROM outbox WHERE kind = 'digest'")
    if held and told:
        await it.core.store.write(lambda tx: it.core.book.told_in_digest(tx, held, it.clock()))


async def look(it: House) -> None:
    """The one rule, and that nobody is told twice."""
    kinds = {status.key: status.kind for status in it.core.statuses.all}
    for lead in await it.rows("SELECT l.*, s.label FROM leads AS l JOIN scores AS s ON s.lead_id = l.id"):
        view = await it.lead(lead["id"])
        assert view.handling.state is it.core.statuses.state(lead)
        if kinds[lead["status"]] == "open" and lead["label"] in ("warm", "hot"):
            crossed = (await it.rows("SELECT MAX(at) AS at FROM crossings WHERE lead_id = :n", n=lead["id"]))[0]["at"]
            assert lead["owner"] or lead["alert_id"] or lead["snoozed_until"], "a hot lead is left lying"
            contacted = lead["owner"] and (lead["contacted_at"] or 0) >= crossed
            assert lead["deadline"] or contacted, f"L-{lead['id']} has no clock"
    made = await it.rows("SELECT crossing_id FROM alerts WHERE anew = 0")
    assert all(count == 1 for count in Counter(row[0] for row in made).values())
    total = (await it.core.handling.stats(MANAGER, 365)).total
    parts = (total.joined, total.superseded, total.rejected, total.recycled, total.accepted, total.pending)
    assert sum(parts) + total.unanswered == total.passed == len(made)
    late = await it.rows("SELECT * FROM steps WHERE done_at IS NULL AND due_at < :now", now=it.clock())
    assert late == []


async def play(folder: Path, seed: int, days: int, leads: int) -> None:
    chance, clock, ids = random.Random(seed), SetClock(), itertools.count(1)
    addresses = [f"lead{n}@x{n % 7}.example" for n in range(leads)]
    left = days * 24
    while left > 0:
        async with house(folder, clock=clock, ids=ids, **TEAM) as it:
            for _ in range(chance.randint(10, 60)):
                email, name = chance.choice(addresses), chance.choice(ACTS)
                if name == "event":
                    await it.says(chance.choice(("warm", "hot", "dip", "dip3", "page", "deal_won")), email)
                elif found := await it.core.desk.find(email):
                    await act(it, chance, name, found[0].number, chance.choice(PEOPLE))
                await post(it)
                hours = chance.choice((0, 0, 1, 3))
                left -= hours
                await it.pass_(hours * HOUR)
            await look(it)
        clock.now += chance.choice((0, HOUR, 9 * HOUR))  # down
        left -= 3
    async with house(folder, clock=clock, ids=ids, **TEAM) as it:
        await it.pass_(0)
        await look(it)


async def test_a_week_of_a_team_leaves_nobody_lying_and_tells_nothing_twice(tmp_path: Path) -> None:
    await play(tmp_path, seed=1, days=7, leads=6)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(5))
async def test_four_weeks_of_a_team_leave_nobody_lying_and_tell_nothing_twice(tmp_path: Path, seed: int) -> None:
    await play(tmp_path, seed=seed, days=28, leads=30)
