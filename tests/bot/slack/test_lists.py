"""/leads: every list, narrowed by filters, paged with its filters."""

from __future__ import annotations

import pytest

from bot.service.views import Handling, ListRow, State, Unknown
from bot.slack import commands, ids
from bot.slack.answers import row_lines
from tests.bot.slack.fake_desk import NOON, STATUSES, facts
from tests.bot.slack.world import World

_NO_COUNTRY = "`country:` cannot be “atlantis”: no country is called so."


@pytest.mark.parametrize("name", ["hot", "warm", "mine", "team", "unclaimed", "offered", "overdue", "snoozed", "stale"])
async def test_every_list_answers_also_when_it_is_empty(world: World, name: str) -> None:
    assert name in commands.FAMILIES["leads"].table
    assert (await world.ask(name, "/leads")).text


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("hot owner:none rating:a1", {"owner": "none", "rating": "A1"}),
        ("owner:none", {"owner": "none"}),
        ("hot OWNER:me label:Warm", {"owner": "ME", "label": "warm"}),
        ('team status:"open deal" company:“Nordwind A/S”', {"status": "deal", "company": "Nordwind A/S"}),
        ("team owner:<@U0OTHER|marijke>", {"owner": "U0OTHER"}),
        ("hot country:dk owner:none", {"country": "dk", "owner": "none"}),
        ("recent priority:very-high", {"priority": "Very high"}),
        ('recent priority:"closed won"', {"priority": "Closed won"}),
        ('recent priority:"VERY HIGH" owner:none', {"priority": "Very high", "owner": "none"}),
        ("hot territory:me", {"territory": "ME"}),
        ("hot territory:<@U0OTHER|marijke>", {"territory": "U0OTHER"}),
        ("hot channel:<#C0SALES|sales>", {"channel": "C0SALES"}),
    ],
)
async def test_filters_are_read_as_they_are_meant(world: World, typed: str, asked: dict[str, str]) -> None:
    await world.ask(typed, "/leads")
    assert world.handles.filters == {key: world.rep if value == "ME" else value for key, value in asked.items()}


@pytest.mark.parametrize(
    ("typed", "name"),
    [("", "hot"), ("hot owner:none", "hot"), ("rating:c2", "all"), ("all", "all"), ("ALL label:warm", "all")],
)
async def test_filters_alone_are_asked_of_all_leads(world: World, typed: str, name: str) -> None:
    await world.ask(typed, "/leads")
    assert world.handles.listed_name == name


@pytest.mark.parametrize("typed", ["hot shoes:red", "hot berg"])
async def test_what_is_no_filter_is_said_with_those_that_are(world: World, typed: str) -> None:
    answer = await world.ask(typed, "/leads")
    assert "is no filter. There are: owner, status, label" in answer.text


@pytest.mark.parametrize("typed", ["owner:bob", "owner:@bob", 'hot owner:"Bob Jones"', "hot owner:ursula"])
async def test_an_owner_that_is_nobody_is_said_with_what_an_owner_is(world: World, typed: str) -> None:
    answer = await world.ask(typed, "/leads")
    assert "names nobody" in answer.text
    assert "`owner:me`" in answer.text
    assert "`owner:none`" in answer.text
    assert "`owner:@colleague`" in answer.text
    assert world.handles.filters == {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hot company:", "`company:` has no value. An example: `/leads hot owner:none rating:a1`."),
        ('hot owner:none status:""', "`status:` has no value."),
        ("team status:shoes", "`status:` cannot be “shoes”. There are: New, "),
        ("hot territory:denmark", "`territory:` cannot be “denmark”. There are: me, @colleague."),
        ("cooling owner:me", "“owner:me” is not understood here. Type `/leads cooling`"),
        ("missing shoes", "“shoes” is not understood here. Type `/leads missing`"),
    ],
)
async def test_a_filter_that_can_find_nothing_is_no_empty_list_and_no_whole_one(
    world: World, typed: str, said: str
) -> None:
    world.desk.add()
    assert (await world.ask(typed, "/leads")).text.startswith(said)


@pytest.mark.parametrize(
    ("typed", "unknown", "said"),
    [
        (
            "hot priority:urgent",
            Unknown("priority", ("Very high", "High", "Medium", "Low")),
            "`priority:` cannot be “urgent”. There are: Very high, High, Medium, Low.",
        ),
        (
            "hot label:wram",
            Unknown("label", ("hot", "warm", "cold", "none", "waiting", "ineligible")),
            "`label:` cannot be “wram”. There are: hot, warm, cold, none, waiting, ineligible.",
        ),
        ("hot rating:z9", Unknown("rating", ("A1", "A2")), "`rating:` cannot be “z9”. There are: A1, A2."),
        ("hot rating:a1", Unknown("rating", ()), "`rating:` cannot be “a1”. Its model rates no leads."),
        ("hot model:x", Unknown("model", ("B2B inbound",)), "`model:` cannot be “x”. There are: B2B inbound."),
        (
            "hot channel:sales",
            Unknown("channel", ("C0SALES", "C0FALLBACK")),
            "`channel:` cannot be “sales”. There are: <#C0SALES>, <#C0FALLBACK>.",
        ),
        (
            "hot country:danmrk",
            Unknown("country", ("DK",)),
            "`country:` cannot be “danmrk”: no country is called so. Do you mean Denmark (dk)?",
        ),
        (
            "hot country:atlantis",
            Unknown("country", ()),
            f"{_NO_COUNTRY} Type its name, or its code of two letters, such as `country:dk`.",
        ),
    ],
)
async def test_a_value_that_no_lead_can_have_is_said_with_those_that_they_can(
    world: World, typed: str, unknown: Unknown, said: str
) -> None:
    world.handles.unknown = unknown
    assert (await world.ask(typed, "/leads")).text == said


async def test_the_next_page_keeps_the_filters(world: World) -> None:
    for number in range(1, 20):
        world.desk.add(number, made=facts(number, f"Lead {number}"))
    answer = await world.ask('hot owner:none company:"Nordwind A/S"', "/leads")
    assert "(owner:none company:" in answer.text
    await world.press(answer, ids.RUN_ON)
    assert "page 2 of 3" in world.heard()[-1]
    assert world.handles.filters == {"owner": "none", "company": "Nordwind A/S"}


@pytest.mark.parametrize(
    ("handling", "said"),
    [
        (Handling(State.SNOOZED, STATUSES[0], "U0ANNA", snoozed_until=NOON), "Snoozed by <@U0ANNA> · until <!date^"),
        (Handling(State.OFFERED, STATUSES[0], offered_to="U0ANNA", offered_until=NOON), "Offered · until <!date^"),
        (Handling(State.RECYCLED, STATUSES[0], back_at=NOON), "· back <!date^"),
    ],
)
def test_a_row_says_when_a_state_that_ends_by_itself_ends(handling: Handling, said: str) -> None:
    _, below = row_lines(ListRow(facts(1, "Anna Berg").lead, None, handling, None))
    assert said in below


def test_a_row_says_what_keeps_a_lead_from_the_team() -> None:
    quiet = Handling(State.QUIET, STATUSES[0])
    _, below = row_lines(ListRow(facts(1, "Anna Berg").lead, None, quiet, None, "Job *seekers*"))
    assert below.endswith("Quiet · not alerted: Job ∗seekers∗")
