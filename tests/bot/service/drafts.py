"""Small models whose scores can be worked out in the head."""

from __future__ import annotations


def small(
    *,
    name: str = "Small",
    visit: int = 10,
    hot: int = 50,
    label: str = "hot",
    cooldown: str = "0s",
    extra: str = "",
    default: bool = False,
) -> str:
    """`visit` points for each page view of the last 100 days, hot from `hot` points on."""
    return f"""
name = "{name}"
market = "b2b"
default = {str(default).lower()}

[[engagement]]
name = "Website"

[[engagement.rule]]
name = "Visit"
event = "page_viewed"
points = {visit}
expires_after = "100d"

[[engagement.rule]]
name = "Big company"
event = "page_viewed"
when = {{ lead.company.employees = {{ at_least = 1000 }} }}
at_most = 1
points = 100
expires_after = "100d"

[labels]
hot = {hot}
warm = {hot // 2}

[hand_over]
label = "{label}"
cooldown = "{cooldown}"
{extra}
"""


VISIT = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/"}}
