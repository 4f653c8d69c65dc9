"""The whole product in a real browser: two windows race, a command is typed, a window is filled in and sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.rig import Rig, rig

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield made
        await made.close()


async def window(browser: Browser, it: Rig, user: str) -> Page:
    page = await (await browser.new_context(viewport={"width": 1200, "height": 900})).new_page()
    await page.goto(f"{it.standin.page_url}?as={user}")
    await expect(page.locator("main h1")).to_be_visible(timeout=20_000)
    return page


async def settles(it: Rig, work: asyncio.Future[object] | asyncio.Task[object]) -> None:
    """Let the service work while somebody waits for what it does on the page."""
    while not work.done():
        await it.settle()
        await asyncio.sleep(0.05)
    await work


async def sees(it: Rig, page: Page, text: str) -> None:
    await settles(it, asyncio.ensure_future(expect(page.get_by_text(text).first).to_be_visible(timeout=20_000)))


async def test_of_two_windows_that_press_claim_one_has_the_lead_and_the_other_reads_who(
    tmp_path: Path, browser: Browser
) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        people = it.workspace.reps[:2]
        pages = [await window(browser, it, user) for user in people]
        for page in pages:
            await expect(page.get_by_role("button", name="Claim")).to_be_visible(timeout=20_000)
        click = "document.querySelector('.button.primary').click()"
        await asyncio.gather(*(page.evaluate(click) for page in pages))
        for page in pages:
            await sees(it, page, "Claimed by")
        (row,) = await it.rows("SELECT owner FROM leads")
        loser = pages[1] if row["owner"] == people[0] else pages[0]
        await expect(loser.locator(".message.ephemeral")).to_have_count(1)
        assert row["owner"] in people


async def test_a_command_and_the_status_window_work_by_hand(tmp_path: Path, browser: Browser) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        page = await window(browser, it, it.workspace.reps[0])
        field = page.get_by_role("combobox", name="Message #sales")
        await field.fill(f"/lead claim L-{number}")
        await field.press("Enter")
        await sees(it, page, "Claimed by")
        await page.get_by_role("button", name="Set status").first.click()
        dialog = page.get_by_role("dialog")
        await settles(it, asyncio.ensure_future(expect(dialog).to_be_visible(timeout=20_000)))
        await dialog.get_by_role("combobox").first.select_option(label="Connected")
        await dialog.get_by_role("button", name="Save").click()
        await sees(it, page, "Status: Connected")
        (row,) = await it.rows("SELECT status, deadline FROM leads")
        assert (row["status"], row["deadline"]) == ("connected", None)
