"""files.*: a picture is uploaded in three steps and can be shown only some time later."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace
from tests.bot.standin.conftest import FakeClock, code

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


async def upload(client: AsyncWebClient, data: bytes = PNG) -> str:
    """All three steps; the file's id."""
    done = await client.files_upload_v2(content=data, filename="score.png", title="Score", alt_txt="Score over time")
    return str(done["file"]["id"])


def picture(file_id: str) -> list[dict[str, object]]:
    return [{"type": "image", "alt_text": "Score", "slack_file": {"id": file_id}}]


async def test_a_picture_is_ready_only_some_time_after_the_upload(
    client: AsyncWebClient, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    file_id = await upload(client)
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == ""
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=workspace.sales, text="x", blocks=picture(file_id))
    assert code(refused) == "invalid_blocks"
    assert "invalid slack file" in refused.value.response["response_metadata"]["messages"][0]
    clock.advance(workspace.file_seconds)
    info = await client.files_info(file=file_id)
    assert (info["file"]["mimetype"], info["file"]["alt_txt"]) == ("image/png", "Score over time")
    await client.chat_postMessage(channel=workspace.sales, text="x", blocks=picture(file_id))
    by_url = [{"type": "image", "alt_text": "Score", "slack_file": {"url": info["file"]["url_private"]}}]
    await client.chat_postMessage(channel=workspace.sales, text="x", blocks=by_url)


async def test_bytes_of_another_length_or_a_second_time_are_refused(client: AsyncWebClient) -> None:
    step = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    async with aiohttp.ClientSession() as session:
        for data, status in ((PNG[:-1], 400), (PNG, 200), (PNG, 400)):
            async with session.post(step["upload_url"], data=data) as response:
                assert response.status == status


async def test_bytes_may_come_as_a_form(client: AsyncWebClient) -> None:
    step = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    form = aiohttp.FormData()
    form.add_field("file", PNG, filename="a.png")
    async with aiohttp.ClientSession() as session, session.post(step["upload_url"], data=form) as response:
        assert response.status == 200
    assert (await client.files_completeUploadExternal(files=[{"id": step["file_id"], "title": "x"}]))["ok"]


async def test_what_is_no_picture_does_not_become_one(
    client: AsyncWebClient, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    file_id = await upload(client, b"<svg>")
    clock.advance(10)
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == "application/octet-stream"


async def test_uploads_are_refused_with_slacks_codes(client: AsyncWebClient) -> None:
    step = await client.files_getUploadURLExternal(filename="a.png", length=3)
    for method, args, expected in (
        ("files.getUploadURLExternal", {"filename": "a.png", "length": 0}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "a.png", "length": 9, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ("files.completeUploadExternal", {"files": '[{"id": "F1"}]'}, "file_not_found"),
        ("files.completeUploadExternal", {"files": [{"id": step["file_id"]}]}, "file_not_found"),
        ("files.completeUploadExternal", {"files": "[{"}, "invalid_arguments"),
        ("files.info", {"file": "F1"}, "file_not_found"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.api_call(method, json=args)
        assert code(refused) == expected
