"""The page in a real browser: live, raced by two people, typed into, read on a phone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.standin import Command, DemoWorkspace, StandIn
from tests.bot.standin.leadapp import LeadApp, mrkdwn, section

expect.set_options(timeout=20_000)
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield made
        await made.close()


class Window:
    """A browser window of one person; anything on its console is a failure."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("console", lambda message: self.troubles.append(message.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    async def claim(self) -> None:
        await self.page.get_by_role("button", name="Claim").click()


async def window(browser: Browser, standin: StandIn, user: str, width: int = 1200) -> Window:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    made = Window(await context.new_page())
    await made.page.goto(f"{standin.page_url}?as={user}" if user else standin.page_url)
    await expect(made.page.locator("main h1")).to_be_visible()
    return made


async def test_an_alert_appears_live_and_one_of_two_people_gets_it(
    browser: Browser, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    soren, asa = workspace.reps[0], workspace.reps[2]
    first, second = [await window(browser, standin, user) for user in (soren, asa)]
    await app.post_alert(workspace.sales)
    for each in (first, second):
        await expect(each.page.get_by_role("heading", name="Anna Ærø · Fjord & Søn — hot")).to_be_visible()
    await first.claim()
    await expect(second.page.get_by_text("Claimed by @Søren Kjærgaard")).to_be_visible()
    await expect(second.page.get_by_role("button", name="Claim")).to_have_count(0)
    assert app.owner == soren
    assert first.troubles == second.troubles == []


async def test_two_clicks_at_once_have_one_winner_and_the_other_is_told_by_name(
    browser: Browser, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    await app.post_alert(workspace.sales)
    windows = [await window(browser, standin, user) for user in workspace.reps[:2]]
    for each in windows:
        await expect(each.page.get_by_role("button", name="Claim")).to_be_visible()
    click = "document.querySelector('.button.primary').click()"
    await asyncio.gather(*(each.page.evaluate(click) for each in windows))
    told = await standin.wait_for(lambda: [m for user in workspace.reps[:2] for m in standin.ephemerals(user)])
    assert [m.text for m in told] == [f"<@{app.owner}> has it already."]
    loser = windows[0] if app.owner == workspace.reps[1] else windows[1]
    await expect(loser.page.locator(".message.ephemeral")).to_contain_text("has it already.")
    assert windows[0].troubles == windows[1].troubles == []


async def test_a_command_is_completed_by_keyboard_and_answered_to_its_user(
    browser: Browser, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    standin.commands = (Command("/hotlead", "Health", "health"), Command("/lead", "Look up a lead", "[verb] WHO"))
    mine, theirs = [await window(browser, standin, user) for user in workspace.reps[:2]]
    field = mine.page.get_by_role("combobox", name="Message #sales")
    await field.focus()
    await mine.page.keyboard.type("/l")
    await expect(mine.page.get_by_role("option", name="/lead")).to_be_visible()
    await mine.page.keyboard.press("Enter")
    await expect(field).to_have_value("/lead ")
    await mine.page.keyboard.type("score anna")
    await mine.page.keyboard.press("Enter")
    answer = mine.page.locator(".message.ephemeral")
    await expect(answer).to_contain_text("You asked: score anna")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(theirs.page.locator(".message")).to_have_count(0)
    assert mine.troubles == theirs.troubles == []


async def test_a_modal_shows_what_is_wrong_and_closes_when_it_is_right(
    browser: Browser, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    mine = await window(browser, standin, workspace.reps[0], width=390)
    await standin.run_command(workspace.reps[0], workspace.sales, "/lead", "note")
    dialog = mine.page.get_by_role("dialog", name="Add note")
    note = dialog.get_by_label("Note")
    await expect(note).to_be_focused()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Please complete this required field.")
    await note.fill("secret")
    await dialog.get_by_label("Status").select_option("Won")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_have_text("That is not for everybody.")
    await expect(note).to_have_value("secret")
    await note.fill("called her")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    assert app.heard[-1]["state"]["values"]["status"]["status"]["selected_option"]["value"] == "won"
    assert mine.troubles == []


async def test_hostile_text_stays_text_and_a_phones_width_is_enough(
    browser: Browser, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    evil = "&lt;img src=x onerror=alert(1)&gt; &lt;!channel&gt; *bold* <javascript:alert(1)|go> " + "x" * 300
    block = {"type": "section", "fields": [mrkdwn(evil), mrkdwn("<@" + workspace.reps[1] + ">")]}
    await app.client.chat_postMessage(channel=workspace.sales, text="x", blocks=[section(evil), block])
    mine = await window(browser, standin, workspace.reps[0], width=390)
    message = mine.page.locator(".message")
    await expect(message).to_contain_text("<img src=x onerror=alert(1)> <!channel> bold go")
    await expect(message.locator("a, .blocks img")).to_have_count(0)
    await expect(message.locator(".mention")).to_have_text("@Marijke van Rijn")
    assert await mine.page.evaluate("document.documentElement.scrollWidth") == 390
    await mine.page.get_by_role("button", name="Channels and people").click()
    await mine.page.get_by_role("link", name="Home").click()
    await expect(mine.page.get_by_role("heading", name="My leads")).to_be_visible()
    await mine.page.get_by_role("button", name="Channels and people").click()
    await mine.page.get_by_label("Act as").select_option("Grace Whitfield")
    await expect(mine.page.get_by_text("Head of Sales")).to_have_count(1)
    assert mine.troubles == []


async def test_a_thread_opens_beside_the_channel_and_unread_channels_are_counted(
    browser: Browser, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    mine = await window(browser, standin, workspace.reps[0])
    ts = await app.post_alert(workspace.sales)
    await app.client.chat_postMessage(channel=workspace.sales, text="opened the offer", thread_ts=ts)
    await mine.page.get_by_role("button", name="1 reply").click()
    thread = mine.page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("opened the offer", exact=True)).to_be_visible()
    await expect(thread.get_by_label("Reply…")).to_be_focused()
    await mine.page.keyboard.type("mine!")
    await mine.page.keyboard.press("Enter")
    await expect(thread.get_by_text("mine!")).to_be_visible()
    await expect(mine.page.get_by_role("button", name="2 replies")).to_be_visible()
    await mine.page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()
    await app.client.chat_postMessage(channel=workspace.general, text="news")
    await expect(mine.page.get_by_label("1 unread message")).to_be_visible()
    await expect(mine.page).to_have_title("(1) sales · Nordwind")
    assert mine.troubles == []


async def test_a_draft_survives_a_change_of_the_workspace_and_the_keyboard_skips_to_the_messages(
    browser: Browser, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    mine = await window(browser, standin, workspace.reps[0])
    field = mine.page.get_by_role("combobox", name="Message #sales")
    await field.fill("half a thou")
    await app.client.chat_postMessage(channel=workspace.reps[0], text="a first direct message")
    await expect(mine.page.get_by_label("Workspace").get_by_role("link", name="Messages")).to_be_visible()
    await expect(field).to_have_value("half a thou")
    await mine.page.get_by_role("link", name="Skip to the messages").focus()
    await mine.page.keyboard.press("Enter")
    await expect(mine.page.get_by_role("log", name="Messages in sales")).to_be_focused()
    await expect(mine.page.locator("main h1")).to_have_text("sales")
    assert mine.troubles == []


@pytest.mark.parametrize("asked", ["", "UNOBODY"])
async def test_an_address_without_a_person_shows_the_first(
    asked: str, browser: Browser, standin: StandIn, workspace: DemoWorkspace
) -> None:
    mine = await window(browser, standin, asked)
    await expect(mine.page.get_by_label("Act as")).to_have_value(workspace.reps[0])
    assert mine.troubles == []


async def test_a_long_channel_shows_its_end_and_more_on_request(
    browser: Browser, standin: StandIn, workspace: DemoWorkspace
) -> None:
    for number in range(203):
        await standin.say(workspace.reps[1], workspace.sales, f"line {number}")
    mine = await window(browser, standin, workspace.reps[0])
    await expect(mine.page.get_by_text("line 202", exact=True)).to_be_in_viewport()
    await expect(mine.page.locator(".message")).to_have_count(200)
    await mine.page.get_by_role("button", name="Show 3 earlier messages").click()
    await expect(mine.page.locator(".message")).to_have_count(203)
    assert mine.troubles == []
