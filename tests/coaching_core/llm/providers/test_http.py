"""The pool of connections: used again after a whole answer, closed after a broken one, proxies for others only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from coaching_core.errors import ProviderDownError
from coaching_core.llm.providers.failures import retry_after
from coaching_core.llm.providers.http import HttpPool, proxy_for
from coaching_core.llm.providers.openai import OpenAIProvider
from coaching_core.settings import Settings
from tests.coaching_core.llm.providers import recordings
from tests.coaching_core.llm.providers.raw_server import END_OF_HEAD
from tests.coaching_core.llm.providers.wires import WIRES
from tests.wire.client import KEY

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" + END_OF_HEAD
_LAST_CHUNK = b"0\r\n\r\n"


class _Counting:
    """A server that keeps connections, counts them, and answers with what a test gives it."""

    def __init__(self, *writes: bytes) -> None:
        self.writes = writes
        self.connections = 0
        self.gate = asyncio.Event()
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                head = (await reader.readuntil(END_OF_HEAD)).lower()
                await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
                for index, data in enumerate(self.writes):
                    if index:
                        await self.gate.wait()
                    writer.write(data)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass

    async def close(self) -> None:
        self.gate.set()
        for writer in self.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def _with(server: _Counting, work: Callable[[OpenAIProvider], Awaitable[None]], pool: HttpPool | None = None) -> None:
    async def run() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        settings: Any = {"openai_api_key": KEY, "openai_base_url": url}
        provider = OpenAIProvider(Settings(_env_file=None, **settings), pool)
        async with listening:
            try:
                await work(provider)
            finally:
                await provider.aclose()
                await server.close()

    asyncio.run(run())


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def _read(provider: OpenAIProvider) -> None:
    async for _ in provider.stream(WIRES[0].ask()):
        pass


def test_a_connection_is_used_again_also_when_its_end_comes_late() -> None:
    server = _Counting(_HEAD + _chunk(recordings.OPENAI_STREAM), _LAST_CHUNK)

    pool = HttpPool()

    async def read_three_times(provider: OpenAIProvider) -> None:
        for _ in range(3):
            server.gate.clear()
            await _read(provider)
            server.gate.set()
            async with asyncio.timeout(5):
                while pool.ending:
                    await asyncio.sleep(0.001)

    _with(server, read_three_times, pool)
    assert server.connections == 1


def test_an_answer_is_there_before_its_connection_has_ended() -> None:
    server = _Counting(_HEAD + _chunk(recordings.OPENAI_STREAM), _LAST_CHUNK)
    _with(server, _read)
    assert server.connections == 1


def test_a_refusal_whose_body_never_comes_is_a_refusal_at_once() -> None:
    server = _Counting(b"HTTP/1.1 503 No\r\nContent-Length: 100" + END_OF_HEAD)

    async def ask(provider: OpenAIProvider) -> None:
        with pytest.raises(ProviderDownError):
            await provider.complete(WIRES[0].ask())

    _with(server, ask)


def test_a_server_that_speaks_no_http_is_down() -> None:
    async def ask(provider: OpenAIProvider) -> None:
        with pytest.raises(ProviderDownError):
            await provider.complete(WIRES[0].ask())

    _with(_Counting(b"220 mail.example ESMTP\r\n\r\n"), ask)


def test_closing_a_pool_that_was_never_used_is_nothing() -> None:
    asyncio.run(HttpPool().aclose())


def test_proxies_are_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for("https", "api.openai.com") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    assert proxy_for("https", "api.openai.com") == "http://proxy.example:3128"
    assert proxy_for("http", "api.openai.com") is None
    for host in ("inside.example", "127.0.0.1", "::1", "localhost"):
        assert proxy_for("https", host) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "7", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "7", "retry-after-ms": "soon"}, 7.0),
        ({"retry-after": "Sat, 21 Nov 2020 12:00:00 GMT"}, 0.0),
        *(({"retry-after": value}, None) for value in ("soon", "-5", "inf", "nan", "1e999", "")),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
