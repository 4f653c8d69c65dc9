"""What every source does with requests that are not from whom they say: written once, run for each of its schemes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import BadConfiguration
from bot.sources import SOURCES, open_source
from bot.sources.base import Accepted, Received, Refused, SourceConfig
from bot.sources.reading import Endpoint
from scoring.instants import SECOND
from tests.bot.sources.signing import CASES, NOW, Case, with_header, without

each = pytest.mark.parametrize("case", CASES, ids=str)


def endpoint(case: Case, *secrets: str) -> Endpoint:
    stated = tuple(secret.encode() for secret in secrets or case.secrets[:1])
    return open_source(SourceConfig("src", case.kind, stated, scheme=case.scheme))


def refused(answer: Accepted | Refused) -> tuple[int, str] | None:
    return (answer.status, answer.code) if isinstance(answer, Refused) else None


def accepted(answer: Accepted | Refused) -> int:
    assert isinstance(answer, Accepted), answer
    return len(answer.events)


def later(received: Received, seconds: int) -> Received:
    return replace(received, received_at=received.received_at + seconds * SECOND)


def test_every_kind_of_source_is_among_the_cases() -> None:
    assert {case.kind for case in CASES} == set(SOURCES)


@each
def test_a_good_request_is_accepted(case: Case) -> None:
    assert accepted(endpoint(case).read(case.request())) == 1


@each
def test_the_wrong_secret_is_refused(case: Case) -> None:
    assert refused(endpoint(case).read(case.request(case.secrets[1]))) == (401, "signature_wrong")


@pytest.mark.parametrize("case", [case for case in CASES if case.signs_body], ids=str)
def test_every_changed_byte_of_a_signed_body_is_refused(case: Case) -> None:
    good, opened = case.request(), endpoint(case)
    for place in range(len(good.body)):
        changed = good.body[:place] + bytes([good.body[place] ^ 1]) + good.body[place + 1 :]
        assert refused(opened.read(replace(good, body=changed))) == (401, "signature_wrong"), place


@each
def test_every_changed_character_of_a_proof_is_refused(case: Case) -> None:
    good, opened = case.request(), endpoint(case)
    for header in case.proof:
        value = good.headers[header]
        for place in range(len(value)):
            if value[place] == " " or (value.startswith(("Basic", "Bearer")) and place < 6):
                continue
            changed = value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
            assert isinstance(opened.read(with_header(good, header, changed)), Refused), (header, place)


@each
def test_a_request_without_its_proof_is_refused(case: Case) -> None:
    good, opened = case.request(), endpoint(case)
    for header in case.proof:
        assert refused(opened.read(without(good, header))) == (401, "signature_missing")
    bare = Received("POST", "https://hooks.vendor.example/hooks/src", "/hooks/src", {}, case.body, NOW * SECOND)
    assert refused(opened.read(bare)) == (401, "signature_missing")


@each
def test_a_proof_that_is_not_ascii_is_refused(case: Case) -> None:
    good, opened = case.request(), endpoint(case)
    for header in case.proof:
        for value in ("sé€😀", "\udcff\udc80", "Basic \udcff", "t=1772442000,v1=\ud83d", "v1,é", "sha256=é", "٣"):
            answer = opened.read(with_header(good, header, value))
            assert isinstance(answer, Refused)
            assert answer.status == 401


@pytest.mark.parametrize("case", [case for case in CASES if case.window], ids=str)
def test_a_proof_is_believed_up_to_its_window_and_no_longer(case: Case) -> None:
    opened, good = endpoint(case), case.request()
    assert accepted(opened.read(later(good, case.window))) == 1
    assert refused(opened.read(later(good, case.window + 1))) == (401, "signature_stale")
    assert accepted(opened.read(later(good, -case.window))) == 1
    assert refused(opened.read(later(good, -case.window - 1))) == (401, "signature_stale")


@pytest.mark.parametrize("case", [case for case in CASES if case.window and len(case.proof) > 1], ids=str)
def test_an_old_signature_under_a_new_time_is_refused(case: Case) -> None:
    header = next(name for name in case.proof if "timestamp" in name)
    fresh, old = case.request(), case.request(at=NOW - 3600)
    replayed = with_header(old, header, fresh.headers[header])
    assert refused(endpoint(case).read(replayed)) == (401, "signature_wrong")


@each
def test_a_request_that_is_sent_again_brings_the_same_ids(case: Case) -> None:
    opened, good = endpoint(case), case.request()
    once, again = opened.read(good), opened.read(later(good, 200))
    assert isinstance(once, Accepted)
    assert isinstance(again, Accepted)
    assert [event.id for event in once.events] == [event.id for event in again.events]


@each
def test_both_secrets_are_live_while_one_replaces_the_other(case: Case) -> None:
    opened = endpoint(case, *case.secrets)
    for secret in case.secrets:
        assert accepted(opened.read(case.request(secret))) == 1


@each
def test_a_source_without_a_secret_does_not_open_unless_that_is_written_down(case: Case) -> None:
    for secrets in ((), (b"",), (b"  ",)):
        with pytest.raises(BadConfiguration, match="secret"):
            open_source(SourceConfig("src", case.kind, secrets, scheme=case.scheme))
    opened = open_source(SourceConfig("src", case.kind, scheme=case.scheme, insecure=True))
    assert accepted(opened.read(case.request())) == 1


def test_a_configuration_is_refused_with_all_that_is_wrong_with_it() -> None:
    with pytest.raises(BadConfiguration) as caught:
        open_source(SourceConfig("src", "generic", (), scheme="magic"))
    assert [finding.place for finding in caught.value.findings] == ["source.src.scheme", "source.src.secret"]
    with pytest.raises(BadConfiguration, match="Allowed: activecampaign, brevo"):
        open_source(SourceConfig("src", "unheard-of", (b"s" * 16,)))


def test_a_secret_that_cannot_be_one_is_named_without_being_shown() -> None:
    for kind, secret in (("standard", b"whsec_!!!"), ("sendgrid", b"no key at all"), ("sendgrid", b"AAAA")):
        with pytest.raises(BadConfiguration) as caught:
            open_source(SourceConfig("src", kind, (secret,)))
        assert "secret 1 is unusable" in str(caught.value)
        assert secret.decode() not in str(caught.value)
    assert "s3cret" not in repr(open_source(SourceConfig("src", "postmark", (b"s3cret",))))
