"""The HTTP under the wires: connections that are kept, bodies in chunks, and what is no request."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from tests.wire.client import WireServer
from tests.wire.raw_http import CHAT, CONVERSE, MESSAGES, ask_wire, post

pytest_plugins = ["tests.wire.fixtures"]
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hello you"}]}).encode()


@pytest.fixture
def connection(wire: WireServer) -> Iterator[socket.socket]:
    """A bare connection to the server."""
    with socket.create_connection(("127.0.0.1", int(wire.url.rpartition(":")[2])), timeout=10) as opened:
        yield opened


def test_a_connection_serves_call_after_call(wire: WireServer) -> None:
    connection = http.client.HTTPConnection(wire.url.removeprefix("http://"), timeout=10)
    connection.connect()
    first = connection.sock
    for streamed in (False, True, False):
        connection.request("POST", CHAT, BODY[:-1] + b', "stream": %s}' % (b"true" if streamed else b"false"))
        with connection.getresponse() as response:
            assert response.read()
        assert connection.sock is first
    connection.close()


def test_a_body_may_come_in_chunks(wire: WireServer) -> None:
    connection = http.client.HTTPConnection(wire.url.removeprefix("http://"), timeout=10)
    connection.request("POST", CHAT, iter([BODY[:9], BODY[9:]]), encode_chunked=True)
    with connection.getresponse() as response:
        assert response.status == 200
        response.read()
    connection.close()
    assert wire.requests()[0].body == json.loads(BODY)


def test_a_caller_that_waits_is_told_to_continue(connection: socket.socket) -> None:
    head = b"POST %b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    connection.sendall(head % (CHAT.encode(), len(BODY)))
    assert connection.recv(99) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(BODY[:9])
    connection.sendall(BODY[9:])
    assert connection.recv(99).startswith(b"HTTP/1.1 200 OK\r\n")


def test_requests_sent_ahead_wait_for_the_one_before(wire: WireServer, connection: socket.socket) -> None:
    wire.configure(latency_ms=3_600_000)
    request = b"POST %b HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (CHAT.encode(), len(BODY), BODY)
    for _ in range(3):
        connection.sendall(request)
        while (counts := wire.counts()).calls == 0:
            pass
    assert (counts.calls, counts.in_flight) == (1, 1)


def test_a_connection_is_closed_when_asked(connection: socket.socket) -> None:
    connection.sendall(b"GET /_counts HTTP/1.1\r\nConnection: close\r\n\r\n")
    received = b"".join(iter(lambda: connection.recv(9999), b""))
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")


def test_what_is_no_request_ends_the_connection(connection: socket.socket) -> None:
    connection.sendall(b"nonsense\r\n\r\n")
    received = b"".join(iter(lambda: connection.recv(9999), b""))
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")


@pytest.mark.parametrize("path", ["/", "/v1/models", "/model/x/unknown", "/model/x"])
def test_an_unknown_route_is_not_found(wire: WireServer, path: str) -> None:
    assert post(wire, path, {}).status == 404
    assert wire.counts().calls == 0


@pytest.mark.parametrize("path", [CHAT, MESSAGES, CONVERSE])
def test_one_write_or_many_make_the_same_stream(wire: WireServer, path: str) -> None:
    bodies = []
    for orders in ({}, {"coalesce": True}, {"chunk_interval_ms": 0.01}):
        wire.configure(chunk_count=6, **orders)
        bodies.append(ask_wire(wire, path, True).body)
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.parametrize("path", [CHAT, MESSAGES, CONVERSE])
def test_every_reply_names_its_call(wire: WireServer, path: str) -> None:
    name = {CHAT: "x-request-id", MESSAGES: "request-id", CONVERSE: "x-amzn-requestid"}[path]
    names = [ask_wire(wire, path, streamed).headers[name] for streamed in (False, True)]
    assert names == ["req-wire-1", "req-wire-2"]
