"""What mrkdwn does beyond looks: whom it notifies and where it leads. See docs.slack.dev/messaging."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from bot.standin.values import Message

ANGLE = re.compile(r"<([^<>\n]*)>")
BARE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>|]+")
BARE_NAME = re.compile(r"(?<![\w@])@(here|channel|everyone)\b")


@dataclass(frozen=True)
class Mention:
    """Somebody is notified: kind is user, channel (only linked), usergroup, or special (here, channel, everyone)."""

    kind: str
    id: str


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere; `auto` when Slack made the link from bare text."""

    url: str
    label: str
    auto: bool = False


@dataclass(frozen=True)
class Text:
    """A mrkdwn text, and whether Slack leaves bare links and names in it alone."""

    text: str
    verbatim: bool


def mentions(message: Message) -> tuple[Mention, ...]:
    """Whom a message notifies, in text or blocks. A channel reference is a link, and counted too."""
    found = []
    for each in texts(message):
        for inside in ANGLE.findall(each.text):
            mention = _mention(inside.partition("|")[0])
            if mention:
                found.append(mention)
        if not each.verbatim:
            found += [Mention("special", word) for word in BARE_NAME.findall(each.text)]
    return tuple(found)


def links(message: Message) -> tuple[Link, ...]:
    """Where the words of a message lead."""
    found = []
    for each in texts(message):
        for inside in ANGLE.findall(each.text):
            target, _, label = inside.partition("|")
            if target[:1] not in ("@", "#", "!", ""):
                found.append(Link(unescape(target), unescape(label or target)))
        if not each.verbatim:
            bare = ANGLE.sub(" ", each.text)
            found += [Link(unescape(url), unescape(url), auto=True) for url in BARE_LINK.findall(bare)]
    return tuple(found)


def texts(message: Message) -> Iterator[Text]:
    """Every mrkdwn text: the top-level text (whose names Slack leaves alone by default) and those inside blocks."""
    yield Text(message.text, verbatim=True)
    yield from _inside(list(message.blocks))


def _inside(node: Any) -> Iterator[Text]:
    if isinstance(node, list):
        for each in node:
            yield from _inside(each)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield Text(node["text"], bool(node.get("verbatim")))
        for each in node.values():
            yield from _inside(each)


def _mention(target: str) -> Mention | None:
    if target.startswith("!subteam^"):
        return Mention("usergroup", target.split("^")[1])
    if target in ("!here", "!channel", "!everyone"):
        return Mention("special", target[1:])
    kinds = {"@": "user", "#": "channel"}
    return Mention(kinds[target[0]], target[1:]) if target[:1] in kinds else None
