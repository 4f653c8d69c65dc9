"""Machines that click are told from people by what an event says of itself, and by how fast clicks follow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.machines import (
    ADDRESS_CLASSES,
    AGENTS,
    BURST_LINKS,
    BURST_WITHIN,
    Click,
    bursts,
    by_itself,
    mail_of,
    url_of,
)
from scoring.instants import SECOND

PEOPLE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro; ms-office; MSOffice 16)",
    "",
)


@pytest.mark.parametrize("agent", AGENTS)
def test_every_listed_agent_is_recognised_in_any_case_and_names_where_it_is_written(agent: str) -> None:
    name, source = AGENTS[agent]
    assert by_itself("email_clicked", {"user_agent": f"Mozilla/5.0 ({agent.upper()}1.0)"}) == f"agent:{name}"
    assert source.startswith("http")


@pytest.mark.parametrize("agent", PEOPLE)
def test_browsers_mail_programs_and_image_proxies_are_people(agent: str) -> None:
    assert by_itself("email_opened", {"user_agent": agent}) is None


@pytest.mark.parametrize("text", [*ADDRESS_CLASSES, "Data-Center", " HOSTING "])
def test_an_address_that_its_source_calls_a_data_centre_is_a_machines(text: str) -> None:
    found = by_itself("email_opened", {"ip_class": text})
    assert found is not None
    assert found.removeprefix("address:") in ADDRESS_CLASSES


@pytest.mark.parametrize("kind", ["email_unsubscribed", "email_complained", "form_submitted", "meeting_booked"])
def test_what_takes_filling_in_and_every_no_counts_whoever_sent_it(kind: str) -> None:
    assert by_itself(kind, {"user_agent": "Barracuda Sentinel (EE)", "ip_class": "hosting"}) is None


@pytest.mark.parametrize("value", [None, 5, ["curl/8"], {"a": 1}, "residential"])
def test_values_of_any_kind_are_read_without_an_error(value: object) -> None:
    assert by_itself("page_viewed", {"user_agent": value, "ip_class": value}) is None  # type: ignore[dict-item]


def click(seq: int, seconds: float, url: str | None = None) -> Click:
    return Click(seq, int(seconds * SECOND), url or f"https://x.example/{seq}")


def test_three_distinct_links_within_two_seconds_are_a_burst_with_both_ends() -> None:
    assert bursts([click(1, 0), click(2, 1), click(3, 2)]) == {1, 2, 3}
    assert bursts([click(1, 0), click(2, 1), click(3, 2.000001)]) == set()


def test_the_same_link_twice_is_one_and_slow_clicks_beside_a_burst_count() -> None:
    assert bursts([click(1, 0, "a"), click(2, 1, "a"), click(3, 2, "b")]) == set()
    assert bursts([click(1, 0), click(2, 0), click(3, 0), click(4, 30)]) == {1, 2, 3}


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abcd")), max_size=12), st.randoms())
def test_bursts_are_those_of_every_window_whatever_the_order(rows: list[tuple[int, str]], random: object) -> None:
    clicks = [Click(seq, at * SECOND // 2, url) for seq, (at, url) in enumerate(rows)]
    wanted: set[int] = set()
    for first in clicks:
        window = [one for one in clicks if 0 <= one.at - first.at <= BURST_WITHIN]
        if len({one.url for one in window}) >= BURST_LINKS:
            wanted |= {one.seq for one in window}
    assert bursts(reversed(clicks)) == bursts(clicks) == wanted


def test_a_mail_is_known_by_its_message_before_its_mailing_and_by_source() -> None:
    both = {"message_id": " <a@b> ", "campaign": "Spring"}
    assert mail_of("brevo", both) == "brevo message:<a@b>"
    assert mail_of("brevo", {"campaign": 7}) == "brevo mailing:7"
    assert mail_of("brevo", {"message_id": "", "campaign": None, "title": "Hi"}) is None


def test_a_link_is_a_text_that_says_something() -> None:
    assert url_of({"url": " https://x.example "}) == "https://x.example"
    assert [url_of({"url": value}) for value in ("", " ", None, 5)] == [None] * 4
