"""The OpenAPI description is true: every route is described, each description is a route, answers are as it says."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.rig import KEY, Rig, rig

SOURCES = {
    "sign": {"kind": "standard", "secrets": ["X"]},
    "typeform": {"kind": "typeform", "insecure": True},
    "crm": {"kind": "hubspot", "insecure": True},
    "azure": {"kind": "cloudevents", "insecure": True},
}
BASIC = "Basic " + b64encode(f"{KEY}:".encode()).decode()
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)


async def served(it: Rig) -> dict[str, Any]:
    async with it.http.get(f"{it.hotlead.operations_url}/openapi.json") as response:
        table: dict[str, Any] = await response.json()
        return table


def described(table: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(path, method) for path, item in table["paths"].items() for method in item if method in METHODS}


METHODS = frozenset({"get", "head", "post", "options", "put", "delete", "patch", "trace"})


def routes(app: web.Application, sources: Collection[str]) -> Iterator[tuple[str, str]]:
    """The routes of an application, each hook's once for every source."""
    for route in app.router.routes():
        assert route.resource is not None
        path, method = route.resource.canonical, route.method.lower()
        if path.startswith("/hooks/"):
            yield from ((f"/hooks/{name}", method) for name in sources)
        else:
            yield path, method


async def test_each_route_is_described_and_each_description_is_a_route(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apps: list[web.Application] = []
    runner = web.AppRunner

    def noted(app: web.Application, **more: Any) -> web.AppRunner:
        apps.append(app)
        return runner(app, **more)

    monkeypatch.setattr(web, "AppRunner", noted)
    async with rig(tmp_path, source=SOURCES, secrets={"sign": (b"whsec_" + b"a" * 32,)}) as it:
        table = await served(it)
        names = {name.removeprefix("/hooks/") for name in table["paths"] if name.startswith("/hooks/")}
        assert names == {"forms", "website", *SOURCES}
        ours = [app for app in apps if ("/healthz", "get") in set(routes(app, ()))]
        assert len(ours) == 2
        assert {one for app in ours for one in routes(app, names)} == described(table)


async def test_socket_mode_has_no_door_for_slack_and_describes_none(tmp_path: Path) -> None:
    async with rig(tmp_path, socket=True) as it:
        assert "/slack/events" not in (await served(it))["paths"]
        assert (await it.post("/slack/events", "{}"))[0] == 404


async def test_it_is_served_to_engineers_alone_and_holds_no_secret(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        async with it.http.get(f"{it.hotlead.url}/openapi.json") as response:
            assert response.status == 404
        assert KEY not in json.dumps(await served(it))


async def test_it_is_valid_openapi(tmp_path: Path) -> None:
    async with rig(tmp_path, source=SOURCES, secrets={"sign": (b"whsec_" + b"a" * 32,)}) as it:
        table = await served(it)
    assert table["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(table).validate()
    for found in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(table)):
        assert found in table["components"]["schemas"]


async def test_the_running_server_does_as_it_says(tmp_path: Path) -> None:
    async with rig(tmp_path, source=SOURCES, secrets={"sign": (b"whsec_" + b"a" * 32,)}) as it:
        table = await served(it)
        asked = await asyncio.to_thread(hold, table, it.hotlead.url, it.hotlead.operations_url)
        assert asked > 200


async def test_a_description_that_is_not_true_is_caught(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        table = await served(it)
        for item in table["paths"].values():
            for operation in item.values():
                if isinstance(operation, dict):
                    operation.get("responses", {}).pop("401", None)
        with pytest.raises(BaseExceptionGroup, match=r"distinct failures|Undocumented"):
            await asyncio.to_thread(hold, table, it.hotlead.url, it.hotlead.operations_url)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
async def test_a_method_that_is_not_described_is_405_and_says_which_are(tmp_path: Path, method: str) -> None:
    async with rig(tmp_path) as it, it.http.request(method, f"{it.hotlead.url}/hooks/forms") as response:
        assert response.status == 405
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def hold(table: dict[str, Any], url: str, operations_url: str) -> int:
    """Ask every described operation, with and without its secret, and hold each answer to the description."""
    schema = schemathesis.openapi.from_dict(table)
    count = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        base = operations_url if "servers" in table["paths"][operation.path] else url
        for headers in ({}, {"x-hotlead-key": KEY, "authorization": BASIC}):
            count += ask(operation, base, headers)
    return count


def ask(operation: Any, base: str, headers: Mapping[str, str]) -> int:
    """Some requests that the description allows."""
    count = 0

    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def each(case: Any) -> None:
        nonlocal count
        count += 1
        case.call_and_validate(base_url=base, headers=dict(headers), checks=list(CHECKS))

    given(case=operation.as_strategy())(each)()
    return count
