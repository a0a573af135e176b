"""Requests by the standard library's own client, and what came back byte for byte: no provider's SDK in between."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.eventstream import EventStreamBuffer

from tests.wire.client import WireServer
from tests.wire.question import Json

CHAT, EMBEDDINGS, MESSAGES = "/v1/chat/completions", "/v1/embeddings", "/v1/messages"
CONVERSE, CONVERSE_STREAM = "/model/anthropic.claude-3%3A0/converse", "/model/anthropic.claude-3%3A0/converse-stream"
INVOKE = "/model/amazon.titan-embed-text-v2%3A0/invoke"
ANTHROPIC_HEADERS = {"x-api-key": "sk-wire", "anthropic-version": "2023-06-01"}
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIDOTHER/20261121/eu-central-1/bedrock/aws4_request"}


@dataclass(frozen=True, slots=True)
class RawReply:
    """What arrived. ``broken`` says that the connection ended before the body did. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    broken: bool = False

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, Any]]:
        """Server-sent events: name (empty for none) and data, as JSON unless it is ``[DONE]``."""
        found = []
        for part in self.body.decode().split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in part.split("\n"))
            data = fields["data"]
            found.append((fields.get("event", ""), data if data == "[DONE]" else json.loads(data)))
        return found

    @property
    def frames(self) -> list[tuple[str, Any]]:
        """Bedrock's frames by botocore's parser: name and payload; raises its ChecksumMismatch."""
        buffer = EventStreamBuffer()
        buffer.add_data(self.body)
        found = []
        for message in buffer:
            headers = message.headers
            found.append((headers.get(":event-type") or headers[":exception-type"], json.loads(message.payload)))
        return found


@contextmanager
def sent(wire: WireServer, path: str, document: object, /, **headers: str) -> Iterator[http.client.HTTPConnection]:
    """A connection on which one request was sent; underscores in header names stand for hyphens."""
    connection = http.client.HTTPConnection(wire.url.removeprefix("http://"), timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST", path, json.dumps(document), {"Content-Type": "application/json", **named})
        yield connection
    finally:
        connection.close()


def post(wire: WireServer, path: str, document: object, /, **headers: str) -> RawReply:
    """Send one request and read the reply. Raises ConnectionError without any answer."""
    with sent(wire, path, document, **headers) as connection, connection.getresponse() as response:
        names = {name.lower(): value for name, value in response.getheaders()}
        try:
            return RawReply(response.status, names, response.read())
        except http.client.IncompleteRead as error:
            return RawReply(response.status, names, error.partial, broken=True)


def chat(
    wire: WireServer, said: str = "Hello you", /, model: str = "gpt-4o", call_id: str = "", **fields: Any
) -> RawReply:
    """One call to OpenAI's chat completions."""
    document = {"model": model, "messages": [{"role": "user", "content": said}], **fields}
    return post(wire, CHAT, document, x_client_request_id=call_id)


def message(wire: WireServer, said: Any = "Hello you", /, **fields: Any) -> RawReply:
    """One call to Anthropic's messages."""
    messages = [{"role": "user", "content": said}]
    return post(
        wire, MESSAGES, {"model": "claude", "max_tokens": 99, "messages": messages} | fields, **ANTHROPIC_HEADERS
    )


def converse(wire: WireServer, *blocks: dict[str, Any], path: str = CONVERSE, **fields: Any) -> RawReply:
    """One call to Bedrock's Converse, or with another path to its stream."""
    messages = [{"role": "user", "content": list(blocks) or [{"text": "Hello you"}]}]
    return post(wire, path, {"messages": messages} | fields, **SIGNED)


def texts_of(path: str, reply: RawReply) -> list[str]:
    """The pieces of text in a streamed reply of the wire that this path belongs to."""
    if path == CHAT:
        chunks = [data for _, data in reply.events if data != "[DONE]" and data.get("choices")]
        return [text for it in chunks if (text := it["choices"][0]["delta"].get("content"))]
    if path == MESSAGES:
        return [data["delta"]["text"] for name, data in reply.events if name == "content_block_delta"]
    return [data["delta"]["text"] for name, data in reply.frames if name == "contentBlockDelta"]


def request_to(path: str, streamed: bool) -> tuple[str, Json, dict[str, str]]:
    """Path, body and headers of a call to the wire of this path (chat, messages or converse); usage is asked for."""
    if path == CONVERSE:
        said = {"role": "user", "content": [{"text": "Hello you"}]}
        return CONVERSE_STREAM if streamed else CONVERSE, {"messages": [said]}, SIGNED
    document: Json = {"model": "some-model", "messages": [{"role": "user", "content": "Hello you"}], "stream": streamed}
    if path == MESSAGES:
        return path, document | {"max_tokens": 99}, ANTHROPIC_HEADERS
    return path, document | ({"stream_options": {"include_usage": True}} if streamed else {}), {}


def ask_wire(wire: WireServer, path: str, streamed: bool) -> RawReply:
    """One such call."""
    where, document, headers = request_to(path, streamed)
    return post(wire, where, document, **headers)
