"""Anthropic's wire: messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.wire.http_reader import Request
from tests.wire.question import Answer, Block, Frames, Json, Question, cut_into, refuse
from tests.wire.wire import Headers

MAX_CACHE_MARKS = 4
_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
_HOLE = "\0"


class AnthropicMessages:
    """``POST /v1/messages``."""

    stream_type = "text/event-stream; charset=utf-8"
    request_id_header = "request-id"
    caches_by_itself = False

    def read(self, request: Request) -> Question:
        """What is asked, with the marks of the prompt cache; refused as the real one would."""
        if not request.headers.get("x-api-key"):
            refuse("x-api-key header is required", 401)
        if not request.headers.get("anthropic-version"):
            refuse("anthropic-version: header is required")
        try:
            body = request.document()
        except ValueError:
            refuse("The request body is not valid JSON")
        _check(body)
        blocks = _with_automatic_mark(tuple(_prompt(body)), body)
        if sum(block.ttl is not None for block in blocks) > MAX_CACHE_MARKS:
            refuse(f"A maximum of {MAX_CACHE_MARKS} blocks with cache_control may be provided.")
        return Question(
            model=body["model"], blocks=blocks, said=_last_said(body["messages"]), streamed=bool(body.get("stream"))
        )

    def whole(self, answer: Answer) -> bytes:
        """One ``message``."""
        content = [] if answer.leaves_out == "empty_choices" else [{"type": "text", "text": answer.text}]
        document = _message(answer, content) | {"stop_reason": _stop_reason(answer)}
        if answer.leaves_out != "no_usage":
            document["usage"] = _usage(answer, answer.usage.output_tokens)
        return json.dumps(document).encode()

    def frames(self, answer: Answer) -> Frames:
        """From ``message_start`` to ``message_stop``."""
        leaves_out = answer.leaves_out
        message = _message(answer, [])
        ending: Json = {"type": "message_delta", "delta": {"stop_reason": _stop_reason(answer), "stop_sequence": None}}
        if leaves_out != "no_usage":
            message["usage"] = _usage(answer, min(1, answer.usage.output_tokens))
            ending["usage"] = {"output_tokens": answer.usage.output_tokens}
        start, stop = _event({"type": "message_start", "message": message}), _event({"type": "message_stop"})
        closing = (_event(ending),) if leaves_out == "no_end" else (_event(ending), stop)
        if leaves_out == "empty_choices":
            return Frames((start,), (), closing)
        block = _event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
        delta = _event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": _HOLE}})
        before, after = delta.split(json.dumps(_HOLE).encode())
        pieces = (before + json.dumps(piece).encode() + after for piece in cut_into(answer.text, answer.pieces))
        end = _event({"type": "content_block_stop", "index": 0})
        return Frames((start, block, _event({"type": "ping"})), tuple(pieces), (end, *closing))

    def garbage(self) -> bytes:
        """An event whose data is not JSON."""
        return b'event: content_block_delta\ndata: {"type": "content_block_del\n\n'

    def failure(self, name: str | None) -> bytes:
        """An ``error`` event."""
        return _event(_error(name or "overloaded_error", "Overloaded"))

    def refusal(self, status: int, message: str, name: str | None) -> tuple[bytes, Headers]:
        """Anthropic's error body."""
        return json.dumps(_error(name or _ERRORS.get(status, "api_error"), message)).encode(), ()


def _check(body: Json) -> None:
    if not isinstance(body.get("model"), str) or not body["model"]:
        refuse("model: Field required")
    if not isinstance(body.get("max_tokens"), int) or isinstance(body["max_tokens"], bool) or body["max_tokens"] < 1:
        refuse("max_tokens: Field required, an integer of at least 1")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        refuse("messages: at least one message is required")
    for index, message in enumerate(messages):
        if message.get("role") not in ("user", "assistant"):
            refuse(f'messages.{index}.role: must be "user" or "assistant"; a system prompt is a field of its own')
        if not message.get("content"):
            refuse(f"messages.{index}: content must not be empty")
    temperature = body.get("temperature")
    if temperature is not None and not 0 <= temperature <= 1:
        refuse("temperature: range: 0..1")


def _prompt(body: Json) -> Iterator[Block]:
    """In the order of the cache: tools, system, messages."""
    for tool in body.get("tools") or []:
        bare = {key: value for key, value in tool.items() if key != "cache_control"}
        yield Block("tools", json.dumps(bare), _ttl(tool))
    yield from _blocks("system", body.get("system") or [])
    for message in body["messages"]:
        yield from _blocks(message["role"], message["content"])


def _blocks(role: str, content: Any) -> Iterator[Block]:
    if isinstance(content, str):
        yield Block(role, content)
        return
    for part in content:
        is_text = part.get("type") == "text"
        if is_text and not part.get("text"):
            refuse("text content blocks must be non-empty")
        bare = {key: value for key, value in part.items() if key != "cache_control"}
        yield Block(role, part["text"] if is_text else json.dumps(bare), _ttl(part))


def _ttl(part: Json) -> str | None:
    control = part.get("cache_control")
    if control is None:
        return None
    ttl = control.get("ttl", "5m")
    if control.get("type") != "ephemeral" or ttl not in ("5m", "1h"):
        refuse('cache_control: must be {"type": "ephemeral"}, with a ttl of "5m" or "1h"')
    return str(ttl)


def _with_automatic_mark(blocks: tuple[Block, ...], body: Json) -> tuple[Block, ...]:
    """A mark on the request as a whole goes to its last block."""
    ttl = _ttl(body)
    if ttl is None or not blocks or blocks[-1].ttl:
        return blocks
    return (*blocks[:-1], Block(blocks[-1].role, blocks[-1].text, ttl))


def _last_said(messages: list[Json]) -> str:
    said = [message["content"] for message in messages if message["role"] == "user"]
    if not said:
        return ""
    return said[-1] if isinstance(said[-1], str) else "".join(str(part.get("text", "")) for part in said[-1])


def _stop_reason(answer: Answer) -> str | None:
    if answer.leaves_out == "no_finish":
        return None
    return _STOP_REASONS.get(answer.finish_reason, answer.finish_reason)


def _message(answer: Answer, content: list[Json]) -> Json:
    message = {"id": "msg_wire", "type": "message", "role": "assistant", "model": answer.model}
    return message | {"content": content, "stop_reason": None, "stop_sequence": None}


def _usage(answer: Answer, output_tokens: int) -> Json:
    usage = answer.usage
    return {
        "input_tokens": usage.fresh_tokens,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.cache_write_tokens - usage.cache_write_1h_tokens,
            "ephemeral_1h_input_tokens": usage.cache_write_1h_tokens,
        },
        "output_tokens": output_tokens,
        "service_tier": "standard",
    }


def _error(kind: str, message: str) -> Json:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_wire"}


def _event(document: Json) -> bytes:
    return f"event: {document['type']}\ndata: {json.dumps(document)}\n\n".encode()
