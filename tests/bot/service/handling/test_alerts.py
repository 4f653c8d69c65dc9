"""One message per alert: made when it is sent, changed only when there is something to change."""

from __future__ import annotations

from pathlib import Path

from tests.bot.service.house import ANNA, house


async def test_an_alert_that_nobody_has_begun_to_send_needs_no_update(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("hot")
        assert len(await it.owed("alert")) == 1
        assert await it.owed("update") == []
        await it.claim(number)
        assert await it.owed("update") == []


async def test_an_alert_that_is_being_sent_is_owed_what_changes_meanwhile(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("hot")
        await it.core.store.write(lambda tx: tx.run("UPDATE outbox SET state = 'sending' WHERE kind = 'alert'"))
        await it.claim(number)
        assert len(await it.owed("update")) == 1


async def test_an_alert_that_is_there_is_owed_every_change(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("hot")
        await it.posted(number)
        await it.claim(number, ANNA)
        assert len(await it.owed("update")) == 1
