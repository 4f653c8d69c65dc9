"""In a company of many people each word about it costs what it changes, not what everybody ever said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.service.company_facts import CompanyFacts
from bot.service.identity.inheriting import Inherited, inherit
from bot.service.identity.joining import Verb
from bot.service.logbook import read_log
from bot.service.logged import scoring_event
from bot.storage import events, quarantine, scores
from bot.storage.store import Tx
from scoring.events import ScoringEvent
from scoring.instants import DAY, HOUR, MINUTE, Instant
from tests.bot.service.house import COMPANY_MODEL, MANAGER, House, house

PEOPLE = 60


async def says(it: House, person: int, employees: int, at: Instant | None = None) -> int:
    """Somebody brings the size of their company along."""
    traits = {"company": {"domain": "big.example", "employees": employees}}
    return await it.says("seen", f"{person}@big.example", traits=traits, at=at)


async def a_big_company(it: House, employees: int = 20) -> None:
    for person in range(PEOPLE):
        await says(it, person, employees)
    await it.pass_(MINUTE)


async def due(it: House) -> int:
    return await it.core.store.read(lambda tx: scores.count_due(tx, it.clock()))


async def sizes_of_fit(it: House) -> set[Any]:
    """The fit of everybody in the company; and it is what their whole logs give."""

    def looked(tx: Tx) -> set[Any]:
        (live,) = it.core.scorebook.models
        rows = tx.all("SELECT lead_id, at, fit FROM scores")
        for row in rows:
            history = read_log(tx, row["lead_id"]).history(live.model)
            assert {history.score(at).fit_cents for at in (row["at"], it.clock())} == {row["fit"]}
        return {row["fit"] for row in rows}

    return await it.core.store.read(looked)


async def test_what_is_known_already_makes_no_colleague_due(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        await says(it, 1, 20)
        assert await due(it) == 0
        await says(it, 2, 70)
        assert await due(it) == PEOPLE - 1
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {6_000}


async def test_what_is_known_already_makes_no_colleague_due_though_it_does_not_name_the_company(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        for person in range(PEOPLE):
            await it.says("seen", f"{person}@big.example", user_id=f"site:{person}")
        for person, size, concerned in ((1, 20, PEOPLE - 1), (2, 20, 0), (3, 70, PEOPLE - 1), (4, 70, 0)):
            await it.take(it.event("seen", user_id=f"site:{person}", traits={"company.employees": size}))
            assert await due(it) == concerned
            await it.pass_(MINUTE)
            assert await sizes_of_fit(it) == {0 if size < 50 else 6_000}


async def test_a_word_that_comes_behind_another_does_not_hold(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        await it.pass_(DAY)
        await says(it, 1, 20)  # the same again, later: from here on nothing older holds
        await says(it, 3, 20, at=it.clock() - HOUR)
        assert await due(it) == 0  # nor is it news: so it was then, too
        await says(it, 2, 70, at=it.clock() - HOUR)
        assert await due(it) == PEOPLE - 1  # whoever was evaluated last before it knew otherwise
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {0}


async def test_a_word_ahead_of_the_clock_holds_from_its_instant_on(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        await says(it, 1, 70, at=it.clock() + HOUR)
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {0}
        await it.pass_(HOUR)
        assert await sizes_of_fit(it) == {6_000}
        await says(it, 2, 20)
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {0}


async def test_a_word_that_was_ahead_of_the_clock_once_is_as_any_other_when_its_instant_has_come(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        await says(it, 1, 70, at=it.clock() + HOUR)
        await it.pass_(2 * HOUR)
        for again in (False, True):
            if again:
                it.core.scorebook.histories.forget_all()
                await says(it, 3, 70)
            await says(it, 2, 70)
            assert await due(it) == 0
            await it.pass_(MINUTE)
            assert await sizes_of_fit(it) == {6_000}


async def test_whoever_is_loaded_reads_of_colleagues_only_the_words_that_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        read: list[str] = []

        def counted(row: Any, company: str | None) -> ScoringEvent:
            read.append(row["id"])
            return scoring_event(row, company)

        monkeypatch.setattr("bot.service.logbook.scoring_event", counted)
        number = await it.number("7@big.example")
        it.core.scorebook.histories.forget(number)
        await it.core.store.write(lambda tx: it.core.scorebook.histories.get(tx, number))
        assert len(read) == 1


async def test_a_word_that_counts_no_more_gives_way_to_the_one_before_it_for_its_own_lead_too(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it, 70)
        number = await says(it, 1, 20)
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {0}
        (last,) = await it.rows("SELECT MAX(seq) AS seq FROM events")
        await it.core.quarantine.quarantine(number, last["seq"], MANAGER)
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {6_000}


async def test_a_company_that_gains_or_loses_a_word_because_of_an_instruction_is_told(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        await it.says("seen", "1@big.example", traits={"group_id": "everybody", "company.employees": 70})
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {0, 6_000}
        said = await it.core.company_instructions.say(Verb.NOT_A_PERSON, "everybody", None, "U1", None, show=False)
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {6_000}
        assert said.number is not None
        await it.core.company_instructions.revoke(said.number, "U1", show=False)
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {0, 6_000}


async def test_true_is_not_known_where_1_is(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        for person, value in ((1, 1), (2, 1), (1, True)):
            traits = {"company": {"domain": "big.example", "listed": value}}
            await it.says("seen", f"{person}@big.example", traits=traits)
        assert await due(it) == 1


async def test_what_is_remembered_of_a_company_is_forgotten_the_moment_that_other_events_are_about_it(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        before, after = [await says(it, person, size) for person, size in ((1, 20), (2, 70))]
        assert (before, after) == (1, 2)
        facts = CompanyFacts()

        def look(tx: Tx) -> list[tuple[int, ...]]:
            (company,) = {row["company_id"] for row in tx.all("SELECT company_id FROM leads")}
            seen = [facts.rows(tx, [company])]
            quarantine.found_machine(tx, seen[0][0]["seq"], "burst")
            seen.append(facts.rows(tx, [company]))
            events.name_company(tx, seen[1][0]["seq"], None, facts=1)
            seen.append(facts.rows(tx, [company]))
            return [tuple(row["seq"] for row in rows) for rows in seen]

        assert await it.core.store.write(look) == [(2,), (1,), ()]


async def test_an_evaluation_that_is_late_knows_a_late_word_of_which_nobody_was_told(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        late = it.clock() + DAY - HOUR
        it.clock.now += DAY
        await says(it, 1, 20)
        await says(it, 2, 70, at=late)
        number, (live,) = await it.number("3@big.example"), it.core.scorebook.models

        def look(tx: Tx) -> tuple[int | None, int | None]:
            at_hand = it.core.scorebook.score(tx, number, live, late)
            return at_hand.fit_cents, read_log(tx, number).history(live.model).score(late).fit_cents

        assert await it.core.store.write(look) == (6_000, 6_000)


async def test_an_event_that_only_follows_leaves_what_was_said_before_without_a_company_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.says("seen", "1@big.example", user_id="site:1")
        await it.take(it.event("seen", user_id="site:1", traits={"company.employees": 70}))
        read: list[int] = []

        def looked(tx: Tx, lead_id: int, new: Any = ()) -> list[Inherited]:
            read.append(lead_id)
            return inherit(tx, lead_id, new)

        monkeypatch.setattr("bot.service.intake.inherit", looked)
        it.clock.now += MINUTE
        await it.take(it.event("seen", user_id="site:1"))
        assert read == []
        await it.take(it.event("seen", user_id="site:1", at=it.clock() - HOUR))
        assert read == [1]


async def test_whoever_is_at_hand_is_told_news_of_a_company_that_is_remembered_no_more(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await a_big_company(it)
        number = await it.number("1@big.example")
        histories = it.core.scorebook.histories
        before = histories.at_hand(number)
        histories._facts.forget_all()  # as when others have taken its place
        await says(it, 2, 70)
        assert before is not None
        assert histories.at_hand(number) is before
        await it.pass_(MINUTE)
        assert await sizes_of_fit(it) == {6_000}
