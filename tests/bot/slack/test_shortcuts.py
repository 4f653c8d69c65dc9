"""Find a lead while typing; make a lead of a message, or by /lead add."""

from __future__ import annotations

import pytest

from bot.slack import ids
from bot.slack.commands.adding import read_person
from bot.standin import Fault
from tests.bot.slack.fake_desk import facts
from tests.bot.slack.world import World


async def test_a_lead_is_found_while_typing_and_its_details_open_in_the_same_window(world: World) -> None:
    world.desk.add(1)
    world.desk.add(2, made=facts(2, "Bo Lind", "Nordlys"))
    assert (await world.slack.shortcut(world.rep, ids.FIND)).ok
    await world.done()
    options = await world.slack.suggest(world.rep, world.modal(), ids.FIND, "nord")
    assert [one["text"]["text"] for one in options] == ["Anna Berg, Nordwind A/S · L-1", "Bo Lind, Nordlys · L-2"]
    await world.press(world.modal(), ids.FIND, "2")
    assert "*Ledger*" in str(world.modal().content)
    assert world.modal().content["title"]["text"] == "L-2"


async def test_nothing_found_is_an_empty_list_and_a_guest_finds_nothing(world: World) -> None:
    world.desk.add(1)
    await world.slack.shortcut(world.rep, ids.FIND)
    await world.done()
    assert await world.slack.suggest(world.rep, world.modal(), ids.FIND, "xyzzy") == []
    await world.slack.shortcut(world.shop.guest, ids.FIND)
    await world.done()
    assert "Guests cannot work on leads here." in str(world.modal(world.shop.guest).content)


async def test_a_message_becomes_a_lead_with_the_address_that_it_names(world: World) -> None:
    text = "Met Nina from Solvind, <mailto:nina@solvind.example|nina@solvind.example>, +45 33 44 55 66"
    message = await world.slack.say(world.rep, world.shop.sales, text)
    assert (await world.slack.shortcut(world.rep, ids.MAKE, message)).ok
    await world.done()
    assert (await world.slack.submit_view(world.rep, world.modal(), {"name": "Nina", "company": "Solvind"})).ok
    await world.done()
    told = {"email": "nina@solvind.example", "phone": "+45 33 44 55 66", "name": "Nina", "company": "Solvind"}
    assert world.adds.told == [{"by": world.rep, **told}]
    assert "Nina, Solvind (L-101) is a lead now;" in world.heard()[-1]


async def test_a_message_that_names_nobody_asks_who_it_is(world: World) -> None:
    message = await world.slack.say(world.rep, world.shop.sales, "what a day")
    await world.slack.shortcut(world.rep, ids.MAKE, message)
    await world.done()
    refused = await world.slack.submit_view(world.rep, world.modal(), {})
    assert refused.view_errors == {"email": "An address, a phone number or at least a name."}


async def test_a_window_sent_twice_adds_once(world: World) -> None:
    message = await world.slack.say(world.rep, world.shop.sales, "nina@solvind.example")
    await world.slack.shortcut(world.rep, ids.MAKE, message)
    await world.done()
    delivery = await world.slack.submit_view(world.rep, world.modal(), {})
    await world.slack.deliveries.send("interactive", delivery.payload)
    await world.done()
    assert len(world.adds.told) == 1


