"""The command `hotlead`: what an engineer types. Each command says in words what went wrong, and never a traceback."""

from __future__ import annotations

import sys

from bot.cli.commands import app
from bot.errors import BadConfiguration, HotleadError
from scoring.errors import InvalidModel


def main() -> None:
    """Run the command; exit 1 with a sentence for whatever a person can mend."""
    try:
        app()
    except BadConfiguration as bad:
        _say("The configuration cannot be used:", [str(finding) for finding in bad.findings])
    except InvalidModel as invalid:
        _say("The model cannot be used:", [str(problem) for problem in invalid.problems])
    except HotleadError as trouble:
        _say(str(trouble), [])
    except OSError as trouble:
        if trouble.filename is None:
            raise
        _say(f"{trouble.filename} cannot be used: {trouble.strerror}. Look at its rights, or name another.", [])


def _say(what: str, lines: list[str]) -> None:
    sys.stderr.write("\n".join([what, *(f"  - {line}" for line in lines)]) + "\n")
    raise SystemExit(1)
