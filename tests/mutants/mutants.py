"""The table: what is broken in which file, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_STORE: Final = "bot/storage/store.py"
_DELIVER: Final = "tests/bot/workers/test_deliver.py"
_ILL: Final = "tests/journeys/test_slack_is_ill.py"
_POWER: Final = (
    "tests/reliability/test_power_cuts.py::test_a_power_cut_at_any_of_120_moments_loses_nothing_and_spoils_nothing"
)
_STALLED: Final = "tests/reliability/test_acknowledged.py::test_slack_is_acknowledged_while_the_writer_is_stalled"


class DoesNotApply(Exception):
    """The code is not what the mutant was written for."""


@dataclass(frozen=True)
class Mutant:
    """A small change of a copy of the tree. `before` occurs in `file` exactly once."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def apply(self, tree: Path) -> None:
        """Break the tree. Raises DoesNotApply where the text is not there, or not once."""
        path = tree / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.before) != 1:
            raise DoesNotApply(
                f"The mutant {self.name!r} finds its text {text.count(self.before)} times in {self.file}, not once. "
                "Write it anew in tests/mutants/mutants.py, for the code as it is."
            )
        path.write_text(text.replace(self.before, self.after), encoding="utf-8")


MUTANTS: Final = (
    Mutant(
        "deferred BEGIN",
        _STORE,
        'transact(self._writer, "BEGIN IMMEDIATE", work,',
        'transact(self._writer, "BEGIN", work,',
        ("tests/bot/storage/test_store.py::test_a_unit_of_work_has_the_write_lock_from_its_first_moment",),
    ),
    Mutant(
        "synchronous=NORMAL",
        _STORE,
        '"PRAGMA synchronous=FULL",',
        '"PRAGMA synchronous=NORMAL",',
        (_POWER,),
    ),
    Mutant(
        "naive outbox",
        "bot/storage/outbox.py",
        "SET state = 'unknown', not_before = tried_at + :settle ",
        "SET state = 'owed', not_before = tried_at ",
        (
            f"{_DELIVER}::test_a_row_that_was_being_sent_when_the_process_ended_is_looked_up_after_the_start",
            f"{_ILL}::test_a_restart_between_the_call_and_its_answer_says_nothing_twice",
        ),
    ),
    Mutant(
        "no look-up after an ambiguous send",
        "bot/workers/deliver.py",
        'if row["state"] == "unknown":',
        'if row["state"] == "never":',
        (
            f"{_DELIVER}::test_an_ambiguous_attempt_that_arrived_is_found_and_not_repeated",
            f"{_ILL}::test_whatever_becomes_of_the_answer_the_alert_is_there_once",
        ),
    ),
    Mutant(
        "no dedup",
        "bot/service/intake.py",
        "if self._is_known(found, request.source, event):",
        "if event is None:",
        ("tests/bot/service/test_intake.py::test_an_event_that_comes_twice_counts_once_in_one_request_and_in_two",),
    ),
    Mutant(
        "no escaping",
        "bot/slack/text.py",
        'str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})',
        "str.maketrans({})",
        (
            "tests/bot/slack/test_text.py::test_escaped_text_has_no_markup_left",
            "tests/bot/slack/test_hostile.py::test_an_alert",
        ),
    ),
    Mutant(
        "a conditional UPDATE whose row count is not looked at",
        "bot/storage/leads.py",
        "            now=now,\n        )\n        == 1\n    )\n\n\ndef let_go",
        "            now=now,\n        )\n        >= 0\n    )\n\n\ndef let_go",
        ("tests/bot/storage/test_store.py::test_of_fifty_that_change_a_row_on_a_condition_at_once_one_wins",),
    ),
    Mutant(
        "answering before commit",
        "bot/service/intake.py",
        "return await request.answer",
        "return Receipt(len(accepted), 0)",
        (f"{_STALLED}_and_then_everything_happens", _POWER),
    ),
    Mutant(
        "no deadline for the body",
        "bot/web/receiving.py",
        "self._seconds = seconds",
        "self._seconds = None",
        ("tests/bot/web/test_limits.py::test_a_body_that_drips_is_given_up",),
    ),
    Mutant(
        "no tombstone",
        "bot/service/intake.py",
        "event = self._erased.let_in(tx, sent)",
        "event = sent",
        ("tests/bot/service/test_erasing.py::test_later_events_are_taken_and_not_stored",),
    ),
)
