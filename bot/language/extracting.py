"""Brings the catalogues up to date with the messages in the code: `python -m bot.language.extracting`.

New messages come in empty, to be translated; those that nothing says any more go. Nothing is guessed: a changed message
is a new one. Tests fail on what is missing, unused or empty.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.pofile import read_po, write_po

import bot
from bot.language import LANGUAGES, counted

# function -> which of its arguments are messages; of two, the second is the plural
KEYWORDS: Final = {"tr": (0,), "mark": (0,), "written": (1,), "trn": (0, 1), "markn": (0, 1)}
ROOT: Final = Path(bot.__file__).parent
_ALWAYS: Final = datetime(2026, 1, 1, tzinfo=UTC)  # a file that has not changed stays as it is


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """(file, message) for everything that the code says; one with a plural is a pair."""
    for file in sorted(ROOT.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            message = _message(call)
            if message is not None:
                yield file.relative_to(ROOT.parent).as_posix(), message


def _message(call: ast.AST) -> str | tuple[str, ...] | None:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    wanted = KEYWORDS.get(call.func.id, ())
    found = [one.value for place, one in enumerate(call.args) if place in wanted and isinstance(one, ast.Constant)]
    texts = tuple(one for one in found if isinstance(one, str) and one)
    if not wanted or len(texts) != len(wanted):
        return None  # what is said here was marked elsewhere
    return texts[0] if len(texts) == 1 else texts


def catalogue_file(code: str) -> Path:
    return ROOT / "language" / "catalogues" / f"{code}.po"


def read_catalogue(code: str) -> Catalog:
    with catalogue_file(code).open("rb") as file:
        return read_po(file, code)


def updated(code: str) -> Catalog:
    """The catalogue of a language with exactly the messages of the code."""
    old = read_catalogue(code)
    new = Catalog(
        code,
        header_comment=old.header_comment,
        project="hotlead",
        version="1",
        msgid_bugs_address="-",
        last_translator="hotlead",
        language_team="hotlead",
        creation_date=_ALWAYS,
        fuzzy=False,
    )
    new.revision_date = _ALWAYS
    for name, message in messages():
        known = old.get(message)
        empty: str | tuple[str, ...] = "" if isinstance(message, str) else ("",) * new.num_plurals
        string = known.string if known is not None and _alike(known, message) else empty
        new.add(message, string, [(name, 0)], user_comments=known.user_comments if known is not None else ())
    return new


def _alike(known: Message, message: str | tuple[str, ...]) -> bool:
    return isinstance(known.string, str) == isinstance(message, str)


def translated(message: Message) -> bool:
    """Whether every form of a message has words."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return all(str(form or "").strip() for form in forms)


def main() -> int:
    """Write every catalogue anew, and say how many messages wait for a translation."""
    for code in LANGUAGES[1:]:
        new = updated(code)
        with catalogue_file(code).open("wb") as file:
            write_po(file, new, width=120, sort_by_file=True, include_lineno=False)
        waiting = sum(not translated(one) for one in new if one.id)
        sys.stdout.write(f"{catalogue_file(code)}: {counted(len(new), 'message')}, {waiting} to translate\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
