"""OpenAI's wire: chat completions and embeddings."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import struct
from functools import lru_cache
from typing import Any

from tests.wire.http_reader import Request
from tests.wire.question import Answer, Block, Frames, Json, Question, cut_into, refuse
from tests.wire.wire import Headers

DEFAULT_DIMENSIONS = 1536
_HOLE = "\0"
_DONE = b"data: [DONE]\n\n"


class OpenAIChat:
    """``POST /v1/chat/completions``."""

    stream_type = "text/event-stream"
    request_id_header = "x-request-id"
    caches_by_itself = True

    def read(self, request: Request) -> Question:
        """What is asked; any form of message is taken."""
        body = _body(request)
        messages = body.get("messages", [])
        blocks = tuple(Block(str(it.get("role", "")), _content(it.get("content"))) for it in messages)
        said = [block.text for block in blocks if block.role == "user"]
        return Question(
            model=str(body.get("model", "")),
            blocks=blocks,
            said=said[-1] if said else "",
            streamed=bool(body.get("stream")),
            wants_usage=bool((body.get("stream_options") or {}).get("include_usage")),
            service_tier=body.get("service_tier"),
        )

    def whole(self, answer: Answer) -> bytes:
        """One ``chat.completion``."""
        finish = None if answer.leaves_out == "no_finish" else answer.finish_reason
        message = {"role": "assistant", "content": answer.text, "refusal": None}
        choices = [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}]
        document = _envelope(answer, "chat.completion", [] if answer.leaves_out == "empty_choices" else choices)
        if answer.leaves_out != "no_usage":
            document["usage"] = _usage(answer)
        return json.dumps(document).encode()

    def frames(self, answer: Answer) -> Frames:
        """``chat.completion.chunk`` events, one with usage if it was asked for, and ``[DONE]``."""
        leaves_out, closing = answer.leaves_out, []
        if leaves_out not in ("no_finish", "empty_choices"):
            closing.append(_chunk(answer, finish=answer.finish_reason))
        if answer.wants_usage and leaves_out != "no_usage":
            document = _envelope(answer, "chat.completion.chunk", []) | {"usage": _usage(answer)}
            closing.append(_event(json.dumps(document)))
        if leaves_out != "no_end":
            closing.append(_DONE)
        if leaves_out == "empty_choices":
            return Frames((), (), tuple(closing))
        before, after = _chunk(answer, {"content": _HOLE}).split(json.dumps(_HOLE).encode())
        pieces = (before + json.dumps(piece).encode() + after for piece in cut_into(answer.text, answer.pieces))
        opening = _chunk(answer, {"role": "assistant", "content": ""})
        return Frames((opening,), tuple(pieces), tuple(closing))

    def garbage(self) -> bytes:
        """An event whose data is not JSON."""
        return b'data: {"id": "chatcmpl-wire", "choi\n\n'

    def failure(self, name: str | None) -> bytes:
        """An event with an error in it."""
        return _event(json.dumps(_error("The server had an error.", name or "server_error")))

    def refusal(self, status: int, message: str, name: str | None) -> tuple[bytes, Headers]:
        """OpenAI's error body."""
        return json.dumps(_error(message, name or "wire_error")).encode(), ()


class OpenAIEmbeddings(OpenAIChat):
    """``POST /v1/embeddings``."""

    def read(self, request: Request) -> Question:
        """What is to be embedded: a text or a list of texts."""
        body = _body(request)
        given = body.get("input")
        texts = (given,) if isinstance(given, str) else tuple(given or ())
        if not texts or not all(isinstance(text, str) and text for text in texts):
            refuse("'input' must be a text or a list of texts, none of them empty.")
        return Question(
            model=str(body.get("model", "")),
            blocks=tuple(Block("input", text) for text in texts),
            said=texts[-1],
            texts=texts,
            dimensions=int(body.get("dimensions") or DEFAULT_DIMENSIONS),
            as_base64=body.get("encoding_format") == "base64",
        )

    def whole(self, answer: Answer) -> bytes:
        """One list of vectors."""
        rows = [] if answer.leaves_out == "empty_choices" else [self._row(answer, i) for i in range(len(answer.texts))]
        head = json.dumps({"object": "list", "model": answer.model})[:-1]
        tokens = answer.usage.input_tokens
        usage = json.dumps({"usage": {"prompt_tokens": tokens, "total_tokens": tokens}})[1:-1]
        tail = "" if answer.leaves_out == "no_usage" else f", {usage}"
        return f'{head}, "data": [{", ".join(rows)}]{tail}}}'.encode()

    @staticmethod
    def _row(answer: Answer, index: int) -> str:
        vector = vector_json(answer.texts[index], answer.dimensions, answer.as_base64)
        return f'{{"object": "embedding", "index": {index}, "embedding": {vector}}}'


def vector_of(text: str, dimensions: int) -> list[float]:
    """A unit vector that depends on the words of the text only; texts that share words lie nearer to each other."""
    vector = [0.0] * dimensions
    for word in text.lower().split() or [text]:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for part in range(0, 16, 4):
            number = int.from_bytes(digest[part : part + 4], "big")
            vector[(number >> 1) % dimensions] += 1.0 if number & 1 else -1.0
    length = math.sqrt(sum(x * x for x in vector))
    if not length:
        vector[0] = length = 1.0
    return [x / length if x else 0.0 for x in vector]


@lru_cache(maxsize=1024)
def vector_json(text: str, dimensions: int, as_base64: bool) -> str:
    """The vector of a text as it stands in a reply."""
    vector = vector_of(text, dimensions)
    if as_base64:
        return json.dumps(base64.b64encode(struct.pack(f"<{dimensions}f", *vector)).decode())
    return json.dumps(vector)


def _body(request: Request) -> Json:
    try:
        return request.document()
    except ValueError:
        refuse("We could not parse the JSON body of your request.")


def _content(content: Any) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _error(message: str, kind: str) -> Json:
    return {"error": {"message": message, "type": kind, "param": None, "code": "wire"}}


def _event(data: str) -> bytes:
    return b"data: " + data.encode() + b"\n\n"


def _usage(answer: Answer) -> Json:
    usage = answer.usage
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens, "audio_tokens": 0},
    }


def _envelope(answer: Answer, kind: str, choices: list[Json]) -> Json:
    envelope = {"id": "chatcmpl-wire", "object": kind, "created": 1, "model": answer.model}
    return envelope | {"service_tier": answer.service_tier, "choices": choices}


def _chunk(answer: Answer, delta: Json | None = None, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta or {}, "logprobs": None, "finish_reason": finish}
    document = _envelope(answer, "chat.completion.chunk", [choice])
    if answer.wants_usage:
        document["usage"] = None
    return _event(json.dumps(document))
