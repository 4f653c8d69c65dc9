"""Runs commands of hotlead, each in a process of its own that is forked from one in which everything is loaded.

`python -m tests.reliability.commands` reads one line of JSON, `[[words, until], …]`, and answers a line for each. A
command that runs until it is told to stop is told so when it has said `until`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bot.cli import main

_PATIENCE = 600.0


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    words: list[str]
    code: int
    said: str


def run(words: list[str], until: str) -> Ended:
    """Run a command to its end."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "said")
        child = os.fork()
        if child == 0:
            _become(words, said)
        code = _wait(child, said, until)
        return Ended(words, code, said.read_text(encoding="utf-8", errors="replace"))


def _become(words: list[str], said: Path) -> None:
    file = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv = ["hotlead", *words]
    code: object = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _wait(child: int, said: Path, until: str) -> int:
    began, told = time.monotonic(), False
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if until and not told and said.exists() and until in said.read_text(encoding="utf-8", errors="replace"):
            os.kill(child, signal.SIGTERM)
            told = True
        if time.monotonic() - began > _PATIENCE:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.02)


if __name__ == "__main__":
    for words, until in json.loads(sys.stdin.readline()):
        ended = run(words, until)
        sys.stdout.write(json.dumps([ended.words, ended.code, ended.said]) + "\n")
        sys.stdout.flush()
