"""Sources from the command line: what is configured, adding one, trying it, and what was refused."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.app.guides import GUIDES
from bot.app.samples import BODIES, CannotSign, sample
from bot.app.sources import kinds
from bot.cli.commands import app
from bot.cli.sources import fresh_secret
from bot.cli.starting import template
from bot.errors import HotleadError
from bot.settings import read_settings
from bot.sources import SOURCES, open_source
from bot.sources.base import Accepted, FieldMap, Received, SourceConfig
from tests.bot.sources.signing import sendgrid_secret
from tests.rig import KEY, T0, Rig, rig

PUBLIC = "https://leads.example.com"


def run(folder: Path, *words: str, env: Mapping[str, str] | None = None, typed: str = "") -> Result:
    path = folder / "hotlead.toml"
    return CliRunner().invoke(app, ["sources", "-c", str(path), *words], env=dict(env or {}), input=typed)


def configured(folder: Path, more: str = "") -> Path:
    path = folder / "hotlead.toml"
    text = template().replace('# data = "hotlead-data"', f'data = "{folder}"')
    path.write_text(text.replace("# public_url = ", "public_url = ") + more, encoding="utf-8")
    return path


def any_port(path: Path) -> None:
    """The service chooses a free port when it starts."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# port = 8080", "port = 0"), encoding="utf-8")
    assert read_settings(path).service.port == 0


def test_every_kind_has_a_guide_and_a_sample() -> None:
    assert set(GUIDES) == set(SOURCES) == set(BODIES) == set(kinds())


