"""Every request has an id: taken from the caller when it brings a sane one, made here otherwise."""

from __future__ import annotations

import logging
import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coaching_core import logs
from coaching_core.clock import new_id

_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("api")


class RequestIds:
    """ASGI middleware: sets the id for logs and PromptRuns, answers it as ``X-Request-Id``, logs the request."""

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
            latency = round((time.perf_counter() - begun) * 1000, 1)
            _log.info("request", extra={"route": scope["path"], "status": status, "latencyMs": latency})
            logs.request_id.reset(token)
