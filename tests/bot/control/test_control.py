"""A command asks the service that owns the folder, and hears how far it is."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.control import ControlServer, NotRunning, Operation, Progress, RefusedByService, Told, call
from bot.control.protocol import socket_of
from bot.errors import HotleadError


async def _count(values: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
    for done in range(values["to"]):
        told(Progress("counting", done + 1, values["to"]))
        await asyncio.sleep(0)
    return {"counted": values["to"]}


async def _refuse(_values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    raise HotleadError("There is no lead L-9.")


async def _break(_values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    raise ZeroDivisionError


OPERATIONS: Mapping[str, Operation] = {"count": _count, "refuse": _refuse, "break": _break}


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[ControlServer]:
    server = ControlServer(folder, OPERATIONS)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def quiet(_progress: Progress) -> None:
    """Nobody looks."""


async def test_progress_comes_before_the_result(tmp_path: Path) -> None:
    heard: list[Progress] = []
    async with listening(tmp_path):
        result = await call(tmp_path, "count", {"to": 3}, heard.append)
    assert result == {"counted": 3}
    assert [one.done for one in heard] == sorted(one.done for one in heard)
    assert heard[0] == Progress("counting", 1, 3)


@pytest.mark.parametrize("deep", [False, True], ids=["short path", "path longer than a socket's address"])
async def test_only_the_owner_of_the_folder_may_ask(tmp_path: Path, deep: bool) -> None:
    folder = tmp_path / ("d" * 120 if deep else "d")
    folder.mkdir()
    async with listening(folder):
        assert stat.S_IMODE(socket_of(folder).stat().st_mode) == 0o600
        assert await call(folder, "count", {"to": 1}, quiet) == {"counted": 1}
    assert not socket_of(folder).exists()
    assert not socket_of(folder).is_symlink()


async def test_without_a_service_the_command_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        await call(tmp_path, "count", {"to": 1}, quiet)


async def test_what_a_crashed_service_left_behind_is_no_service_and_does_not_stop_the_next(tmp_path: Path) -> None:
    socket_of(tmp_path).write_text("")
    with pytest.raises(NotRunning):
        await call(tmp_path, "count", {"to": 1}, quiet)
    async with listening(tmp_path):
        assert await call(tmp_path, "count", {"to": 1}, quiet) == {"counted": 1}


@pytest.mark.parametrize(
    ("name", "said"),
    [("refuse", "There is no lead L-9."), ("break", "ZeroDivisionError"), ("fly", "does not know 'fly'")],
)
async def test_what_cannot_be_done_is_said_in_words(tmp_path: Path, name: str, said: str) -> None:
    async with listening(tmp_path):
        with pytest.raises(RefusedByService, match=said):
            await call(tmp_path, name, {}, quiet)


async def test_a_service_that_ends_meanwhile_is_told_from_one_that_refuses(tmp_path: Path) -> None:
    began = asyncio.Event()

    async def forever(_values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
        began.set()
        await asyncio.Event().wait()
        return {}

    server = ControlServer(tmp_path, {"wait": forever})
    await server.start()
    asked = asyncio.create_task(call(tmp_path, "wait", {}, quiet))
    await began.wait()
    await server.stop()
    with pytest.raises(RefusedByService, match="ended before it answered"):
        await asked


async def test_a_client_that_says_nonsense_harms_nobody(tmp_path: Path) -> None:
    async with listening(tmp_path):
        for nonsense in (b"\x00\xff\n", b"[]\n", b'{"do": 3}\n', b""):
            reader, writer = await asyncio.open_unix_connection(socket_of(tmp_path))
            writer.write(nonsense)
            writer.write_eof()
            await reader.read()
            writer.close()
            await writer.wait_closed()
        assert await call(tmp_path, "count", {"to": 1}, quiet) == {"counted": 1}
