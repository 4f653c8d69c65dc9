"""views.*: modals are opened by a fresh trigger, stacked three high, and updated where they stand."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, StandIn
from tests.bot.standin.conftest import FakeClock, code
from tests.bot.standin.leadapp import alert, note_modal, plain, section

Obj = dict[str, Any]


async def opened(client: AsyncWebClient, workspace: DemoWorkspace, **more: Any) -> Obj:
    trigger = workspace.tickets.trigger(workspace.reps[0])
    return dict((await client.views_open(trigger_id=trigger, view=note_modal() | more))["view"])


async def test_a_view_comes_back_with_its_ids_and_empty_state(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    view = await opened(client, workspace)
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert view["state"]["values"]["note"]["text"] == {"type": "plain_text_input", "value": None}
    assert [v.id for v in standin.views(workspace.reps[0])] == [view["id"]]


async def test_a_trigger_works_once_and_for_three_seconds(
    client: AsyncWebClient, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    trigger, late = [workspace.tickets.trigger(workspace.reps[0]) for _ in range(2)]
    clock.advance(3)
    await client.views_open(trigger_id=trigger, view=note_modal())
    clock.advance(0.001)
    for key, expected in (
        (trigger, "exchanged_trigger_id"),
        (late, "expired_trigger_id"),
        ("1.2.3", "invalid_trigger_id"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.views_open(trigger_id=key, view=note_modal())
        assert code(refused) == expected


async def test_a_broken_view_is_refused_with_its_place_and_leaves_the_trigger(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    trigger = workspace.tickets.trigger(workspace.reps[0])
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=trigger, view=note_modal() | {"title": plain("x" * 25)})
    assert code(refused) == "invalid_arguments"
    assert "[json-pointer:/view/title/text]" in refused.value.response["response_metadata"]["messages"][0]
    await client.views_open(trigger_id=trigger, view=note_modal())


async def test_a_view_over_250_kb_is_too_large(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    blocks = [section("ø" * 2500) for _ in range(60)]
    with pytest.raises(SlackApiError) as refused:
        await opened(client, workspace, blocks=blocks)
    assert code(refused) == "view_too_large"


async def test_three_modals_stack_and_a_fourth_is_refused(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    first = await opened(client, workspace)
    for _ in range(2):
        trigger = workspace.tickets.trigger(rep, first["id"])
        await client.views_push(trigger_id=trigger, view=note_modal())
    stack = standin.views(rep)
    assert [v.root_id for v in stack] == [first["id"]] * 3
    assert stack[2].previous_id == stack[1].id
    with pytest.raises(SlackApiError) as refused:
        await client.views_push(trigger_id=workspace.tickets.trigger(rep, first["id"]), view=note_modal())
    assert code(refused) == "push_limit_reached"


async def test_a_push_needs_a_trigger_from_a_modal(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    await opened(client, workspace)
    with pytest.raises(SlackApiError) as refused:
        await client.views_push(trigger_id=workspace.tickets.trigger(workspace.reps[0]), view=note_modal())
    assert code(refused) == "invalid_trigger_id"


async def test_an_update_needs_the_newest_hash_when_it_names_one(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    view = await opened(client, workspace)
    changed = note_modal() | {"title": plain("Changed")}
    newer = await client.views_update(view_id=view["id"], hash=view["hash"], view=changed)
    assert newer["view"]["hash"] != view["hash"]
    with pytest.raises(SlackApiError) as refused:
        await client.views_update(view_id=view["id"], hash=view["hash"], view=changed)
    assert code(refused) == "hash_conflict"
    assert standin.views(workspace.reps[0])[0].content["title"]["text"] == "Changed"


async def test_what_was_typed_survives_an_update(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    view = await opened(client, workspace)
    standin.fill(rep, view["id"], {"text": "called her"})
    await client.views_update(view_id=view["id"], view=note_modal() | {"title": plain("Changed")})
    assert standin.views(rep)[0].state["note"]["text"]["value"] == "called her"


async def test_a_view_is_found_by_its_external_id_which_is_unique(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    view = await opened(client, workspace, external_id="lead-1")
    found = await client.views_update(external_id="lead-1", view=note_modal() | {"external_id": "lead-1"})
    assert found["view"]["id"] == view["id"]
    trigger = workspace.tickets.trigger(workspace.reps[1])
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=trigger, view=note_modal() | {"external_id": "lead-1"})
    assert code(refused) == "duplicate_external_id"


async def test_a_closed_view_is_not_found(standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    view = await opened(client, workspace, notify_on_close=False)
    assert await standin.close_view(workspace.reps[0], view["id"]) is None
    for args in ({"view_id": view["id"]}, {"external_id": "none"}):
        with pytest.raises(SlackApiError) as refused:
            await client.views_update(view=note_modal(), **args)
        assert code(refused) == "not_found"
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("views.update", json={"view": note_modal()})
    assert code(refused) == "invalid_arguments"


async def test_a_home_tab_is_published_for_one_person(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    rep, other = workspace.reps[:2]
    first = await client.views_publish(user_id=rep, view={"type": "home", "blocks": alert()})
    again = await client.views_publish(user_id=rep, hash=first["view"]["hash"], view={"type": "home", "blocks": []})
    assert again["view"]["id"] == first["view"]["id"]
    home = standin.home(rep)
    assert home is not None
    assert home.blocks == []
    assert standin.home(other) is None
    for args, expected in (
        ({"user_id": rep, "hash": "old", "view": {"type": "home", "blocks": []}}, "hash_conflict"),
        ({"user_id": "U1", "view": {"type": "home", "blocks": []}}, "user_not_found"),
        ({"user_id": rep, "view": note_modal()}, "invalid_arguments"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.api_call("views.publish", json=args)
        assert code(refused) == expected


async def test_blocks_validate_says_what_would_be_refused(client: AsyncWebClient) -> None:
    assert (await client.api_call("blocks.validate", json={"blocks": alert()}))["ok"]
    assert (await client.api_call("blocks.validate", json={"view": note_modal()}))["ok"]
    for args, expected in (
        ({"blocks": [{"type": "x"}]}, "invalid_blocks"),
        ({"view": note_modal() | {"title": plain("")}}, "invalid_view"),
        ({}, "invalid_arguments"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.api_call("blocks.validate", json=args)
        assert code(refused) == expected
