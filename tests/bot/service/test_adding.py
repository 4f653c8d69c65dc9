"""Leads that somebody met: known by an address, by telephone, or by name alone; and by what a lead is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.service.adding import CannotAdd
from bot.service.views import Actor
from tests.rig import T0, rig

REP = Actor("U0REP")
VISIT = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/"}}


async def test_a_lead_known_by_telephone_is_one_with_what_it_does_later(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        core = it.hotlead.core
        added = await core.adding.add_lead(REP, phone="33 44 55 66", region="DK", name="Anna Berg", company="Nord")
        assert (added.number, added.known) == (1, False)
        await it.send({**VISIT, "email": "anna@nord.example", "phone": "+4533445566"})
        (found,) = await core.desk.find("anna@nord.example")
        assert (found.number, found.name, found.company) == (1, "Anna Berg", "Nord")
        (row,) = await it.rows("SELECT actor FROM audit WHERE action = 'lead_added'")
        assert row["actor"] == REP.user_id


async def test_what_is_told_of_a_known_lead_goes_to_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({**VISIT, "email": "anna@nord.example"})
        added = await it.hotlead.core.adding.add_lead(REP, email="Anna@Nord.example", title="CEO")
        assert (added.number, added.known) == (1, True)


async def test_two_people_of_one_name_are_two_leads_and_have_a_status(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        core = it.hotlead.core
        numbers = [(await core.adding.add_lead(REP, name="Bo Ek")).number for _ in range(2)]
        assert numbers == [1, 2]
        await core.handling.set_status(2, "attempting", REP)
        await it.settle()
        view = await core.desk.lead(2)
        assert view is not None
        assert view.handling.status.key == "attempting"


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ({}, "Say who it is"),
        ({"phone": "12"}, "country code"),
        ({"email": "nobody"}, "no e-mail address"),
        ({"name": " "}, "Say who it is"),
    ],
)
async def test_what_names_nobody_is_refused_in_words(tmp_path: Path, who: dict[str, str], told: str) -> None:
    async with rig(tmp_path) as it:
        with pytest.raises(CannotAdd, match=told):
            await it.hotlead.core.adding.add_lead(REP, **who)
        assert await it.rows("SELECT id FROM leads") == []


async def test_details_tell_what_joined_the_identifiers_of_a_lead_and_when(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({**VISIT, "email": "anna@nord.example"}, {**VISIT, "user_id": "u1"})
        await it.send({"type": "form_submitted", "email": "anna@nord.example", "user_id": "u1"})
        email, user = await it.hotlead.core.desk.known_as(1)
        assert (email.kind, email.value, email.joined) == ("email", "anna@nord.example", ())
        (joined,) = user.joined
        assert (user.value, joined.other, joined.how) == ("forms:u1", "anna@nord.example", "together")
        assert (joined.since, joined.source) == (T0, "forms")
