"""What is shipped for running it agrees with the program: the unit, the container file, the proxies, the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.commands import app
from bot.settings import ServiceSection

DOCS = Path(__file__).parents[1] / "docs"
DEPLOY = DOCS / "deploy"
UNIT = (DEPLOY / "hotlead.service").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
PORT = ServiceSection().port


def test_the_page_links_every_file_and_each_link_leads_somewhere() -> None:
    page = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("operations.md", "metrics.md"))
    linked = set(re.findall(r"\]\(deploy/([\w.]+)\)", page))
    assert linked == {path.name for path in DEPLOY.iterdir()}


def test_unit_and_container_start_a_command_that_there_is() -> None:
    assert "ExecStart=/opt/hotlead/bin/hotlead serve" in UNIT
    assert 'ENTRYPOINT ["hotlead"]\nCMD ["serve"]' in CONTAINER
    assert CliRunner().invoke(app, ["serve", "--help"]).exit_code == 0


def test_the_unit_waits_longer_for_its_end_than_draining_takes() -> None:
    found = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert found is not None
    assert int(found[1]) > 10


def test_the_container_copies_what_the_build_needs_and_runs_as_nobody_in_particular() -> None:
    for name in ("pyproject.toml", "README.md", "constraints.txt", "bot", "scoring", "migrations"):
        assert re.search(rf"^COPY .*\b{re.escape(name)}\b", CONTAINER, re.MULTILINE), name
    assert "\nUSER hotlead\n" in CONTAINER
    assert f"http://127.0.0.1:{ServiceSection().metrics_port}/readyz" in CONTAINER


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_the_proxies_speak_to_the_port_that_is_listened_on(name: str) -> None:
    assert f"127.0.0.1:{PORT}" in (DEPLOY / name).read_text(encoding="utf-8")


def test_nginx_takes_bodies_as_large_as_the_service_does() -> None:
    assert ServiceSection().max_body_bytes == 5 * 2**20
    assert "client_max_body_size 5m;" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def test_systemd_finds_nothing_wrong_with_the_unit_where_it_can_be_asked(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        assert "[Service]" in UNIT  # asked where systemd is
        return
    unit = tmp_path / "hotlead.service"
    unit.write_text(UNIT.replace("/opt/hotlead/bin/hotlead", "/bin/true"), encoding="utf-8")
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "hotlead.service" in line] == []
