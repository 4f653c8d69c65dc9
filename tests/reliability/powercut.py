"""Power cuts, played on what the real process wrote: its own system calls, recorded by strace.

A cut after any call leaves of each file what its last completed fsync or fdatasync covered, and of the writes since
then none, or any, or half of one (in sectors). Such a folder is opened with SQLite, and must hold everything that was
answered with 200 before the cut, and know of every message that was on its way to Slack.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DATABASE: Final = "hotlead.db"
_CALLS: Final = "pwrite64,write,ftruncate,fdatasync,fsync,unlink,unlinkat,sendto,sendmsg,recvfrom"
_SECTOR: Final = 512
_LINE: Final = re.compile(r"^(\d+) +(<\.\.\. )?(\w+)")
_HEX: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_ID: Final = re.compile(rb'"id": ?"([^"]+)"')
_KEY: Final = re.compile(rb'"event_payload": ?\{"key": ?"([^"]+)"')
SERVE: Final = "from bot.cli import main; main()"
SERVE_NORMAL: Final = (
    "import bot.storage.store as s; s._WRITER = tuple(p.replace('synchronous=FULL', 'synchronous=NORMAL') "
    f"for p in s._WRITER); {SERVE}"
)
"""The same server with the setting that is not enough: the harness must notice."""


def recorded(trace: Path, code: str = SERVE) -> Sequence[str]:
    """The command that runs the server, as the process itself (-D), and writes its calls to `trace`."""
    strace = shutil.which("strace")
    assert strace, "strace is not installed (.ci/run installs it): without it nothing is known of power cuts"
    how = ("-D", "-f", "-qq", "-y", "-xx", "-s", "70000", "--seccomp-bpf", "-e", f"trace={_CALLS}", "-o", str(trace))
    return (strace, *how, sys.executable, "-c", code, "serve")


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place in a file; `data` None: the file ends there."""

    at: int
    data: bytes | None


