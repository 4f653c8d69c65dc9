"""Looks whether Slack is set up: token, scopes, clock, and each configured channel; says what to do where it is not.

It only reads, except for `post=True`, which posts a test message in every configured channel and deletes it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.app import scopes_of
from bot.slack.calls import CALL_ERRORS, Failure, explain
from bot.slack.manifest import SCOPES, required_scopes
from bot.slack.settings import SlackSettings
from bot.slack.text import span
from scoring.instants import MINUTE, from_datetime

MOST_SKEW: Final = 2 * MINUTE  # signatures are good for five
TEST_TEXT: Final = "hotlead was here: a test message, deleted at once."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice` is what to do, empty when it is all right."""

    ok: bool
    what: str
    advice: str = ""


async def examine(
    client: AsyncWebClient, settings: SlackSettings, clock: Clock, *, post: bool = False
) -> tuple[Check, ...]:
    """Every check; without a good token the others cannot be made."""
    try:
        answer = await client.auth_test()
    except CALL_ERRORS as error:
        failure = explain(error)
        return (Check(False, f"Slack takes the token: {failure.code}", failure.fault.advice),)
    checks = [Check(True, f"Slack takes the token: {answer.get('user')} in {answer.get('team')}")]
    if settings.team_id and answer.get("team_id") != settings.team_id:
        advice = "Use the token of the app in the configured workspace, or change the workspace's id."
        checks.append(Check(False, f"The token is for {answer.get('team_id')}, not {settings.team_id}", advice))
    checks += [_scopes(answer.headers), _clock(answer.headers, clock)]
    name = str(answer.get("user") or "hotlead")
    if not settings.channels:
        checks.append(Check(False, "A channel is configured", "Set the channel that alerts go to."))
    for setting, channel in settings.channels:
        checks += await _channel(client, setting, channel, name, post, channel in settings.shared_channels)
    return tuple(checks)


def _scopes(headers: Mapping[str, Any]) -> Check:
    missing = sorted(required_scopes() - scopes_of(headers))
    if not missing:
        return Check(True, "The token has every scope that is needed")
    wanted = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
    return Check(False, f"Scopes are missing: {wanted}", "Update the app from `hotlead manifest` and install it again.")


def _clock(headers: Mapping[str, Any], clock: Clock) -> Check:
    text = next((str(value) for name, value in headers.items() if name.lower() == "date"), "")
    try:
        theirs = from_datetime(parsedate_to_datetime(text))
    except (ValueError, TypeError):
        return Check(True, "Slack did not say what time it is, so the clocks were not compared")
    skew = abs(clock() - theirs)
    if skew <= MOST_SKEW:
        return Check(True, "This machine's clock agrees with Slack's")
    advice = "Set the clock (NTP): requests that seem older than 5 minutes are refused."
    return Check(False, f"This machine's clock is {span(skew)} off Slack's", advice)


async def _channel(
    client: AsyncWebClient, setting: str, channel: str, app: str, post: bool, allowed: bool
) -> list[Check]:
    where = f"{setting} {channel}"
    try:
        answer = await client.conversations_info(channel=channel)
    except CALL_ERRORS as error:
        return [_unseen(where, explain(error), app)]
    found: Mapping[str, Any] = answer.get("channel") or {}
    where = f"{setting} #{found.get('name') or channel}"
    checks = [_open(where, found, app)]
    if not allowed and (found.get("is_ext_shared") is True or found.get("is_pending_ext_shared") is True):
        advice = "People of another company read along there. Choose a channel of your own for lead data."
        checks.append(Check(False, f"{where} is shared with another company", advice))
    if post and checks[0].ok:
        checks.append(await _post(client, where, channel, app))
    return checks


def _unseen(where: str, failure: Failure, app: str) -> Check:
    if failure.code == "channel_not_found":
        advice = f"Check the id. If the channel is private, type there: /invite @{app}"
        return Check(False, f"{where} does not exist or is private without the app", advice)
    return Check(False, f"{where} cannot be looked at: {failure.code}", failure.fault.advice)


def _open(where: str, found: Mapping[str, Any], app: str) -> Check:
    if found.get("is_archived") is True:
        return Check(False, f"{where} is archived", "Unarchive it, or configure another channel.")
    if found.get("is_member") is not True and found.get("is_private") is True:
        return Check(False, f"{where} is private and the app is not in it", f"Type there: /invite @{app}")
    if found.get("is_member") is not True:
        return Check(True, f"{where} is public; the app joins it with its first message")
    return Check(True, f"{where} is open and the app is in it")


async def _post(client: AsyncWebClient, where: str, channel: str, app: str) -> Check:
    try:
        answer = await _posted(client, channel)
    except CALL_ERRORS as error:
        failure = explain(error)
        invite = f" Type there: /invite @{app}" if failure.code in ("not_in_channel", "channel_not_found") else ""
        return Check(False, f"{where} does not take a message: {failure.code}", f"{failure.fault.advice}{invite}")
    try:
        await client.chat_delete(channel=channel, ts=str(answer["ts"]))
    except CALL_ERRORS as error:
        code = explain(error).code
        return Check(False, f"The test message in {where} could not be deleted: {code}", "Delete it by hand.")
    return Check(True, f"A test message in {where} was posted and deleted")


async def _posted(client: AsyncWebClient, channel: str) -> Mapping[str, Any]:
    try:
        posted = await client.chat_postMessage(channel=channel, text=TEST_TEXT)
    except CALL_ERRORS as error:
        if explain(error).code != "not_in_channel":
            raise
        await client.conversations_join(channel=channel)
        posted = await client.chat_postMessage(channel=channel, text=TEST_TEXT)
    return dict(posted.data) if isinstance(posted.data, dict) else {}
