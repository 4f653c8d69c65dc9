"""Text on its way to Slack: one harmless line, cut whole, as Slack counts; and the one link that is built."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.alert import crm_link
from bot.slack.settings import SlackSettings
from bot.slack.text import cut, cut_markup, mrkdwn, plain, width
from tests.bot.slack import hostile

SETTINGS = SlackSettings("T1", crm_hosts=frozenset({"crm.example"}))


@given(hostile.text, st.integers(5, 100))
def test_plain_text_is_one_visible_line_within_its_limit(text: str, limit: int) -> None:
    line = plain(text, limit)
    assert width(line) <= limit
    assert line == line.strip()
    assert "\n" not in line
    assert plain(line, limit) == line


@given(hostile.text)
def test_escaped_text_has_no_markup_left(text: str) -> None:
    line = mrkdwn(text, 4000)
    assert not set("<>*~`\n") & set(line)
    assert "&" not in line.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "://" not in line


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("snake_case_name", "snake_case_name"),
        ("_italic_", "ˍitalicˍ"),
        ("12:30:45", "12:30:45"),
        (":fire: now", "∶fire: now"),
        ("Müller & Søn", "Müller &amp; Søn"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("a\u0300\u0301\u0302\u0303b", "à\u0301\u0302b"),
        ("a\t\n b", "a b"),
    ],
)
def test_names_of_people_stay_as_they_are_and_tricks_do_not(raw: str, shown: str) -> None:
    assert mrkdwn(raw) == shown


def test_a_cut_text_ends_with_an_ellipsis_and_counts_as_slack_does() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("🔥🔥🔥", 5) == "🔥🔥…"
    assert cut("🔥🔥", 4) == "🔥🔥"


def test_our_own_markup_is_cut_off_whole() -> None:
    assert cut_markup("ab <@U1> cd", 7) == "ab…"
    assert cut_markup("ab &lt; cd", 6) == "ab…"
    assert cut_markup("ab &lt; cd", 9) == "ab &lt;…"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://crm.example/1",
        "https://evil.example/1",
        "https://crm.example@evil.example/",
        "https://user@crm.example/",
        "https://crm.example:8443/",
        "https://crm.example.evil.example/",
        "javascript:alert(1)",
        "https://crm.example/a b",
        "https://crm.example/ø",
        "https://[crm.example/",
        "https://crm.example:99999/",
        "https://crm.example/" + "x" * 3000,
    ],
)
def test_a_link_is_https_to_a_host_that_the_configuration_allows(url: str | None) -> None:
    assert crm_link(url, SETTINGS) is None
    assert crm_link("https://crm.example/leads/1?x=2", SETTINGS) == "https://crm.example/leads/1?x=2"
