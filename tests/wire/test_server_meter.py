"""The provider's own bill."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable

import pytest

from tests.wire import Fault, FaultKind, MeteredCall, WireUsage
from tests.wire.client import WireServer
from tests.wire.raw_http import CHAT, CONVERSE, MESSAGES, ask_wire, chat, post, request_to, sent

pytest_plugins = ["tests.wire.fixtures"]
every_wire = pytest.mark.parametrize("path", [CHAT, MESSAGES, CONVERSE])
both_modes = pytest.mark.parametrize("streamed", [False, True])
USAGE = WireUsage(1000, 40, cached_tokens=600, cache_write_tokens=300, cache_write_1h_tokens=200)
INPUT = (1000, 600, 300, 200)
NOTHING = (0, 0, 0, 0)


def billed(call: MeteredCall) -> tuple[tuple[int, ...], int]:
    """Input with its parts, and output."""
    parts = call.input_tokens, call.cached_tokens, call.cache_write_tokens, call.cache_write_1h_tokens
    return parts, call.output_tokens


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@every_wire
@both_modes
def test_a_call_that_went_well_is_billed_whole(wire: WireServer, path: str, streamed: bool) -> None:
    wire.configure(usage=USAGE)
    ask_wire(wire, path, streamed)
    (call,) = wire.meter()
    assert (call.status, call.streamed, call.http_status, billed(call)) == ("ok", streamed, 200, (INPUT, 40))
    assert call.model == ("anthropic.claude-3:0" if path == CONVERSE else "some-model")


@every_wire
@both_modes
@pytest.mark.parametrize("fault", [Fault("status", 429), Fault("status", 500), Fault("close")])
def test_a_refusal_costs_nothing(wire: WireServer, path: str, streamed: bool, fault: Fault) -> None:
    wire.configure(usage=USAGE, faults=(fault,))
    try:
        ask_wire(wire, path, streamed)
    except http.client.RemoteDisconnected:
        assert fault.kind == "close"
    (call,) = wire.meter()
    status = "refused" if fault.kind == "status" else "close"
    assert (call.status, billed(call)) == (status, (NOTHING, 0))


@every_wire
def test_a_server_that_is_down_bills_nothing(wire: WireServer, path: str) -> None:
    wire.configure(usage=USAGE, down=True)
    ask_wire(wire, path, False)
    wire.configure(usage=USAGE, down=True, down_kind="reset")
    with pytest.raises(ConnectionResetError):
        ask_wire(wire, path, False)
    assert [(call.status, call.http_status, billed(call)) for call in wire.meter()] == [
        ("refused", 503, (NOTHING, 0)),
        ("reset", 0, (NOTHING, 0)),
    ]


@every_wire
@pytest.mark.parametrize("kind", ["cut", "abort", "stream_error"])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_broken_stream_costs_the_pieces_that_were_sent(
    wire: WireServer, path: str, kind: FaultKind, after: int
) -> None:
    wire.configure(usage=USAGE, chunk_count=4, faults=(Fault(kind, after_chunks=after),))
    ask_wire(wire, path, True)
    (call,) = wire.meter()
    assert (call.status, billed(call)) == (kind, (INPUT, 10 * after))


@every_wire
@both_modes
@pytest.mark.parametrize("kind", ["garbage", "garbage_json", "no_usage", "no_finish", "empty_choices"])
def test_a_spoilt_reply_costs_as_much_as_a_good_one(
    wire: WireServer, path: str, streamed: bool, kind: FaultKind
) -> None:
    wire.configure(usage=USAGE, chunk_count=4, faults=(Fault(kind, after_chunks=2),))
    ask_wire(wire, path, streamed)
    (call,) = wire.meter()
    assert (call.status, billed(call)) == (kind, (INPUT, 40))


@every_wire
@pytest.mark.parametrize("kind", ["cut", "abort"])
def test_a_whole_reply_that_broke_off_was_made_all_the_same(wire: WireServer, path: str, kind: FaultKind) -> None:
    wire.configure(usage=USAGE, faults=(Fault(kind),))
    ask_wire(wire, path, False)
    (call,) = wire.meter()
    assert (call.status, billed(call)) == (kind, (INPUT, 40))


@every_wire
@pytest.mark.parametrize(("streamed", "after"), [(False, 0), (True, 0), (True, 2)])
def test_a_hang_costs_as_much_as_an_answer(wire: WireServer, path: str, streamed: bool, after: int) -> None:
    wire.configure(usage=USAGE, chunk_count=4, faults=(Fault("hang", after_chunks=after),))
    where, document, headers = request_to(path, streamed)
    with sent(wire, where, document, **headers):
        _until(lambda: [call.status for call in wire.meter()] == ["hang"])
        assert wire.counts().in_flight == 1
    _until(lambda: wire.counts().abandoned == 1)
    (call,) = wire.meter()
    assert (call.status, call.http_status, billed(call)) == ("hang", 200 if after else 0, (INPUT, 40))


@every_wire
def test_a_caller_that_leaves_a_stream_pays_for_what_was_sent(wire: WireServer, path: str) -> None:
    wire.configure(usage=USAGE, chunk_count=4, chunk_interval_ms=3_600_000)
    where, document, headers = request_to(path, True)
    with sent(wire, where, document, **headers) as connection, connection.getresponse() as response:
        assert response.read(1)
        assert [call.status for call in wire.meter()] == ["open"]
    _until(lambda: wire.counts().abandoned == 1)
    (call,) = wire.meter()
    assert (call.status, billed(call)) == ("abandoned", (INPUT, 10))


@every_wire
@pytest.mark.parametrize(("streamed", "output"), [(False, 40), (True, 0)])
def test_a_caller_that_does_not_wait_pays_for_a_whole_reply_but_not_for_a_stream(
    wire: WireServer, path: str, streamed: bool, output: int
) -> None:
    wire.configure(usage=USAGE, latency_ms=3_600_000)
    where, document, headers = request_to(path, streamed)
    with sent(wire, where, document, **headers):
        _until(lambda: wire.counts().in_flight == 1)
    _until(lambda: wire.counts().abandoned == 1)
    (call,) = wire.meter()
    assert (call.status, billed(call)) == ("abandoned", (INPUT, output))


@every_wire
@pytest.mark.parametrize(
    ("order", "breaks"), [({"down_kind": "reset"}, True), ({}, False), ({"only_model": "x"}, False)]
)
def test_an_outage_by_resets_breaks_off_what_is_under_way_and_bills_what_was_sent(
    wire: WireServer, path: str, order: dict[str, str], breaks: bool
) -> None:
    wire.configure(usage=USAGE, chunk_count=4, chunk_interval_ms=3_600_000)
    where, document, headers = request_to(path, True)
    with sent(wire, where, document, **headers) as connection, connection.getresponse() as response:
        assert response.read(1)
        wire.configure(down=True, **{"down_kind": "reset" if "only_model" in order else "status"} | order)
        if breaks:
            with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
                response.read()
        (call,) = wire.meter()
        assert (call.status, billed(call)) == ("reset" if breaks else "open", (INPUT, 10))


def test_calls_are_kept_by_id_and_arrival_until_the_reset_only(wire: WireServer) -> None:
    for call_id in ("run-1", "run-2", "run-1", ""):
        chat(wire, call_id=call_id)
        wire.configure(reply="Go on.")
    post(wire, CHAT, "no object", x_client_request_id="run-3")
    calls = wire.meter()
    assert [(call.arrival, call.call_id) for call in calls] == list(
        enumerate(["run-1", "run-2", "run-1", "", "run-3"], 1)
    )
    assert [(call.path, call.status) for call in calls[3:]] == [(CHAT, "ok"), (CHAT, "refused")]
    wire.reset_meter()
    assert wire.meter() == []
    chat(wire, call_id="run-4")
    assert [(call.arrival, call.call_id) for call in wire.meter()] == [(1, "run-4")]


def test_counts_add_up_to_the_meter(wire: WireServer) -> None:
    faults = Fault("none"), Fault("status"), Fault("cut", after_chunks=2)
    wire.configure(usage=USAGE, chunk_count=4, chunk_interval_ms=0.01, faults=faults)
    for _ in range(3):
        ask_wire(wire, CHAT, True)
    counts, calls = wire.counts(), wire.meter()
    assert (counts.calls, counts.completed, counts.in_flight) == (3, 1, 0)
    assert counts.input_tokens == sum(call.input_tokens for call in calls) == 2000
    assert counts.output_tokens == sum(call.output_tokens for call in calls) == 60


def test_the_meter_keeps_every_one_of_many_calls(wire: WireServer) -> None:
    """25,000 calls, pipelined on one connection: the server answers each, in order, and forgets none."""
    body = b'{"model":"m","messages":[{"role":"user","content":"Hello you"}]}'
    head = b"POST /v1/chat/completions HTTP/1.1\r\nX-Client-Request-Id: %d\r\nContent-Length: %d\r\n\r\n"
    host, port = wire.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        for first in range(0, 25_000, 500):
            connection.sendall(b"".join(head % (n, len(body)) + body for n in range(first, first + 500)))
            answers = b""
            while answers.count(b"HTTP/1.1 200") < 500 or not answers.endswith(b"}}"):
                answers += connection.recv(2**20)
    calls = wire.meter()
    assert [call.call_id for call in calls] == [str(n) for n in range(25_000)]
    assert {(call.status, call.input_tokens) for call in calls} == {("ok", 3)}
