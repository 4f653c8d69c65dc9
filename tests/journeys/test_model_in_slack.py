"""An admin changes the model in Slack, tries it over the stored history, publishes, posts and takes it back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.slack import ids
from bot.slack import model_modals as windows
from bot.standin import Message
from tests.rig import DAY, HOUR, Rig, rig

MODEL = """
name = "Small"
market = "b2b"
[[engagement]]
name = "Web"
[[engagement.rule]]
name = "Page"                # a comment that stays
event = "page_viewed"
points = 10
expires_after = "100d"
[labels]
hot = 50
[hand_over]
label = "hot"
[[example]]
name = "A page is worth 10"
events = [ { type = "page_viewed", at = "2026-01-01T00:00:00Z" } ]
expect = [ { at = "2026-01-01T00:00:00Z", engagement = 10 } ]
"""


async def leads_with(it: Rig, **pages: int) -> None:
    """Leads by name who read so many pages."""
    for name, count in pages.items():
        page = {"type": "page_viewed", "email": f"{name}@{name}.example", "traits": {"name": name.capitalize()}}
        await it.send(*[page] * count)
    await it.settle()


async def typed(it: Rig, user: str) -> Message:
    await it.standin.run_command(user, it.workspace.admin, "/hotlead", "model")
    await it.settle()
    return it.standin.ephemerals(user)[-1]


async def submit(it: Rig, values: dict[str, Any]) -> str:
    admin = it.workspace.manager
    await it.standin.submit_view(admin, it.standin.views(admin)[-1], values)
    await it.settle()
    return str(it.standin.views(admin)[-1].content)


async def publish(it: Rig, points: str) -> str:
    admin = it.workspace.manager
    await it.standin.press(admin, await typed(it, admin), ids.MODEL_CHANGE)
    await it.settle()
    await submit(it, {windows.WHAT: "e 0 0"})
    tried = await submit(it, {"points": points, "expires_after": "100d"})
    await submit(it, {windows.NOTE: "pages say more"})
    return tried


def summary(it: Rig) -> Message:
    return next(one for one in reversed(it.standin.messages(it.workspace.admin)) if "Version" in one.text)


async def test_changed_tried_and_published_it_rescores_silently_and_names_who_is_found(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await leads_with(it, anna=3, bo=2, cy=1)
        tried = await publish(it, "20")
        assert "Leads ready for a call now: 0 → 1" in tried
        assert "A page is worth 10" in tried
        assert it.alerts() == []
        told = summary(it).text
        assert "Version 2 of Small is live" in told
        assert "pages say more" in told
        assert "Newly at the hand-over label: 1 lead" in told
        assert "Anna (L-1): Hot · 60 points, was Cold" in told
        text = await it.hotlead.core.publishing._store.read(lambda tx: tx.value("SELECT text FROM models WHERE id = 2"))
        assert text == MODEL.replace("points = 10", "points = 20").replace("engagement = 10", "engagement = 20")


async def test_post_them_alerts_once_whoever_presses_again(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await leads_with(it, anna=3, bo=3)
        await publish(it, "20")
        message = summary(it)
        for _ in range(2):
            await it.standin.press(it.workspace.manager, message, ids.MODEL_POST)
            await it.settle()
        assert len(it.alerts()) == 2
        rows = await it.rows("SELECT cause, model_id FROM crossings ORDER BY lead_id")
        assert [tuple(row) for row in rows] == [("publication", 2)] * 2
        changed = summary(it)
        assert "– posted" in changed.text
        assert ids.MODEL_POST not in str(changed.blocks)


async def test_roll_back_within_the_hour_brings_the_old_model_back_and_cools_what_it_made_hot(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await leads_with(it, anna=3)
        await publish(it, "20")
        await it.standin.press(it.workspace.manager, summary(it), ids.MODEL_POST)
        await it.settle()
        await it.standin.press(it.workspace.manager, summary(it), ids.MODEL_ROLLBACK)
        await it.settle()
        view = await it.hotlead.core.desk.lead(1)
        assert view is not None
        assert (view.scores[0].score, view.scores[0].label) == (Decimal(30), "cold")
        assert "ooled" in str(it.alerts()[0].blocks)
        assert "Version 3 of Small is live" in summary(it).text


async def test_after_an_hour_roll_back_says_what_to_type(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await leads_with(it, anna=1)
        await publish(it, "20")
        message = summary(it)
        await it.later(2 * HOUR)
        await it.standin.press(it.workspace.manager, message, ids.MODEL_ROLLBACK)
        await it.settle()
        assert "`hotlead model rollback 1`" in it.heard(it.workspace.manager)[-1]
        assert ids.MODEL_ROLLBACK not in str((await typed(it, it.workspace.manager)).blocks)


async def test_a_publication_from_the_command_line_is_told_to_the_admins_too(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await leads_with(it, anna=3)
        text = MODEL.replace("points = 10", "points = 20").replace("engagement = 10", "engagement = 20")
        await it.hotlead.core.publishing.publish(text, "ops", "from a file")
        await it.settle()
        assert "from a file" in summary(it).text
        assert "Anna (L-1)" in summary(it).text


async def test_a_draft_that_another_publication_overtook_is_refused(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        admin = it.workspace.manager
        await it.standin.press(admin, await typed(it, admin), ids.MODEL_CHANGE)
        await it.settle()
        await submit(it, {windows.WHAT: "e 0 0"})
        await submit(it, {"points": "20", "expires_after": "100d"})
        await it.hotlead.core.publishing.publish(MODEL.replace("hot = 50", "hot = 60"), "ops", None)
        assert "Another version of Small has gone live meanwhile." in await submit(it, {})
        assert len(await it.rows("SELECT id FROM models")) == 2


@pytest.mark.parametrize("act", [ids.MODEL_POST, ids.MODEL_ROLLBACK])
async def test_only_admins_may(tmp_path: Path, act: str) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await leads_with(it, anna=3)
        await publish(it, "20")
        rep = it.workspace.reps[0]
        it.workspace.join(it.workspace.admin, rep)
        await it.standin.press(rep, summary(it), act)
        await it.later(DAY // 24)
        assert "Only admins" in it.heard(rep)[-1]
        assert it.alerts() == []
        assert len(await it.rows("SELECT id FROM models")) == 2
