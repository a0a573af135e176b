"""Amazon's signature: the one that botocore makes. Credentials: looked up once, renewed when they expire."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HAS_CRT
from botocore.credentials import Credentials, RefreshableCredentials

from coaching_core.errors import MissingKeyError
from coaching_core.llm.providers import signing
from coaching_core.llm.providers.signing import AwsCredentials, AwsKeys, signature

_NOW = datetime(2026, 11, 21, 12, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize("token", [None, "session/token+=="])
@pytest.mark.parametrize(
    "url",
    [
        "https://bedrock-runtime.eu-central-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse",
        "https://bedrock-runtime.us-east-1.amazonaws.com:443/model/a.b-c_d~e/invoke",
        "http://127.0.0.1:8080/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream",
    ],
)
def test_it_is_the_one_botocore_makes(url: str, token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not HAS_CRT, "the comparison below is with botocore's own signer"
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: _NOW.replace(tzinfo=None))
    body = '{"text": "Grüße"}'.encode()
    theirs: Any = AWSRequest("POST", url, {"Content-Type": "application/json"}, body)
    SigV4Auth(Credentials("AKID", "secret", token), "bedrock", "eu-central-1").add_auth(theirs)
    ours = signature(url, body, "eu-central-1", AwsKeys("AKID", "secret", token), _NOW)
    assert ours == {name: value for name, value in theirs.headers.items() if name != "Content-Type"}


def test_credentials_are_looked_up_once_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups = []

    def find() -> Credentials:
        lookups.append(1)
        return Credentials("AKID", "secret")

    monkeypatch.setattr(signing, "_find", find)
    credentials = AwsCredentials()

    async def ask_often() -> set[AwsKeys]:
        return set(await asyncio.gather(*(credentials.current("bedrock/x") for _ in range(50))))

    assert asyncio.run(ask_often()) == {AwsKeys("AKID", "secret")}
    assert len(lookups) == 1


def _expiring(renew: Any) -> RefreshableCredentials:
    return RefreshableCredentials("old", "old", "old", datetime(2020, 1, 1, tzinfo=UTC), renew, "test")


def test_expired_credentials_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    new = {"access_key": "new", "secret_key": "key", "token": "token", "expiry_time": "2090-01-01T00:00:00Z"}
    found = _expiring(lambda: new)
    monkeypatch.setattr(signing, "_find", lambda: found)
    assert asyncio.run(AwsCredentials().current("bedrock/x")) == AwsKeys("new", "key", "token")


def test_credentials_that_cannot_be_renewed_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> dict[str, str]:
        raise OSError("no metadata service")

    found = _expiring(fail)
    monkeypatch.setattr(signing, "_find", lambda: found)
    with pytest.raises(MissingKeyError):
        asyncio.run(AwsCredentials().current("bedrock/x"))
