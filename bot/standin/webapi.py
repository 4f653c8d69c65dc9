"""A Web API call from token to answer, without HTTP: token, rate, scope, arguments, then the method itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.standin.errors import Refused
from bot.standin.methods import arguments
from bot.standin.methods.catalogue import METHODS, Method
from bot.standin.values import Obj
from bot.standin.workspace import Workspace


@dataclass(frozen=True)
class Answer:
    """What goes back: status, body, headers."""

    status: int
    body: Obj
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """A call as it was: for tests that count them. `error` is "" when it was answered `ok`; `fault` was injected."""

    method: str
    args: Mapping[str, Any]
    status: int
    error: str
    at: int
    fault: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was answered `ok`."""
        return not self.error


def limited(seconds: int) -> Answer:
    """Too many calls: come back in `seconds`."""
    return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(seconds)})


def call(workspace: Workspace, name: str, token: str, given: Mapping[str, Any]) -> Answer:
    """Answer one call."""
    headers: dict[str, str] = {}
    try:
        method = _method(name)
        headers = _scopes_header(workspace, _token_kind(workspace, method, token), method)
        wait = workspace.limits.method(name, method.tier)
        if wait:
            return limited(wait)
        _check_scope(workspace, method)
        taken = dict(given) if name == "api.test" else arguments.read(given, method.required, method.optional)
        return Answer(200, {"ok": True, **method.run(workspace, taken)}, headers)
    except Refused as refused:
        if refused.code == "ratelimited":
            return limited(int(refused.more["retry_after"]))
        return Answer(200, refused.answer(), headers)


def _method(name: str) -> Method:
    method = METHODS.get(name)
    if method is None:
        raise Refused("unknown_method", req_method=name)
    return method


def _token_kind(workspace: Workspace, method: Method, token: str) -> str:
    kinds = {workspace.bot_token: "bot", workspace.app_token: "app"}
    if method.caller == "none":
        return "none"
    if not token:
        raise Refused("not_authed")
    kind = kinds.get(token)
    if kind is None:
        raise Refused("invalid_auth")
    if not workspace.installed or workspace.users[workspace.bot_user].deleted:
        raise Refused("account_inactive")
    if token in workspace.revoked:
        raise Refused("token_revoked")
    if kind != method.caller:
        raise Refused("not_allowed_token_type")
    return kind


def _granted(workspace: Workspace, kind: str) -> set[str]:
    return workspace.app_scopes if kind == "app" else workspace.scopes


def _scopes_header(workspace: Workspace, kind: str, method: Method) -> dict[str, str]:
    if kind == "none":
        return {}
    return {"x-oauth-scopes": ",".join(sorted(_granted(workspace, kind))), "x-accepted-oauth-scopes": method.scope}


def _check_scope(workspace: Workspace, method: Method) -> None:
    granted = _granted(workspace, method.caller)
    if method.scope and method.scope not in granted:
        raise Refused("missing_scope", needed=method.scope, provided=",".join(sorted(granted)))
