"""An instruction that is given again says that it stands, and changes nothing; one that says more is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.service.identity.instructions import Effect
from bot.service.identity.joining import Verb
from tests.bot.service.house import HOUR, House, house

A, B = "anna@nord.example", "anna@privat.example"
LEADS = [
    (Verb.JOIN, ["L-1"], ["L-2"]),
    (Verb.JOIN, [A], [B]),
    (Verb.NEVER_JOIN, [A], [B]),
    (Verb.UNMERGE, ["L-1"], ["u1"]),
    (Verb.CORRECT, [B], [A]),
    (Verb.NOT_A_PERSON, [B], []),
    (Verb.CLEAR, [B], []),
]


async def two(it: House) -> None:
    """Two people, of whom one has a user id too; and two companies."""
    await it.take(it.event("warm", email=A, site__user_id="u1"), it.event("warm", email=B))


async def say(it: House, verb: Verb, one: list[str], other: list[str], *, show: bool = False) -> Effect:
    return await it.core.instructions.say(verb, one, other, "cli:eva", None, show=show)


async def everything(it: House) -> list[list[tuple[object, ...]]]:
    asked = ("SELECT * FROM instructions", "SELECT * FROM audit", "SELECT * FROM identifiers", "SELECT * FROM leads")
    return [[tuple(row) for row in await it.rows(sql)] for sql in asked]


@pytest.mark.parametrize(("verb", "one", "other"), LEADS)
async def test_what_stands_already_is_said_and_changes_nothing(
    tmp_path: Path, verb: Verb, one: list[str], other: list[str]
) -> None:
    async with house(tmp_path) as it:
        await two(it)
        assert (await say(it, verb, one, other, show=True)).stands is None
        first = await say(it, verb, one, other)
        assert (first.number, first.stands) == (1, None)
        given, before = it.clock(), await everything(it)
        it.clock.now += HOUR
        for show in (True, False):
            again = await say(it, verb, one, other, show=show)
            assert again.stands is not None
            assert (again.stands.number, again.stands.at, again.stands.actor) == (1, given, "cli:eva")
        assert await everything(it) == before


@pytest.mark.parametrize(("verb", "one", "other"), [LEADS[2], LEADS[4], LEADS[5]])
async def test_what_was_revoked_is_given_anew(tmp_path: Path, verb: Verb, one: list[str], other: list[str]) -> None:
    async with house(tmp_path) as it:
        await two(it)
        await say(it, verb, one, other)
        await it.core.instructions.revoke(1, "cli:eva", show=False)
        assert ((again := await say(it, verb, one, other)).number, again.stands) == (2, None)


async def test_the_sides_may_be_named_the_other_way_round(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await two(it)
        await say(it, Verb.NEVER_JOIN, [A], [B])
        assert (await say(it, Verb.NEVER_JOIN, [B], [A])).stands is not None


async def test_what_a_newer_instruction_overrules_is_given_anew(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await two(it)
        await say(it, Verb.NEVER_JOIN, [A], [B])
        await say(it, Verb.JOIN, [A], [B])
        assert (await say(it, Verb.UNMERGE, ["L-1"], [B])).number == 3


async def test_a_correction_is_given_anew_when_the_wrong_address_came_again_since(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await two(it)
        await say(it, Verb.CORRECT, [B], [A])
        await it.pass_(HOUR)
        await it.take(it.event("warm", email=B))
        assert (await say(it, Verb.CORRECT, [B], [A])).number == 2
        assert (await say(it, Verb.CORRECT, [B], [A])).stands is not None


@pytest.mark.parametrize("verb", [Verb.JOIN, Verb.NEVER_JOIN, Verb.NOT_A_PERSON])
async def test_of_companies_the_same(tmp_path: Path, verb: Verb) -> None:
    async with house(tmp_path) as it:
        await two(it)
        other = None if verb is Verb.NOT_A_PERSON else "privat.example"
        first = await it.core.company_instructions.say(verb, "nord.example", other, "cli:eva", None, show=False)
        before = await everything(it)
        it.clock.now += HOUR
        again = await it.core.company_instructions.say(verb, "nord.example", other, "cli:bo", None, show=False)
        assert again.stands is not None
        assert (first.number, again.stands.number, again.stands.actor) == (1, 1, "cli:eva")
        assert await everything(it) == before
