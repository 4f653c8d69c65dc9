"""Every payload of every vendor means what tests/payloads/expected says, to the letter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sources.base import Accepted
from bot.sources.words import OUR_WORDS
from tests.bot.sources.payloads import FOLDER, FOLDERS, payloads, read, told


def expected(payload: str) -> Any:
    folder, name = payload.split("/")
    return json.loads((FOLDER / "expected" / f"{folder}.json").read_text())[name]


@pytest.mark.parametrize("payload", payloads())
def test_a_payload_means_what_is_written_down(payload: str) -> None:
    assert told(read(payload)) == expected(payload)


@pytest.mark.parametrize("payload", payloads())
def test_every_event_keeps_its_own_raw_text_and_no_secret(payload: str) -> None:
    answer = read(payload)
    for event in answer.events if isinstance(answer, Accepted) else ():
        assert isinstance(json.loads(event.raw), dict)
        assert "YOUR_WRITE_KEY" not in event.raw
        assert "651869375b9df3c98fc15c4889b102119add1235c38fc92824" not in event.raw


def test_a_type_is_a_word_of_ours_or_bears_the_vendors_name() -> None:
    own = {folder for folder, how in FOLDERS.items() if how.kind in ("generic", "standard", "segment")}
    for payload in payloads():
        answer = read(payload)
        if isinstance(answer, Accepted) and payload.split("/")[0] not in own:
            prefix = FOLDERS[payload.split("/")[0]].kind.split("_")[0] + "."
            assert all(event.type in OUR_WORDS or event.type.startswith(prefix) for event in answer.events)


def test_no_payload_is_left_out() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()} - {"expected"}
    assert folders == set(FOLDERS)
