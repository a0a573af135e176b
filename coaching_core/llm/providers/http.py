"""Connections to providers: one pool for each event loop, opened by the first call on it, none of them retried.

aiohttp is imported by the first call (0.2 s of CPU). What it would do and we do not want is off: cookies, redirects,
compression, its own timers. A proxy of the environment is looked up once for each host, never for this machine.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import ipaddress
import sys
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coaching_core.llm.providers.failures import broken, refused

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from yarl import URL

KEEP_ALIVE_SECONDS = 60.0
LINGER_SECONDS = 1.0
_KNOWN_ADDRESSES = 1024
_LARGE_BODY = 2**20


@dataclass(frozen=True, slots=True)
class Post:
    """One question on its way.

    Attributes:
        model: Who is asked, for messages.
        url: Encoded already.
        headers: All of them, but Host and Content-Length.
        seconds: Longest wait for the whole reply; for one that is read bit by bit: for its first part, and between
            two parts.
    """

    model: str
    url: str
    headers: dict[str, str]
    body: bytes
    seconds: float


class HttpPool:
    """Sends questions over connections that are kept open between calls."""

    def __init__(self) -> None:
        self._sessions: dict[asyncio.AbstractEventLoop, ClientSession] = {}
        self._addresses: dict[str, tuple[URL, str | None]] = {}
        self._ending: dict[ClientResponse, asyncio.TimerHandle] = {}

    @property
    def ending(self) -> int:
        """How many replies that nobody needs any more have not come to their end yet."""
        return len(self._ending)

    async def load(self) -> None:
        """Import what is needed to send anything, so that no call has to."""
        if "aiohttp" not in sys.modules:
            await asyncio.to_thread(importlib.import_module, "aiohttp")

    async def send(self, post: Post) -> bytes:
        """The whole body of the reply; cancelling closes the connection.

        Raises:
            ModelCallError: The status is not one of success, or the body broke off.
            TimeoutError, Exception: What kept the reply from beginning; :func:`failures.broken` knows what it means.
        """
        async with asyncio.timeout(post.seconds):
            response = await self._respond(post)
            try:
                return await response.read()
            except Exception as error:  # noqa: BLE001  raised below, without its context
                failed = broken(post.model, error, begun=True)
            finally:
                response.close()
        raise failed

    async def open(self, post: Post) -> StreamedBody:
        """The body of the reply, to be read bit by bit and closed.

        Raises:
            ModelCallError, TimeoutError, Exception: As :meth:`send`.
        """
        begun = asyncio.get_running_loop().time()
        async with asyncio.timeout(post.seconds):
            response = await self._respond(post)
        return StreamedBody(self, response, begun, post.seconds)

    def let_end(self, response: ClientResponse) -> None:
        """Let a reply that nobody needs any more come to its end, so that its connection can be used again."""
        if response.content.is_eof():
            return
        loop = asyncio.get_running_loop()
        self._ending[response] = loop.call_later(LINGER_SECONDS, self._end, response)
        response.content.on_eof(lambda: self._end(response))

    async def aclose(self) -> None:
        """Close this loop's connections. A later call opens new ones."""
        for response in tuple(self._ending):
            self._end(response)
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    def _end(self, response: ClientResponse) -> None:
        timer = self._ending.pop(response, None)
        if timer is not None:
            timer.cancel()
        if not response.content.is_eof():
            response.close()

    async def _respond(self, post: Post) -> ClientResponse:
        session = self._sessions.get(asyncio.get_running_loop()) or await self._open_session()
        url, proxy = self._addresses.get(post.url) or self._address(post.url)
        response = await session.post(
            url,
            data=post.body if len(post.body) < _LARGE_BODY else io.BytesIO(post.body),
            headers=post.headers,
            allow_redirects=False,
            proxy=proxy,
        )
        if response.status // 100 != 2:
            self.let_end(response)
            raise refused(post.model, response.status, response.headers)
        return response

    async def _open_session(self) -> ClientSession:
        await self.load()
        import aiohttp

        loop = asyncio.get_running_loop()
        for other in [other for other in self._sessions if other.is_closed()]:
            del self._sessions[other]
        if loop not in self._sessions:
            self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            )
        return self._sessions[loop]

    def _address(self, text: str) -> tuple[URL, str | None]:
        from yarl import URL

        if len(self._addresses) >= _KNOWN_ADDRESSES:
            self._addresses.clear()
        url = URL(text, encoded=True)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError("no address of a web server")
        self._addresses[text] = found = (url, proxy_for(url.scheme, url.host))
        return found


class StreamedBody:
    """A reply's body as it arrives. One timer watches over silence, for the whole of it.

    Time that the reader spends elsewhere, between two calls of :meth:`read`, is not silence.
    """

    __slots__ = ("_content", "_deadline", "_loop", "_pool", "_reading", "_response", "_seconds", "_timer")

    def __init__(self, pool: HttpPool, response: ClientResponse, begun: float, seconds: float) -> None:
        self._pool, self._response, self._seconds = pool, response, seconds
        self._content: Any = response.content
        self._reading = False
        self._loop = asyncio.get_running_loop()
        self._deadline = begun + seconds
        self._timer = self._loop.call_at(self._deadline, self._watch)

    async def read(self, progressed: bool) -> bytes:
        """What has arrived since, at least one byte; nothing at the end.

        Args:
            progressed: The bytes read last brought something, so the wait begins anew.

        Raises:
            TimeoutError: Nothing came that brought something, for too long.
        """
        if progressed:
            self._deadline = self._loop.time() + self._seconds
        self._reading = True
        try:
            data: bytes = await self._content.readany()
        finally:
            self._reading = False
        return data

    def close(self, whole: bool) -> None:
        """Let go of it; unless the answer was whole, the connection is closed."""
        self._timer.cancel()
        if whole:
            self._pool.let_end(self._response)
        else:
            self._response.close()

    def _watch(self) -> None:
        now = self._loop.time()
        if not self._reading:
            self._timer = self._loop.call_at(now + self._seconds, self._watch)
        elif now < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._watch)
        else:
            self._content.set_exception(TimeoutError())


def proxy_for(scheme: str, host: str) -> str | None:
    """The proxy that the environment names for a host; None for none, and always for this machine."""
    try:
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    if here or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(scheme)
