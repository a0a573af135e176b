"""OpenAI's wire, byte for byte."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import pytest

from tests.wire import WireUsage
from tests.wire.client import WireServer
from tests.wire.raw_http import CHAT, EMBEDDINGS, chat, post, texts_of

pytest_plugins = ["tests.wire.fixtures"]
USAGE = WireUsage(input_tokens=900, output_tokens=30, cached_tokens=600, reasoning_tokens=20)


def test_a_whole_reply_splits_its_usage(wire: WireServer) -> None:
    wire.configure(reply="What else?", usage=USAGE)
    document = chat(wire).document
    assert document["choices"][0]["message"]["content"] == "What else?"
    assert document["choices"][0]["finish_reason"] == "stop"
    usage = document["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (900, 30, 930)
    assert usage["prompt_tokens_details"]["cached_tokens"] == 600
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 20


def test_a_stream_reports_usage_only_when_asked(wire: WireServer) -> None:
    wire.configure(reply="What would help you?", chunk_count=4, usage=USAGE)
    silent, telling = chat(wire, stream=True), chat(wire, stream=True, stream_options={"include_usage": True})
    for reply in (silent, telling):
        assert reply.headers["content-type"] == "text/event-stream"
        assert texts_of(CHAT, reply) == ["What ", "would", " help", " you?"]
        assert reply.events[-1] == ("", "[DONE]")
    assert all("usage" not in data for _, data in silent.events[:-1])
    assert [data["usage"] for _, data in telling.events[:-2]] == [None] * 6
    last = telling.events[-2][1]
    assert (last["choices"], last["usage"]["prompt_tokens"], last["usage"]["completion_tokens"]) == ([], 900, 30)


@pytest.mark.parametrize(
    ("ordered", "asked", "told"),
    [(None, None, "default"), (None, "flex", "flex"), (None, "auto", "default"), ("default", "priority", "default")],
)
def test_the_service_tier_is_told(wire: WireServer, ordered: str | None, asked: str | None, told: str) -> None:
    wire.configure(service_tier=ordered)
    fields = {"service_tier": asked} if asked else {}
    assert chat(wire, **fields).document["service_tier"] == told
    assert chat(wire, stream=True, **fields).events[0][1]["service_tier"] == told


def test_a_judge_is_answered_by_a_verdict_that_repeats(wire: WireServer) -> None:
    question = '{"rubric": {"scale": {"min": 1, "max": 5}, "criteria": [{"id": "empathy"}]}, "reply": "Go on."}'
    first, second = (chat(wire, question).document["choices"][0]["message"]["content"] for _ in range(2))
    assert first == second
    assert '"id": "empathy"' in first


def embed(wire: WireServer, given: Any, **fields: Any) -> Any:
    """One call to OpenAI's embeddings."""
    return post(wire, EMBEDDINGS, {"model": "text-embedding-3-small", "input": given} | fields)


def test_embeddings_are_unit_vectors_that_repeat_and_know_words(wire: WireServer) -> None:
    document = embed(wire, ["set a small goal", "a small goal", "monday frightens me"]).document
    goal, like, other = (row["embedding"] for row in document["data"])
    assert [row["index"] for row in document["data"]] == [0, 1, 2]
    assert len(goal) == 1536
    assert math.isclose(sum(x * x for x in goal), 1.0)
    assert sum(map(float.__mul__, goal, like)) > 0.5 > abs(sum(map(float.__mul__, goal, other)))
    assert embed(wire, "set a small goal").document["data"][0]["embedding"] == goal
    assert document["usage"] == {"prompt_tokens": 4 + 3 + 5, "total_tokens": 12}


def test_embeddings_come_packed_when_asked(wire: WireServer) -> None:
    plain = embed(wire, "goal", dimensions=8).document["data"][0]["embedding"]
    packed = embed(wire, "goal", dimensions=8, encoding_format="base64").document["data"][0]["embedding"]
    assert struct.unpack("<8f", base64.b64decode(packed)) == pytest.approx(plain)


@pytest.mark.parametrize("given", ["", [], ["goal", ""]])
def test_nothing_cannot_be_embedded(wire: WireServer, given: object) -> None:
    assert embed(wire, given).status == 400


def test_the_prompt_cache_works_by_itself_when_ordered(wire: WireServer) -> None:
    said = "w" * 4 * 1300
    plain = [chat(wire, said).document["usage"] for _ in range(2)]
    wire.configure(prompt_cache=True)
    caching = [chat(wire, said).document["usage"] for _ in range(2)]
    assert [usage["prompt_tokens_details"]["cached_tokens"] for usage in plain + caching] == [0, 0, 0, 1280]
    assert {usage["prompt_tokens"] for usage in plain + caching} == {1300}
    assert [call.cached_tokens for call in wire.meter()] == [0, 0, 0, 1280]
    wire.configure(prompt_cache=True, usage=WireUsage(5000, 1))
    assert chat(wire, said).document["usage"]["prompt_tokens_details"]["cached_tokens"] == 0, "an order for usage wins"
    wire.configure()
    wire.configure(prompt_cache=True)
    assert chat(wire, said).document["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
