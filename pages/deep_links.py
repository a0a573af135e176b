"""Tells Streamlit's front end where its server is, and what it will soon need.

On a deep link (``/editor``) the front end guesses that the server might live below that path, asks there first, and
leaves two 404s in the console and half a second in the wait. One line in the page says where it really is. A second
one fetches the table component while the first screen is read; the first screen with a table took a second for it.
"""

from __future__ import annotations

import json
from pathlib import Path

import streamlit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPENING = b"<head>"
_WHERE = '<head><script>window.__streamlit={BACKEND_BASE_URL:location.origin+"/"}</script>'
_FETCH_SOON = (
    "<script>addEventListener('load',()=>setTimeout(()=>%s.forEach(name=>import('/static/js/'+name).catch(()=>0)),900))"
    "</script>"
)
_SOON_NEEDED = ("DataFrame.*.js", "TextInput.*.js", "Selectbox.*.js", "Checkbox.*.js")
_NOT_A_PAGE = ("/api", "/_stcore", "/static", "/app/", "/media", "/component")


class DeepLinks:
    """ASGI middleware: puts the server's address into the page that carries the front end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._opening = (_WHERE + _fetch_soon()).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; the page gets its lines."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_NOT_A_PAGE):
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        page = _Page(send, self._opening)
        await self._app({**scope, "headers": plain}, receive, page.send)


class _Page:
    """Holds an HTML response back until it is whole, then sends it with the lines in it."""

    def __init__(self, send: Send, opening: bytes) -> None:
        self._send = send
        self._opening = opening
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_whole(self._start)
        else:
            await self._send(message)

    async def _send_whole(self, start: Message) -> None:
        body = self._body.replace(_OPENING, self._opening, 1)
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await self._send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


def _fetch_soon() -> str:
    scripts = Path(streamlit.__file__).parent / "static" / "static" / "js"
    names = sorted(file.name for pattern in _SOON_NEEDED for file in scripts.glob(pattern))
    return _FETCH_SOON % json.dumps(names)


def _is_html(start: Message) -> bool:
    kind = next((value for name, value in start["headers"] if name.lower() == b"content-type"), b"")
    return bool(start["status"] == 200 and kind.startswith(b"text/html"))