@dataclass(slots=True)
class Disk:
    """One file: what is safe, and what was written since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Write] = field(default_factory=list)

    def sync(self, count: int) -> None:
        """The first `count` of the writes since are safe now."""
        for write in self.since[:count]:
            apply(self.safe, write)
        del self.since[:count]


def apply(image: bytearray, write: Write) -> None:
    """Write into an image of a file."""
    if write.data is None:
        del image[write.at :]
        return
    if len(image) < write.at:
        image.extend(bytes(write.at - len(image)))
    image[write.at : write.at + len(write.data)] = write.data


@dataclass(slots=True)
class Machine:
    """The state of the world after some of the recorded calls."""

    disks: dict[str, Disk] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    """Ids of events that were answered with 200."""
    told: set[str] = field(default_factory=set)
    """Keys of messages whose request went to Slack."""
    _asked: dict[str, bytes] = field(default_factory=dict)
    _begun: dict[str, tuple[str, str, int]] = field(default_factory=dict)

    def play(self, line: str) -> bool:
        """One line of the trace; whether something happened that a cut could make a difference to."""
        found = _LINE.match(line)
        if found is None:
            return False
        thread, resumed, name = found.groups()
        if resumed:
            return self._ends(thread, line)
        body, file = _arguments(line)
        if name in ("sendto", "sendmsg"):
            return self._sends(file, body)
        if "<unfinished ...>" in line:
            disk = self.disks.get(_named(file))
            self._begun[thread] = (name, line, len(disk.since) if disk else 0)
            return False
        if name == "recvfrom":
            self._asked[file] = self._asked.get(file, b"") + body
            return False
        return self._done(name, line, None)

    def _ends(self, thread: str, line: str) -> bool:
        if thread not in self._begun:
            return False
        name, begun, covered = self._begun.pop(thread)
        if name == "recvfrom":
            body, _ = _arguments(line)
            _, file = _arguments(begun)
            self._asked[file] = self._asked.get(file, b"") + body
            return False
        return self._done(name, begun.replace("<unfinished ...>", "") + line.split("resumed>", 1)[1], covered)

    def _sends(self, file: str, body: bytes) -> bool:
        if body.startswith(b"HTTP/1.1 200"):
            self.accepted |= {found.decode() for found in _ID.findall(self._asked.pop(file, b""))}
            return True
        if body.startswith(b"HTTP/1.1"):
            self._asked.pop(file, None)
        self.told |= {found.decode() for found in _KEY.findall(body)}
        return False

    def _done(self, name: str, line: str, covered: int | None) -> bool:
        """A call on a file of the database has ended. A sync covers what was written before it began."""
        body, file = _arguments(line)
        short = _named(file) or _named(body.decode(errors="replace"))
        if not short:
            return False
        if name.startswith("unlink"):
            self.disks.pop(short, None)
            return True
        disk = self.disks.setdefault(short, Disk())
        numbers = [int(one) for one in re.findall(r", (\d+)(?= *[,)])", line)]
        match name:
            case "pwrite64":
                disk.since.append(Write(numbers[-1], body[: numbers[-2]]))
            case "ftruncate":
                disk.since.append(Write(numbers[-1], None))
            case "fdatasync" | "fsync":
                disk.sync(len(disk.since) if covered is None else covered)
            case _:
                raise AssertionError(f"the database is written by {name}, which is not played: {line[:200]}")
        return True


def _arguments(line: str) -> tuple[bytes, str]:
    """The bytes in a line, and the file or socket that it is about."""
    data = b"".join(bytes.fromhex(found.replace("\\x", "")) for found in _HEX.findall(line))
    file = re.search(r"\(\d+<((?:\\x[0-9a-f]{2}|[^>])*)>", line)
    return data, _plain(file[1]) if file else ""


def _plain(name: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), name)


def _named(path: str) -> str:
    """A file of the database by its name; empty for any other, and for the index in shared memory."""
    name = path.rsplit("/", 1)[-1]
    return name if name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-journal") else ""


@dataclass(slots=True)
class Verdict:
    """What became of the cuts."""

    cuts: int = 0
    accepted: int = 0
    lost: int = 0
    untold: int = 0
    """Messages on their way to Slack of which the database did not know."""
    corrupt: list[str] = field(default_factory=list)


def cuts(trace: Path, folder: Path, *, most: int, seed: int) -> Verdict:
    """Play the recording, with power cuts at so many of its calls, each time with none and with some of the writes."""
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    assert any("pwrite64" in line for line in lines), f"strace recorded nothing; it said: {lines[:3]}"
    chance, machine, verdict = random.Random(seed), Machine(), Verdict()
    moments = [number for number, _ in _moments(lines)]
    chosen = set(chance.sample(moments, min(most, len(moments))))
    for number, line in enumerate(lines):
        machine.play(line)
        if number in chosen:
            for some in (False, True):
                _cut(machine, folder, verdict, chance if some else None)
    verdict.accepted = len(machine.accepted)
    return verdict


def _moments(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The calls at which a cut makes a difference, once something was accepted."""
    machine = Machine()
    for number, line in enumerate(lines):
        if machine.play(line) and machine.accepted:
            yield number, line


def _cut(machine: Machine, folder: Path, verdict: Verdict, chance: random.Random | None) -> None:
    """The power is gone now. What the disk holds is opened, and looked at."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, disk in machine.disks.items():
        image = bytearray(disk.safe)
        for write in disk.since:
            if chance is not None and chance.random() < 0.5:
                apply(image, _torn(write, chance))
        (folder / name).write_bytes(image)
    verdict.cuts += 1
    try:
        with closing(sqlite3.connect(folder / DATABASE)) as db:
            (said,) = db.execute("PRAGMA integrity_check").fetchone()
            events = {event for (event,) in db.execute("SELECT id FROM events")}
            begun = {key for (key,) in db.execute("SELECT key FROM outbox WHERE state <> 'owed' OR attempts > 0")}
    except sqlite3.DatabaseError as trouble:
        verdict.corrupt.append(str(trouble))
        return
    verdict.corrupt += [said] if said != "ok" else []
    verdict.lost += len(machine.accepted - events)
    verdict.untold += len(machine.told - begun - {key for key in machine.told if key.startswith("start:")})


def _torn(write: Write, chance: random.Random) -> Write:
    if write.data is None or len(write.data) <= _SECTOR or chance.random() < 0.7:
        return write
    return Write(write.at, write.data[: _SECTOR * chance.randrange(1, len(write.data) // _SECTOR + 1)])
