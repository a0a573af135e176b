"""Keys: a missing one is named before anything is sent or loaded, one of the secret store is used like any other."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from coaching_core.errors import MissingKeyError
from coaching_core.llm.providers.litellm import LiteLLMProvider
from tests.coaching_core.llm.providers.wires import BOTH, WIRES, Call, Wire, use
from tests.conftest import PROJECT
from tests.wire.client import AWS_ENVIRONMENT, KEY, WireServer, ask

pytest_plugins = ["tests.wire.fixtures"]
pytestmark = pytest.mark.usefixtures("aws_keys")


def refusal(wire: WireServer, vendor: Wire, call: Call, **settings: Any) -> MissingKeyError:
    """The error of a call that must not be sent."""
    provider = vendor.adapter(wire.settings(**settings))
    with pytest.raises(MissingKeyError) as caught:
        use(provider, lambda used: call(used, vendor.ask()))
    return caught.value


@pytest.mark.parametrize(
    ("vendor", "missing", "named"),
    [
        (WIRES[0], "openai_api_key", "OPENAI_API_KEY"),
        (WIRES[1], "anthropic_api_key", "ANTHROPIC_API_KEY"),
        (WIRES[2], "aws_region", "AWS_REGION"),
    ],
)
@BOTH
def test_a_missing_key_is_named_and_nothing_sent(
    wire: WireServer, vendor: Wire, missing: str, named: str, call: Call
) -> None:
    error = refusal(wire, vendor, call, **{missing: None})
    assert f"set {named}" in str(error)
    assert wire.counts().calls == 0


@BOTH
def test_without_aws_credentials_nothing_is_sent(
    wire: WireServer, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in AWS_ENVIRONMENT:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    error = refusal(wire, WIRES[2], call)
    assert "AWS_ACCESS_KEY_ID" in str(error)
    assert wire.counts().calls == 0


def test_importing_the_adapters_loads_no_client() -> None:
    code = (
        "import coaching_core.llm.assembly as a, sys; from coaching_core.settings import Settings; "
        "a.build_providers(Settings(_env_file=None)); "
        "assert not {'aiohttp', 'botocore', 'boto3', 'litellm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=dict(os.environ), check=True, timeout=60)


def test_a_key_of_the_secret_store_opens_other_vendors_too(wire: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    monkeypatch.setenv("DEEPSEEK_API_BASE", wire.base_url)
    settings = wire.settings().with_secret({"DEEPSEEK_API_KEY": SecretStr(KEY)})

    async def use_and_close() -> None:
        provider = LiteLLMProvider(settings)
        try:
            await provider.complete(ask(model="deepseek/deepseek-chat"))
        finally:
            await provider.aclose()

    asyncio.run(use_and_close())
    assert wire.requests()[0].headers["authorization"] == f"Bearer {KEY}"
