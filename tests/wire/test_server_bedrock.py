"""Bedrock's wire, by botocore's own client and parser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from tests.wire import Fault, WireUsage
from tests.wire.client import REGION, WireServer
from tests.wire.raw_http import CONVERSE, INVOKE, converse, post

pytest_plugins = ["tests.wire.fixtures"]
MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"
ASK: dict[str, Any] = {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": "Hello you"}]}]}
USAGE = WireUsage(1000, 30, cached_tokens=600, cache_write_tokens=300, cache_write_1h_tokens=200)
SPLIT = {
    "inputTokens": 100,
    "outputTokens": 30,
    "totalTokens": 1030,
    "cacheReadInputTokens": 600,
    "cacheWriteInputTokens": 300,
    "cacheDetails": [{"ttl": "1h", "inputTokens": 200}, {"ttl": "5m", "inputTokens": 100}],
}


@pytest.fixture
def bedrock(wire: WireServer, aws_keys: None) -> Iterator[Any]:
    """AWS's own client, which does not retry."""
    config = Config(retries={"max_attempts": 0}, read_timeout=5, proxies={})
    session = botocore.session.Session()
    client = session.create_client("bedrock-runtime", region_name=REGION, endpoint_url=wire.url, config=config)
    yield client
    client.close()


def test_a_whole_reply_reads_as_aws_reads_it(wire: WireServer, bedrock: Any) -> None:
    wire.configure(reply="What else?", usage=USAGE)
    reply = bedrock.converse(**ASK)
    assert reply["output"]["message"] == {"role": "assistant", "content": [{"text": "What else?"}]}
    assert (reply["stopReason"], reply["usage"]) == ("end_turn", SPLIT)
    (call,) = wire.meter()
    assert (call.model, call.status, call.input_tokens, call.output_tokens) == (MODEL, "ok", 1000, 30)
    assert wire.requests()[0].path == f"/model/{MODEL.replace(':', '%3A')}/converse"


def test_a_stream_has_every_event_in_its_place(wire: WireServer, bedrock: Any) -> None:
    wire.configure(reply="Wie schön – was noch?", chunk_count=3, usage=USAGE, finish_reason="length")
    events = list(bedrock.converse_stream(**ASK)["stream"])
    names = [next(iter(event)) for event in events]
    assert names == ["messageStart", *["contentBlockDelta"] * 3, "contentBlockStop", "messageStop", "metadata"]
    assert "".join(it["contentBlockDelta"]["delta"]["text"] for it in events[1:4]) == "Wie schön – was noch?"
    assert events[-2]["messageStop"]["stopReason"] == "max_tokens"
    assert events[-1]["metadata"]["usage"] == SPLIT
    assert events[-1]["metadata"]["metrics"]["latencyMs"] >= 0


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "ValidationException"),
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ],
)
def test_an_ordered_error_is_the_exception_of_its_status(
    wire: WireServer, bedrock: Any, status: int, name: str
) -> None:
    wire.configure(faults=(Fault("status", status), Fault("status", status)))
    for ask in (bedrock.converse, bedrock.converse_stream):
        with pytest.raises(getattr(bedrock.exceptions, name)) as failed:
            ask(**ASK)
        assert failed.value.response["Error"]["Code"] == name
        assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize("name", ["modelStreamErrorException", "throttlingException"])
def test_an_exception_frame_breaks_the_stream(wire: WireServer, bedrock: Any, name: str) -> None:
    wire.configure(chunk_count=4, faults=(Fault("stream_error", after_chunks=2, error=name),))
    with closing(bedrock.converse_stream(**ASK)["stream"]) as stream:
        seen = [next(iter(event)) for event in islice(stream, 3)]
        with pytest.raises(EventStreamError, match=name):
            next(iter(stream))
    assert seen == ["messageStart", "contentBlockDelta", "contentBlockDelta"]
    (call,) = wire.meter()
    assert (call.status, call.output_tokens) == ("stream_error", 6)


