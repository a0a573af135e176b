"""Asks an ASGI application inside this process, as a client on this machine unless told otherwise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import sqlalchemy as sa
from starlette.types import ASGIApp, Message

from coaching_core.storage.database import Database
from evals.bootstrap import Workbench

HERE = ("127.0.0.1", 50_000)


def ask(
    app: ASGIApp,
    path: str,
    method: str = "GET",
    base_url: str = "http://localhost:8501",
    client: tuple[str, int] = HERE,
    **more: Any,
) -> httpx.Response:
    """One request and its answer; an error that leaves the application is a failure of the test."""

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as opened:
            return await opened.request(method, path, **more)

    return asyncio.run(once())


def websocket(app: ASGIApp, client: tuple[str, int] = HERE, **headers: str) -> list[Message]:
    """Try to open a WebSocket; returns what the application sent."""
    sent: list[Message] = []
    scope = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "client": client,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def with_broken_store(workbench: Workbench) -> Workbench:
    """The same workbench over a store that is not there."""
    engine = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    return replace(workbench, core=replace(workbench.core, database=Database(engine)))
