"""Text on its way to Slack: hostile until proven harmless.

Names, companies, titles and URLs come from web forms. `plain` makes one harmless line for plain_text objects; `mrkdwn`
does the same for mrkdwn, where it also takes away the power to mention, link, format or make emoji. Our own words are
the only markup there is. Lengths are counted as Slack's clients count them, in UTF-16 units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import tzinfo
from typing import Final

from bot.language import tr, trn, written
from scoring.instants import DAY, HOUR, MINUTE, SECOND, Duration, Instant, to_datetime

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, bidi and zero-width, surrogate, private, none
_BLANKS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters by category, nothing to see
_MARKS: Final = frozenset({"Mn", "Me"})
_MOST_MARKS: Final = 2  # a letter carries two accents in real names (Vietnamese), never a tower of them
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOKALIKES: Final = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_OUTER_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")  # inside a word it does not format
_LIVE_COLON: Final = re.compile(r":(?=//|[a-z0-9_+'-]*[a-z][a-z0-9_+'-]*:)", re.IGNORECASE)  # a URL's or an emoji's
_PERSON: Final = re.compile(r"[UW][A-Z0-9]{2,30}")
_MANY_SPACES: Final = re.compile(r"\s+")


def _visible(text: str) -> Iterable[str]:
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARKS else 0
        if char.isspace():
            yield " "
        elif category not in _DROPPED and char not in _BLANKS and marks <= _MOST_MARKS:
            yield char


def width(text: str) -> int:
    """The length as Slack's clients count it."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, limit: int) -> str:
    """At most `limit` units; what was cut off is an ellipsis."""
    if width(text) <= limit:
        return text
    kept, room = [], limit - 1
    for char in text:
        room -= width(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def cut_markup(text: str, limit: int) -> str:
    """The same for our own mrkdwn: a mention, a time or an escaped character is cut off whole."""
    if width(text) <= limit:
        return text
    kept = cut(text, limit).removesuffix("…")
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    if kept.rfind("&") > kept.rfind(";"):
        kept = kept[: kept.rfind("&")]
    return kept.rstrip() + "…"


def plain(text: str | None, limit: int = 60) -> str:
    """One visible line of at most `limit` units; empty when nothing of it can be seen."""
    line = "".join(_visible(unicodedata.normalize("NFC", text or "")))
    return cut(_MANY_SPACES.sub(" ", line).strip(), limit)


def mrkdwn(text: str | None, limit: int = 60) -> str:
    """The same for mrkdwn: nothing in it mentions, links, formats or becomes an emoji."""
    line = _LIVE_COLON.sub("∶", plain(text, limit).translate(_LOOKALIKES))
    return _OUTER_UNDERSCORE.sub(lambda found: "ˍ" * len(found[0]), line).translate(_ESCAPES)


def lines_within(lines: Iterable[str], limit: int) -> str:
    """As many whole lines as fit; an ellipsis line says that there were more."""
    kept: list[str] = []
    room = limit - 2  # for the ellipsis line
    for line in lines:
        room -= width(line) + 1
        if room < 0:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)


def is_person(text: str) -> bool:
    """Whether this is a member's id, as a mention carries it."""
    return _PERSON.fullmatch(text) is not None


def person(user_id: str | None) -> str:
    """A mention of a colleague by id; ids are ours, but one of a wrong shape is shown as text."""
    if user_id and is_person(user_id):
        return f"<@{user_id}>"
    return mrkdwn(user_id) or tr("somebody")


def moment(at: Instant) -> str:
    """A date and time in the zone of whoever reads it."""
    return _date(at, "{date_short_pretty} {time}")


def ago(at: Instant) -> str:
    """How long ago, kept current by the reader's client."""
    return _date(at, "{ago}")


def _date(at: Instant, tokens: str) -> str:
    return f"<!date^{max(at, 0) // SECOND}^{tokens}|{utc(at)}>"


def utc(at: Instant) -> str:
    """The moment in plain words for where no markup is understood."""
    return f"{written(to_datetime(at), 'd MMM y HH:mm')} UTC"


def in_zone(at: Instant, zone: tzinfo) -> str:
    """The moment in plain words in somebody's zone; a day's end is said as the day."""
    found = to_datetime(at).astimezone(zone)
    if (found.hour, found.minute, found.second) == (23, 59, 59):
        return tr("the end of {day}", day=written(found, "d MMMM y"))
    return written(found, "d MMMM y HH:mm")


def duration(length: Duration | None) -> str:
    """A length of time as figures show it: "1 h 20 min"; a dash where there is none."""
    if length is None:
        return "–"
    minutes = length // MINUTE
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = (
        tr("{count} d", count=days) if days else "",
        tr("{count} h", count=hours) if hours else "",
        tr("{count} min", count=minutes % 60) if minutes % 60 and not days else "",
    )
    return " ".join(part for part in parts if part) or tr("under a minute")


def span(length: Duration) -> str:
    """A length of time in words, in its largest unit: "2 hours"."""
    if length >= DAY:
        return trn("{count} day", "{count} days", length // DAY)
    if length >= HOUR:
        return trn("{count} hour", "{count} hours", length // HOUR)
    return trn("{count} minute", "{count} minutes", length // MINUTE) if length >= MINUTE else tr("a moment")
