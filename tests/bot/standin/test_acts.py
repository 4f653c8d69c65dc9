"""People act and the app hears of it: commands, buttons, modals, the Home tab, shortcuts and suggestions."""

from typing import Any

import pytest

from bot.standin import CannotActError, DemoWorkspace, StandIn
from tests.bot.standin.leadapp import LeadApp, actions, alert, note_modal, plain, section

Obj = dict[str, Any]


async def test_a_command_answered_in_its_acknowledgement_is_shown_to_its_user_alone(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    done = await standin.run_command(rep, workspace.sales, "/lead", "score søren@x.dk")
    assert (done.ok, done.status, done.body) == (True, 200, "You asked: score søren@x.dk")
    assert done.seconds < 3
    assert [m.text for m in standin.ephemerals(rep)] == ["You asked: score søren@x.dk"]
    heard = app.heard[0]
    assert heard["user_id"] == rep
    assert (heard["channel_id"], heard["channel_name"]) == (workspace.sales, "sales")


async def test_a_command_may_be_answered_with_blocks(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    await standin.run_command(workspace.reps[0], workspace.sales, "/lead", "blocks")
    shown = standin.ephemerals(workspace.reps[0])[0]
    assert shown.blocks[0]["text"]["text"] == "*82* points"


async def test_an_answer_that_slack_would_not_show_fails_the_command(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    async def broken(ack: Any) -> None:
        await ack(text="x", blocks=[section("")])

    app.bolt.command("/broken")(broken)
    done = await standin.run_command(workspace.reps[0], workspace.sales, "/broken")
    assert not done.ok
    assert done.error.startswith("invalid_blocks: [ERROR] must be more than 0 characters")
    assert standin.failures == (done,)


async def test_a_click_changes_the_message_for_everybody_and_the_second_is_told_by_name(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    first, second = workspace.reps[:2]
    await app.post_alert(workspace.sales)
    seen = standin.messages(workspace.sales)[0]
    assert (await standin.press(first, seen, "claim")).ok
    await standin.wait_for(lambda: standin.messages(workspace.sales)[0].edits)
    late = await standin.press(second, seen, "claim")
    assert late.ok
    await standin.wait_for(lambda: standin.ephemerals(second))
    assert standin.ephemerals(second)[0].text == f"<@{first}> has it already."
    assert late.payload["container"]["message_ts"] == seen.ts
    assert late.payload["actions"][0]["value"] == "L-1"


async def test_a_button_that_is_gone_cannot_be_pressed_unless_it_was_seen(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    ts = await app.post_alert(workspace.sales)
    await standin.press(rep, ts, "claim", channel=workspace.sales)
    await standin.wait_for(lambda: standin.messages(workspace.sales)[0].edits)
    with pytest.raises(CannotActError, match="no element 'claim'"):
        await standin.press(rep, ts, "claim", channel=workspace.sales)


async def test_people_act_only_where_they_are(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    rep, other = workspace.reps[:2]
    await app.client.chat_postEphemeral(channel=workspace.sales, user=rep, text="x", blocks=alert())
    await app.client.chat_postMessage(channel=workspace.admin, text="x", blocks=alert())
    for target in (standin.ephemerals(rep)[0], standin.messages(workspace.admin)[0]):
        with pytest.raises(CannotActError):
            await standin.press(other, target, "claim")
    with pytest.raises(CannotActError, match="sees nothing"):
        await standin.press(rep, "1.2", "claim", channel=workspace.sales)
    with pytest.raises(CannotActError, match="is not in"):
        await standin.run_command(rep, workspace.admin, "/lead")
    with pytest.raises(CannotActError, match="is archived"):
        await standin.say(rep, workspace.archived, "anyone?")
    workspace.deactivate(rep)
    with pytest.raises(CannotActError, match="nobody who could act"):
        await standin.run_command(rep, workspace.sales, "/lead")


CHOICES: list[tuple[str, Obj, Any, Obj]] = [
    (
        "static_select",
        {"options": [{"text": plain("Won"), "value": "won"}]},
        "won",
        {"selected_option": {"text": plain("Won"), "value": "won"}},
    ),
    (
        "overflow",
        {"options": [{"text": plain("Log"), "value": "log"}]},
        "log",
        {"selected_option": {"text": plain("Log"), "value": "log"}},
    ),
    (
        "checkboxes",
        {"options": [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}]},
        ["b"],
        {"selected_options": [{"text": plain("B"), "value": "b"}]},
    ),
    ("users_select", {}, "U7", {"selected_user": "U7"}),
    ("conversations_select", {}, "C7", {"selected_conversation": "C7"}),
    ("datepicker", {}, "2027-01-16", {"selected_date": "2027-01-16"}),
    ("timepicker", {}, "09:30", {"selected_time": "09:30"}),
    ("datetimepicker", {}, "1800000000", {"selected_date_time": 1_800_000_000}),
]


@pytest.mark.parametrize(("kind", "more", "value", "chosen"), CHOICES, ids=[row[0] for row in CHOICES])
async def test_a_choice_arrives_as_slack_sends_it(
    kind: str, more: Obj, value: Any, chosen: Obj, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    element = {"type": kind, "action_id": "pick", **more}
    await app.client.chat_postMessage(channel=workspace.sales, text="x", blocks=[actions(element)])
    done = await standin.press(workspace.reps[0], standin.messages(workspace.sales)[0], "pick", value)
    action = done.payload["actions"][0]
    assert {key: action[key] for key in chosen} == chosen
    values = done.payload["state"]["values"]
    assert (values == {}) if kind == "overflow" else (values["acts"]["pick"] == {"type": kind, **chosen})


async def test_an_option_that_is_not_offered_cannot_be_chosen(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    element = {"type": "static_select", "action_id": "pick", "options": [{"text": plain("Won"), "value": "won"}]}
    await app.client.chat_postMessage(channel=workspace.sales, text="x", blocks=[actions(element)])
    with pytest.raises(CannotActError, match="no option 'lost'"):
        await standin.press(workspace.reps[0], standin.messages(workspace.sales)[0], "pick", "lost")


async def open_note(standin: StandIn, workspace: DemoWorkspace) -> str:
    """Open the note modal; its id."""
    rep = workspace.reps[0]
    await standin.run_command(rep, workspace.sales, "/lead", "note")
    return (await standin.wait_for(lambda: standin.views(rep)))[-1].id


async def test_a_modal_is_filled_in_and_closes(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    rep = workspace.reps[0]
    view = await open_note(standin, workspace)
    done = await standin.submit_view(rep, view, {"text": "called her", "status": "won"})
    assert (done.ok, standin.views(rep)) == (True, ())
    values = app.heard[-1]["state"]["values"]
    assert values["note"]["text"]["value"] == "called her"
    assert values["status"]["status"]["selected_option"]["value"] == "won"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Please complete this required field."),
        ({"text": ""}, "Please complete this required field."),
        ({"note": "ab"}, "This entry must be at least 3 characters."),
    ],
)
async def test_what_the_client_refuses_does_not_reach_the_app(
    typed: dict[str, str], problem: str, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    view = await open_note(standin, workspace)
    heard = len(app.heard)
    done = await standin.submit_view(rep, view, typed)
    assert (done.ok, done.error, done.view_errors) == (False, "not_sent", {"note": problem})
    assert standin.views(rep)[0].errors == {"note": problem}
    assert len(app.heard) == heard


def field(kind: str, **more: Any) -> Obj:
    element = {"type": kind, "action_id": "field", **more}
    return note_modal() | {"blocks": [{"type": "input", "block_id": "f", "label": plain("Field"), "element": element}]}


@pytest.mark.parametrize(
    ("view", "typed", "problem"),
    [
        (field("email_text_input"), "anna", "Please enter a valid email address."),
        (field("url_text_input"), "x.dk", "Please enter a valid URL."),
        (field("number_input", is_decimal_allowed=True), "many", "Please enter a number."),
        (field("number_input", is_decimal_allowed=False), "1.5", "Please enter a whole number."),
        (field("number_input", is_decimal_allowed=False, min_value="2"), "1", "This entry must be 2 or more."),
        (field("number_input", is_decimal_allowed=False, max_value="2"), "3", "This entry must be 2 or less."),
        (field("plain_text_input", max_length=3), "four", "This entry must be at most 3 characters."),
        (field("email_text_input"), "anna@x.dk", ""),
        (field("url_text_input"), "https://x.dk", ""),
        (field("number_input", is_decimal_allowed=True), "-1.5", ""),
    ],
)
async def test_fields_are_checked_as_the_client_does(
    view: Obj, typed: str, problem: str, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    app.bolt.view("field")(_just_ack)
    opened = await app.client.views_open(
        trigger_id=workspace.tickets.trigger(rep), view=view | {"callback_id": "field"}
    )
    done = await standin.submit_view(rep, opened["view"]["id"], {"field": typed})
    assert done.view_errors == ({"f": problem} if problem else {})
    assert done.ok is (problem == "")


async def _just_ack(ack: Any) -> None:
    await ack()


async def test_the_apps_own_errors_keep_the_modal_open(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    view = await open_note(standin, workspace)
    done = await standin.submit_view(rep, view, {"text": "secret"})
    assert (done.ok, done.view_errors) == (True, {"note": "That is not for everybody."})
    assert standin.views(rep)[0].errors == {"note": "That is not for everybody."}
    assert standin.views(rep)[0].state["note"]["text"]["value"] == "secret"


async def test_a_submission_may_push_update_or_clear(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    rep = workspace.reps[0]
    view = await open_note(standin, workspace)
    await standin.submit_view(rep, view, {"text": "more"})
    assert [v.content["title"]["text"] for v in standin.views(rep)] == ["Add note", "Second"]
    await standin.submit_view(rep, standin.views(rep)[-1], {"text": "again"})
    assert [v.content["title"]["text"] for v in standin.views(rep)] == ["Add note", "Changed"]
    await standin.submit_view(rep, standin.views(rep)[-1], {"text": "clear"})
    assert standin.views(rep) == ()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "errors", "errors": {"other": "x"}}, "invalid_errors"),
        ({"response_action": "update"}, "invalid_arguments"),
        ({"response_action": "update", "view": note_modal() | {"title": plain("x" * 25)}}, "invalid_arguments"),
        ({"response_action": "explode"}, "invalid_response_action"),
    ],
)
async def test_a_submission_answered_wrongly_fails(
    answer: Obj, error: str, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    async def wrong(ack: Any) -> None:
        await ack(**answer)

    rep = workspace.reps[0]
    app.bolt.view("wrong")(wrong)
    trigger = workspace.tickets.trigger(rep)
    opened = await app.client.views_open(trigger_id=trigger, view=note_modal() | {"callback_id": "wrong"})
    done = await standin.submit_view(rep, opened["view"]["id"], {"text": "fine"})
    assert not done.ok
    assert done.error.startswith(error)
    assert len(standin.views(rep)) == 1
    assert standin.failures == (done,)


async def test_a_field_that_is_not_there_cannot_be_filled(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    view = await open_note(standin, workspace)
    with pytest.raises(CannotActError, match="no field"):
        await standin.submit_view(workspace.reps[0], view, {"nothing": "x"})
    with pytest.raises(CannotActError, match="no open modal"):
        await standin.submit_view(workspace.reps[1], view)


async def test_a_closed_modal_tells_the_app_when_it_asked(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    done = await standin.close_view(rep, await open_note(standin, workspace))
    assert done is not None
    assert done.ok
    assert app.closed[0]["is_cleared"] is False
    await standin.close_view(rep, await open_note(standin, workspace), clear=True)
    assert app.closed[1]["is_cleared"] is True
    assert standin.views(rep) == ()


async def test_the_home_tab_is_published_when_it_is_opened(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    opened = await standin.open_home(rep)
    assert opened.what == "app_home_opened"
    home = await standin.wait_for(lambda: standin.home(rep))
    again = await standin.open_home(rep)
    assert again.payload["event"]["view"]["id"] == home.id
    done = await standin.press(rep, home, "details")
    assert done.payload["container"] == {"type": "view", "view_id": home.id}
    await standin.wait_for(lambda: standin.views(rep))
    with pytest.raises(CannotActError, match="belongs to"):
        await standin.press(workspace.reps[1], home, "details")


async def test_typing_into_a_menu_of_the_apps_brings_its_options(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]

    async def find(ack: Any, payload: Obj) -> None:
        found = [{"text": plain("Anna"), "value": "L-1"}] if payload["value"] != "bad" else [{"value": "L-1"}]
        await ack(options=found)

    app.bolt.options("lead")(find)
    app.bolt.action("lead")(_just_ack)
    menu = {"type": "external_select", "action_id": "lead", "min_query_length": 2}
    await app.client.chat_postMessage(channel=workspace.sales, text="x", blocks=[actions(menu)])
    message = standin.messages(workspace.sales)[0]
    assert [o["value"] for o in await standin.suggest(rep, message, "lead", "an")] == ["L-1"]
    done = await standin.press(rep, message, "lead", "L-1")
    assert done.payload["actions"][0]["selected_option"] == {"text": plain("Anna"), "value": "L-1"}
    assert await standin.suggest(rep, message, "lead", "bad") == []
    assert standin.failures[0].error.startswith("invalid_options: [ERROR] missing required field: text")


async def test_shortcuts_reach_the_app_with_and_without_a_message(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    heard: list[Obj] = []

    async def log(ack: Any, body: Obj, respond: Any) -> None:
        await ack()
        heard.append(body)
        if body["type"] == "message_action":
            await respond("logged")

    app.bolt.shortcut("log")(log)
    message = await standin.say(workspace.reps[1], workspace.sales, "Anna called")
    assert (await standin.shortcut(rep, "log", message)).ok
    assert (await standin.shortcut(rep, "log")).ok
    assert [h["type"] for h in heard] == ["message_action", "shortcut"]
    assert heard[0]["message"]["text"] == "Anna called"
    assert standin.ephemerals(rep)[0].text == "logged"


async def test_a_thread_keeps_its_place_in_a_click(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    rep = workspace.reps[0]
    parent = await standin.say(rep, workspace.sales, "Anyone?")
    await app.client.chat_postMessage(channel=workspace.sales, text="x", blocks=alert(), thread_ts=parent.ts)
    done = await standin.press(rep, standin.messages(workspace.sales)[-1], "claim")
    assert done.payload["container"]["thread_ts"] == parent.ts
