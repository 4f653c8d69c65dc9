"""The page's own endpoints: guarded against other sites, and free of markup that could come from a message."""

import re
from importlib.resources import files
from typing import Any

import aiohttp
import pytest

from bot.standin import Command, DemoWorkspace, Shortcut, StandIn
from tests.bot.standin.conftest import FakeClock
from tests.bot.standin.leadapp import LeadApp, alert
from tests.bot.standin.test_files import upload

STATIC = [f for f in (files("bot.standin") / "static").iterdir() if f.name.endswith((".js", ".html", ".css"))]


async def act(standin: StandIn, user: str, what: str, **fields: Any) -> dict[str, Any]:
    """Do something as the page does it."""
    async with (
        aiohttp.ClientSession(headers={"Origin": standin.url}) as session,
        session.post(f"{standin.page_url}page/act?as={user}", json={"act": what, **fields}) as response,
    ):
        assert response.status == 200
        done = await response.json()
        assert isinstance(done, dict)
        return done


async def news_of(page: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """The next thing that an open page is told."""
    news = await page.receive_json(timeout=5)
    assert isinstance(news, dict)
    return news


@pytest.mark.parametrize("file", STATIC, ids=[f.name for f in STATIC])
def test_no_file_of_the_page_parses_markup_or_carries_code_or_style_inline(file: Any) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser", text)
    assert not re.search(r"https?://(?!www\.w3\.org)[a-z]", text), "nothing is loaded from elsewhere"
    if file.name.endswith(".html"):
        assert not re.search(r"<script(?![^>]*src=)|style=|\son[a-z]+=", text)


async def test_every_answer_forbids_foreign_content(standin: StandIn) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("", "static/main.js", "static/style.css", "page/people"):
            async with session.get(standin.page_url + path) as response:
                policy = response.headers["Content-Security-Policy"]
                assert response.status == 200
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["static/none.js", "static/..%2fpage.py", "page/file/F1", "page/live?as=U1", "page/live"]
)
async def test_what_is_not_there_is_not_found(path: str, standin: StandIn) -> None:
    async with aiohttp.ClientSession() as session, session.get(standin.page_url + path) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.dk"},
        {"Origin": "https://evil.dk"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_sites_page_is_refused(
    headers: dict[str, str], standin: StandIn, workspace: DemoWorkspace
) -> None:
    url = f"{standin.page_url}page/act?as={workspace.reps[0]}"
    body = {"act": "say", "channel": workspace.sales, "text": "x"}
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json=body, headers={"Origin": standin.url} | headers) as response:
            assert response.status == 403
        for path in ("page/people", f"page/live?as={workspace.reps[0]}"):
            async with session.get(standin.page_url + path, headers=headers) as response:
                assert response.status == 403
    assert standin.messages(workspace.sales) == ()


async def test_an_act_needs_an_origin_and_json(standin: StandIn, workspace: DemoWorkspace) -> None:
    url = f"{standin.page_url}page/act?as={workspace.reps[0]}"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json={"act": "home"}) as response:
            assert response.status == 403
        async with session.post(url, data=b"{}", headers={"Origin": standin.url}) as response:
            assert response.status == 415


async def test_the_stream_begins_with_everything_and_goes_on_with_what_this_person_sees(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep, other = workspace.reps[:2]
    standin.commands = (Command("/lead", "Look up", "WHO"),)
    standin.shortcuts = (Shortcut("log", "Log contact"),)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{standin.page_url}page/live?as={rep}") as page,
    ):
        state = await news_of(page)
        assert (state["kind"], state["me"], state["commands"][0]["name"]) == ("state", rep, "/lead")
        assert {c["name"] for c in state["channels"]} >= {"sales", "general"}
        assert "hotlead-admin" not in {c["name"] for c in state["channels"]}
        await app.client.chat_postMessage(channel=workspace.admin, text="not for reps")
        await app.client.chat_postEphemeral(channel=workspace.sales, user=other, text="not for you")
        ts = await app.post_alert(workspace.sales)
        assert (await news_of(page))["message"]["ts"] == ts
        await app.client.chat_delete(channel=workspace.sales, ts=ts)
        assert await news_of(page) == {"kind": "message_deleted", "channel": workspace.sales, "ts": ts}
        await app.client.views_publish(user_id=other, view={"type": "home", "blocks": []})
        await app.client.views_publish(user_id=rep, view={"type": "home", "blocks": alert()})
        assert (await news_of(page))["kind"] == "home"
        workspace.rename(workspace.sales, "hot")
        assert "hot" in {c["name"] for c in (await news_of(page))["channels"]}


