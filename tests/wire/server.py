"""The wire server: OpenAI chat completions over a real socket, with faults to order.

Run by ``tests.wire.client.WireServer``, or by hand: ``python -m tests.wire.server --port 0`` prints one JSON line
with its URL and serves until stopped. ``POST /_control`` takes a :class:`tests.wire.Behaviour` as JSON and starts new
counts; ``GET /_counts`` and ``GET /_requests`` tell what happened.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import hashlib
import json
import math
import os
import random
import sys
import threading
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

from aiohttp import web

from tests.wire import Behaviour, Counts, Fault, ReceivedCall, WireUsage, behaviour_from

BACKLOG = 4096
KEPT_REQUESTS = 10_000
Json = dict[str, Any]


def count_tokens(text: str) -> int:
    """Tokens of a text by a rule anyone can redo: four characters each, rounded up, at least one."""
    return max(1, math.ceil(len(text) / 4))


def cut_into(text: str, pieces: int) -> list[str]:
    """Cut a text into pieces of nearly the same length, none of them empty."""
    pieces = max(1, min(pieces, len(text)))
    edges = [len(text) * i // pieces for i in range(pieces + 1)]
    return [text[a:b] for a, b in pairwise(edges)]


def verdict_for(document: Json) -> str:
    """The judge's answer: for each criterion a score that depends on nothing but the question."""
    rubric = document["rubric"]
    shape = rubric if isinstance(rubric, dict) else {"criteria": rubric}
    scale = shape.get("scale") or {}
    low, high = int(scale.get("min", 1)), int(scale.get("max", 10))
    question = json.dumps(document, sort_keys=True)
    criteria = []
    for criterion in shape.get("criteria") or []:
        name = str(criterion["id"] if isinstance(criterion, dict) else criterion)
        digest = hashlib.sha256(f"{name}\n{question}".encode()).digest()
        score = low + int.from_bytes(digest[:4], "big") % (high - low + 1)
        criteria.append({"id": name, "score": score, "reason": f"Scored {score} on {name}."})
    return json.dumps({"criteria": criteria})


def last_user_text(body: Json) -> str:
    """What the user said last."""
    said = [m.get("content") for m in body.get("messages", []) if m.get("role") == "user"]
    return str(said[-1]) if said else ""


def reply_text(behaviour: Behaviour, body: Json) -> str:
    """The text to answer with: a verdict for a judge's question, else what was ordered."""
    said = last_user_text(body)
    try:
        document = json.loads(said)
    except ValueError:
        document = None
    if isinstance(document, dict) and "rubric" in document:
        return verdict_for(document)
    return said if behaviour.reply == "echo" else behaviour.reply


class WireState:
    """What was ordered and what was seen."""

    def __init__(self) -> None:
        self.requests: deque[ReceivedCall] = deque(maxlen=KEPT_REQUESTS)
        self.order(Behaviour())

    def order(self, behaviour: Behaviour) -> None:
        """Take a new order; counts, requests and the draw of faults start anew."""
        self.behaviour = behaviour
        self.counts = Counts()
        self.requests.clear()
        self._plan = deque(behaviour.faults)
        self._random = random.Random(behaviour.fault_seed)

    def next_fault(self) -> Fault:
        """What goes wrong with the call that arrives now."""
        behaviour = self.behaviour
        if behaviour.fault_rate > 0:
            faulty = self._random.random() < behaviour.fault_rate
            return self._random.choice(behaviour.faults or (Fault(),)) if faulty else Fault("none")
        return self._plan.popleft() if self._plan else Fault("none")


STATE = web.AppKey("state", WireState)