async def test_a_shortcut_that_slack_gave_no_time_for_says_so(world: World) -> None:
    world.slack.inject(Fault("error", "views.open", code="expired_trigger_id"))
    await world.slack.shortcut(world.rep, ids.FIND)
    await world.done()
    assert "Slack gave no time" in world.slack.dms(world.rep)[-1].text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("a@b.example", {"email": "a@b.example"}),
        (
            "a@b.example Anna Berg, Nordwind A/S",
            {"email": "a@b.example", "name": "Anna Berg", "company": "Nordwind A/S"},
        ),
        ("Anna +45 33 44 55 66", {"phone": "+45 33 44 55 66", "name": "Anna"}),
        ("Anna Berg", {"name": "Anna Berg"}),
        ("a@b.example, Anna, Nordwind", {"email": "a@b.example", "name": "Anna", "company": "Nordwind"}),
        ("Anna, a@b.example, Nordwind", {"email": "a@b.example", "name": "Anna", "company": "Nordwind"}),
        ("Anna, Nordwind, Inc.", {"name": "Anna", "company": "Nordwind, Inc."}),
        ("a@b.example company:Nordwind A/S", {"email": "a@b.example", "company": "Nordwind A/S"}),
        (
            'a@b.example Company:"Nordwind, Inc." name: Anna Berg, title:CTO',
            {"email": "a@b.example", "name": "Anna Berg", "company": "Nordwind, Inc.", "title": "CTO"},
        ),
        ("company:Nordwind a@b.example", {"email": "a@b.example", "company": "Nordwind"}),
        ("a@b.example,", {"email": "a@b.example"}),
        ("a@b.example Anna Berg company:Newco", {"email": "a@b.example", "name": "Anna Berg", "company": "Newco"}),
        (
            'a@b.example "Anna Berg" "Newco, Inc."',
            {"email": "a@b.example", "name": "Anna Berg", "company": "Newco, Inc."},
        ),
        ("email:a@b.example phone:+4533445566 Anna", {"email": "a@b.example", "phone": "+4533445566", "name": "Anna"}),
        ('Anna "Annie" Berg', {"name": 'Anna "Annie" Berg'}),
        ("a@b.example name:", {"email": "a@b.example"}),
        ("", {}),
    ],
)
def test_who_is_added_is_read_in_any_order(typed: str, told: dict[str, str]) -> None:
    assert read_person(typed) == (told, "")


@pytest.mark.parametrize("typed", ["a@b.example, Newco", "a@b.example ,Newco,", "<a@b.example>, Newco"])
def test_one_thing_after_the_comma_may_be_the_name_or_the_company(typed: str) -> None:
    assert read_person(typed) == ({"email": "a@b.example"}, "Newco")


@pytest.mark.parametrize(
    ("typed", "told", "unclear"),
    [
        ("a@b.example Newco name:Anna", {"email": "a@b.example", "name": "Anna"}, "Newco"),
        (
            "a@b.example, Newco, Inc. name:Anna title:CTO",
            {"email": "a@b.example", "name": "Anna", "title": "CTO"},
            "Newco, Inc.",
        ),
        ("Anna, Newco company:Oldco", {"name": "Anna", "company": "Oldco"}, "Newco"),
        ("Anna name:Ann company:Oldco", {"name": "Ann", "company": "Oldco"}, "Anna"),
    ],
)
def test_what_stands_beside_its_key_is_not_dropped(typed: str, told: dict[str, str], unclear: str) -> None:
    assert read_person(typed) == (told, unclear)


@pytest.mark.parametrize(("press", "told"), [(1, {"name": "Newco"}), (2, {"name": "Anna", "company": "Newco"})])
async def test_what_stands_beside_its_key_is_asked_about(world: World, press: int, told: dict[str, str]) -> None:
    asked = await world.ask("add a@b.example Newco name:Anna title:CTO")
    assert asked.text.startswith("Is “Newco” the name or the company? Nothing is added yet.")
    assert world.adds.told == []
    await world.press(asked, ids.RUN, block=asked.blocks[press]["block_id"])
    assert world.adds.told == [{"by": world.rep, "email": "a@b.example", "title": "CTO", **told}]


async def test_what_may_be_the_name_or_the_company_is_asked_and_one_press_adds_it(world: World) -> None:
    asked = await world.ask("add nina@solvind.example, Sol & Vind")
    assert asked.text == (
        "Is “Sol &amp; Vind” the name or the company? Nothing is added yet. Type "
        "`/lead add nina@solvind.example name:Sol &amp; Vind` or "
        "`/lead add nina@solvind.example company:Sol &amp; Vind`"
    )
    assert world.adds.told == []
    await world.press(asked, ids.RUN, block=asked.blocks[2]["block_id"])
    assert world.adds.told == [{"by": world.rep, "email": "nina@solvind.example", "company": "Sol & Vind"}]
    assert "is a lead now; company: Sol &amp; Vind." in world.heard()[-1]


async def test_add_answers_with_the_lead_and_says_what_is_wrong(world: World) -> None:
    added = (await world.ask("add nina@solvind.example Nina, Solvind")).text
    assert "is a lead now; name: Nina, company: Solvind." in added
    again = (await world.ask("add nina@solvind.example")).text
    assert again.startswith("Nina, Solvind (L-101) is a lead already.")
    told = (await world.ask("add nina@solvind.example, Nina Falk, Solvind")).text
    assert "is a lead already; added to it: name: Nina Falk, company: Solvind." in told
    assert "Who is it?" in (await world.ask("add")).text
