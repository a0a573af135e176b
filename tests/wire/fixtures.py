"""The wire server as pytest fixtures: one process for the session, a clean order for each test.

A test module takes them with ``pytest_plugins = ["tests.wire.fixtures"]``, so that every module shares the one server.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire.client import AWS_ENVIRONMENT, WireServer


@pytest.fixture(scope="session")
def wire_server() -> Iterator[WireServer]:
    """The session's server; tests take ``wire`` instead, which is reset."""
    with WireServer() as server:
        yield server


@pytest.fixture
def wire(wire_server: WireServer) -> WireServer:
    """The session's server with default behaviour, an empty prompt cache, counts and meter at 0."""
    wire_server.configure()
    wire_server.reset_meter()
    return wire_server


@pytest.fixture
def aws_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials for Bedrock in the environment, and none of the machine's own."""
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in AWS_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
