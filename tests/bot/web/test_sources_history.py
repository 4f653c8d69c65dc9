"""History is not news: what a sender marks as history alerts nobody, and everything else may cross however late."""

from __future__ import annotations

from pathlib import Path

from tests.rig import DAY, DIRECTOR, HOT, KEY, Rig, rig

EMAIL = "anneke@ijsselmeer.example"


async def _hot(it: Rig, *, history: bool, at: str = "2026-03-02T08:00:00Z") -> None:
    first, *rest = HOT
    person = {"email": EMAIL, "occurred_at": at}
    await it.send({**first, **person, "traits": DIRECTOR}, *({**one, **person} for one in rest), history=history)
    await it.settle()


async def _label(it: Rig) -> str:
    (found,) = await it.hotlead.core.desk.find(EMAIL)
    return found.label or "none"


async def test_history_is_stored_and_scored_and_alerts_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await _hot(it, history=True)
        assert await _label(it) == "hot"
        assert it.alerts() == []
        rows = await it.rows("SELECT history FROM events")
        assert [row["history"] for row in rows] == [1, 1]


async def test_who_became_hot_in_history_is_not_alerted_by_the_next_event(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await _hot(it, history=True)
        await it.send({"type": "page_viewed", "email": EMAIL})
        await it.settle()
        assert it.alerts() == []


async def test_an_event_that_is_no_history_crosses_however_late_it_comes(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await _hot(it, history=False, at="2026-02-26T09:00:00Z")
        assert len(it.alerts()) == 1


async def test_the_header_means_nothing_to_a_source_that_may_not_bring_history(tmp_path: Path) -> None:
    forms = {"kind": "generic", "header": "x-hotlead-key", "allow_history": False}
    async with rig(tmp_path, source={"forms": forms}) as it:
        await _hot(it, history=True)
        assert len(it.alerts()) == 1


async def test_a_header_that_does_not_say_1_means_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        headers = {"x-hotlead-key": KEY, "x-hotlead-history": "true"}
        await it.post("/hooks/forms", '{"id": "a", "type": "x", "email": "a@b.example"}', headers)
        (row,) = await it.rows("SELECT history FROM events")
        assert row["history"] == 0


async def test_history_s_own_clock_says_nothing_about_the_sender_s_of_today(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send(
            {
                "type": "page_viewed",
                "email": EMAIL,
                "occurred_at": "2026-01-01T09:00:00Z",
                "sentAt": "2026-01-01T09:00:05Z",
            },
            history=True,
        )
        (row,) = await it.rows("SELECT occurred_at, received_at, flags FROM events")
        assert (row["received_at"] - row["occurred_at"]) // DAY == 60
        assert row["flags"] is None
