"""Block Kit as plain dictionaries, and the message that they make; limits are kept here, by cutting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.slack.text import cut, cut_markup, lines_within, plain

Block: TypeAlias = dict[str, Any]
"""One block or element of Block Kit."""

TEXT_LIMIT: Final = 3900  # top-level text: an update above 4,000 is an error
SECTION_LIMIT: Final = 2900
CONTEXT_LIMIT: Final = 1900
HEADER_LIMIT: Final = 150
BUTTON_LIMIT: Final = 75
VALUE_LIMIT: Final = 2000
OPTION_LIMIT: Final = 75
OPTION_VALUE_LIMIT: Final = 150
MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. `text` says it all by itself: it is what notifications and screen readers read."""

    text: str
    blocks: tuple[Block, ...]

    def as_arguments(self) -> dict[str, Any]:
        """For chat.postMessage, chat.update and response URLs alike."""
        return {"text": cut_markup(self.text, TEXT_LIMIT), "blocks": list(self.blocks[:MESSAGE_BLOCKS])}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn_text(text: str) -> Block:
    # verbatim: Slack must not make links, channels or mentions of what merely looks like them
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(cut(text, HEADER_LIMIT))}


def section(lines: Iterable[str], accessory: Block | None = None) -> Block:
    """Lines of mrkdwn; as many as fit."""
    block: Block = {"type": "section", "text": mrkdwn_text(lines_within(lines, SECTION_LIMIT))}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def plain_section(text: str) -> Block:
    """Text that has to be copied exactly, such as an address: shown as it is, formatted by nothing."""
    return {"type": "section", "text": plain_text(cut(text, SECTION_LIMIT))}


def context(*lines: str) -> Block:
    """Small grey lines of mrkdwn under each other."""
    return {"type": "context", "elements": [mrkdwn_text(lines_within(lines, CONTEXT_LIMIT))]}


def divider() -> Block:
    return {"type": "divider"}


def actions(elements: Sequence[Block]) -> tuple[Block, ...]:
    """The row of buttons, or nothing where there is none: Slack refuses an empty row."""
    return ({"type": "actions", "elements": list(elements)},) if elements else ()


def button(text: str, action_id: str, value: str, *, style: str | None = None, url: str | None = None) -> Block:
    block: Block = {"type": "button", "text": plain_text(plain(text, BUTTON_LIMIT)), "action_id": action_id}
    block["value"] = value[:VALUE_LIMIT]
    if style is not None:
        block["style"] = style
    if url is not None:
        block["url"] = url
    return block


def option(text: str, value: str, url: str | None = None) -> Block:
    block: Block = {"text": plain_text(plain(text, OPTION_LIMIT)), "value": value[:OPTION_VALUE_LIMIT]}
    if url is not None:
        block["url"] = url
    return block


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def said(text: str, *more: Block) -> Message:
    """A short answer: one text for the eye and the ear, and what follows it."""
    return Message(text, (section([text]), *more))
