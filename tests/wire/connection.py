"""One connection of the wire server: asyncio's protocol, HTTP/1.1 by hand because it must not slow a benchmark.

Requests on one connection are served one after the other; a caller that goes away cancels the one being served.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus

from tests.wire.http_reader import MalformedRequestError, Request, RequestReader

Handler = Callable[[Request, "Connection"], Awaitable[None]]
LAST_CHUNK = b"0\r\n\r\n"
_REASONS = {status.value: status.phrase for status in HTTPStatus}


def chunk(data: bytes) -> bytes:
    """The bytes as one chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class Connection(asyncio.Protocol):
    """Reads requests, gives them to a handler, writes what the handler answers."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._reader = RequestReader()
        self._transport: asyncio.Transport | None = None
        self._serving: asyncio.Task[None] | None = None
        self._told_to_continue = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller is gone; called by asyncio."""
        self._transport = None
        if self._serving is not None:
            self._serving.cancel()

    def data_received(self, data: bytes) -> None:
        """Bytes have arrived; called by asyncio."""
        self._reader.feed(data)
        if self._serving is None:
            self._serve_next()

    def _serve_next(self) -> None:
        try:
            request = self._reader.next_request()
        except MalformedRequestError as error:
            self.respond(400, "text/plain", str(error).encode())
            self.close()
            return
        if request is not None:
            self._told_to_continue = False
            self._serving = asyncio.get_running_loop().create_task(self._serve(request))
        elif self._reader.awaits_continue and not self._told_to_continue:
            self._told_to_continue = True
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _serve(self, request: Request) -> None:
        try:
            await self._handler(request, self)
        except Exception:  # a bug of this server: its caller should not wait for ever
            self.break_off()
            raise
        finally:
            self._serving = None
        if not request.keep_alive:
            self.close()
        elif self._transport is not None:
            self._serve_next()

    def write(self, data: bytes) -> None:
        """Send bytes as they are, without waiting for the caller to read them."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def respond(
        self, status: int, content_type: str, body: bytes, headers: Iterable[tuple[str, str]] = (), cut_at: int = -1
    ) -> None:
        """Send a whole reply. With ``cut_at`` from 0 on, only so many bytes of the body follow the head."""
        head = self._head(status, content_type, (*headers, ("Content-Length", str(len(body)))))
        self.write(head + (body if cut_at < 0 else body[:cut_at]))

    def begin_chunked(self, content_type: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        """Send the head of a reply whose body follows through ``write``, in chunks."""
        more = (("Cache-Control", "no-cache"), ("Transfer-Encoding", "chunked"))
        self.write(self._head(200, content_type, (*headers, *more)))

    @staticmethod
    def _head(status: int, content_type: str, headers: Iterable[tuple[str, str]]) -> bytes:
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
        reason = _REASONS.get(status, "Unknown")
        return f"HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\n{fields}\r\n".encode("latin-1")

    def close(self) -> None:
        """End the connection in good order, after what was written."""
        if self._transport is not None:
            self._transport.close()

    def break_off(self, reset: bool = False) -> None:
        """End the connection in the middle of things; with ``reset`` by a TCP reset."""
        if self._transport is None:
            return
        if reset:
            self._transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        self._transport.abort()
