"""Every number of docs/identity.md is configured: each is obeyed, and a change is applied to what was stored before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.bot.service.house import DAY, HOUR, MINUTE, T0, House, SetClock, house


async def a_phone_of_two(it: House) -> None:
    await it.take(it.event("one", email="a@x.example", phone="+4511111111"))
    await it.take(it.event("two", email="b@x.example", phone="+4511111111"))


async def a_set_of_three(it: House) -> None:
    for name in "abc":
        await it.take(it.event("one", email=f"{name}@x.example", user_id="site:1"))


async def a_visitor_of_two(it: House) -> None:
    for n, name in enumerate("ab"):
        await it.take(it.event("known", email=f"{name}@x.example", anonymous_id="v", at=T0 - n * HOUR))
    await it.take(it.event("visit", anonymous_id="v", at=T0 - 3 * HOUR))


async def a_visit_just_before(it: House) -> None:
    await it.take(it.event("known", email="b@x.example", anonymous_id="v", at=T0 - 2 * HOUR))
    await it.take(it.event("visit", anonymous_id="v", at=T0 - 45 * MINUTE))
    await it.take(it.event("known", email="a@x.example", anonymous_id="v", at=T0))


async def a_visit_long_before(it: House) -> None:
    await it.take(it.event("visit", anonymous_id="v", at=T0 - 200 * DAY))
    await it.take(it.event("known", email="a@x.example", anonymous_id="v", at=T0))


def company(group: str, domain: str) -> Mapping[str, Any]:
    return {"traits": {"group_id": group, "company": {"domain": domain}}}


async def a_domain_of_two_groups(it: House) -> None:
    await it.take(it.event("one", email="a@gmail.com", **company("g1", "nord.example")))
    await it.take(it.event("two", email="b@gmail.com", **company("g2", "nord.example")))


async def a_group_of_two_domains(it: House) -> None:
    await it.take(it.event("one", email="a@gmail.com", **company("g1", "nord.example")))
    await it.take(it.event("two", email="b@gmail.com", **company("g1", "syd.example")))


async def leads(it: House) -> int:
    """How many leads the events belong to."""
    (row,) = await it.rows(
        "SELECT COUNT(DISTINCT i.lead_id) AS n FROM events AS e JOIN identifiers AS i ON i.id = e.subject_id"
    )
    return int(row["n"])


async def visits_of_a(it: House) -> int:
    """How many visits belong to the lead of a@x.example, as stored; Details and the log agree."""
    number = await it.number("a@x.example")
    page = await it.core.desk.history(number)
    assert page is not None
    return sum(one.type == "visit" for one in page.activities)


async def companies(it: House) -> int:
    (row,) = await it.rows("SELECT COUNT(DISTINCT company_id) AS n FROM company_keys")
    return int(row["n"])


@pytest.mark.parametrize(
    ("key", "usual", "other", "arrive", "count", "expected"),
    [
        ("addresses_of_a_phone", 1, 2, a_phone_of_two, leads, (2, 1)),
        ("addresses_of_a_set", 10, 2, a_set_of_three, leads, (1, 3)),
        ("addresses_of_a_visitor", 10, 1, a_visitor_of_two, visits_of_a, (0, 0)),
        ("session", "30m", "1h", a_visit_just_before, visits_of_a, (0, 1)),
        ("anonymous_window", "180d", "300d", a_visit_long_before, visits_of_a, (0, 1)),
        ("group_ids_of_a_domain", 5, 1, a_domain_of_two_groups, companies, (1, 3)),
        ("domains_of_a_group_id", 20, 1, a_group_of_two_domains, companies, (1, 3)),
    ],
)
async def test_a_number_is_obeyed_and_so_is_its_change(
    tmp_path: Path, key: str, usual: Any, other: Any, arrive: Any, count: Any, expected: tuple[int, int]
) -> None:
    """From the beginning, and when it is changed afterwards, in both directions: the same in the end."""
    expected_of = dict(zip((usual, other), expected, strict=True))
    for first, second in ((usual, other), (other, usual)):
        clock = SetClock()
        folder = tmp_path / str(first)
        async with house(folder, clock=clock, identity={key: first}) as it:
            await arrive(it)
            assert await count(it) == expected_of[first]
        async with house(folder, clock=clock, identity={key: second}) as it:
            assert await count(it) == expected_of[second]
            ((audited,),) = await it.rows("SELECT COUNT(*) FROM audit WHERE action = 'identity_configured'")
            assert audited == 1


async def test_a_visitor_with_more_addresses_than_configured_attributes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path / "usual") as it:
        await a_visitor_of_two(it)
        assert await it.rows("SELECT 1 FROM identifiers WHERE kind = 'anonymous_id' AND standing <> 0") == []
    async with house(tmp_path / "one", identity={"addresses_of_a_visitor": 1}) as it:
        await a_visitor_of_two(it)
        assert len(await it.rows("SELECT 1 FROM identifiers WHERE kind = 'anonymous_id' AND standing <> 0")) == 1
