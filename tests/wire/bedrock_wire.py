"""Bedrock's wire: Converse, ConverseStream, and InvokeModel for Titan's embeddings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote

from tests.wire import event_stream
from tests.wire.http_reader import Request
from tests.wire.openai_wire import vector_json
from tests.wire.question import Answer, Block, Frames, Json, Question, RefusedError, cut_into, refuse
from tests.wire.signature import is_forged, is_signed
from tests.wire.wire import Headers

TITAN_DIMENSIONS = (256, 512, 1024)
_ERRORS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}
_NAMESPACE = ":http://internal.amazon.com/coral/com.amazon.bedrock/"
_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "content_filtered"}
_HOLE = "\0"


class BedrockConverse:
    """``POST /model/{modelId}/converse`` and ``/converse-stream``."""

    stream_type = event_stream.CONTENT_TYPE
    request_id_header = "x-amzn-RequestId"
    caches_by_itself = False

    def read(self, request: Request) -> Question:
        """What is asked, with the marks of the prompt cache; refused as the real one would."""
        body = _signed_body(request)
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            refuse("A conversation must contain at least one message.")
        if messages[0].get("role") != "user":
            refuse("A conversation must start with a user message. Try again with a conversation that does.")
        for message in messages:
            if message.get("role") not in ("user", "assistant") or not isinstance(message.get("content"), list):
                refuse("Each message has a role, user or assistant, and a list of content blocks.")
        said = [message["content"] for message in messages if message["role"] == "user"][-1]
        model, operation = model_and_operation(request.path)
        return Question(
            model=model,
            blocks=tuple(_prompt(body)),
            said="".join(str(part.get("text", "")) for part in said),
            streamed=operation == "converse-stream",
        )

    def whole(self, answer: Answer) -> bytes:
        """One ConverseResponse."""
        content = [] if answer.leaves_out == "empty_choices" else [{"text": answer.text}]
        document: Json = {"output": {"message": {"role": "assistant", "content": content}}, "metrics": {"latencyMs": 1}}
        if answer.leaves_out != "no_finish":
            document["stopReason"] = _stop_reason(answer)
        if answer.leaves_out != "no_usage":
            document["usage"] = _usage(answer)
        return json.dumps(document).encode()

    def frames(self, answer: Answer) -> Frames:
        """From ``messageStart`` to ``metadata``."""
        leaves_out, closing = answer.leaves_out, []
        if leaves_out != "no_finish":
            closing.append(_event("messageStop", {"stopReason": _stop_reason(answer), "p": "abcd"}))
        if leaves_out != "no_usage":
            metadata = {"usage": _usage(answer), "metrics": {"latencyMs": 1}, "p": "abcdefgh"}
            closing.append(_event("metadata", metadata))
        opening = _event("messageStart", {"role": "assistant", "p": "ab"})
        if leaves_out == "empty_choices":
            return Frames((opening,), (), tuple(closing))
        delta = json.dumps({"contentBlockIndex": 0, "delta": {"text": _HOLE}, "p": "abcdefghijkl"})
        before, after = delta.encode().split(json.dumps(_HOLE).encode())
        pieces = (
            event_stream.event("contentBlockDelta", before + json.dumps(piece).encode() + after)
            for piece in cut_into(answer.text, answer.pieces)
        )
        end = _event("contentBlockStop", {"contentBlockIndex": 0, "p": "abc"})
        return Frames((opening,), tuple(pieces), (end, *closing))

    def garbage(self) -> bytes:
        """A frame with a wrong checksum."""
        document = {"contentBlockIndex": 0, "delta": {"text": "never seen"}}
        return event_stream.corrupted(_event("contentBlockDelta", document))

    def failure(self, name: str | None) -> bytes:
        """An exception frame."""
        document = {"message": "The model failed in mid-stream.", "originalStatusCode": 500}
        return event_stream.exception(name or "modelStreamErrorException", json.dumps(document).encode())

    def refusal(self, status: int, message: str, name: str | None) -> tuple[bytes, Headers]:
        """Bedrock's error body, and the header that names the error; behind a colon, as there, its namespace."""
        kind = name or _ERRORS.get(status, "InternalServerException")
        return json.dumps({"message": message}).encode(), (("x-amzn-ErrorType", kind + _NAMESPACE),)


