"""Routing: channels and people by rules, known owners first, who is passed over, and why it went where it went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadConfiguration
from bot.service.handling.views import RouteView
from tests.bot.service.house import ANNA, BO, CARL, DAY, FALLBACK, HOUR, MINUTE, SALES, House, house

REPS = [{"user": one.user_id} for one in (ANNA, BO, CARL)]
DANES = "C0DANES"


def turns(**more: Any) -> dict[str, Any]:
    return {"name": "Turns", "channel": SALES, "how": "round_robin", "offer_for": "30m", **more}


async def routed(it: House, number: int) -> RouteView:
    view = await it.core.handling.route(number)
    assert view is not None
    return view


async def test_the_first_rule_whose_condition_holds_decides_channel_and_way(tmp_path: Path) -> None:
    routes = [
        {"name": "Danes", "when": {"country": "Denmark"}, "channel": DANES},
        turns(when={"country": {"is_not": "Norway"}}),
    ]
    async with house(tmp_path, route=routes, rep=REPS) as it:
        dane = await it.says("warm", "a@x.example", traits={"country": "Denmark"})
        swede = await it.says("warm", "b@y.example", traits={"country": "Sweden"})
        assert [row["lane"] for row in await it.owed("alert")] == [DANES, SALES]
        assert (await routed(it, dane)).rules == (("Danes", True), ("Turns", True))
        view = await routed(it, swede)
        assert (view.rule, view.how, view.result, view.to) == ("Turns", "round_robin", "offered", ANNA.user_id)


async def test_what_no_rule_takes_goes_to_the_fallback_channel_and_admins_are_told(tmp_path: Path) -> None:
    async with house(tmp_path, route=[{"name": "Danes", "when": {"country": "Denmark"}, "channel": DANES}]) as it:
        number = await it.says("warm")
        assert (await it.owed("alert"))[0]["lane"] == FALLBACK
        assert (await routed(it, number)).fallback
        assert await it.codes("channel") == ["health"]


async def test_turns_go_round_and_a_turn_that_was_no_fit_is_given_back(tmp_path: Path) -> None:
    async with house(tmp_path, route=[turns()], rep=REPS) as it:
        offered = []
        for n in range(5):
            number = await it.says("warm", f"lead{n}@x{n}.example")
            offered.append((await it.lead(number)).handling.offered_to)
            if n == 3:
                await it.core.handling.not_fit(number, ANNA, "Competitor")
            await it.pass_(MINUTE)
        assert offered == [ANNA.user_id, BO.user_id, CARL.user_id, ANNA.user_id, ANNA.user_id]


@pytest.mark.parametrize(
    ("anna", "why"),
    [
        ({"away": ["2026-03-01..2026-03-08"]}, "away"),
        ({"capacity": 0}, "full"),
        ({"hours": "Mon-Fri 12:00-17:00"}, "out_of_hours"),
    ],
)
async def test_who_cannot_take_it_now_is_passed_over(tmp_path: Path, anna: dict[str, Any], why: str) -> None:
    async with house(tmp_path, route=[turns()], rep=[{"user": ANNA.user_id, **anna}, {"user": BO.user_id}]) as it:
        view = await routed(it, await it.says("warm"))
        assert view.to == BO.user_id
        assert [(one.user_id, one.why) for one in view.considered] == [(ANNA.user_id, why), (BO.user_id, "taken")]


async def test_what_reps_set_for_themselves_counts(tmp_path: Path) -> None:
    async with house(tmp_path, route=[turns()], rep=REPS) as it:
        me = await it.core.handling.set_me(ANNA, away="2026-03-01..2026-03-08", capacity="many", languages="da, en")
        assert (me.away, me.passed_over, me.languages) == ((("2026-03-01", "2026-03-08"),), "away", ("da", "en"))
        assert me.unknown == ("capacity",)
        assert (await routed(it, await it.says("warm"))).to == BO.user_id
        assert (await it.core.handling.set_me(ANNA, away=None)).passed_over is None


async def test_territory_and_language_choose_among_reps(tmp_path: Path) -> None:
    reps = [
        {"user": ANNA.user_id, "territories": ["Sweden"]},
        {"user": BO.user_id, "territories": ["denmark"], "languages": ["sv"]},
        {"user": CARL.user_id, "territories": ["Denmark"], "languages": ["da"]},
    ]
    async with house(tmp_path, route=[turns(territory="country", language="language")], rep=reps) as it:
        number = await it.says("warm", traits={"country": "Denmark", "language": "da"})
        assert (await routed(it, number)).to == CARL.user_id


@pytest.mark.parametrize(
    ("value", "to"), [("bo@ours.example", BO.user_id), (CARL.user_id, CARL.user_id), ("", None), ("nobody", None)]
)
async def test_an_attribute_names_the_owner(tmp_path: Path, value: str, to: str | None) -> None:
    route = {"name": "CRM", "channel": SALES, "how": "owner", "owner": "crm_owner"}
    reps = [{"user": BO.user_id, "email": "Bo@ours.example"}]
    async with house(tmp_path, route=[route], rep=reps) as it:
        number = await it.says("warm", traits={"crm_owner": value})
        assert (await it.lead(number)).handling.offered_to == to


async def test_a_route_may_assign_at_once_and_its_owner_is_told(tmp_path: Path) -> None:
    async with house(tmp_path, route=[turns(assign=True)], rep=REPS) as it:
        number = await it.says("warm")
        handling = (await it.lead(number)).handling
        assert (handling.state.value, handling.owner) == ("claimed", ANNA.user_id)
        assert (await it.codes("direct"), await it.actions(number)) == (["claimed"], ["assigned"])


async def test_the_last_owner_comes_first_and_then_the_owner_of_the_colleague_contacted_last(tmp_path: Path) -> None:
    async with house(tmp_path, route=[turns()], rep=REPS) as it:
        first = await it.says(
            "warm", "a@acme.example", traits={"company.name": "Acme", "company.domain": "acme.example"}
        )
        await it.claim(first, ANNA)
        await it.status(first, "connected", ANNA)
        colleague = await it.says("warm", "b@acme.example")
        view = await routed(it, colleague)
        assert (view.first, view.to) == ("colleague", ANNA.user_id)
        await it.core.handling.not_now(first, ANNA, "Too early", it.clock() + DAY)
        await it.pass_(30 * DAY)
        await it.says("warm", "a@acme.example")
        assert (await routed(it, first)).first == "last_owner"


async def test_an_owner_who_is_back_before_half_the_clock_is_gone_is_waited_for(tmp_path: Path) -> None:
    reps = [{"user": ANNA.user_id, "hours": "Mon-Sun 08:00-18:00"}]
    async with house(tmp_path, rep=reps) as it:
        number = await it.says("warm")
        await it.claim(number)
        await it.core.handling.not_now(number, ANNA, "Too early")
        await it.pass_(14 * HOUR)  # 23:00
        await it.says("dip3")
        await it.pass_(3 * DAY)
        handling = (await it.lead(number)).handling
        assert (handling.offered_to, handling.state.value) == (ANNA.user_id, "offered")
        assert handling.offered_until == it.clock() + 9 * HOUR + 15 * MINUTE


async def test_at_most_three_offers_within_the_first_half_of_the_clock_and_nobody_twice(tmp_path: Path) -> None:
    reps = [{"user": f"U0REP{n}"} for n in range(6)]
    async with house(tmp_path, route=[turns(offer_for="5h")], rep=reps) as it:
        number = await it.says("warm")
        offered = []
        for _ in range(30):
            offered.append((await it.lead(number)).handling.offered_to)
            await it.pass_(HOUR)
        assert list(dict.fromkeys(offered)) == ["U0REP0", "U0REP1", "U0REP2", None]
        assert offered.index(None) == 12  # half of 24 hours


async def test_what_is_no_route_is_refused_with_every_problem(tmp_path: Path) -> None:
    routes = [{"name": "A", "channel": SALES, "how": "owner"}, {"name": "B", "channel": SALES, "how": "round_robin"}]
    with pytest.raises(BadConfiguration) as bad:
        async with house(tmp_path, route=[*routes, {"name": "C", "channel": SALES, "when": {"a": {"b": 1}}}]):
            pass
    assert [finding.place.split(".when")[0] for finding in bad.value.findings][:2] == [
        "route[0].owner",
        "route[1].reps",
    ]
    assert any(finding.place.startswith("route[2].when") for finding in bad.value.findings)


async def test_where_a_lead_would_go_is_said_before_it_crosses(tmp_path: Path) -> None:
    async with house(tmp_path, route=[turns()], rep=REPS) as it:
        number = await it.says("newsletter")
        view = await routed(it, number)
        assert (view.result, view.to, view.channel) == ("offered", ANNA.user_id, SALES)
        assert await it.rows("SELECT id FROM turns") == []
        assert await it.core.handling.route(number + 1) is None
