"""Only this machine gets in: by address, by the name in Host, and by the page that asks."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from api.security import LoopbackOnly
from tests.api.asking import ask, websocket


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("inside")(scope, receive, send)


GUARDED = LoopbackOnly(inside)


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8501", "LocalHost:8501", "127.0.0.1", "127.0.0.1:80", "127.8.9.1", "[::1]", "[::1]:8501"],
)
def test_names_of_this_machine_get_in(host: str) -> None:
    assert ask(GUARDED, "/", headers={"Host": host}).text == "inside"
    assert websocket(GUARDED, host=host)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example#localhost",
        "localhost@evil.example",
        "192.168.1.5",
        "0.0.0.0",
        "[2001:db8::1]:8501",
        "testserver",
        "testclient",
    ],
)
def test_other_names_are_refused(host: str) -> None:
    answer = ask(GUARDED, "/", headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "Forbidden"
    assert websocket(GUARDED, host=host) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.4.5", "::1"])
def test_clients_on_this_machine_get_in(address: str) -> None:
    assert ask(GUARDED, "/", client=(address, 1)).text == "inside"


@pytest.mark.parametrize("address", ["192.168.1.5", "10.0.0.1", "8.8.8.8", "2001:db8::1", "fe80::1", "testclient", ""])
def test_clients_from_elsewhere_are_refused(address: str) -> None:
    assert ask(GUARDED, "/", client=(address, 1)).status_code == 403
    assert websocket(GUARDED, client=(address, 1), host="localhost") == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("origin", ["http://localhost:8501", "http://127.0.0.1:8501", "http://[::1]:8501"])
def test_our_own_pages_may_ask(origin: str) -> None:
    assert ask(GUARDED, "/", "POST", headers={"Origin": origin}).text == "inside"
    assert websocket(GUARDED, host="localhost:8501", origin=origin)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("origin", ["http://evil.example", "https://localhost.evil.example", "null", "", "localhost:1"])
def test_pages_of_other_sites_may_not(origin: str) -> None:
    assert ask(GUARDED, "/", "POST", headers={"Origin": origin}).status_code == 403
    assert websocket(GUARDED, host="localhost:8501", origin=origin)[0]["type"] == "websocket.close"


def test_what_is_no_request_passes() -> None:
    seen: list[str] = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    asyncio.run(LoopbackOnly(note)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
