"""What a value of hotlead.toml may be: domains, ids of Slack, lengths of time."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from scoring.instants import DAY, UnreadableInstant, parse_duration


def _domain(text: str) -> str:
    name = text.strip().strip(".").casefold()
    if not name or "@" in name or "/" in name or " " in name:
        raise ValueError("allowed: a domain such as example.com")
    return name


Domain = Annotated[str, AfterValidator(_domain)]
ChannelId = Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,}$")]
GroupId = Annotated[str, Field(pattern=r"^S[A-Z0-9]{2,}$")]
UserId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")]
CommandName = Annotated[str, Field(pattern=r"^/[a-z0-9_-]{1,31}$")]


def _length(text: str) -> str:
    try:
        parse_duration(text)
    except UnreadableInstant as unreadable:
        raise ValueError(str(unreadable)) from None
    return text


Length = Annotated[str, AfterValidator(_length)]
"""A whole number and a unit, as in the model file: 24h, 2d."""


def _a_month_or_more(text: str) -> str:
    if parse_duration(_length(text)) < 30 * DAY:
        raise ValueError("allowed: 30d or longer; what is sent again until then must still have no second effect")
    return text


Kept = Annotated[str, AfterValidator(_a_month_or_more)]
"""How long something is kept: a month at least."""
Limit = Annotated[int, Field(ge=1, le=1000)]
ReasonText = Annotated[str, Field(min_length=1, max_length=75)]
"""As long as a choice in Slack may be."""
VariableName = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]*$")]
