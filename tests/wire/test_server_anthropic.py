"""Anthropic's wire, byte for byte."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wire import Fault, WireUsage
from tests.wire.client import WireServer
from tests.wire.raw_http import ANTHROPIC_HEADERS, MESSAGES, message, post, texts_of

pytest_plugins = ["tests.wire.fixtures"]
USAGE = WireUsage(1000, 30, cached_tokens=600, cache_write_tokens=300, cache_write_1h_tokens=200)
SPLIT = {
    "input_tokens": 100,
    "cache_creation_input_tokens": 300,
    "cache_read_input_tokens": 600,
    "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
}


def test_a_whole_reply_splits_its_input(wire: WireServer) -> None:
    wire.configure(reply="What else?", usage=USAGE)
    document = message(wire).document
    assert document["content"] == [{"type": "text", "text": "What else?"}]
    assert document["stop_reason"] == "end_turn"
    assert document["usage"] == SPLIT | {"output_tokens": 30, "service_tier": "standard"}


def test_a_stream_has_every_event_in_its_place(wire: WireServer) -> None:
    wire.configure(reply="What else?", chunk_count=2, usage=USAGE, finish_reason="length")
    reply = message(wire, stream=True)
    names = [name for name, _ in reply.events]
    assert names == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert all(data["type"] == name for name, data in reply.events)
    assert texts_of(MESSAGES, reply) == ["What ", "else?"]
    started, ended = reply.events[0][1]["message"]["usage"], reply.events[-2][1]
    assert started == SPLIT | {"output_tokens": 1, "service_tier": "standard"}
    assert ended["delta"]["stop_reason"] == "max_tokens"
    assert ended["usage"] == {"output_tokens": 30}


@pytest.mark.parametrize("name", ["x-api-key", "anthropic-version"])
def test_a_missing_header_is_refused(wire: WireServer, name: str) -> None:
    headers = {key: value for key, value in ANTHROPIC_HEADERS.items() if key != name}
    body = {"model": "claude", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}
    reply = post(wire, MESSAGES, body, **headers)
    expected = (401, "authentication_error") if name == "x-api-key" else (400, "invalid_request_error")
    assert (reply.status, reply.document["error"]["type"]) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": None},
        {"max_tokens": 0},
        {"model": ""},
        {"messages": []},
        {"messages": [{"role": "system", "content": "You are a coach."}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"system": [{"type": "text", "text": ""}]},
        {"temperature": 1.5},
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "2h"}}]},
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5},
    ],
)
def test_a_request_the_real_one_would_refuse_is_refused(wire: WireServer, fields: dict[str, Any]) -> None:
    wire.configure(faults=(Fault("status", 500),))
    reply = message(wire, **fields)
    assert (reply.status, reply.document["type"]) == (400, "error")
    assert reply.document["error"]["type"] == "invalid_request_error"
    assert reply.document["error"]["message"]
    assert message(wire).status == 500, "the fault waits for a request that is served"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request_error"), (429, "rate_limit_error"), (500, "api_error"), (529, "overloaded_error")],
)
def test_an_ordered_error_has_the_name_of_its_status(wire: WireServer, status: int, kind: str) -> None:
    wire.configure(faults=(Fault("status", status, retry_after=12),))
    reply = message(wire)
    assert (reply.status, reply.document["error"]["type"], reply.headers["retry-after"]) == (status, kind, "12")


def marked(text: str, **control: str) -> dict[str, Any]:
    """A block that ends a prefix to cache."""
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral", **control}}


def test_marked_prefixes_are_written_then_read_in_both_modes(wire: WireServer) -> None:
    wire.configure(prompt_cache=True)
    system = [marked("s" * 4 * 1100, ttl="1h"), marked("t" * 400)]
    first = message(wire, "u" * 40, system=system).document["usage"]
    second = message(wire, "v" * 80, system=system, stream=True).events[0][1]["message"]["usage"]
    assert (first["input_tokens"], first["cache_creation_input_tokens"], first["cache_read_input_tokens"]) == (
        10,
        1200,
        0,
    )
    assert first["cache_creation"] == {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 1100}
    assert (second["input_tokens"], second["cache_creation_input_tokens"], second["cache_read_input_tokens"]) == (
        20,
        0,
        1200,
    )
    written, read = wire.meter()
    assert (written.input_tokens, written.cache_write_tokens, written.cache_write_1h_tokens) == (1210, 1200, 1100)
    assert (read.input_tokens, read.cached_tokens, read.cache_write_tokens) == (1220, 1200, 0)


def test_tools_are_part_of_the_prefix_and_a_mark_on_the_request_goes_to_its_end(wire: WireServer) -> None:
    wire.configure(prompt_cache=True)
    tool = {"name": "note", "description": "d" * 4 * 1024, "input_schema": {}}
    ask = {"tools": [tool], "cache_control": {"type": "ephemeral"}}
    first, second = (message(wire, "Hello", **ask).document["usage"] for _ in range(2))
    assert first["input_tokens"] == second["input_tokens"] == 0
    assert first["cache_creation_input_tokens"] == second["cache_read_input_tokens"] > 1024
    changed = {"tools": [tool | {"name": "other"}], "cache_control": {"type": "ephemeral"}}
    assert message(wire, "Hello", **changed).document["usage"]["cache_read_input_tokens"] == 0
