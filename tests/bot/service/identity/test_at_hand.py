"""A lead at hand is as its log says, whatever comes with its events: its score, its facts, and what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.store import Tx
from scoring.instants import Instant
from tests.bot.service.house import COMPANY_MODEL, DAY, HOUR, House, house
from tests.reliability.test_pure import recomputed


async def wrong(it: House) -> list[str]:
    """Leads whose stored score is not the one of their events."""

    def look(tx: Tx) -> list[str]:
        return recomputed(it, tx)

    return await it.core.store.read(look)


async def test_a_lead_that_is_new_again_while_an_event_of_it_comes_counts_the_event(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")
        await it.status(number, "nurture")
        await it.pass_(HOUR)
        await it.says("dip3")
        it.clock.now += 4 * DAY  # the dip is over, which nobody has seen: the event comes first
        await it.says("hot")
        assert (await it.row(number))["status"] == "new"
        assert await wrong(it) == []


async def test_what_a_colleague_says_of_the_company_is_shown_of_every_lead_of_it(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        one, other = [await it.says("warm", f"{name}@acme.example") for name in ("a", "b")]
        await it.says("warm", "a@acme.example", traits={"company.domain": "acme.example", "company.name": "Acme"})
        await it.pass_(0)
        assert [(await it.row(number))["company"] for number in (one, other)] == ["Acme", "Acme"]


async def test_what_a_colleague_says_counts_for_a_lead_that_was_to_be_evaluated_just_before(tmp_path: Path) -> None:
    acme = {"company.domain": "acme.example"}
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        number = await it.says("warm", "b@acme.example", traits=acme)
        it.clock.now += 30 * DAY + HOUR  # what it did is forgotten, which nobody has seen
        await it.says("warm", "a@acme.example", traits={**acme, "company.name": "Acme", "company.employees": 80})
        await it.pass_(0)
        (row,) = await it.rows("SELECT * FROM scores WHERE lead_id = :id", id=number)
        assert (row["score"], row["label"], (await it.row(number))["company"]) == (6000, "warm", "Acme")


async def test_an_opening_that_could_not_be_stored_makes_no_machine_of_who_clicks(tmp_path: Path) -> None:
    def fail(_tx: Tx, _added: object, _now: Instant) -> None:
        raise OSError("no more room")

    async with house(tmp_path) as it:
        came, it.core.intake.came = it.core.intake.came, fail
        with pytest.raises(OSError, match="no more room"):
            await it.says("email_opened", properties={"message_id": "m1"})
        it.core.intake.came = came
        await it.says("email_clicked", properties={"message_id": "m2", "url": "https://x.example/a"})
        (row,) = await it.rows("SELECT quarantined FROM events")
        assert row["quarantined"] is None  # the source never told that a mail was opened


async def test_what_a_colleague_says_is_shown_of_a_lead_whose_own_event_beside_it_says_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "b@acme.example", user_id="b")
        said = it.event("warm", email="a@acme.example", traits={"company.name": "Acme"})
        await it.take(it.event("warm", user_id="b"), said)
        await it.pass_(0)
        assert (await it.row(number))["company"] == "Acme"
