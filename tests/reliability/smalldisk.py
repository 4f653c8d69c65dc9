"""A disk of a few MiB that can be filled: a tmpfs in a mount namespace of its own, as root or in a user namespace."""

from __future__ import annotations

import asyncio
import errno
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.reliability.process import SERVE

_WAYS = (("-U", "-r", "-m"), ("-m",))
"""As anybody, where that is allowed; else as root."""


class SmallDisk:
    """The disk. `folder` is where processes started with `inside` find it, `seen` where this one does."""

    def __init__(self, folder: Path, holder: asyncio.subprocess.Process, enter: Sequence[str]) -> None:
        self.folder = folder
        self.seen = Path(f"/proc/{holder.pid}/root{folder}")
        self._enter = enter

    @property
    def serve(self) -> tuple[str, ...]:
        """`hotlead serve`, where the disk is."""
        return (*self._enter, *SERVE)

    async def run(self, code: str, *values: str) -> str:
        """Run Python where the disk is (SQLite resolves links, and would look at another file from here)."""
        process = await asyncio.create_subprocess_exec(
            *(*self._enter, sys.executable, "-c", code, *values), stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode()

    def fill(self) -> None:
        """Leave no byte free."""
        block = b"x" * 4096
        with (self.seen / "ballast").open("ab", buffering=0) as ballast:
            try:
                while ballast.write(block):
                    pass
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise

    def free(self) -> None:
        (self.seen / "ballast").unlink()


@asynccontextmanager
async def small_disk(folder: Path, mib: int) -> AsyncIterator[SmallDisk]:
    """Mount it over a folder. It fails, and is not skipped, where neither way is allowed."""
    said = ""
    for way in _WAYS:
        script = f"mount -t tmpfs -o size={mib}m,mode=700 tmpfs '{folder}' && echo mounted && exec cat"
        holder = await asyncio.create_subprocess_exec(
            *("unshare", *way, "sh", "-c", script),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert holder.stdout is not None
        if await holder.stdout.readline() == b"mounted\n":
            options = ["-U", "--preserve-credentials"] if "-U" in way else []
            wd = f"--wd={folder.parent}"
            try:
                yield SmallDisk(folder, holder, ("nsenter", "-t", str(holder.pid), *options, "-m", wd, "--"))
            finally:
                await holder.communicate(b"")  # its input ends, so it does, and the disk is gone
            return
        _, error = await holder.communicate(b"")
        said += f"unshare {' '.join(way)}: {error.decode()}\n"
    raise AssertionError(f"No small disk can be made here, so nothing is shown of a full one.\n{said}")
