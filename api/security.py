"""Until there is a sign-in, only this machine gets in."""

from __future__ import annotations

import ipaddress
import secrets

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from evals.bootstrap import Workbench

_OWN_NAME = "localhost"


class LoopbackOnly:
    """ASGI middleware: refuses clients, Host and Origin headers from anywhere but this machine.

    The Host check keeps a web page on another site from reaching the workbench through a name that it points at
    127.0.0.1 (DNS rebinding). The Origin check keeps it from opening our WebSocket or posting to us; left to
    Streamlit, that check would ask a server on the internet for this machine's address first.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests of this machine on, refuse others with 403."""
        if scope["type"] not in ("http", "websocket") or _from_here(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            message = "The workbench answers this machine only: there is no sign-in yet."
            response = JSONResponse({"error": {"type": "Forbidden", "message": message}}, status_code=403)
            await response(scope, receive, send)


def is_holder_token(workbench: Workbench, token: str | None) -> bool:
    """Whether a caller of the local API could read the holder file; compared in constant time."""
    holder = workbench.core.database.holder
    return holder is not None and token is not None and secrets.compare_digest(holder.token.encode(), token.encode())


def _from_here(scope: Scope) -> bool:
    client = scope.get("client")
    headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in (b"host", b"origin")}
    names = [_without_port(headers.get(b"host", ""))]
    if client is not None:
        names.append(client[0])
    if b"origin" in headers:
        names.append(_without_port(headers[b"origin"].partition("://")[2]))
    return all(_is_loopback(name) for name in names)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] or host


def _is_loopback(name: str) -> bool:
    if name.lower() == _OWN_NAME:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
