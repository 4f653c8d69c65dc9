"""Whatever is sent, the stand-in answers with one of Slack's errors and never breaks."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.standin import DemoWorkspace, Workspace, check_message, check_view, webapi
from bot.standin.methods.catalogue import METHODS
from bot.standin.responses import respond
from tests.bot.standin.leadapp import alert, note_modal

WORDS = st.sampled_from(
    ["type", "text", "section", "mrkdwn", "elements", "options", "value", "button", "plain_text", ""]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) inside a JSON value."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
    return [(node, key) for key in keys] + [deep for key in keys for deep in places(node[key])]


@given(JSON)
def test_any_json_is_judged(value: Any) -> None:
    assert all(line.startswith("[ERROR] ") for line in check_message(value))
    assert check_view(value, "modal")


@given(st.data())
def test_a_good_surface_with_one_thing_changed_is_judged(data: st.DataObject) -> None:
    surface: Any = data.draw(st.sampled_from([alert(), note_modal()]).map(deepcopy))
    container, key = data.draw(st.sampled_from(places(surface)))
    container[key] = data.draw(JSON)
    problems = check_message(surface) if isinstance(surface, list) else check_view(surface, "modal")
    assert all("json-pointer:/" in line for line in problems)


ARGUMENTS = sorted({name for m in METHODS.values() for name in (*m.required, *m.optional)} | {"odd"})


def fresh() -> Workspace:
    workspace = DemoWorkspace(now=lambda: 1_800_000_000_000_000)
    workspace.limits.on = False
    return workspace


@settings(max_examples=300)
@given(st.sampled_from(sorted(METHODS)), st.dictionaries(st.sampled_from(ARGUMENTS), JSON, max_size=6), st.booleans())
def test_any_arguments_are_answered(method: str, args: dict[str, Any], in_sales: bool) -> None:
    workspace = fresh()
    token = workspace.app_token if METHODS[method].caller == "app" else workspace.bot_token
    if in_sales:
        args |= {"channel": workspace.channel_id("sales"), "text": "x"}
    answer = webapi.call(workspace, method, token, args)
    assert answer.body["ok"] is True or answer.body["error"]


@given(JSON | st.dictionaries(st.sampled_from(["text", "blocks", "response_type", "replace_original"]), JSON))
def test_any_answer_to_a_response_url_is_answered(body: Any) -> None:
    workspace = fresh()
    key = workspace.tickets.response_url("U1", workspace.channel_id("sales"))
    status, said = respond(workspace, key, body)
    assert status in (200, 400)
    assert said["ok"] is (status == 200)
