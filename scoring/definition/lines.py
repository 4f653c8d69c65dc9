"""On which line each key of a TOML file stands: tomllib tells the values, not their places.

The text has been read by tomllib before, so its syntax is known to be right and only what moves the place is looked
at: headers, keys, the brackets of arrays and inline tables, and texts, in which such signs mean nothing.
"""

from __future__ import annotations

import re
from typing import Final

from scoring.reading import Path

_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_TEXT: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})|' + r"'''.*?'''(?:'{0,2})|" + r'"(?:\\.|[^"\\])*"|' + r"'[^']*'", re.DOTALL
)
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN: Final = re.compile(r"[^,\]}\n#]+")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def locate(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and element of a file that tomllib can read."""
    return _Locator(text).run()


class _Locator:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._elements: dict[Path, int] = {}
        self._counted = 0
        self._line = 1

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip():
            if self._next("[["):
                table = self._enter(self._key(), array=True)
                self._at += 2
            elif self._next("["):
                table = self._enter(self._key(), array=False)
                self._at += 1
            else:
                self._pair(table)
        return self._lines

    def _skip(self) -> bool:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at < len(self._text)

    def _next(self, sign: str) -> bool:
        if self._text.startswith(sign, self._at):
            self._at += len(sign)
            return True
        return False

    def _note(self, path: Path, line: int) -> None:
        for length in range(len(path), 0, -1):
            self._lines.setdefault(path[:length], line)

    def _line_now(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip()
            quoted = _TEXT.match(self._text, self._at)
            found = quoted or _BARE.match(self._text, self._at)
            if found is None:
                return parts
            parts.append(_unquote(found[0]) if quoted else found[0])
            self._at = found.end()
            self._skip()
            if not self._next("."):
                return parts

    def _enter(self, keys: list[str], *, array: bool) -> Path:
        path: Path = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            if array and number == len(keys):
                self._elements[path] = self._elements.get(path, -1) + 1
            if path in self._elements:
                path = (*path, self._elements[path])
        self._note(path, self._line_now())
        return path

    def _pair(self, table: Path) -> None:
        line_at = self._line_now()
        path: Path = (*table, *self._key())
        self._note(path, line_at)
        self._skip()
        self._next("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        if self._next("["):
            self._array(path)
        elif self._next("{"):
            while self._skip() and not self._next("}"):
                self._pair(path)
                self._skip()
                self._next(",")
        else:
            match = _TEXT.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
            self._at = match.end() if match else self._at + 1

    def _array(self, path: Path) -> None:
        index = 0
        while self._skip() and not self._next("]"):
            self._note((*path, index), self._line_now())
            self._value((*path, index))
            self._skip()
            self._next(",")
            index += 1


def _unquote(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1]
    return _ESCAPE.sub(_unescape, text[1:-1])


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    return chr(int(digits, 16)) if digits else _ESCAPED.get(match[3], match[3])
