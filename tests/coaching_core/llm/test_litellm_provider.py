"""LiteLLM's adapter over a real socket: what it brings back, and what it must not hide."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import aclosing, nullcontext
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from coaching_core.errors import (
    IncompleteReplyError,
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.llm.types import Message, ProviderReply, TextDelta, Usage
from tests.wire import Fault, WireUsage
from tests.wire.client import KEY, TEXT, WireServer, ask

pytest_plugins = ["tests.wire.fixtures"]


def run(wire: WireServer, use: Callable[[LiteLLMProvider], Awaitable[Any]], **changes: Any) -> Any:
    """Use a provider in a loop of its own, and leave no connection behind."""

    async def use_and_close() -> Any:
        provider = LiteLLMProvider(wire.settings(**changes))
        try:
            return await use(provider)
        finally:
            await provider.aclose()

    return asyncio.run(use_and_close())


async def pieces_of(provider: LiteLLMProvider, **changes: Any) -> list[TextDelta | ProviderReply]:
    return [piece async for piece in provider.stream(ask(**changes))]


def complete(wire: WireServer, **changes: Any) -> Any:
    return run(wire, lambda provider: provider.complete(ask(**changes)))


def stream(wire: WireServer, **changes: Any) -> Any:
    return run(wire, lambda provider: pieces_of(provider, **changes))


BOTH = pytest.mark.parametrize("call", [complete, stream])


def failure(wire: WireServer, call: Callable[..., Any], fault: Fault, **changes: Any) -> ModelCallError:
    """The error of one faulty call; there was one call on the wire and nothing private is in the error."""
    wire.configure(faults=(fault,), chunk_count=4)
    with pytest.raises(ModelCallError) as caught:
        call(wire, **changes)
    assert wire.counts().calls == 1
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__)
    assert KEY not in shown
    assert "afraid of Monday" not in shown
    return caught.value


def test_a_whole_answer(wire: WireServer) -> None:
    wire.configure(reply="What else?", usage=WireUsage(900, 30, 600))
    assert complete(wire) == ProviderReply("What else?", "stop", Usage(900, 30, 600))


def test_a_streamed_answer(wire: WireServer) -> None:
    wire.configure(reply="What would help you most?", chunk_count=5, usage=WireUsage(900, 30, 600))
    *deltas, reply = stream(wire)
    assert reply == ProviderReply("What would help you most?", "stop", Usage(900, 30, 600))
    assert len(deltas) == 5
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == "What would help you most?"
    assert wire.counts().completed == 1


@BOTH
def test_the_finish_reason_is_the_real_one(wire: WireServer, call: Callable[..., Any]) -> None:
    wire.configure(finish_reason="length")
    answer = call(wire)
    assert (answer[-1] if isinstance(answer, list) else answer).finish_reason == "length"


@BOTH
def test_parameters_are_passed_on(wire: WireServer, call: Callable[..., Any]) -> None:
    call(wire, temperature=0.0, max_tokens=77, seed=5, json_object=True)
    received, body = wire.requests()[0], wire.requests()[0].body
    assert body["messages"] == [{"role": "system", "content": "You are a coach."}, {"role": "user", "content": TEXT}]
    assert (body["model"], body["temperature"], body["max_tokens"], body["seed"]) == ("gpt-4o", 0.0, 77, 5)
    assert body["response_format"] == {"type": "json_object"}
    assert received.headers["authorization"] == f"Bearer {KEY}"


@BOTH
def test_what_is_not_set_is_left_to_the_provider(wire: WireServer, call: Callable[..., Any]) -> None:
    call(wire)
    assert set(wire.requests()[0].body) <= {"model", "messages", "stream", "stream_options"}


INCOMPLETE = ["no_usage", "no_finish", "garbage_json", "garbage_sse", "empty_choices", "cut", "abort"]
REFUSALS: list[tuple[int, type[ModelCallError]]] = [
    *((status, ProviderRejectedError) for status in (400, 401, 403, 404, 422)),
    (429, RateLimitedError),
    *((status, ProviderDownError) for status in (408, 500, 503, 529)),
]


@BOTH
@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_refusals(wire: WireServer, call: Callable[..., Any], status: int, kind: type[ModelCallError]) -> None:
    error = failure(wire, call, Fault("status", status))
    assert type(error) is kind
    assert str(status) in str(error)


@BOTH
def test_retry_after_in_seconds_as_a_date_or_not_at_all(wire: WireServer, call: Callable[..., Any]) -> None:
    seconds = failure(wire, call, Fault("status", 429, retry_after=1.5))
    date = failure(wire, call, Fault("status", 429, retry_after=90, retry_after_date=True))
    nothing = failure(wire, call, Fault("status", 429))
    waits = [error.retry_after for error in (seconds, date, nothing) if isinstance(error, RateLimitedError)]
    assert waits == [1.5, pytest.approx(88, abs=2.5), None]


@BOTH
def test_a_dropped_connection(wire: WireServer, call: Callable[..., Any]) -> None:
    assert type(failure(wire, call, Fault("close"))) is ProviderDownError


@pytest.mark.parametrize("model", ["openai/gpt-4o", "anthropic/claude-sonnet-4-5"])
def test_nobody_listens(wire: WireServer, model: str) -> None:
    changes = {"openai_base_url": "http://127.0.0.1:9/v1", "anthropic_base_url": "http://127.0.0.1:9"}
    with pytest.raises(ProviderDownError) as caught:
        run(wire, lambda provider: provider.complete(ask(model=model)), **changes)
    assert caught.value.unbilled


@BOTH
@pytest.mark.parametrize("kind", INCOMPLETE)
def test_incomplete_replies(wire: WireServer, call: Callable[..., Any], kind: Any) -> None:
    assert type(failure(wire, call, Fault(kind, after_chunks=2))) is IncompleteReplyError


@pytest.mark.parametrize("after", [0, 1, 3, 4])
@pytest.mark.parametrize("kind", ["cut", "abort", "garbage_sse"])
def test_a_stream_that_breaks_off_carries_what_arrived(wire: WireServer, kind: Any, after: int) -> None:
    error = failure(wire, stream, Fault(kind, after_chunks=after))
    whole = "What would be a good first step for you this week?"
    assert error.partial_text == whole[: len(whole) * after // 4]


@BOTH
def test_timeouts(wire: WireServer, call: Callable[..., Any]) -> None:
    assert type(failure(wire, call, Fault("hang"), timeout_seconds=0.15)) is ModelTimeoutError


def test_a_stream_that_hangs_carries_what_arrived(wire: WireServer) -> None:
    error = failure(wire, stream, Fault("hang", after_chunks=2), timeout_seconds=0.15)
    assert type(error) is ModelTimeoutError
    assert error.partial_text == "What would be a good firs"


def test_a_stream_may_take_long_when_its_pieces_do_not(wire: WireServer) -> None:
    wire.configure(chunk_count=16, chunk_interval_ms=100)
    assert len(stream(wire, timeout_seconds=1.4)) == 17


def test_the_default_time_limit_is_that_of_the_settings(wire: WireServer) -> None:
    wire.configure(faults=(Fault("hang"),))
    with pytest.raises(ModelTimeoutError):
        run(wire, lambda provider: provider.complete(ask(timeout_seconds=None)), model_attempt_seconds=0.1)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


def test_closing_a_stream_early_closes_the_connection(wire: WireServer) -> None:
    wire.configure(faults=(Fault("hang", after_chunks=1),))

    async def use(provider: LiteLLMProvider) -> None:
        async with aclosing(provider.stream(ask())) as pieces:
            assert isinstance(await anext(pieces), TextDelta)
        await _until(lambda: wire.counts().abandoned == 1)

    run(wire, use)


@BOTH
def test_cancelling_a_call_closes_the_connection(wire: WireServer, call: Callable[..., Any]) -> None:
    wire.configure(faults=(Fault("hang", after_chunks=1),))

    async def use(provider: LiteLLMProvider) -> None:
        task = asyncio.ensure_future(provider.complete(ask()) if call is complete else pieces_of(provider))
        await _until(lambda: wire.counts().calls == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _until(lambda: wire.counts().abandoned == 1)

    run(wire, use)


def test_an_error_the_caller_is_handling_is_not_taken_for_the_cause(wire: WireServer) -> None:
    wire.configure(faults=(Fault("status", 429), Fault("close")))

    async def use(provider: LiteLLMProvider) -> None:
        try:
            await provider.complete(ask())
        except RateLimitedError:
            await provider.complete(ask())

    with pytest.raises(ProviderDownError):
        run(wire, use)


def test_many_calls_at_once(wire: WireServer) -> None:
    wire.configure(latency_ms=200, reply="echo")

    async def use(provider: LiteLLMProvider) -> list[ProviderReply]:
        questions = [ask(messages=(Message("user", f"question {i}"),)) for i in range(40)]
        return await asyncio.gather(*(provider.complete(question) for question in questions))

    assert [reply.text for reply in run(wire, use)] == [f"question {i}" for i in range(40)]
    assert wire.counts().max_in_flight > 20


@pytest.mark.parametrize("model", ["deepseek/deepseek-chat", "xai/grok-4", "groq/openai/gpt-oss-20b"])
def test_other_providers_of_this_wire(wire: WireServer, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = model.partition("/")[0].upper()
    monkeypatch.setenv(f"{vendor}_API_KEY", KEY)
    monkeypatch.setenv(f"{vendor}_API_BASE", wire.base_url)
    assert complete(wire, model=model).usage == stream(wire, model=model)[-1].usage
    for fault in (Fault("cut", after_chunks=2), Fault("no_usage"), Fault("empty_choices")):
        assert type(failure(wire, stream, fault, model=model)) is IncompleteReplyError
    assert type(failure(wire, complete, Fault("status", 422), model=model)) is ProviderRejectedError


@pytest.mark.parametrize("finish", ["STOP", None])
def test_gemini_whose_finish_reason_litellm_invents(
    wire: WireServer, finish: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(_: web.Request) -> web.Response:
        usage = {"promptTokenCount": 50, "candidatesTokenCount": 9, "totalTokenCount": 59}
        part: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": "Well? "}]}}
        last = part | ({"finishReason": finish} if finish else {})
        frames = [json.dumps({"candidates": [one], "usageMetadata": usage}) for one in (part, last)]
        return web.Response(text="".join(f"data: {frame}\r\n\r\n" for frame in frames))

    async def use(provider: LiteLLMProvider) -> object:
        app = web.Application()
        app.router.add_post("/{path:.*}", answer)
        async with TestServer(app) as server:
            monkeypatch.setenv("GEMINI_API_BASE", str(server.make_url("")))
            return (await pieces_of(provider, model="gemini/gemini-2.5-flash"))[-1]

    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    with nullcontext() if finish else pytest.raises(IncompleteReplyError):
        assert run(wire, use) == ProviderReply("Well? Well? ", "stop", Usage(50, 9))


ASK_WITHOUT_A_KEY = """
import asyncio, sys
from coaching_core.errors import MissingKeyError
from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.settings import Settings
from tests.wire.client import ask

provider = LiteLLMProvider(Settings(_env_file=None))
for model in sys.argv[1:]:
    try:
        asyncio.run(provider.complete(ask(model=model)))
    except MissingKeyError as error:
        print(error)
assert "litellm" not in sys.modules
"""


def test_a_missing_key_is_named_before_anything_is_loaded() -> None:
    models = ["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "bedrock/amazon.nova-lite-v1:0", "mistral/mistral-small"]
    environment = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_REGION"))}
    command = [sys.executable, "-c", ASK_WITHOUT_A_KEY, *models]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    named = [line.partition(": set ")[2].split()[0] for line in done.stdout.splitlines()]
    assert named == ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AWS_REGION", "MISTRAL_API_KEY"]
