"""What people type after a slash command, as values: pure.

    /lead [verb] WHO [rest]        no verb means score
    WHO = an e-mail address | L-123 | the beginnings of words of a name or company

Slack and phones dress the words up: `<mailto:a@b.dk|a@b.dk>`, `<@U123|anna>`, `&amp;`, curly quotes, long dashes, hard
spaces. `clean` undresses them first; nothing after it knows of Slack.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.service.views import Status
from bot.slack.text import plain

LONGEST: Final = 500  # nobody means more than this, and it fits into a button that says it again

_ANGLE: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_PREFIXES: Final = ("mailto:", "tel:", "https://", "http://")
_TYPOGRAPHY: Final = str.maketrans(
    {**dict.fromkeys("“”„‟«»″＂", '"'), **dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("‐‑‒–—―−﹣－", "-")}
)
_NUMBER: Final = re.compile(r"[lL]\s?-\s?([0-9]{1,15})\Z")
_BY_MODEL: Final = re.compile(r"([lL]\s?-\s?[0-9]{1,15})\s+by\s+(.+)\Z")
_QUOTED_END: Final = re.compile(r'\s"([^"]*)"\Z')


@dataclass(frozen=True, slots=True)
class Typed:
    """A command's text, undressed. `unnamed` are people mentioned by id alone: they name no lead."""

    text: str
    unnamed: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.text.split())


def clean(raw: str, *, people: bool = False) -> Typed:
    """The words as the person meant them. With `people`, colleagues are no words but all `unnamed`."""
    unnamed: list[str] = []

    def undress(found: re.Match[str]) -> str:
        target, shown = found[1], found[2]
        if shown and not (people and target[:1] in ("@", "#")):
            return shown
        if target.startswith("@"):
            unnamed.append(target[1:])
            return ""
        if people and target.startswith("#"):
            return target[1:]
        return next((target.removeprefix(prefix) for prefix in _PREFIXES if target.startswith(prefix)), target)

    text = html.unescape(_ANGLE.sub(undress, raw[: 4 * LONGEST]))
    return Typed(plain(text.translate(_TYPOGRAPHY), LONGEST).removesuffix("…"), tuple(unnamed))


def split_verb(typed: Typed, verbs: Collection[str]) -> tuple[str | None, str]:
    """The verb, if the first word is one, and the rest; without a verb all of it is the rest."""
    first, _, rest = typed.text.partition(" ")
    verb = first.casefold()
    return (verb, rest) if verb in verbs else (None, typed.text)


def name_of_lead(text: str) -> str:
    """WHO without quotes and the at sign of a mention; `l - 12` is L-12."""
    who = text.strip().strip("\"'").removeprefix("@").strip()
    number = number_of_lead(who)
    return who if number is None else f"L-{number}"


def number_of_lead(who: str) -> int | None:
    """The number where WHO is one."""
    found = _NUMBER.match(who)
    return int(found[1]) if found else None


def split_quoted(text: str) -> tuple[str, str | None]:
    """What stands before, and what stands in quotes at the end."""
    found = _QUOTED_END.search(text)
    return (text[: found.start()], found[1].strip() or None) if found else (text, None)


def split_name(text: str) -> tuple[str, str]:
    """WHO and words about it: in quotes at the end, or after an address or a number."""
    name, quoted = split_quoted(text)
    if quoted:
        return name, quoted
    first, _, rest = text.strip().partition(" ")
    return (first, rest.strip().strip("\"'")) if "@" in first or _NUMBER.match(first) else (text, "")


_QUESTION: Final = re.compile(r"(?:^|\s)([a-z_]+):(?!//)", re.IGNORECASE)
_FILTER: Final = re.compile(r'(?:^|\s)([a-z_]+):\s?("[^"]*"|\S*)', re.IGNORECASE)


def split_filters(text: str, people: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Words, and `key:value` pairs; a mentioned colleague is the value of a key that has none, else it is empty."""
    mentioned = list(people)
    found = {}
    for key, value in _FILTER.findall(text):
        value = value.strip('"').strip()
        if not value and mentioned:
            value = mentioned.pop(0)
        found[key.casefold()] = value
    return " ".join(_FILTER.sub(" ", text).split()), found


def split_answers(text: str) -> tuple[str, dict[str, str]]:
    """WHO, and `question:answer` pairs; behind WHO an answer goes on to the next question, with quotes or without."""
    name, *pairs = _QUESTION.split(text)
    if not name.strip():
        name, told = split_filters(text, ())
    else:
        told = {key.casefold(): " ".join(one.split()).strip('"') for key, one in zip(*[iter(pairs)] * 2, strict=True)}
    return " ".join(name.split()), {question: answer for question, answer in told.items() if answer}


def split_model(text: str) -> tuple[str, str | None]:
    """`L-12 by B2C` names a model; only after a number, because names of leads have any words in them."""
    found = _BY_MODEL.match(text.strip())
    return (found[1], found[2].strip()) if found else (text, None)


@dataclass(frozen=True, slots=True)
class StatusWish:
    """`/lead status WHO STATUS ["reason"]`. Without a status, `who` is everything: its end may be a mistyped one."""

    who: str
    status: Status | None = None
    reason: str | None = None


def split_status(text: str, statuses: Iterable[Status]) -> StatusWish:
    """The longest status at the end is the status; a reason may follow it in quotes."""
    quoted = _QUOTED_END.search(text)
    if quoted:
        inner = _ending(text[: quoted.start()], statuses)
        if inner.status is not None:
            return StatusWish(inner.who, inner.status, quoted[1].strip() or None)
    return _ending(text, statuses)


def _ending(text: str, statuses: Iterable[Status]) -> StatusWish:
    words = text.strip().strip("\"'").split()
    known = {folded(name): status for status in statuses for name in (status.label, status.key)}
    for start in range(len(words)):
        found = known.get(folded(" ".join(words[start:]).strip("\"'")))
        if found is not None:
            return StatusWish(name_of_lead(" ".join(words[:start])), found)
    return StatusWish(name_of_lead(text))


def folded(words: str) -> str:
    """Upper and lower case, dashes and underscores do not matter in a status."""
    return " ".join(words.casefold().replace("-", " ").replace("_", " ").split())