def test_titan_gives_one_vector_that_repeats(wire: WireServer, bedrock: Any) -> None:
    ask = {"modelId": "amazon.titan-embed-text-v2:0", "body": json.dumps({"inputText": "Hello you", "dimensions": 256})}
    first, second = (json.load(bedrock.invoke_model(**ask)["body"]) for _ in range(2))
    assert first == second
    assert (len(first["embedding"]), first["inputTextTokenCount"]) == (256, 3)
    assert [(call.input_tokens, call.output_tokens) for call in wire.meter()] == [(3, 0), (3, 0)]


@pytest.mark.parametrize(
    "body", [{}, {"inputText": ""}, {"inputText": "x", "dimensions": 7}, {"messages": []}, ["no object"]]
)
def test_titan_refuses_what_it_cannot_embed(wire: WireServer, body: object) -> None:
    assert post(wire, INVOKE, body, Authorization="AWS4-HMAC-SHA256 x").status == 400


def test_only_titan_is_invoked(wire: WireServer, bedrock: Any) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        bedrock.invoke_model(modelId=MODEL, body=json.dumps({"inputText": "x"}))


def test_an_unsigned_request_is_refused(wire: WireServer) -> None:
    reply = post(wire, CONVERSE, {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]})
    assert reply.status == 403
    assert reply.headers["x-amzn-errortype"].startswith("MissingAuthenticationTokenException:")


def test_a_signature_of_another_request_is_refused(wire: WireServer, bedrock: Any) -> None:
    bedrock.converse(**ASK)
    (received,) = wire.requests()
    names = ("authorization", "x-amz-date", "content-type", "host")
    headers = {name: received.headers[name] for name in names}
    as_sent = post(wire, received.path, received.body, **headers)
    decoded = post(wire, received.path.replace("%3A", ":"), received.body, **headers)
    other_body = post(wire, received.path, received.body | {"system": []}, **headers)
    assert [reply.status for reply in (as_sent, decoded, other_body)] == [200, 403, 403]
    assert decoded.headers["x-amzn-errortype"].startswith("InvalidSignatureException:")


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": []},
        {"messages": [{"role": "assistant", "content": [{"text": "Hello"}]}]},
        {"messages": [{"role": "user", "content": "Hello"}]},
        {"messages": [{"role": "user", "content": [{"text": ""}]}]},
        {"system": [{"cachePoint": {"type": "default"}}]},
        {"system": [{"text": "x"}, {"cachePoint": {"type": "default", "ttl": "2h"}}]},
    ],
)
def test_a_request_the_real_one_would_refuse_is_refused(wire: WireServer, fields: dict[str, Any]) -> None:
    reply = converse(wire, **fields)
    assert reply.status == 400
    assert reply.headers["x-amzn-errortype"].partition(":")[0] == "ValidationException"
    assert reply.document["message"]


def test_cache_points_are_written_then_read_in_both_modes(wire: WireServer, bedrock: Any) -> None:
    wire.configure(prompt_cache=True)
    hour, minutes = ({"cachePoint": {"type": "default", **more}} for more in ({"ttl": "1h"}, {}))
    ask = ASK | {"system": [{"text": "s" * 4 * 1100}, hour, {"text": "t" * 400}, minutes]}
    first = bedrock.converse(**ask)["usage"]
    second = list(bedrock.converse_stream(**ask)["stream"])[-1]["metadata"]["usage"]
    assert (first["inputTokens"], first["cacheWriteInputTokens"], first["cacheReadInputTokens"]) == (3, 1200, 0)
    assert first["cacheDetails"] == [{"ttl": "1h", "inputTokens": 1100}, {"ttl": "5m", "inputTokens": 100}]
    assert (second["inputTokens"], second["cacheWriteInputTokens"], second["cacheReadInputTokens"]) == (3, 0, 1200)
    assert "cacheDetails" not in second
