"""What Slack's error codes mean to us, in one table: may it be tried again, whom does it stop, who has to do what.

Codes are those of the methods that we call (docs.slack.dev/reference/methods). A fault never drops an alert: a final
one is told to an admin, and the alert stays owed and visible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Weight(StrEnum):
    """temporary: it did not happen, try again. ambiguous: it may have happened. final: a person has to act."""

    TEMPORARY = "temporary"
    AMBIGUOUS = "ambiguous"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Fault:
    """`scope` of a final one: row (this message), lane (this channel or person), all (the whole workspace)."""

    weight: Weight
    scope: str
    advice: str


def _temporary(advice: str) -> Fault:
    return Fault(Weight.TEMPORARY, "row", advice)


def _ambiguous(advice: str) -> Fault:
    return Fault(Weight.AMBIGUOUS, "row", advice)


def _row(advice: str) -> Fault:
    return Fault(Weight.FINAL, "row", advice)


def _lane(advice: str) -> Fault:
    return Fault(Weight.FINAL, "lane", advice)


def _all(advice: str) -> Fault:
    return Fault(Weight.FINAL, "all", advice)


_REINSTALL: Final = "Install the app in the workspace again and give hotlead the new bot token (SLACK_BOT_TOKEN)."
_POLICY: Final = "A workspace setting keeps apps from posting there. Ask a workspace owner, or choose another channel."
_OURS: Final = "hotlead wrote a message that Slack does not take. Please report it with this code."

FAULTS: Final[Mapping[str, Fault]] = {
    # Slack is busy or ill
    "ratelimited": _temporary("Slack asked us to wait."),
    "rate_limited": _temporary("Slack asked us to wait."),
    "message_limit_exceeded": _temporary("The workspace reached its limit of messages; Slack takes more later."),
    "team_added_to_org": _temporary("The workspace is being moved into an organisation."),
    "external_channel_migrating": _temporary("The channel is being moved; Slack takes messages again later."),
    "accesslimited": _temporary("Slack limits access for the moment."),
    "fatal_error": _ambiguous("Slack failed and does not say whether it was done."),
    "internal_error": _ambiguous("Slack failed and does not say whether it was done."),
    "request_timeout": _ambiguous("Slack gave up in the middle and does not say whether it was done."),
    "service_unavailable": _ambiguous("Slack was not available and does not say whether it was done."),
    "update_failed": _temporary("Slack could not change the message; it is tried again."),
    # the channel or person
    "is_archived": _lane("The channel is archived. Unarchive it, or configure another one."),
    "channel_not_found": _lane("The channel does not exist or the app cannot see it. Check the id, or invite the app."),
    "not_in_channel": _lane("The app is not in the channel. Type /invite @hotlead in it."),
    "channel_is_limited_access": _lane("Access to the channel is limited. Configure another one."),
    "is_inactive": _lane("The channel is frozen. Configure another one."),
    "posting_to_channel_denied": _lane(_POLICY),
    "restricted_action": _lane(_POLICY),
    "restricted_action_read_only_channel": _lane(_POLICY),
    "restricted_action_thread_only_channel": _lane(_POLICY),
    "restricted_action_non_threadable_channel": _lane(_POLICY),
    "restricted_action_thread_locked": _row("The thread is locked."),
    "user_not_found": _lane("That person does not exist in the workspace."),
    "user_disabled": _lane("That person is deactivated."),
    "users_not_found": _lane("That person does not exist in the workspace."),
    "user_not_visible": _lane("The app may not see that person."),
    "cannot_dm_bot": _lane("That is a bot; it cannot be written to."),
    "messages_tab_disabled": _lane("Turn on the app's Messages tab (App Home), or it cannot write to people."),
    "method_not_supported_for_channel_type": _lane("That is no channel the app can join. Type /invite @hotlead in it."),
    # one message
    "message_not_found": _row("The message is gone; somebody deleted it."),
    "thread_not_found": _row("The thread is gone; somebody deleted the message."),
    "cant_update_message": _row("The message is not the app's own."),
    "cant_delete_message": _row("Slack does not let the app delete this message. An admin of the workspace may."),
    "compliance_exports_prevent_deletion": _row("The workspace keeps every message for its exports."),
    "file_not_found": _row("The file is gone; somebody deleted it."),
    "file_deleted": _row("The file is gone; somebody deleted it."),
    "cant_delete_file": _row("Slack does not let the app delete this file. An admin of the workspace may."),
    "cannot_reply_to_message": _row("That message takes no replies."),
    "edit_window_closed": _row("The workspace no longer lets this message be changed."),
    "invalid_blocks": _row(_OURS),
    "invalid_blocks_format": _row(_OURS),
    "invalid_arguments": _row(_OURS),
    "invalid_metadata_format": _row(_OURS),
    "invalid_metadata_schema": _row(_OURS),
    "metadata_too_large": _row(_OURS),
    "msg_too_long": _row(_OURS),
    "msg_blocks_too_long": _row(_OURS),
    "no_text": _row(_OURS),
    # the whole installation
    "invalid_auth": _all(_REINSTALL),
    "not_authed": _all(_REINSTALL),
    "account_inactive": _all(_REINSTALL),
    "token_revoked": _all(_REINSTALL),
    "token_expired": _all(_REINSTALL),
    "not_allowed_token_type": _all("That is no bot token. Give hotlead the one that begins with xoxb-."),
    "missing_scope": _all("The app lacks a permission. Update it from `hotlead manifest` and install it again."),
    "no_permission": _all("The app lacks a permission. Update it from `hotlead manifest` and install it again."),
    "org_login_required": _all("The organisation is being set up; a workspace owner has to finish it."),
    "ekm_access_denied": _all("Key management keeps apps out for now. Ask a workspace owner."),
    "app_access_restricted": _all("A workspace setting keeps the app out. Ask a workspace owner."),
    "team_access_not_granted": _all("The app is not approved for this workspace. Ask a workspace owner."),
    "team_not_found": _all("The workspace does not exist for this token."),
    "metadata_must_be_sent_from_app": _all("That is no app's token. Give hotlead the one that begins with xoxb-."),
}


def fault(code: str) -> Fault:
    """The meaning of a code; one that nobody knows concerns the message alone and is shown to a person."""
    return FAULTS.get(code) or _row(
        f"Slack answered {code!r}, which hotlead does not know. Look it up, then try again."
    )
