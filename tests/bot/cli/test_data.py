"""Values that no table of words knows are listed; words that the configuration adds count from the next start on."""

from __future__ import annotations

from pathlib import Path

from tests.bot.cli.shell import configuration, typed_beside
from tests.rig import SetClock, rig

VISIT = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/"}}
WORDS = """
name = "Authority"
market = "b2b"
[[fit]]
name = "Authority"
[[fit.rule]]
name = "Decides"
when = { authority = { one_of = ["executive", "director"] }, company.employees_from = { at_least = 100 } }
points = 50
[labels]
hot = 40
"""


async def test_values_are_listed_the_most_frequent_first(tmp_path: Path) -> None:
    async with rig(tmp_path / "data") as it:
        config = configuration(tmp_path, tmp_path / "data")
        for n in range(3):
            traits = {"title": "Wizard", "company": {"country": "Danmark", "employees": "many" if n else "11-50"}}
            await it.send({**VISIT, "email": f"p{n}@nord.example", "traits": traits})
        said = await typed_beside("data", "unmatched", "-c", config)
        assert said.out.split("\n")[:2] == ["      3  title  Wizard", "      2  company.employees  many"]
        assert "say what they mean under [vocabulary.titles]" in said.out


async def test_a_word_that_is_added_counts_at_the_next_start_and_nobody_is_alerted(tmp_path: Path) -> None:
    clock = SetClock()
    traits = {"title": "Head Wizard of Oz", "company": {"employees": "200+"}}
    async with rig(tmp_path, clock=clock, model=WORDS, vocabulary={"titles": {"Head": "staff"}}) as it:
        await it.send({**VISIT, "email": "a@nord.example", "traits": traits})
        await it.settle()
        assert [row["score"] for row in await it.rows("SELECT score FROM scores")] == [0]
    async with rig(tmp_path, clock=clock, model=WORDS, vocabulary={"titles": {"Head Wizard": "executive"}}) as it:
        await it.settle()
        assert [row["score"] for row in await it.rows("SELECT score FROM scores")] == [5000]
        assert len(await it.rows("SELECT id FROM audit WHERE action = 'vocabulary_changed'")) == 1
        assert not it.alerts()
