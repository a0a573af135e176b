"""What goes wrong when it is ordered to, on every wire and in both modes."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import RemoteDisconnected

import pytest
from botocore.eventstream import ChecksumMismatch

from tests.wire import Behaviour, Fault, FaultKind
from tests.wire.client import WireServer
from tests.wire.raw_http import CHAT, CONVERSE, MESSAGES, RawReply, ask_wire, chat, post, texts_of

pytest_plugins = ["tests.wire.fixtures"]
every_wire = pytest.mark.parametrize("path", [CHAT, MESSAGES, CONVERSE])
both_modes = pytest.mark.parametrize("streamed", [False, True])


def ordered(wire: WireServer, path: str, streamed: bool, fault: Fault) -> RawReply:
    """What a call gets that this goes wrong with; its text has four pieces."""
    wire.configure(reply="What would help you?", chunk_count=4, faults=(fault,))
    return ask_wire(wire, path, streamed)


@every_wire
@both_modes
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503, 529])
def test_a_status_is_sent_and_the_next_call_is_served(wire: WireServer, path: str, streamed: bool, status: int) -> None:
    reply = ordered(wire, path, streamed, Fault("status", status, retry_after=1.5))
    assert (reply.status, reply.headers["retry-after"]) == (status, "1.5")
    assert "Hello you" in reply.body.decode(), "as providers do"
    assert ask_wire(wire, path, streamed).status == 200


@every_wire
def test_retry_after_may_be_a_date(wire: WireServer, path: str) -> None:
    reply = ordered(wire, path, False, Fault("status", 429, retry_after=3600, retry_after_date=True))
    seconds = (parsedate_to_datetime(reply.headers["retry-after"]) - datetime.now(UTC)).total_seconds()
    assert 3500 < seconds <= 3600


@every_wire
@both_modes
def test_a_connection_is_closed_without_an_answer(wire: WireServer, path: str, streamed: bool) -> None:
    with pytest.raises(RemoteDisconnected):
        ordered(wire, path, streamed, Fault("close"))


@every_wire
@pytest.mark.parametrize("kind", ["cut", "abort"])
def test_a_stream_breaks_off_after_so_many_pieces(wire: WireServer, path: str, kind: FaultKind) -> None:
    reply = ordered(wire, path, True, Fault(kind, after_chunks=2))
    assert texts_of(path, reply) == ["What ", "would"]
    assert reply.broken == (kind == "abort")
    assert not parts_of_stream(path, reply) & {"finish", "end"}


@every_wire
@pytest.mark.parametrize("kind", ["cut", "abort"])
def test_a_whole_reply_breaks_off_half_way(wire: WireServer, path: str, kind: FaultKind) -> None:
    reply = ordered(wire, path, False, Fault(kind))
    assert reply.broken
    assert 0 < len(reply.body) < int(reply.headers["content-length"])


@every_wire
@pytest.mark.parametrize("kind", ["garbage", "garbage_sse", "garbage_json"])
def test_a_whole_reply_is_no_json(wire: WireServer, path: str, kind: FaultKind) -> None:
    reply = ordered(wire, path, False, Fault(kind))
    assert (reply.status, reply.broken) == (200, False)
    with pytest.raises(ValueError, match="Unterminated"):
        _ = reply.document


@every_wire
def test_a_stream_is_garbled_in_its_middle(wire: WireServer, path: str) -> None:
    reply = ordered(wire, path, True, Fault("garbage", after_chunks=2))
    with pytest.raises(ChecksumMismatch if path == CONVERSE else ValueError):
        texts_of(path, reply)


@every_wire
def test_an_error_is_reported_in_mid_stream(wire: WireServer, path: str) -> None:
    reply = ordered(wire, path, True, Fault("stream_error", after_chunks=2))
    if path == CONVERSE:
        name = reply.frames[-1][0]
    else:
        event, data = reply.events[-1]
        assert event == ("error" if path == MESSAGES else "")
        name = data["error"]["type"]
    expected = {CHAT: "server_error", MESSAGES: "overloaded_error", CONVERSE: "modelStreamErrorException"}
    assert (name, reply.status, reply.broken) == (expected[path], 200, False)


def parts_of_stream(path: str, reply: RawReply) -> set[str]:
    """Which of text, finish, usage and end a streamed reply has."""
    if path == CONVERSE:
        names = {"contentBlockDelta": "text", "messageStop": "finish", "metadata": "usage"}
        return {names[name] for name, _ in reply.frames if name in names}
    found = set()
    for name, data in reply.events:
        if data == "[DONE]" or name == "message_stop":
            found.add("end")
        elif path == CHAT:
            found |= {"usage"} if data.get("usage") else set()
            found |= {"finish" for choice in data["choices"] if choice["finish_reason"]}
            found |= {"text" for choice in data["choices"] if choice["delta"].get("content")}
        else:
            found |= {"usage"} if "usage" in data or "usage" in data.get("message", {}) else set()
            found |= {"finish"} if data.get("delta", {}).get("stop_reason") else set()
            found |= {"text"} if name == "content_block_delta" else set()
    return found


def parts_of_whole(path: str, reply: RawReply) -> set[str]:
    """Which of text, finish and usage a whole reply has."""
    document = reply.document
    content = {CHAT: "choices", MESSAGES: "content"}.get(path)
    texts = document[content] if content else document["output"]["message"]["content"]
    finish = [choice["finish_reason"] for choice in texts] if path == CHAT else []
    finish += [document.get("stop_reason"), document.get("stopReason")]
    return {name for name, there in (("text", texts), ("finish", any(finish)), ("usage", "usage" in document)) if there}


@every_wire
@pytest.mark.parametrize(
    ("kind", "lack"),
    [
        ("none", set()),
        ("no_usage", {"usage"}),
        ("no_finish", {"finish"}),
        ("empty_choices", {"text"}),
        ("no_end", {"end"}),
    ],
)
def test_one_thing_is_left_out(wire: WireServer, path: str, kind: FaultKind, lack: set[str]) -> None:
    if kind == "empty_choices" and path == CHAT:
        lack = {"text", "finish"}  # there the finish reason is part of the choice
    whole = {"text", "finish", "usage"}
    assert parts_of_whole(path, ordered(wire, path, False, Fault(kind))) == whole - lack
    streamed = whole if path == CONVERSE else whole | {"end"}
    assert parts_of_stream(path, ordered(wire, path, True, Fault(kind))) == streamed - lack


@every_wire
@both_modes
def test_a_server_that_is_down_refuses_all_until_told_otherwise(wire: WireServer, path: str, streamed: bool) -> None:
    wire.configure(down=True, faults=(Fault("status", 418),))
    assert [ask_wire(wire, path, streamed).status for _ in range(3)] == [503] * 3
    wire.configure(down=True, down_kind="reset")
    for _ in range(2):
        with pytest.raises(ConnectionResetError) as failed:
            ask_wire(wire, path, streamed)
        assert failed.type is ConnectionResetError, "a reset, no closing in good order"
    wire.configure()
    assert ask_wire(wire, path, streamed).status == 200


@pytest.mark.parametrize("order", [Behaviour(down=True), Behaviour(fault_rate=1), Behaviour(faults=(Fault(),))])
def test_an_order_for_one_model_leaves_others_alone(wire: WireServer, order: Behaviour) -> None:
    wire.configure(order, only_model="gpt-4o")
    assert chat(wire, model="gpt-4o-mini").status == 200
    assert chat(wire, model="gpt-4o").status >= 500
    assert chat(wire, model="gpt-4o-mini").status == 200


def test_latency_for_one_model_leaves_others_alone(wire: WireServer) -> None:
    wire.configure(latency_ms=3_600_000, only_model="slow")
    assert chat(wire, model="gpt-4o").status == 200


def test_an_order_nobody_knows_is_refused(wire: WireServer) -> None:
    reply = post(wire, "/_control", {"no_such_order": 1})
    assert reply.status == 400
    assert "no_such_order" in reply.document["error"]
