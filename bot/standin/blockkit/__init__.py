"""A strict validator of Block Kit: what the product sends and nothing else; every problem with its place.

`check_message(blocks)` and `check_view(view, "modal" | "home")` answer with Slack's lines
(`[ERROR] … [json-pointer:/blocks/0/text]`), none when all is well. `files` are ids or addresses of pictures that are
ready to be shown in a `slack_file`; None accepts any.
"""

from collections.abc import Collection
from typing import Any

from bot.standin.blockkit.checks import Report
from bot.standin.blockkit.composition import SUGGESTIONS
from bot.standin.blockkit.surfaces import HOME, MESSAGE, MODAL

__all__ = ["check_message", "check_options", "check_view"]


def check_message(blocks: Any, files: Collection[str] | None = None) -> list[str]:
    """What is wrong with the blocks of a message."""
    report = Report(files=files)
    MESSAGE(blocks, "/blocks", report)
    return report.problems


def check_view(view: Any, kind: str, files: Collection[str] | None = None) -> list[str]:
    """What is wrong with a modal or a Home tab."""
    report = Report(files=files)
    {"modal": MODAL, "home": HOME}[kind](view, "/view", report)
    return report.problems


def check_options(answer: Any) -> list[str]:
    """What is wrong with an answer to a block_suggestion: `{"options": …}` or `{"option_groups": …}`."""
    report = Report()
    SUGGESTIONS(answer, "", report)
    return report.problems
