"""Every request has an id: taken from the caller when it brings a sane one, made here otherwise. It is also counted."""

from __future__ import annotations

import logging
import re
import time

from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coaching_core import logs
from coaching_core.clock import new_id
from evals.current import running

NO_ROUTE = "unmatched"
"""Stands for every path that no route has."""

_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger("api")


class RequestIds:
    """ASGI middleware: sets the id for logs and PromptRuns, answers it as ``X-Request-Id``, logs and counts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry the id through one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        current = given.decode() if _SANE.fullmatch(given) else new_id()
        token = logs.request_id.set(current)
        begun, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", current.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _note(scope, status, time.perf_counter() - begun)
            logs.request_id.reset(token)


def route_of(scope: Scope) -> str:
    """The pattern of the route that a request took, never the path as it was typed: that may name a person."""
    route = scope.get("route")
    if not isinstance(route, Route):
        return NO_ROUTE
    return f"{scope.get('root_path', '')}{route.path}"


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = route_of(scope)
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    latency = round(seconds * 1000, 1)
    _log.info("request", extra={"route": route, "method": method, "status": status, "latencyMs": latency})
    workbench = running()
    if workbench is not None:
        workbench.core.instruments.metrics.on_request(route, method, status, seconds)
