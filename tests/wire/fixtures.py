"""The wire server as pytest fixtures: one process for the session, a clean order for each test.

A test module takes them with ``pytest_plugins = ["tests.wire.fixtures"]``, so that every module shares the one server.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire.client import WireServer


@pytest.fixture(scope="session")
def wire_server() -> Iterator[WireServer]:
    """The session's server; tests take ``wire`` instead, which is reset."""
    with WireServer() as server:
        yield server


@pytest.fixture
def wire(wire_server: WireServer) -> WireServer:
    """The session's server with default behaviour and counts at 0."""
    wire_server.configure()
    return wire_server