class TitanEmbeddings(BedrockConverse):
    """``POST /model/amazon.titan-embed-…/invoke``."""

    def read(self, request: Request) -> Question:
        """The text to embed."""
        body = _signed_body(request)
        model, _ = model_and_operation(request.path)
        text, dimensions = body.get("inputText"), body.get("dimensions", 1024)
        if "titan-embed" not in model:
            refuse("This server invokes Titan's embeddings only; use Converse.")
        if not isinstance(text, str) or not text:
            refuse("Malformed input request: #/inputText: expected minLength: 1, please reformat your input.")
        if dimensions not in TITAN_DIMENSIONS:
            refuse(f"Malformed input request: #/dimensions: {dimensions} is not one of {TITAN_DIMENSIONS}.")
        return Question(model, (Block("input", text),), said=text, texts=(text,), dimensions=dimensions)

    def whole(self, answer: Answer) -> bytes:
        """One vector."""
        vector = vector_json(answer.texts[0], answer.dimensions, False)
        fields = [] if answer.leaves_out == "empty_choices" else [f'"embedding": {vector}']
        if answer.leaves_out != "no_usage":
            fields.append(f'"inputTextTokenCount": {answer.usage.input_tokens}')
        return f"{{{', '.join(fields)}}}".encode()


def model_and_operation(path: str) -> tuple[str, str]:
    """The two parts of ``/model/{modelId}/{operation}``, the first decoded; empty ones when it is no such path."""
    model, _, operation = path.removeprefix("/model/").rpartition("/")
    return unquote(model), operation


def _signed_body(request: Request) -> Json:
    if not is_signed(request):
        raise RefusedError(403, "Missing Authentication Token", "MissingAuthenticationTokenException")
    if is_forged(request):
        message = "The request signature we calculated does not match the signature you provided."
        raise RefusedError(403, message, "InvalidSignatureException")
    try:
        return request.document()
    except ValueError:
        raise RefusedError(400, "The body is not a JSON object.", "SerializationException") from None


def _prompt(body: Json) -> Iterator[Block]:
    """In the order of the cache: tools, system, messages."""
    yield from _blocks("tools", (body.get("toolConfig") or {}).get("tools") or [])
    yield from _blocks("system", body.get("system") or [])
    for message in body["messages"]:
        yield from _blocks(message["role"], message["content"])


def _blocks(role: str, parts: list[Json]) -> Iterator[Block]:
    """One block for each part; a ``cachePoint`` marks the one before it."""
    waiting: Block | None = None
    for part in parts:
        point = part.get("cachePoint")
        if point is not None:
            if point.get("type") != "default" or point.get("ttl", "5m") not in ("5m", "1h"):
                refuse('cachePoint: the type is "default", and a ttl "5m" or "1h".')
            if waiting is None:
                refuse("A cachePoint needs a block before it.")
            waiting = Block(role, waiting.text, point.get("ttl", "5m"))
            continue
        if "text" in part and not part["text"]:
            refuse("The text field in a content block is blank. Add text to it, and try again.")
        if waiting is not None:
            yield waiting
        waiting = Block(role, part["text"] if "text" in part else json.dumps(part))
    if waiting is not None:
        yield waiting


def _stop_reason(answer: Answer) -> str:
    return _STOP_REASONS.get(answer.finish_reason, answer.finish_reason)


def _usage(answer: Answer) -> Json:
    usage = answer.usage
    document: Json = {
        "inputTokens": usage.fresh_tokens,
        "outputTokens": usage.output_tokens,
        "totalTokens": usage.input_tokens + usage.output_tokens,
        "cacheReadInputTokens": usage.cached_tokens,
        "cacheWriteInputTokens": usage.cache_write_tokens,
    }
    split = {"1h": usage.cache_write_1h_tokens, "5m": usage.cache_write_tokens - usage.cache_write_1h_tokens}
    details = [{"ttl": ttl, "inputTokens": tokens} for ttl, tokens in split.items() if tokens]
    return document | {"cacheDetails": details} if details else document


def _event(kind: str, document: Json) -> bytes:
    return event_stream.event(kind, json.dumps(document).encode())
