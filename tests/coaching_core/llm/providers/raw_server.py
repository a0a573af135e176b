"""A server that sends one recorded body, whole or cut off, and then closes the connection in good order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

END_OF_HEAD = b"\r\n\r\n"


class Recorded:
    """What is sent to every question from now on.

    Attributes:
        body: All of it; the connection's end is its end, so nothing tells a cut body from a whole one.
        pieces_of: Bytes in one write; 0 sends all at once.
    """

    def __init__(self) -> None:
        self.body = b""
        self.pieces_of = 0
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(END_OF_HEAD)).lower()
        await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close" + END_OF_HEAD)
        step = self.pieces_of or max(1, len(self.body))
        for start in range(0, len(self.body), step):
            writer.write(self.body[start : start + step])
            await writer.drain()
            if self.pieces_of:
                await asyncio.sleep(0)
        writer.close()


@asynccontextmanager
async def recorded_server() -> AsyncIterator[Recorded]:
    """A server on a free port of this machine."""
    recorded = Recorded()
    server = await asyncio.start_server(recorded.answer, "127.0.0.1", 0)
    recorded.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield recorded
