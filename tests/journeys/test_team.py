"""A team's days in one go: offers, quiet hours, a deadline, a release, the morning's digest; over real HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.service.views import Actor, Role
from tests.rig import DAY, HOUR, MINUTE, Rig, rig


def manager(it: Rig) -> Actor:
    return Actor(it.workspace.manager, Role.MANAGER)


async def test_nobody_hot_is_left_lying(tmp_path: Path) -> None:
    steps: dict[str, Any] = {"remind": 75, "escalate": True}
    async with rig(tmp_path, follow_up=steps, digest={"enabled": True}) as it:
        number = await it.make_hot()
        assert len(it.alerts()) == 1
        await it.later(19 * HOUR)
        assert any("Anneke de Vries" in message.text for message in it.standin.messages(it.workspace.sales)[1:])
        await it.later(6 * HOUR)
        assert any("Anneke de Vries" in line for line in it.heard(it.workspace.manager))
        claimed = await it.hotlead.core.handling.claim(number, manager(it))
        assert claimed is not None
        assert claimed.code == "claimed"
        await it.settle()
        assert any(line.startswith("You have Anneke de Vries") for line in it.heard(it.workspace.manager))


async def test_quiet_hours_end_in_a_digest_and_the_lead_has_a_clock(tmp_path: Path) -> None:
    quiet = {"quiet_hours": "08:00-10:00"}
    async with rig(tmp_path, alerts=quiet) as it:  # it is nine o'clock
        await it.make_hot()
        assert it.alerts() == []
        await it.later(HOUR + MINUTE)
        (digest,) = it.standin.messages(it.workspace.sales)
        assert "1 passed" in digest.text or "Anneke" in digest.text
        (lead,) = await it.rows("SELECT deadline FROM leads")
        assert lead["deadline"] >= it.clock() + DAY - 2 * MINUTE
