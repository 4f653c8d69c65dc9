"""Ids, secrets and timestamps of one workspace: the same seed gives the same ones."""

import hashlib
from collections.abc import Callable

from bot.standin.values import SECOND

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Ids:
    """A counter, hashed with the seed. Timestamps follow the clock, are unique and only grow."""

    def __init__(self, seed: str, now: Callable[[], int]) -> None:
        self._seed = seed
        self._now = now
        self._count = 0
        self._last_ts = 0

    def reseed(self, seed: str) -> None:
        """From now on give others: a ticket of an earlier run is never given again."""
        self._seed = seed

    def secret(self, length: int = 32) -> str:
        """Hexadecimal digits that nobody guesses by accident."""
        self._count += 1
        return hashlib.sha256(f"{self._seed}:{self._count}".encode()).hexdigest()[:length]

    def new(self, prefix: str, length: int = 10) -> str:
        """An id such as C0AB…: the prefix and letters or digits."""
        number = int(self.secret(), 16)
        letters = ""
        while len(letters) < length - 1:
            number, digit = divmod(number, len(ALPHABET))
            letters += ALPHABET[digit]
        return f"{prefix}0{letters}"

    def ts(self) -> str:
        """A message's timestamp, later than every one before."""
        self._last_ts = max(self._now(), self._last_ts + 1)
        return format_ts(self._last_ts)


def format_ts(microseconds: int) -> str:
    """Slack's way to write a moment: seconds, a point, six digits."""
    return f"{microseconds // SECOND}.{microseconds % SECOND:06d}"


def parse_ts(ts: str) -> int:
    """The moment of a ts in microseconds; ValueError when it is none."""
    seconds, _, rest = ts.partition(".")
    return int(seconds) * SECOND + int((rest + "000000")[:6] or 0)