@pytest.mark.parametrize("kind", sorted(GUIDES))
def test_what_is_added_can_be_read_keeps_every_comment_and_names_a_fresh_secret(tmp_path: Path, kind: str) -> None:
    before = configured(tmp_path).read_text(encoding="utf-8")
    result = run(tmp_path, "add", kind, "--name", "new-one")
    assert result.exception is None, result.output
    after = (tmp_path / "hotlead.toml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    section = read_settings(tmp_path / "hotlead.toml").source["new-one"]
    assert (section.kind, section.secrets) == (kind, ("HOTLEAD_NEW_ONE_SECRET",))
    assert ("HOTLEAD_NEW_ONE_SECRET=" in result.output) == GUIDES[kind].ours
    assert "https://leads.example.com" in result.output


def test_adding_asks_for_what_was_not_said(tmp_path: Path) -> None:
    configured(tmp_path)
    result = run(tmp_path, "add", typed="calendly\nmeetings\n")
    assert result.exception is None, result.output
    assert read_settings(tmp_path / "hotlead.toml").source["meetings"].kind == "calendly"
    assert f"{PUBLIC}/hooks/meetings" in result.output


@pytest.mark.parametrize("name", ["website", "hotlead", "Ünïcode", "a b", "../x"])
def test_a_name_that_is_taken_or_no_name_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    before = configured(tmp_path).read_text(encoding="utf-8")
    result = run(tmp_path, "add", "calendly", "--name", name)
    assert isinstance(result.exception, HotleadError)
    assert (tmp_path / "hotlead.toml").read_text(encoding="utf-8") == before


def test_a_fresh_secret_has_32_bytes_of_its_own() -> None:
    first, second = fresh_secret(GUIDES["generic"]), fresh_secret(GUIDES["generic"])
    assert first != second
    assert len(bytes.fromhex(first)) == 32
    assert len(base64.b64decode(fresh_secret(GUIDES["standard"]).removeprefix("whsec_"))) == 32


CASES = [(kind, scheme) for kind, source in SOURCES.items() for scheme in source.schemes if kind != "sendgrid"]


@pytest.mark.parametrize(("kind", "scheme"), CASES)
def test_a_sample_is_signed_as_its_sender_signs_and_names_nobody(kind: str, scheme: str) -> None:
    secret = fresh_secret(GUIDES["standard" if scheme == "standard" else kind]).encode()
    endpoint = open_source(SourceConfig("new", kind, secrets=(secret,), scheme=scheme))
    made = sample(endpoint, secret, "/hooks/new", PUBLIC, T0)
    received = Received("POST", PUBLIC + made.path, made.path.partition("?")[0], made.headers, made.body, T0)
    read = endpoint.read(received)
    assert isinstance(read, Accepted), read
    (event,) = read.events
    assert (event.occurred_at, event.identifiers) == (T0, ())


def test_a_sample_goes_where_a_mapping_looks(tmp_path: Path) -> None:
    mapping = FieldMap(records="data.items", type=("meta.kind",), time=("meta.at",), id=("meta.id",))
    endpoint = open_source(SourceConfig("new", "generic", insecure=True, mapping=mapping))
    made = sample(endpoint, None, "/hooks/new", PUBLIC, T0)
    assert isinstance(endpoint.read(Received("POST", PUBLIC, "/hooks/new", made.headers, made.body, T0)), Accepted)


def test_what_only_the_sender_can_sign_is_said() -> None:
    public_key = sendgrid_secret("one").encode()
    endpoint = open_source(SourceConfig("new", "sendgrid", secrets=(public_key,)))
    with pytest.raises(CannotSign):
        sample(endpoint, public_key, "/hooks/new", PUBLIC, T0)


async def _beside(it: Rig, folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Result:
    return await asyncio.to_thread(run, folder, *words, env=env)


ENV = {"HOTLEAD_WEBSITE_KEY": KEY, "HOTLEAD_FORMS_KEY": KEY, "CRM_SECRET": "the client secret"}


@pytest.mark.parametrize("name", ["forms", "website"])
async def test_a_sample_reaches_the_running_service_and_makes_no_lead(tmp_path: Path, name: str) -> None:
    configured(tmp_path)
    async with rig(tmp_path) as it:
        result = await _beside(it, tmp_path, "test", name, "--url", it.hotlead.url, env=ENV)
        assert result.exception is None, result.output
        assert "secret and signature are right" in result.output
        assert await it.rows("SELECT id FROM leads") == []
        wrong = await _beside(
            it,
            tmp_path,
            "test",
            name,
            "--url",
            it.hotlead.url,
            env=ENV | {"HOTLEAD_WEBSITE_KEY": "wrong, wrong and wrong", "HOTLEAD_FORMS_KEY": "wrong, wrong and wrong"},
        )
        assert "401: signature_wrong" in str(wrong.exception)


async def test_a_sample_finds_the_service_whatever_its_port_became(tmp_path: Path) -> None:
    any_port(configured(tmp_path))
    async with rig(tmp_path) as it:
        result = await _beside(it, tmp_path, "test", "forms", env=ENV)
        assert result.exception is None, result.output
        assert f"{it.hotlead.url}/hooks/forms took the sample" in result.output.replace("\n", "")


def test_without_a_service_a_port_that_is_chosen_at_its_start_is_nowhere(tmp_path: Path) -> None:
    any_port(configured(tmp_path))
    said = str(run(tmp_path, "test", "forms", env=ENV).exception)
    assert "No service runs on" in said
    assert "hotlead serve" in said
    assert "--url" in said


async def test_the_list_shows_address_last_event_and_counts_of_the_running_service(tmp_path: Path) -> None:
    configured(tmp_path)
    async with rig(tmp_path) as it:
        await it.send({"type": "x"})
        await it.post("/hooks/forms", "{}")
        result = await _beside(it, tmp_path)
        forms = result.output[result.output.index("forms") :]
        assert forms.startswith(f"forms (generic)  {PUBLIC}/hooks/forms")
        assert "last event   " in forms
        shown = await _beside(it, tmp_path, "show", "forms")
        assert "Send the header `x-hotlead-key` with it: <the value of HOTLEAD_FORMS_KEY>." in shown.output


def test_a_secret_that_the_sender_makes_is_copied_into_its_variable(tmp_path: Path) -> None:
    configured(tmp_path, '\n[source.crm]\nkind = "hubspot"\nsecrets = ["CRM_SECRET"]\n')
    assert "Copy the app's *client secret* (under *Auth*) into CRM_SECRET." in run(tmp_path, "show", "crm").output


def test_before_the_first_start_nothing_has_come(tmp_path: Path) -> None:
    configured(tmp_path)
    assert "nothing has come yet" in run(tmp_path).output


async def test_when_the_secret_is_mended_what_hubspot_sent_meanwhile_is_taken_in(tmp_path: Path) -> None:
    section = '\n[source.crm]\nkind = "hubspot"\nscheme = "v1"\nsecrets = ["CRM_SECRET"]\n'
    configured(tmp_path, section)
    crm = {"crm": {"kind": "hubspot", "scheme": "v1"}}
    event = {"subscriptionType": "contact.creation", "portalId": 1, "subscriptionId": 2, "eventId": 100}
    async with rig(tmp_path, source=crm, secrets={"crm": (b"pasted wrongly",)}) as it:
        for number, secret in ((1, b"the client secret"), (2, b"the client secret"), (3, b"a stranger's")):
            body = json.dumps([{**event, "objectId": number, "occurredAt": 1772438400000}]).encode()
            signature = hashlib.sha256(secret + body).hexdigest()
            assert (await it.post("/hooks/crm", body, {"x-hubspot-signature": signature}))[0] == 401
    done: list[Any] = []
    async with rig(tmp_path, source=crm, secrets={"crm": (b"the client secret",)}) as it:
        for _ in range(2):
            result = await _beside(it, tmp_path, "retry", "crm", env=ENV)
            assert result.exception is None, result.output
            done.append(result.output)
        assert "3 kept requests were tried: the secret proves 2, which brought 2 new events" in done[0]
        assert "1 kept request was tried: the secret proves 0" in done[1]
        assert len(await it.rows("SELECT id FROM events")) == 2


async def test_where_no_refused_request_is_kept_a_retry_says_so(tmp_path: Path) -> None:
    configured(tmp_path, '\n[source.crm]\nkind = "hubspot"\nscheme = "v1"\nsecrets = ["CRM_SECRET"]\n')
    crm = {"crm": {"kind": "hubspot", "scheme": "v1"}}
    async with rig(tmp_path, source=crm, secrets={"crm": (b"the client secret",)}) as it:
        result = await _beside(it, tmp_path, "retry", "crm", env=ENV)
        assert result.output == "No refused request is kept that could be tried.\n"


@pytest.mark.parametrize("kind", ["hubspot", "hubspot_workflow", "mandrill"])
def test_the_doctor_says_that_an_address_is_signed_and_not_configured(tmp_path: Path, kind: str) -> None:
    path = configured(tmp_path, f'\n[source.crm]\nkind = "{kind}"\nsecrets = ["CRM_SECRET"]\n')
    path.write_text(path.read_text(encoding="utf-8").replace("\npublic_url", "\n# public_url"), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", "-c", str(path)], env=dict(ENV))
    assert f"The source crm ({kind}) signs its address, and no public_url is set" in result.output


def test_what_is_shown_to_paste_names_the_header_that_is_configured(tmp_path: Path) -> None:
    configured(tmp_path, '\n[source.own]\nkind = "generic"\nheader = "x-our-key"\nsecrets = ["OWN_KEY"]\n')
    shown = run(tmp_path, "show", "own").output
    assert "x-our-key" in shown
    assert "x-hotlead-key" not in shown


def test_a_generic_source_without_a_header_is_shown_as_what_it_is_signed_by_standard_webhooks(tmp_path: Path) -> None:
    configured(tmp_path, '\n[source.own]\nkind = "generic"\nsecrets = ["OWN_KEY"]\n')
    shown = " ".join(run(tmp_path, "show", "own").output.split())
    assert "Standard Webhooks" in shown
    assert "x-hotlead-key" not in shown
