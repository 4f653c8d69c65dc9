"""A rep's and a manager's day in a real browser: put off, handed on, qualified, found while typing, and at home."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.slack import ids
from bot.standin.values import Shortcut
from tests.journeys.test_page import ARGS, sees, settles, window
from tests.rig import Rig, rig


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield made
        await made.close()


async def until(it: Rig, wanted: Awaitable[None]) -> None:
    await settles(it, asyncio.ensure_future(wanted))


async def dialog(it: Rig, page: Page, title: str) -> Locator:
    """The window of this title, filled."""
    shown = page.get_by_role("dialog")
    await until(it, expect(shown.get_by_role("heading", name=title)).to_be_visible(timeout=20_000))
    await until(it, expect(shown.get_by_text("Loading …")).to_have_count(0, timeout=20_000))
    return shown


async def types(it: Rig, page: Page, text: str) -> None:
    field = page.get_by_role("combobox", name="Message #sales")
    await field.fill(text)
    await field.press("Enter")


async def handling(it: Rig) -> tuple[str | None, int | None]:
    (row,) = await it.rows("SELECT owner, snoozed_until FROM leads")
    return row["owner"], row["snoozed_until"]


async def test_a_lead_is_put_off_and_woken_again(tmp_path: Path, browser: Browser) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        rep = it.workspace.reps[0]
        page = await window(browser, it, rep)
        await page.get_by_role("button", name="Snooze").click()
        shown = await dialog(it, page, "Snooze")
        await shown.get_by_role("combobox").select_option(label="In three hours")
        await shown.get_by_role("button", name="Snooze").click()
        await sees(it, page, "Snoozed by")
        owner, snoozed_until = await handling(it)
        assert owner == rep
        assert snoozed_until is not None
        await page.get_by_role("button", name="More actions").first.click()
        await page.get_by_role("menuitem", name="Wake it").click()
        await sees(it, page, "Claimed by")
        assert await handling(it) == (rep, None)


async def test_a_manager_hands_a_lead_to_a_colleague_whom_they_find_by_name(tmp_path: Path, browser: Browser) -> None:
    async with rig(tmp_path) as it:
        number, other = await it.make_hot(), it.workspace.reps[1]
        page = await window(browser, it, it.workspace.manager)
        await (
            page.get_by_role("link", name="sales", exact=True).or_(page.get_by_text("sales", exact=True)).first.click()
        )
        await types(it, page, f"/lead reassign L-{number}")
        await until(it, expect(page.get_by_role("button", name="Reassign")).to_be_visible(timeout=20_000))
        await page.get_by_role("button", name="Reassign").click()
        shown = await dialog(it, page, "Reassign")
        await shown.get_by_role("combobox").select_option(label="Marijke van Rijn")
        await shown.get_by_role("button", name="Hand over").click()
        await sees(it, page, "Claimed by")
        assert (await handling(it))[0] == other


async def test_qualifying_twice_begins_with_what_is_known(tmp_path: Path, browser: Browser) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        page = await window(browser, it, it.workspace.reps[0])
        await types(it, page, f"/lead qualify L-{number}")
        for answer in ("40,000", "50,000"):
            await until(it, expect(page.get_by_role("button", name="Qualify")).to_be_visible(timeout=20_000))
            await page.get_by_role("button", name="Qualify").click()
            shown = await dialog(it, page, "Qualify")
            known = await shown.get_by_label("Budget").input_value()
            await shown.get_by_label("Budget").fill(answer)
            await shown.get_by_role("button", name="Save").click()
            await sees(it, page, "is written down")
            await until(it, expect(shown).to_have_count(0, timeout=20_000))
        assert known == "40,000"
        record = await it.hotlead.core.handling.record(number)
        assert record is not None
        assert record.qualification is not None
        assert record.qualification.budget == "50,000"


async def test_a_rep_claims_at_home_and_a_phone_shows_it_without_scrolling_sideways(
    tmp_path: Path, browser: Browser
) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        rep = it.workspace.reps[0]
        page = await window(browser, it, rep)
        await page.get_by_text("Home", exact=True).first.click()
        await until(it, expect(page.get_by_role("heading", name="Free to claim")).to_be_visible(timeout=20_000))
        await page.get_by_role("button", name="Details").click()
        shown = await dialog(it, page, "L-1")
        await expect(shown.get_by_text("Known as")).to_be_attached()
        assert await shown.locator(".modal-body, .body").first.evaluate("body => body.scrollTop") == 0
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Claim").click()
        await sees(it, page, "Messages")
        assert (await handling(it))[0] == rep
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_a_lead_is_found_while_typing(tmp_path: Path, browser: Browser) -> None:
    async with rig(tmp_path) as it:
        it.standin.shortcuts = (Shortcut(ids.FIND, "Find a lead", "global"),)
        await it.make_hot()
        page = await window(browser, it, it.workspace.reps[0])
        await page.get_by_role("button", name="Shortcuts", exact=True).click()
        await page.get_by_role("menuitem", name="Find a lead").click()
        shown = await dialog(it, page, "Find a lead")
        await shown.get_by_role("combobox").fill("ann")
        await until(it, expect(page.get_by_role("option", name="Anneke")).to_be_visible(timeout=20_000))
        await page.get_by_role("option", name="Anneke").click()
        await until(it, expect(page.get_by_role("dialog").get_by_text("Ledger")).to_be_attached(timeout=20_000))
