"""Bodies as the three vendors send them, written down; the text and the figures in them are ours."""

from __future__ import annotations

import json
from typing import Any

from tests.wire import event_stream

TEXT = "What would help — today? 🙂"
PIECES = ("What would ", "help — ", "today? 🙂")


def _sse(*documents: Any, names: bool = False, line_end: str = "\n") -> bytes:
    blocks = []
    for document in documents:
        data = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        name = f"event: {document['type']}{line_end}" if names else ""
        blocks.append(f"{name}data: {data}{line_end * 2}")
    return "".join(blocks).encode()


def _chunk(choices: list[Any], **more: Any) -> dict[str, Any]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-2024-08-06"}
    return head | {"service_tier": "default", "choices": choices} | more


_OPENAI_USAGE = {
    "prompt_tokens": 40,
    "completion_tokens": 9,
    "total_tokens": 49,
    "prompt_tokens_details": {"cached_tokens": 16, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0},
}
_OPENAI_CHUNKS = (
    _chunk([{"index": 0, "delta": {"role": "assistant", "content": "", "refusal": None}, "finish_reason": None}]),
    *(_chunk([{"index": 0, "delta": {"content": piece}, "finish_reason": None}], usage=None) for piece in PIECES),
    _chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}], usage=None),
    _chunk([], usage=_OPENAI_USAGE),
)
OPENAI_STREAM = _sse(*_OPENAI_CHUNKS, "[DONE]")
OPENAI_STREAM_WITH_CRLF = _sse(*_OPENAI_CHUNKS, "[DONE]", line_end="\r\n")
OPENAI_BODY = json.dumps(
    {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT}, "finish_reason": "stop"}],
        "usage": _OPENAI_USAGE,
        "service_tier": "default",
    },
    indent=2,
).encode()

_ANTHROPIC_USAGE = {
    "input_tokens": 20,
    "cache_creation_input_tokens": 4,
    "cache_read_input_tokens": 16,
    "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 0},
    "service_tier": "standard",
}
_MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5"}
ANTHROPIC_STREAM = _sse(
    {
        "type": "message_start",
        "message": _MESSAGE | {"content": [], "stop_reason": None, "usage": _ANTHROPIC_USAGE | {"output_tokens": 1}},
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}} for piece in PIECES),
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
    names=True,
)
ANTHROPIC_BODY = json.dumps(
    _MESSAGE
    | {
        "content": [{"type": "text", "text": TEXT}],
        "stop_reason": "end_turn",
        "usage": _ANTHROPIC_USAGE | {"output_tokens": 9},
    }
).encode()

_BEDROCK_USAGE = {
    "inputTokens": 20,
    "outputTokens": 9,
    "totalTokens": 49,
    "cacheReadInputTokens": 16,
    "cacheWriteInputTokens": 4,
}


def _frame(kind: str, document: dict[str, Any]) -> bytes:
    return event_stream.event(kind, json.dumps(document).encode())


BEDROCK_STREAM = b"".join(
    (
        _frame("messageStart", {"role": "assistant", "p": "abc"}),
        *(
            _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}, "p": "abcdef"})
            for piece in PIECES
        ),
        _frame("contentBlockStop", {"contentBlockIndex": 0}),
        _frame("messageStop", {"stopReason": "end_turn"}),
        _frame("metadata", {"usage": _BEDROCK_USAGE, "metrics": {"latencyMs": 700}}),
    )
)
BEDROCK_BODY = json.dumps(
    {
        "output": {"message": {"role": "assistant", "content": [{"text": TEXT}]}},
        "stopReason": "end_turn",
        "usage": _BEDROCK_USAGE,
        "metrics": {"latencyMs": 700},
    }
).encode()
