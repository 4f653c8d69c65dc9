"""What a message does besides being read: whom it notifies and where it leads."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.standin import Link, Mention, Message
from bot.standin.mrkdwn import links, mentions
from tests.bot.standin.leadapp import plain


def message(text: str = "", *blocks: dict[str, Any]) -> Message:
    return Message("C1", "1.0", "U1", text, blocks)


def block(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, **more}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U1> and <@U2|anna>", [("user", "U1"), ("user", "U2")]),
        ("<!channel> <!here|here> <!everyone>", [("special", "channel"), ("special", "here"), ("special", "everyone")]),
        ("<!subteam^S1|@sales>", [("usergroup", "S1")]),
        ("<#C1|sales>", [("channel", "C1")]),
        ("&lt;!channel&gt; @channel <!date^1^{date}|x> <https://x.dk|@here>", []),
    ],
)
def test_mentions_are_those_in_angle_brackets(text: str, expected: list[tuple[str, str]]) -> None:
    assert mentions(message(text)) == tuple(Mention(*each) for each in expected)


def test_mentions_in_blocks_count_and_plain_text_mentions_nobody() -> None:
    nested = {"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U9>"}]}
    quiet = {"type": "header", "text": plain("<!channel> @here https://evil.dk")}
    assert mentions(message("x", nested, quiet)) == (Mention("user", "U9"),)
    assert links(message("x", quiet)) == ()


def test_bare_names_and_addresses_count_only_where_text_is_not_verbatim() -> None:
    loose, exact = block("@channel see https://x.dk/a?b&amp;c"), block("@channel see https://x.dk", verbatim=True)
    assert mentions(message("", loose)) == (Mention("special", "channel"),)
    assert links(message("", loose)) == (Link("https://x.dk/a?b&c", "https://x.dk/a?b&c", auto=True),)
    assert (mentions(message("", exact)), links(message("", exact))) == ((), ())
    assert mentions(message("", block("mail anna@here.dk"))) == ()


def test_a_link_has_its_words() -> None:
    assert links(message("<https://evil.dk|Log in> <mailto:a@x.dk>")) == (
        Link("https://evil.dk", "Log in"),
        Link("mailto:a@x.dk", "mailto:a@x.dk"),
    )


@given(st.text())
def test_escaped_text_notifies_nobody_and_leads_nowhere(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = message(escaped, block(escaped or "x", verbatim=True))
    assert mentions(shown) == ()
    assert links(shown) == ()
