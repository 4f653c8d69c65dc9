"""A changed configuration of identity is applied at the next start: once, audited, and nobody is alerted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.rig import DIRECTOR, SECOND, Rig, SetClock, rig

BOOKED = {"type": "meeting_booked"}
PRICES = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/prijzen"}}


async def audited(it: Rig) -> list[Any]:
    return [row["after"] for row in await it.rows("SELECT after FROM audit WHERE action = 'identity_configured'")]


async def owners(it: Rig) -> dict[str, int]:
    rows = await it.rows("SELECT value, lead_id FROM identifiers WHERE lead_id IS NOT NULL ORDER BY id")
    return {row["value"]: row["lead_id"] for row in rows}


async def past(folder: Path, clock: SetClock) -> None:
    """A desk that several people use, as the configuration says, and two of them."""
    async with rig(folder, clock=clock, identity={"role_addresses": ["desk"]}) as it:
        await it.send({**PRICES, "email": "desk@nord.example", "user_id": "u1", "traits": DIRECTOR})
        await it.send({**BOOKED, "email": "desk@nord.example"})
        await it.settle()
        assert await owners(it) == {"forms:u1": 1, "desk@nord.example": 2}
        assert not it.alerts()


async def test_an_address_that_is_one_persons_after_all_joins_and_nobody_is_alerted(tmp_path: Path) -> None:
    clock = SetClock()
    await past(tmp_path, clock)
    clock.pass_(SECOND)
    async with rig(tmp_path, clock=clock) as it:
        await it.settle()
        assert await owners(it) == {"desk@nord.example": 1, "forms:u1": 1}
        assert len(await audited(it)) == 1
        (row,) = await it.rows("SELECT label, armed FROM scores")
        assert (row["label"], row["armed"]) == ("hot", 0)
        assert not it.alerts()


async def test_the_same_configuration_changes_nothing(tmp_path: Path) -> None:
    clock = SetClock()
    await past(tmp_path, clock)
    async with rig(tmp_path, clock=clock, identity={"role_addresses": ["desk"]}) as it:
        assert await audited(it) == []
        assert await owners(it) == {"forms:u1": 1, "desk@nord.example": 2}


async def test_visitors_of_a_company_that_is_ours_are_nobody_from_then_on(tmp_path: Path) -> None:
    clock = SetClock()
    await past(tmp_path, clock)
    async with rig(tmp_path, clock=clock, identity={"own_domains": ["nord.example"]}) as it:
        assert await owners(it) == {"forms:u1": 1}
        (row,) = await it.rows("SELECT COUNT(*) AS n FROM events WHERE company_key_id IS NOT NULL")
        assert row["n"] == 0
