"""Who is meant: values that name nobody, and one way to write each identifier."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.service.identity.identifiers import bare, is_role_address, names_nobody, normalise, normalise_email

KINDS = ("email", "user_id", "phone", "anonymous_id", "hubspot:62515:contact")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value",
    [
        "", "  ", "null", "NONE", "nil", "NaN", "undefined", "true", "False", "anonymous", "guest", "unknown",
        "invalid", "test", "id", "email", "user", "userid", "userId", "distinct_id", "not_authenticated", "n/a", "N/A",
        "[object Object]", "0", "000", "-", "--", "0-0", "00000000-0000-0000-0000-000000000000", "-1", " -1 ",
        "{{email}}", "{{ lead.Email Address }}", "*|EMAIL|*", "%EMAIL%", "%%", '"null"', "'undefined'", "`n/a`", '""',
        "' '", '"\'null\'"', "x" * 401, None, True, False, 0, -1, [], {}, 0.0,
    ],
)  # fmt: skip
def test_a_value_that_names_nobody_is_nobody_whatever_its_kind(kind: str, value: object) -> None:
    assert normalise(kind, value) is None


@pytest.mark.parametrize(
    "value", ["1", "4711", "10", "-2", "nobody", "users", "x" * 400, "{{", "a%b%", "*|x", "0a", "null0"]
)
def test_other_values_name_somebody(value: str) -> None:
    assert normalise("user_id", value) == value


def test_numbers_are_ids_too() -> None:
    assert [normalise("user_id", value) for value in (4711, 4711.0, 10**21, 1.5)] == [
        "4711",
        "4711",
        str(10**21),
        "1.5",
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Ann@ACME.dk", "ann@acme.dk"),
        ("  ann@acme.dk\n", "ann@acme.dk"),
        ('"ann@acme.dk"', "ann@acme.dk"),
        ("ann@xn--smrrebrd-64af.dk", "ann@smørrebrød.dk"),
        ("ann@SMØRREBRØD.dk", "ann@smørrebrød.dk"),
        ("Åse@acme.dk", "åse@acme.dk"),
        ("ann+news@acme.dk", "ann+news@acme.dk"),
        ("o'neil@acme.dk", "o'neil@acme.dk"),
        ("Ann Lee <ann@acme.dk>", "ann@acme.dk"),
        ("ann@acme.example", "ann@acme.example"),
        ("ann@acme.test", "ann@acme.test"),
    ],
)
def test_an_address_is_kept_in_one_way(sent: str, kept: str) -> None:
    assert normalise("email", sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "ann",
        "ann@",
        "@acme.dk",
        "a@b@c.dk",
        "ann@acme",
        "ann@invalid",
        "a b@acme.dk",
        "ann@[1.2.3.4]",
        "x" * 300 + "@a.dk",
    ],
)
def test_what_is_no_address_names_nobody(sent: str) -> None:
    assert normalise("email", sent) is None


def test_plus_tags_are_dropped_where_that_is_configured() -> None:
    assert normalise("email", "ann+news+x@acme.dk", plus_tags=False) == "ann@acme.dk"
    assert normalise("email", "Ann+News@Acme.dk", plus_tags=False) == "ann@acme.dk"
    assert normalise("email", "+news@acme.dk", plus_tags=False) == "+news@acme.dk"


@pytest.mark.parametrize(
    ("sent", "region", "kept"),
    [
        ("+45 20 30 40 50", "", "+4520304050"),
        ("20 30 40 50", "DK", "+4520304050"),
        ("0045 20304050", "DK", "+4520304050"),
        ("20 30 40 50", "", None),
        ("+1 404-555-1234", "DK", "+14045551234"),
        ("tel:+45-20-30-40-50", "", "+4520304050"),
        ("12", "DK", None),
        ("000000", "DK", None),
        ("call me", "DK", None),
        ("20304050", "XX", None),
    ],
)
def test_a_phone_number_is_kept_as_e164_where_it_can_be_read(sent: str, region: str, kept: str | None) -> None:
    assert normalise("phone", sent, region=region) == kept


LOCAL = st.text("abz09_+-.'AB!é", min_size=1, max_size=12)
DOMAIN = st.text("abx09-.Øé", min_size=1, max_size=16)
TOP = st.sampled_from(
    ["dk", "com", "test", "example", "local", "invalid", "onion", "arpa", "x9", "c-m", "localhost", "c"]
)


PLAIN = r"[a-z0-9_+-]{1,40}(\.[a-z0-9_+-]{1,40}){0,2}@([a-z0-9-]{1,64}\.){1,3}[a-z]{2,20}"


@settings(max_examples=600)
@example("a", "b", "test")
@example("a", "x--y", "dk")
@example("a", "ab--y", "dk")
@example("a", "xn--y", "dk")
@example("a..b", "x", "dk")
@given(LOCAL, DOMAIN, TOP)
def test_the_quick_way_for_plain_addresses_gives_the_librarys_answer(local: str, domain: str, top: str) -> None:
    text = f"{local}@{domain}.{top}"
    try:
        slow = validate_email(
            text.lower(), check_deliverability=False, test_environment=True, allow_display_name=True
        ).normalized
    except EmailNotValidError:
        assert normalise_email(text) is None
    else:
        assert normalise_email(text) == slow


@example(f"{'a' * 40}.{'b' * 40}.{'c' * 40}@{'x' * 31}-{'y' * 30}.{'x' * 31}-{'y' * 30}.dk")
@example(f"{'a' * 40}.{'b' * 40}.{'c' * 40}@{'x' * 31}-{'y' * 30}.{'x' * 31}-{'y' * 30}.museum")
@example(f"{'a' * 40}@{'x' * 64}.dk")
@given(st.from_regex(PLAIN, fullmatch=True))
def test_plain_addresses_go_the_quick_way_only_where_the_library_agrees(text: str) -> None:
    try:
        slow = validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        slow = None
    assert normalise_email(text) == slow


ANYTHING = st.text(max_size=60) | st.emails() | st.integers() | st.floats() | st.from_regex(r"\+?[0-9 -]{5,15}")


@given(st.sampled_from(KINDS), ANYTHING, st.booleans())
def test_what_is_kept_once_is_kept_the_same_again(kind: str, value: object, plus_tags: bool) -> None:
    kept = normalise(kind, value, region="DK", plus_tags=plus_tags)
    if kept is not None:
        assert normalise(kind, kept, region="DK", plus_tags=plus_tags) == kept
        assert not names_nobody(kept)
        assert bare(kept) == kept


def test_a_role_address_tells_no_two_people_apart() -> None:
    assert all(map(is_role_address, ("info@acme.dk", "sales@acme.dk", "info+web@acme.dk", "no-reply@acme.dk")))
    assert not any(map(is_role_address, ("ann@acme.dk", "information.officer@acme.dk", "salesperson@acme.dk")))
    assert is_role_address("desk@acme.dk", {"desk"})
    assert not is_role_address("info@acme.dk", {"desk"})
