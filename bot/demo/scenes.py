"""The scenes of the present: small scripts of a person doing things, in seconds at speed 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.demo.archetypes import BURNER, COMPETITOR, CUSTOMER, JOB_SEEKER, KICKER, READER, STUDENT, WAITING
from bot.demo.scripts import Beat, script


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does what. The person is one of an archetype of the past, or a new one of a title and a kind of company."""

    name: str
    script: tuple[Beat, ...]
    archetype: str = ""
    titles: str = ""
    companies: str = ""


CROSSING: Final = (
    Scene("comes back to the prices", script("""
        0      visit price
        6-10   visit case
        8-14   chat
        12-20  demo full
        25-40  meeting
    """), archetype=BURNER),
    Scene("asks for a demo at once", script("""
        0      visit case
        2-3    visit price
        2-3    demo full
        60-90  reply
    """), titles="top manager", companies="core"),
    Scene("books a meeting", script("""
        0      from_mail product
        4-8    meeting
        30-50  visit price
    """), archetype=BURNER),
    Scene("tells a title at last", script("""
        0      visit product
        4-8    say_title top
        20-40  visit price
    """), archetype=WAITING),
    Scene("reads its way in", script("""
        0      ad
        3-6    sign_up full
        3-7    visit product
        3-7    visit case
        3-7    visit price
        20-30  video
    """), titles="top manager", companies="core good"),
    Scene("comes from the webinar", script("""
        0      attend full
        3-6    visit case
        4-8    visit case
        40-60  demo full
    """), titles="top manager", companies="core good"),
    Scene("is looked up by the CRM", script("""
        0      visit price
        3-6    contact
        4-9    say_title
        4-9    company
        30-60  meeting
    """), titles="top manager", companies="core good"),
)  # fmt: skip
"""In each somebody reaches the hand-over label."""

QUIET: Final = (
    Scene("looks for a job", script("""
        0      visit home
        3-8    visit career
        3-8    visit career
        8-15   apply full
    """), titles="other manager", companies="none"),
    Scene("studies us", script("""
        0      visit blog
        5-9    guide full
        5-9    visit price
        5-9    demo full
    """), archetype=STUDENT),
    Scene("is a rival", script("""
        0      visit price
        3-8    visit case
        3-8    demo full
    """), archetype=COMPETITOR),
    Scene("is a customer", script("""
        0      use
        5-9    support
        9-20   feedback
    """), archetype=CUSTOMER),
    Scene("kicks tyres", script("""
        0      visit home
        3-8    visit price
        3-8    demo full
    """), titles="other", companies="small tiny"),
    Scene("writes from abroad", script("""
        0      visit case
        3-8    visit price
        3-8    contact full
    """), titles="top manager", companies="abroad"),
    Scene("has had enough", script("""
        0      open
        5-9    unsubscribe
    """), archetype=READER),
    Scene("has a careful mail filter", script("""
        0      scanner
    """), archetype=READER),
    Scene("looks for a job again", script("""
        0      visit career
    """), archetype=JOB_SEEKER),
    Scene("meets again", script("""
        0      visit case
        5-9    cancel
    """), archetype=KICKER),
    Scene("subscribes", script("""
        0      visit blog
        4-9    sign_up
        9-20   company
    """), titles="other unsaid", companies="small huge good"),
)  # fmt: skip
"""In none of these anybody does."""

AFTERWARDS: Final = (
    script("""
        0      visit price
        5-9    visit case
    """),
    script("""
        0      from_mail case
        5-12   meeting
    """),
    script("""
        0      forward
        6-12   reply
    """),
    script("""
        0      visit product
        9-15   video
    """),
)  # fmt: skip
"""What somebody does who has crossed before, and may have been claimed by now."""

BACKGROUND: Final = tuple(
    script(f"0 {line}") for line in ("open", "open", "open", "from_mail blog", "visit blog", "visit home product")
)
"""What readers do between the scenes."""
