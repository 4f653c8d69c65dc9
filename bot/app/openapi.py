"""Our HTTP API described in OpenAPI 3.1 as this installation has it: its sources, its addresses, every answer.

Served at /openapi.json of the operations port alone: the names of the sources are nobody else's business.
https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from bot.slack.manifest import EVENTS_PATH
from bot.sources.reading import Endpoint
from bot.sources.signatures import Basic, StaticHeader, UrlKey
from bot.web.permissions import FROM_BROWSERS

Table = dict[str, Any]

_TEXT: Final[Table] = {"type": "string"}
_COUNT: Final[Table] = {"type": "integer", "minimum": 0}
_REFUSED: Final[Table] = {
    "type": "array",
    "description": "The events of the request that were refused, by their position from 0.",
    "items": {
        "type": "object",
        "required": ["position", "code", "message"],
        "properties": {"position": _COUNT, "code": _TEXT, "message": _TEXT},
    },
}
_SCHEMAS: Final[Table] = {
    "Ok": {"type": "object", "required": ["ok"], "properties": {"ok": {"const": True}}},
    "About": {
        "type": "object",
        "required": ["service", "events"],
        "properties": {"service": {"const": "hotlead"}, "events": _TEXT},
    },
    "Error": {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "pattern": "^[a-z0-9_]+$", "description": "For programs; it does not change."},
            "message": {"type": "string", "minLength": 1, "description": "For people."},
            "refused": _REFUSED,
        },
    },
    "Receipt": {
        "type": "object",
        "description": "The events are durable and every score that they change is current.",
        "required": ["accepted", "duplicates", "ignored", "refused"],
        "properties": {
            "accepted": {**_COUNT, "description": "Events stored."},
            "duplicates": {**_COUNT, "description": "Events that were stored before; they have no second effect."},
            "ignored": {**_COUNT, "description": "Records that are no events, such as a ping."},
            "refused": _REFUSED,
        },
        "additionalProperties": False,
    },
    "Ready": {
        "type": "object",
        "required": ["ready", "trouble", "warnings"],
        "properties": {
            "ready": {"type": "boolean"},
            "trouble": {"type": "array", "items": _TEXT},
            "warnings": {"type": "array", "items": _TEXT},
        },
    },
}
_REQUEST_ID: Final[Table] = {
    "X-Request-Id": {
        "required": True,
        "description": "The id by which logs know the request, up to its alert in Slack.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    }
}
_ERRORS: Final[Mapping[int, str]] = {
    400: "The body cannot be read, or each of its events is refused.",
    401: "The signature or secret is missing or wrong, or the request was signed too long ago.",
    404: "There is no such source.",
    408: "The body did not arrive within 5 seconds.",
    413: "The body is too large.",
    503: "More is waiting than can be taken on, or a fault of ours: send it again after Retry-After seconds.",
}
_SIGNED: Final = "signed"


def description(
    endpoints: Mapping[str, Endpoint], *, public_url: str, operations_url: str, slack: bool
) -> dict[str, Any]:
    """The whole description. `slack`: whether Slack comes over HTTP."""
    paths: Table = {
        "/": {"get": _get("What this is", "About"), "head": _head()},
        "/healthz": {"get": _get("Whether the process answers", "Ok"), "head": _head()},
        "/v1/{call}": _segment([one for one in endpoints.values() if one.config.kind == "segment"]),
    }
    schemes: Table = {}
    for name, endpoint in endpoints.items():
        paths[f"/hooks/{name}"] = _hook(name, endpoint)
        scheme = _scheme(endpoint)
        if scheme is not None:
            schemes[name] = scheme
    if slack:
        paths[EVENTS_PATH] = {"post": _slack()}
    paths |= _operations(operations_url)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "hotlead",
            "version": version("hotlead"),
            "summary": "Events in, one provable score, one alert, exactly one owner.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS, "securitySchemes": schemes},
    }


def _json(schema: str) -> Table:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _get(summary: str, schema: str) -> Table:
    answers = {"200": {"description": "It is so.", "headers": _REQUEST_ID, "content": _json(schema)}}
    return {"summary": summary, "security": [], "responses": answers | _errors(503)}


def _head() -> Table:
    return {
        "summary": "As GET, without the body",
        "security": [],
        "responses": {"200": {"description": "It is there."}, "503": {"description": _ERRORS[503]}},
    }


def _errors(*statuses: int) -> Table:
    return {str(status): _error(status) for status in statuses}


def _error(status: int) -> Table:
    headers = dict(_REQUEST_ID)
    if status == 503:
        headers["Retry-After"] = {"required": True, "schema": {"type": "integer", "minimum": 1}}
    return {"description": _ERRORS[status], "headers": headers, "content": _json("Error")}


def _post(summary: str, what: str, *errors: int) -> Table:
    return {
        "summary": summary,
        "description": what,
        "requestBody": {
            "description": "What the sender sends. The Content-Type decides nothing; gzip and deflate are read.",
            "content": {"*/*": {}},
        },
        "responses": {
            "200": {"description": "It was taken.", "headers": _REQUEST_ID, "content": _json("Receipt")},
            **_errors(*errors),
        },
    }


def _asked_first() -> Table:
    answers = {"200": {"description": "Whether a page or a sender may send.", "content": _json("Ok")}}
    return {"summary": "CORS and the handshake of CloudEvents", "security": [], "responses": answers | _errors(503)}


def _hook(name: str, endpoint: Endpoint) -> Table:
    kind = endpoint.config.kind
    post = _post(f"Events of {name}", f"A source of kind {kind}: docs/sources/{kind}.md.", 400, 401, 408, 413, 503)
    if endpoint.keys and _scheme(endpoint) is not None:
        post["security"] = [{name: []}]
    elif endpoint.keys:
        post["description"] += f" It is {_SIGNED} in {kind}'s own way."
    if kind in FROM_BROWSERS:
        post["description"] += " Pages may read the answer."
    probe = _get("Vendors look whether the address is there", "Ok")
    return {"post": post, "get": probe, "head": _head(), "options": _asked_first()}


def _segment(endpoints: list[Endpoint]) -> Table:
    what = "The Segment protocol: batch, track, identify, page, screen, group, alias, and their short forms."
    post = _post("Events of Segment and RudderStack SDKs", what, 400, 401, 404, 408, 413, 503)
    if endpoints:
        post["security"] = [{one.config.name: []} for one in endpoints if one.keys] + [{}]  # or in the body
    return {
        "parameters": [
            {"name": "call", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}},
        ],
        "post": post,
        "get": _get("Whether the address is there", "Ok"),
        "head": _head(),
        "options": _asked_first(),
    }


def _scheme(endpoint: Endpoint) -> Table | None:
    """How a request proves itself, where OpenAPI has a word for it; it has none for signatures."""
    match endpoint.scheme:
        case _ if not endpoint.keys:
            return None
        case StaticHeader(header=header):
            return {"type": "apiKey", "in": "header", "name": header}
        case UrlKey(parameter=parameter):
            return {"type": "apiKey", "in": "query", "name": parameter}
        case Basic():
            return {"type": "http", "scheme": "basic"}
    return None


def _slack() -> Table:
    post = _post("Commands, presses, windows and events of Slack", "Signed by Slack.", 400, 401, 408, 413, 503)
    post["responses"]["200"]["content"] = {"*/*": {}}
    post["responses"]["400"]["content"] = {"*/*": {}}
    post["responses"]["404"] = {
        "description": "A command or press that this app does not know.",
        "content": {"*/*": {}},
    }
    return post


def _operations(url: str) -> Table:
    """The operations port's own addresses; of /healthz both ports have one."""
    ready = _get("Whether the service is ready", "Ready")
    ready["responses"]["503"] = {"description": "It is not, and why.", "content": _json("Ready")}
    text = {"text/plain": {"schema": _TEXT}}
    numbers = {
        "summary": "Metrics for Prometheus: docs/metrics.md",
        "security": [],
        "responses": {"200": {"description": "As they are now.", "content": text}, **_errors(503)},
    }
    this = {
        "summary": "This description",
        "security": [],
        "responses": {
            "200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}
        },
    }
    described: tuple[Table, ...] = (ready, numbers, this)
    for one in described:
        for answer in one["responses"].values():
            answer.pop("headers", None)
    return {
        path: {"servers": [{"url": url}], "get": get, "head": _head()}
        for path, get in (("/readyz", ready), ("/metrics", numbers), ("/openapi.json", this))
    }
