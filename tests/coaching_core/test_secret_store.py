"""Keys from AWS Secrets Manager: read over its real protocol, never shown, outdone by the environment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from coaching_core.errors import InvalidInputError
from coaching_core.secret_store import read_secret
from coaching_core.settings import load_settings
from tests.conftest import make_settings

_SECRETS = {
    "workbench/keys": json.dumps({"OPENAI_API_KEY": "canary-a", "MISTRAL_API_KEY": "canary-b", "EMPTY_API_KEY": ""}),
    "not-json": "canary-c",
    "nested": '{"OPENAI_API_KEY": {"canary": 1}}',
}


class _SecretsManager(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        found = _SECRETS.get(asked["SecretId"])
        signed = self.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256")
        status = 200 if found and signed else 400
        answer = {"SecretString": found} if status == 200 else {"__type": "ResourceNotFoundException", "message": "no"}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), _SecretsManager) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY", "AWS_PROFILE"):
            monkeypatch.delenv(variable, raising=False)
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("aws")
def test_the_variables_of_a_secret_are_read_without_the_empty_ones() -> None:
    found = read_secret("workbench/keys", "eu-central-1")
    assert {name: key.get_secret_value() for name, key in found.items()} == {
        "OPENAI_API_KEY": "canary-a",
        "MISTRAL_API_KEY": "canary-b",
    }
    assert "canary" not in repr(found)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("secret_id", ["nobody", "not-json", "nested"])
def test_a_secret_that_cannot_be_used_is_named_without_its_content(secret_id: str) -> None:
    with pytest.raises(InvalidInputError, match=secret_id) as refused:
        read_secret(secret_id, "eu-central-1")
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.usefixtures("aws")
def test_settings_take_keys_from_the_secret_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRETS_MANAGER_ID", "workbench/keys")
    monkeypatch.setenv("MISTRAL_API_KEY", "of the environment")
    settings = load_settings()
    assert settings.openai_api_key == SecretStr("canary-a")
    assert settings.provider_key("OPENAI_API_KEY") == SecretStr("canary-a")
    assert settings.provider_key("MISTRAL_API_KEY") == SecretStr("of the environment")
    assert list(settings.secret_keys) == ["OPENAI_API_KEY"]
    assert settings.anthropic_api_key is None
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings.model_dump())


def test_without_a_secret_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "k")
    monkeypatch.delenv("XAI_API_KEY", raising=False)
    settings = make_settings(tmp_path, anthropic_api_key="sk")
    assert settings.provider_key("ANTHROPIC_API_KEY") == SecretStr("sk")
    assert settings.provider_key("GROQ_API_KEY") == SecretStr("k")
    assert settings.provider_key("XAI_API_KEY") is None
    assert settings.secret_keys == {}
