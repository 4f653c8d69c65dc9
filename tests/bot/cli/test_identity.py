"""Instructions about who is who from the command line: shown, asked for, done, listed, revoked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli.shell import configuration, typed, typed_beside
from tests.rig import Rig, rig

VISIT = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/"}}


async def leads(it: Rig) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in await it.rows("SELECT lead_id, value FROM identifiers WHERE lead_id IS NOT NULL ORDER BY id"):
        found.setdefault(row["lead_id"], []).append(row["value"])
    return found


async def test_two_leads_are_joined_beside_a_running_service_and_parted_by_revoking_it(tmp_path: Path) -> None:
    async with rig(tmp_path / "data") as it:
        config = configuration(tmp_path, tmp_path / "data")
        await it.send({**VISIT, "email": "anna@nord.example"}, {**VISIT, "email": "anna@privat.example"})
        said = await typed_beside("identity", "join", "L-1", "anna@privat.example", "--yes", "-c", config)
        assert "Then: L-1  anna@nord.example, anna@privat.example" in said.out, said
        assert await leads(it) == {1: ["anna@nord.example", "anna@privat.example"]}
        listed = await typed_beside("identity", "list", "-c", config)
        assert "join: anna@nord.example | anna@privat.example" in listed.out
        again = await typed_beside("identity", "join", "L-1", "L-2", "--yes", "-c", config)
        assert again.out.startswith("It stands already, so nothing was changed:\n   1  "), again
        revoked = await typed_beside("identity", "revoke", "1", "--yes", "-c", config)
        assert revoked.out.endswith("Done: instruction 1 does not count any more.\n"), revoked
        assert await leads(it) == {1: ["anna@nord.example"], 2: ["anna@privat.example"]}
        actions = [row["action"] for row in await it.rows("SELECT action FROM audit WHERE id > 1 ORDER BY id")]
        assert actions == ["joined", "identity_join", "split", "split", "identity_revoked"]


async def a_past(folder: Path) -> Path:
    """What a service that has stopped left behind."""
    async with rig(folder / "data") as it:
        await it.send({**VISIT, "email": "anna@nord.example", "user_id": "u1"}, {**VISIT, "email": "bo@syd.example"})
    return configuration(folder, folder / "data")


async def test_who_does_not_agree_to_what_is_shown_changes_nothing(tmp_path: Path) -> None:
    config = await a_past(tmp_path)
    said = await typed_beside("identity", "join", "L-1", "L-2", "-c", config)
    assert said.code != 0
    assert "Then: L-1" in said.out
    assert "No instruction stands" in (await typed_beside("identity", "list", "-c", config)).out


async def test_what_is_said_twice_stands_already_and_nothing_is_asked(tmp_path: Path) -> None:
    config = await a_past(tmp_path)
    words = ("identity", "correct", "bo@syd.example", "anna@nord.example", "-c", config)
    assert "Done: instruction 1." in (await typed_beside(*words, "--yes")).out
    again = await typed_beside(*words)
    assert again.code == 0
    assert "It stands already, so nothing was changed:" in again.out
    assert "correct: bo@syd.example | anna@nord.example" in again.out
    assert (await typed_beside("identity", "list", "-c", config)).out.count("correct:") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("join", "L-1", "L-9"), "There is no lead L-9."),
        (("join", "L-1", "anna@nord.example"), "L-1 and anna@nord.example are the same lead already: L-1."),
        (("join", "L-1", "u9"), "No event ever named u9."),
        (("unmerge", "L-1", "--apart", "bo@syd.example"), "Name some identifiers of L-1"),
        (
            ("not-a-person", "L-1"),
            "L-1 is a lead, and this is about one value. Name one of: anna@nord.example, forms:u1.",
        ),
        (("clear", "l-9"), "There is no lead L-9."),
        (("correct", "anna@nord.example", "nobody"), "nobody is no e-mail address."),
        (("revoke", "7"), "There is no standing instruction 7."),
    ],
)
async def test_what_means_nobody_is_said_in_words(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    config = await a_past(tmp_path)
    said = await typed_beside("identity", *words, "--yes", "-c", config)
    assert (said.code, told in said.error) == (1, True), said


async def test_the_sides_of_an_unmerge_never_join_again(tmp_path: Path) -> None:
    async with rig(tmp_path / "data") as it:
        config = configuration(tmp_path, tmp_path / "data")
        await it.send({**VISIT, "email": "anna@nord.example", "user_id": "u1"})
        await typed_beside("identity", "unmerge", "L-1", "--apart", "forms:u1", "--yes", "-c", config)
        await it.send({**VISIT, "email": "anna@nord.example", "user_id": "u1"})
        assert await leads(it) == {1: ["anna@nord.example"], 2: ["forms:u1"]}


def test_the_help_names_every_instruction() -> None:
    out = typed("identity", "--help").out
    for name in ("join", "unmerge", "never-join", "correct", "not-a-person", "clear", "list", "revoke"):
        assert name in out


async def companies(it: Rig) -> list[set[str]]:
    found: dict[int, set[str]] = {}
    rows = await it.rows(
        "SELECT l.id, k.company_id, l.email FROM leads AS l LEFT JOIN company_keys AS k ON k.company_id = l.company_id "
        "WHERE k.company_id IS NOT NULL"
    )
    for row in rows:
        found.setdefault(row["company_id"], set()).add(row["email"])
    return sorted(found.values(), key=min)


async def test_two_domains_are_one_company_until_that_is_revoked(tmp_path: Path) -> None:
    async with rig(tmp_path / "data") as it:
        config = configuration(tmp_path, tmp_path / "data")
        await it.send({**VISIT, "email": "a@nord.example"}, {**VISIT, "email": "b@nord-group.example"})
        said = await typed_beside(
            "identity", "join", "nord.example", "nord-group.example", "--company", "--yes", "-c", config
        )
        assert "nord.example, nord-group.example" in said.out, said
        assert await companies(it) == [{"a@nord.example", "b@nord-group.example"}]
        await typed_beside("identity", "revoke", "1", "--company", "--yes", "-c", config)
        assert await companies(it) == [{"a@nord.example"}, {"b@nord-group.example"}]
        listed = await typed_beside("identity", "list", "-c", config)
        assert "join --company: nord.example | nord-group.example  revoked" in listed.out


async def test_a_domain_that_is_no_company_is_nobodys_and_the_next_key_counts(tmp_path: Path) -> None:
    async with rig(tmp_path / "data") as it:
        config = configuration(tmp_path, tmp_path / "data")
        facts = {"company": {"domain": "nord.example"}, "group_id": "g1"}
        await it.send({**VISIT, "email": "a@mail.example"}, {**VISIT, "email": "b@post.example", "traits": facts})
        await typed_beside("identity", "not-a-company", "mail.example", "--yes", "-c", config)
        said = await typed_beside("identity", "not-a-company", "g1", "--yes", "-c", config)
        assert "Then: no company  g1\n" in said.out
        assert "  nord.example\n" in said.out.partition("Then:")[2], "what becomes of the rest is shown too"
        listed = await typed_beside("identity", "list", "-c", config)
        assert "  not-a-company: g1\n" in listed.out
        rows = await it.rows(
            "SELECT k.value FROM events AS e LEFT JOIN company_keys AS k ON k.id = e.company_key_id ORDER BY e.seq"
        )
        assert [row["value"] for row in rows] == [None, "nord.example"]
        await typed_beside("identity", "revoke", "1", "--company", "--yes", "-c", config)
        assert {"a@mail.example"} in await companies(it)


async def test_what_stays_of_the_lead_of_a_value_that_is_nobody_is_shown(tmp_path: Path) -> None:
    config = await a_past(tmp_path)
    said = await typed_beside("identity", "not-a-person", "forms:u1", "--yes", "-c", config)
    assert "Then: nobody  forms:u1\n" in said.out
    assert "Then: L-1  anna@nord.example\n" in said.out
