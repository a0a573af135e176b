"""Signs requests to Amazon with the credentials of its usual chain, which is asked by the first call, in a thread.

The chain is botocore's (imported by the first call: 0.2 s of CPU). The signature, version 4, is made here, for less
CPU than botocore's; tests compare the two.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from coaching_core.errors import MissingKeyError

_SERVICE = "bedrock"
_ALGORITHM = "AWS4-HMAC-SHA256"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """Credentials as they are at one moment."""

    access_key: str
    secret_key: str
    token: str | None = None


class AwsCredentials:
    """The credentials of this machine, role or environment, found once and renewed when they expire."""

    def __init__(self) -> None:
        self._found: Any = None
        self._guard = threading.Lock()

    async def load(self) -> None:
        """Look them up, unless they are known; that there are none is for :meth:`current` to say."""
        if self._found is None:
            await asyncio.to_thread(self._find_once)

    async def current(self, model: str) -> AwsKeys:
        """The keys to sign with now.

        Args:
            model: Who is to be asked, for the message.

        Raises:
            MissingKeyError: There are none, or they cannot be had now.
        """
        await self.load()
        found, frozen = self._found, None
        if found is not None and getattr(found, "refresh_needed", bool)():
            frozen = await asyncio.to_thread(_freeze, found)
        elif found is not None:
            frozen = _freeze(found)
        if frozen is None:
            names = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            raise MissingKeyError(f"{model} cannot be asked: set {names}, or another source of AWS credentials.")
        return frozen

    def _find_once(self) -> None:
        with self._guard:
            self._found = self._found or _find()


def signature(url: str, body: bytes, region: str, keys: AwsKeys, now: datetime | None = None) -> dict[str, str]:
    """The headers that prove who posts this JSON to an encoded URL without a query.

    Args:
        now: The moment it is signed at; None for this one. Amazon refuses one that is minutes off.
    """
    moment = f"{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    host, path = _place(url)
    signed = {"content-type": "application/json", "host": host, "x-amz-date": moment}
    if keys.token:
        signed["x-amz-security-token"] = keys.token
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    names = ";".join(signed)
    canonical = f"POST\n{path}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{region}/{_SERVICE}/aws4_request"
    text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    proof = hmac.digest(_signing_key(keys.secret_key, moment[:8], region), text.encode(), "sha256").hex()
    headers = {"X-Amz-Date": moment} | ({"X-Amz-Security-Token": keys.token} if keys.token else {})
    credential = f"Credential={keys.access_key}/{scope}"
    return headers | {"Authorization": f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={proof}"}


@lru_cache(maxsize=8)
def _signing_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, _SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@lru_cache(maxsize=256)
def _place(url: str) -> tuple[str, str]:
    """Host header and canonical path, in which what was encoded is encoded once more."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return host + port, quote(parts.path, safe="/-_.~")


def _find() -> Any:
    from botocore.session import Session

    try:
        return Session().get_credentials()
    except Exception:  # noqa: BLE001  botocore's many; all mean that there is nothing to sign with
        return None


def _freeze(found: Any) -> AwsKeys | None:
    try:
        frozen = found.get_frozen_credentials()
    except Exception:  # noqa: BLE001  as above
        return None
    return AwsKeys(frozen.access_key, frozen.secret_key, frozen.token)
