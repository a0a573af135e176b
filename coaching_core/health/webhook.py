"""Tells a webhook about alerts: signed, with an id, tried again until it is heard (ledger O4).

The signature is ``X-Workbench-Signature: t=<seconds>,v1=<hex>``; ``v1`` is the HMAC-SHA256 of ``<t>.<body>`` under
ALERT_WEBHOOK_SECRET. ``docs/runbooks/alerts.md`` shows how a receiver checks it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from coaching_core.errors import InvalidInputError
from coaching_core.llm.providers.failures import retry_after
from coaching_core.llm.providers.http import proxy_for

SIGNATURE_HEADER = "X-Workbench-Signature"
DELIVERY_HEADER = "X-Workbench-Delivery"
MOST_ATTEMPTS = 24
LONGEST_WAIT_SECONDS = 3_600.0

_BASE_SECONDS = 5.0
_ANSWER_BYTES = 4_096
_LONGEST_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try ended.

    Attributes:
        ok: A status from 200 to 299.
        words: For a person; nothing of what the receiver wrote.
        retry_after: Seconds the receiver asked us to wait.
    """

    ok: bool
    words: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where alerts are sent to.

    Args:
        url: ``http`` or ``https``. It may itself be a secret, so only its host is ever shown.
        secret: What messages are signed with; empty: they are not signed.
        seconds: Longest wait for the whole answer.

    Raises:
        InvalidInputError: The address is none.
    """

    url: str
    secret: str = ""
    seconds: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what is no address of a web server."""
        try:
            parts = urlsplit(self.url)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            valid = False
        if not valid or any(character.isspace() for character in self.url):
            raise InvalidInputError("ALERT_WEBHOOK_URL is no http or https address.", "alert_webhook_url")

    @property
    def host(self) -> str:
        """Whom it belongs to, for people."""
        return urlsplit(self.url).hostname or ""

    def send(self, delivery_id: str, body: str, now: float) -> Answer:
        """Try once; never raises for what the receiver or the network does.

        Args:
            delivery_id: The same for every try, so that the receiver can tell a repetition.
            now: Seconds since 1970, for the signature.
        """
        data = body.encode()
        if len(data) > _LONGEST_BODY:
            return Answer(ok=False, words="The message is too long to be sent.")
        return asyncio.run(self._post(delivery_id, data, int(now)))

    async def _post(self, delivery_id: str, data: bytes, now: int) -> Answer:
        import aiohttp

        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "coaching-workbench",
            DELIVERY_HEADER: delivery_id,
        }
        if self.secret:
            headers[SIGNATURE_HEADER] = signature(self.secret, now, data)
        parts = urlsplit(self.url)
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=self.seconds), cookie_jar=aiohttp.DummyCookieJar()
                ) as session,
                session.post(
                    self.url,
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                    proxy=proxy_for(parts.scheme, parts.hostname or ""),
                ) as response,
            ):
                await response.content.read(_ANSWER_BYTES)
                ok = 200 <= response.status < 300
                moved = " (redirects are not followed)" if 300 <= response.status < 400 else ""
                wait = None if ok else retry_after(response.headers)
                return Answer(ok, f"{self.host} answered {response.status}{moved}.", wait)
        except TimeoutError:
            return Answer(ok=False, words=f"{self.host} did not answer within {self.seconds:g} s.")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(ok=False, words=f"{self.host} cannot be reached ({type(error).__name__}).")


def signature(secret: str, now: int, body: bytes) -> str:
    """The value of the signature's header."""
    digest = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={digest}"


def is_signed(secret: str, header: str, body: bytes, now: float, tolerance: float = 300.0) -> bool:
    """Whether a message is genuine and fresh; what a receiver does, here for tests and as a pattern."""
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = fields.get("t", "")
    if not stamp.isdigit() or abs(now - int(stamp)) > tolerance:
        return False
    wanted = signature(secret, int(stamp), body).partition("v1=")[2]
    return hmac.compare_digest(wanted, fields.get("v1", ""))


def wait_seconds(attempt: int, asked: float | None, draw: Callable[[float, float], float] = random.uniform) -> float:
    """How long to wait after a failed try: what the receiver asked for, or full jitter, an hour at most.

    Args:
        attempt: Its number, from 1.
    """
    if asked is not None:
        return min(asked, LONGEST_WAIT_SECONDS)
    return draw(0.0, min(LONGEST_WAIT_SECONDS, _BASE_SECONDS * 2**attempt))