async def test_the_page_does_what_people_do(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    rep = workspace.reps[0]
    await act(standin, rep, "say", channel=workspace.sales, text=" <b> & @asa #general nobody@all ")
    said = standin.messages(workspace.sales)[0].text
    assert said == f"&lt;b&gt; &amp; <@{workspace.reps[2]}> <#{workspace.general}> nobody@all"
    await act(standin, rep, "say", channel=workspace.sales, text="  ")
    assert len(standin.messages(workspace.sales)) == 1
    ts = await app.post_alert(workspace.sales)
    press = {"channel": workspace.sales, "ts": ts, "block_id": "acts"}
    assert (await act(standin, rep, "press", action_id="claim", **press))["ok"]
    await standin.wait_for(lambda: standin.messages(workspace.sales)[1].edits)
    late = await act(standin, workspace.reps[1], "press", action_id="claim", **press)
    assert late["ok"], "a click on what was there a moment ago reaches the app"
    await standin.wait_for(lambda: standin.ephemerals(workspace.reps[1]))
    gone = await act(standin, rep, "press", action_id="never", **press)
    assert (gone["ok"], "no element 'never'" in gone["error"]) == (False, True)
    assert not (await act(standin, rep, "fly"))["ok"]


async def test_commands_from_the_page_carry_addresses_and_names_as_slack_does(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    standin.commands = (Command("/lead"),)
    await act(standin, rep, "command", channel=workspace.sales, text="/lead assign anna@x.dk @asa")
    assert app.heard[0]["text"] == f"assign <mailto:anna@x.dk|anna@x.dk> <@{workspace.reps[2]}|asa>"
    await act(standin, rep, "command", channel=workspace.sales, text="/led x")
    assert standin.ephemerals(rep)[-1].text.startswith("/led is not a valid command")
    for message in standin.ephemerals(rep):
        await act(standin, rep, "dismiss", ts=message.ts)
    assert standin.ephemerals(rep) == ()


async def test_a_modal_on_the_page_is_filled_pressed_submitted_and_closed(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    await act(standin, rep, "home")
    home = await standin.wait_for(lambda: standin.home(rep))
    await act(standin, rep, "press", view=home.id, action_id="details", block_id="acts", values=[])
    view = (await standin.wait_for(lambda: standin.views(rep)))[0].id
    refused = await act(standin, rep, "submit", view=view, values=[["note", "text", "secret"]])
    assert refused["errors"] == {"note": "That is not for everybody."}
    assert (await act(standin, rep, "close", view=view))["ok"]
    assert standin.views(rep) == ()


async def test_shortcuts_and_suggestions_work_from_the_page(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    async def find(ack: Any) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": "Anna"}, "value": "L-1"}])

    async def log(ack: Any) -> None:
        await ack()

    rep = workspace.reps[0]
    app.bolt.options("lead")(find)
    app.bolt.shortcut("log")(log)
    menu = {"type": "external_select", "action_id": "lead"}
    blocks = [{"type": "actions", "block_id": "acts", "elements": [menu]}]
    ts = str((await app.client.chat_postMessage(channel=workspace.sales, text="x", blocks=blocks))["ts"])
    where = {"channel": workspace.sales, "ts": ts}
    found = await act(standin, rep, "suggest", action_id="lead", block_id="acts", typed="a", **where)
    assert [o["value"] for o in found["options"]] == ["L-1"]
    assert (await act(standin, rep, "shortcut", callback_id="log", **where))["ok"]
    assert (await act(standin, rep, "shortcut", callback_id="log"))["ok"]


async def test_a_picture_is_served_once_it_is_ready(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    file_id = await upload(app.client)
    async with aiohttp.ClientSession() as session:
        for seconds, status in ((0, 404), (5, 200)):
            clock.advance(seconds)
            async with session.get(f"{standin.page_url}page/file/{file_id}") as response:
                assert response.status == status
        assert response.content_type == "image/png"