class Call:
    """One completion being served: its order, its fault and its meter."""

    def __init__(self, request: web.Request, body: Json, state: WireState) -> None:
        self.request, self.body = request, body
        self.behaviour, self.counts, self.fault = state.behaviour, state.counts, state.next_fault()
        self.text = reply_text(self.behaviour, body)
        asked = "".join(str(m.get("content", "")) for m in body.get("messages", []))
        self.usage = self.behaviour.usage or WireUsage(count_tokens(asked), count_tokens(self.text))

    async def serve(self) -> web.StreamResponse:
        """Answer as ordered."""
        await asyncio.sleep(self.behaviour.latency_ms / 1000)
        kind, streamed = self.fault.kind, bool(self.body.get("stream"))
        if kind == "status":
            return self._refusal()
        if kind == "close" or (kind == "hang" and not (streamed and self.fault.after_chunks)):
            return await self._silence()
        self.counts.input_tokens += self.usage.input_tokens
        if kind == "garbage_json" or (kind == "garbage_sse" and not streamed):
            return web.Response(text='{"id": "chatcmpl-wire", "choices": [{"mess', content_type="application/json")
        return await (self._stream() if streamed else self._whole())

    def _refusal(self) -> web.Response:
        fault, headers = self.fault, {}
        if fault.retry_after is not None:
            moment = datetime.now(UTC) + timedelta(seconds=fault.retry_after)
            as_date = format_datetime(moment.replace(microsecond=0), usegmt=True)
            headers["Retry-After"] = as_date if fault.retry_after_date else f"{fault.retry_after:g}"
        key = self.request.headers.get("Authorization", "")  # real providers quote the key and the text back
        message = f"Refused with {fault.status}. Key: {key}. Text: {last_user_text(self.body)}"
        error = {"message": message, "type": "wire_error", "param": None, "code": "wire"}
        return web.json_response({"error": error}, status=fault.status, headers=headers)

    async def _silence(self) -> web.Response:
        if self.fault.kind == "hang":
            await asyncio.sleep(3600)
        self._break_connection()
        return web.Response()

    def _break_connection(self) -> None:
        if self.request.transport is not None:
            self.request.transport.abort()

    def _usage_document(self) -> Json:
        usage = self.usage
        return {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        }

    def _envelope(self, kind: str, choices: list[Json]) -> Json:
        model = self.body.get("model", "")
        envelope = {"id": "chatcmpl-wire", "object": kind, "created": 1, "model": model, "service_tier": "default"}
        return envelope | {"choices": choices}

    def _whole_document(self) -> Json:
        kind = self.fault.kind
        finish = None if kind == "no_finish" else self.behaviour.finish_reason
        message = {"role": "assistant", "content": self.text}
        choices = [] if kind == "empty_choices" else [{"index": 0, "message": message, "finish_reason": finish}]
        document = self._envelope("chat.completion", choices)
        return document if kind == "no_usage" else document | {"usage": self._usage_document()}

    async def _whole(self) -> web.StreamResponse:
        payload = json.dumps(self._whole_document()).encode()
        if self.fault.kind in ("cut", "abort"):
            response = web.StreamResponse(headers={"Content-Type": "application/json"})
            response.content_length = len(payload)
            await response.prepare(self.request)
            await response.write(payload[: len(payload) // 2])
            self._break_connection()
            return response
        self.counts.output_tokens += self.usage.output_tokens
        self.counts.completed += self.fault.kind == "none"
        return web.Response(body=payload, content_type="application/json")

    async def _send(self, response: web.StreamResponse, choice: Json | None, **more: object) -> None:
        choices = [] if choice is None else [{"index": 0, "delta": {}, "finish_reason": None, **choice}]
        frame = self._envelope("chat.completion.chunk", choices) | more
        await response.write(b"data: " + json.dumps(frame).encode() + b"\n\n")

    async def _stream(self) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(self.request)
        kind = self.fault.kind
        if kind != "empty_choices":
            await self._send(response, {"delta": {"role": "assistant", "content": ""}})
            await self._send_pieces(response)
        if kind == "abort":
            self._break_connection()
        if kind in ("cut", "abort"):
            return response
        if kind not in ("no_finish", "empty_choices"):
            await self._send(response, {"finish_reason": self.behaviour.finish_reason})
        options = self.body.get("stream_options") or {}
        if options.get("include_usage") and kind != "no_usage":
            await self._send(response, None, usage=self._usage_document())
        self.counts.completed += kind == "none"
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _send_pieces(self, response: web.StreamResponse) -> None:
        pieces = cut_into(self.text, self.behaviour.chunk_count)
        stops = self.fault.kind in ("cut", "abort", "hang", "garbage_sse")
        metered = 0
        for index, piece in enumerate(pieces):
            if stops and index >= self.fault.after_chunks:
                break
            if index:
                await asyncio.sleep(self.behaviour.chunk_interval_ms / 1000)
            await self._send(response, {"delta": {"content": piece}})
            due = self.usage.output_tokens * (index + 1) // len(pieces)
            self.counts.output_tokens += due - metered
            metered = due
        if self.fault.kind == "hang":
            await asyncio.sleep(3600)
        if self.fault.kind == "garbage_sse":
            await response.write(b'data: {"id": "chatcmpl-wire", "choi\n\n')


async def _complete(request: web.Request) -> web.StreamResponse:
    state = request.app[STATE]
    body = await request.json()
    headers = {name.lower(): value for name, value in request.headers.items()}
    state.requests.append(ReceivedCall(request.path, headers, body))
    call = Call(request, body, state)
    counts = call.counts
    counts.calls += 1
    counts.in_flight += 1
    counts.max_in_flight = max(counts.max_in_flight, counts.in_flight)
    try:
        return await call.serve()
    except (asyncio.CancelledError, ConnectionError):
        counts.abandoned += 1
        raise
    finally:
        counts.in_flight -= 1


async def _control(request: web.Request) -> web.Response:
    try:
        order = behaviour_from(await request.json())
    except (TypeError, ValueError) as error:
        return web.json_response({"error": str(error)}, status=400)
    request.app[STATE].order(order)
    return web.json_response({"ok": True})


async def _seen(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if request.path == "/_counts":
        return web.json_response(dataclasses.asdict(state.counts))
    return web.json_response([dataclasses.asdict(call) for call in state.requests])


async def _serve(port: int) -> None:
    app = web.Application(client_max_size=64 * 2**20)
    app[STATE] = WireState()
    app.router.add_post("/v1/chat/completions", _complete)
    app.router.add_post("/_control", _control)
    app.router.add_get("/_counts", _seen)
    app.router.add_get("/_requests", _seen)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, keepalive_timeout=75, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=BACKLOG).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _leave_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="OpenAI wire server for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--with-parent", action="store_true", help="stop when stdin closes")
    arguments = parser.parse_args()
    if arguments.with_parent:
        threading.Thread(target=_leave_with_parent, daemon=True).start()
    asyncio.run(_serve(arguments.port))


if __name__ == "__main__":
    main()
