"""The kinds of people in the past: how many, who they are, when they came, and what they did from then on.

The counts and scripts are balanced against the shipped b2b model: 3 to 8 % reach the hand-over label, and as many get
hot. Whoever fits well (a title of a level at a company that fits) and is not meant to cross stays under 25 points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.demo.scripts import Beat, script

BURNER: Final = "slow burner"
READER: Final = "newsletter reader"
WAITING: Final = "close reader"
KICKER: Final = "tyre-kicker"
STUDENT: Final = "student"
JOB_SEEKER: Final = "job seeker"
COMPETITOR: Final = "competitor"
CUSTOMER: Final = "customer"

_EVALUATES: Final = script("""
    0      visit home product case
    1-3    visit blog case price
    1-2    demo full
    0      company
    1-3    meeting
    1-3    visit price case
    2-6    reply
    14-22  40% lifecycle customer
""")
_IS_INTERESTED: Final = script("""
    0      visit home case price
    1-3    guide full
    3-8    webinar
    2-6    visit product case
    9-20   50% video
""")


@dataclass(frozen=True, slots=True)
class Archetype:
    """One kind of people. Titles are levels of names.py and companies kinds of companies.py, each drawn from."""

    name: str
    count: int
    titles: str
    companies: str
    starts: tuple[int, int]
    """Days ago, the earliest and the latest."""
    script: tuple[Beat, ...]
    opens: float = 0.0
    """The share of newsletters that they open; 0: they get none."""


ARCHETYPES: Final = (
    Archetype("evaluator", 6, "top manager", "core good", (112, 34), _EVALUATES, opens=0.5),
    Archetype("evaluator of now", 5, "top manager", "core good", (16, 9), _EVALUATES[:-1], opens=0.6),
    Archetype("interested", 4, "top manager", "core good", (105, 35), _IS_INTERESTED, opens=0.5),
    Archetype("interested now", 4, "top manager", "core good", (26, 18), _IS_INTERESTED, opens=0.5),
    Archetype("returning customer", 2, "top", "core", (110, 90), script("""
        0      lifecycle customer
        0      company
        5-9    use
        30-40  lifecycle former
        10-15  visit price case
        1-2    contact full
        1-3    meeting
    """), opens=0.4),
    Archetype(BURNER, 24, "top manager", "core good", (58, 20), script("""
        0      visit blog case
        0      sign_up
        2-5    guide full
        6-9    visit case product
    """), opens=0.5),
    Archetype("price peeker", 9, "top manager", "core good", (90, 6), script("""
        0      ad
        0      visit home price
        1-3    sign_up full
    """), opens=0.3),
    Archetype("webinar guest", 18, "top manager", "core good", (118, 12), script("""
        0      webinar full
        12-20  visit blog
        5-9    20% forward
    """), opens=0.4),
    Archetype(READER, 80, "top manager other unsaid", "core good small tiny huge", (119, 10), script("""
        0      visit blog
        0      sign_up
        4-20   60% say_title
        0      company
        9-30   20% forward
        3-20   10% reply
    """), opens=0.45),
    Archetype(KICKER, 34, "other", "small tiny huge", (118, 8), script("""
        0      visit home price case case
        1-3    visit price price case product blog
        0      30% chat
        1-4    demo full
        2-6    webinar
        4-9    60% meeting
        2-4    30% cancel
        3-12   visit price case blog
        9-20   40% visit career
        20-40  40% demo full
    """), opens=0.35),
    Archetype("researcher", 26, "unsaid", "core good small", (115, 10), script("""
        0      visit blog product case
        1-5    guide full
        2-8    visit case price
        4-9    50% webinar
        4-9    50% webinar short
    """), opens=0.5),
    Archetype(WAITING, 10, "unsaid", "core", (14, 6), script("""
        0      visit case case
        1      guide full
        1-2    visit case price
    """)),
    Archetype(STUDENT, 18, "student", "none", (110, 5), script("""
        0      visit blog case
        0-2    guide full
        3-9    webinar
        1-4    50% visit price case
        1-4    30% demo full
    """), opens=0.3),
    Archetype(JOB_SEEKER, 15, "manager other", "none small", (100, 4), script("""
        0      visit home career
        1-2    visit career career
        1-3    apply full
        1-3    40% visit career career career
    """)),
    Archetype("applicant who fits", 2, "top manager", "core", (20, 8), script("""
        0      visit home case career
        1-2    visit career price
        0      contact full
    """)),
    Archetype(COMPETITOR, 8, "top manager other", "rival", (110, 10), script("""
        0      visit home product price
        0      demo full
        1-5    visit case case price
        3-9    webinar
        1-4    50% meeting
    """), opens=0.8),
    Archetype("from abroad", 16, "top manager other", "abroad", (110, 8), script("""
        0      visit home product case
        1-3    visit case price
        1-2    demo full
        1-5    50% meeting
    """), opens=0.4),
    Archetype(CUSTOMER, 14, "top manager other", "core good small", (119, 60), script("""
        0      lifecycle customer
        0      company
        2-9    use
        6-14   use
        3-20   50% support
        3-20   use
        3-20   visit price
        2-8    40% feedback
    """), opens=0.5),
    Archetype("partner", 5, "top manager", "good small", (110, 50), script("""
        0      lifecycle partner
        0      company
        9-20   webinar
        3-20   visit case case
    """), opens=0.6),
    Archetype("lapsed", 18, "top manager other", "core good small tiny", (119, 45), script("""
        0      visit blog
        0      sign_up
        1-4    guide full
        6-9    visit blog
        9-14   70% unsubscribe
        0      20% complain
        0      20% bounce
    """)),
)  # fmt: skip
"""In the order in which they are cast: who is who depends on the seed alone."""

PASSERS_BY: Final = 170
"""Visitors who never say who they are."""
