"""LiteLLM's adapter over a real socket: what it brings back, and what it must not hide."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from coaching_core.errors import (
    IncompleteReplyError,
    MissingKeyError,
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.llm.types import CallContext, CompletionRequest, Message, ProviderReply, Purpose, TextDelta, Usage
from coaching_core.settings import Settings
from tests.wire import Fault, WireUsage
from tests.wire.client import WireServer

pytest_plugins = ["tests.wire.fixtures"]

KEY = "sk-never-shown-4711"
TEXT = "My secret is that I am afraid of Monday."
CONTEXT = CallContext(tenant_id="t", purpose=Purpose.CHAT)


def ask(**changes: Any) -> CompletionRequest:
    values: dict[str, Any] = {
        "model": "openai/gpt-4o",
        "messages": (Message("system", "You are a coach."), Message("user", TEXT)),
        "context": CONTEXT,
        "timeout_seconds": 5.0,
    }
    return CompletionRequest(**(values | changes))


def settings_for(wire: WireServer, **changes: Any) -> Settings:
    values = {"openai_api_key": KEY, "openai_base_url": wire.base_url} | changes
    return Settings(_env_file=None, **values)


Use = Callable[[LiteLLMProvider], Awaitable[Any]]


def run(wire: WireServer, use: Use) -> Any:
    """Use a provider in a loop of its own, and leave no connection behind."""

    async def use_and_close() -> Any:
        provider = LiteLLMProvider(settings_for(wire))
        try:
            return await use(provider)
        finally:
            await provider.aclose()

    return asyncio.run(use_and_close())


def complete(wire: WireServer, **changes: Any) -> ProviderReply:
    reply = run(wire, lambda provider: provider.complete(ask(**changes)))
    assert isinstance(reply, ProviderReply)
    return reply


def stream(wire: WireServer, **changes: Any) -> list[TextDelta | ProviderReply]:
    async def use(provider: LiteLLMProvider) -> list[TextDelta | ProviderReply]:
        return [piece async for piece in provider.stream(ask(**changes))]

    pieces: list[TextDelta | ProviderReply] = run(wire, use)
    return pieces


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
    (received,) = wire.requests()
    body = received.body
    assert body["messages"] == [{"role": "system", "content": "You are a coach."}, {"role": "user", "content": TEXT}]
    assert (body["model"], body["temperature"], body["max_tokens"], body["seed"]) == ("gpt-4o", 0.0, 77, 5)
    assert body["response_format"] == {"type": "json_object"}
    assert received.headers["authorization"] == f"Bearer {KEY}"


@BOTH
def test_what_is_not_set_is_left_to_the_provider(wire: WireServer, call: Callable[..., Any]) -> None:
    call(wire)
    assert set(wire.requests()[0].body) <= {"model", "messages", "stream", "stream_options"}


@BOTH
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ProviderRejectedError),
        (401, ProviderRejectedError),
        (403, ProviderRejectedError),
        (404, ProviderRejectedError),
        (422, ProviderRejectedError),
        (429, RateLimitedError),
        (500, ProviderDownError),
        (503, ProviderDownError),
        (529, ProviderDownError),
    ],
)
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


@BOTH
def test_nobody_listens(wire: WireServer, call: Callable[..., Any]) -> None:
    provider = LiteLLMProvider(settings_for(wire, openai_base_url="http://127.0.0.1:9/v1"))

    async def use(_: LiteLLMProvider) -> None:
        if call is complete:
            await provider.complete(ask())
        else:
            await anext(provider.stream(ask()))

    with pytest.raises(ProviderDownError):
        run(wire, use)


@BOTH
@pytest.mark.parametrize(
    "kind", ["no_usage", "no_finish", "garbage_json", "garbage_sse", "empty_choices", "cut", "abort"]
)
def test_incomplete_replies(wire: WireServer, call: Callable[..., Any], kind: Any) -> None:
    assert type(failure(wire, call, Fault(kind, after_chunks=2))) is IncompleteReplyError


@pytest.mark.parametrize("after", [0, 1, 3, 4])
@pytest.mark.parametrize("kind", ["cut", "abort", "garbage_sse"])
def test_a_stream_that_breaks_off_carries_what_arrived(wire: WireServer, kind: Any, after: int) -> None:
    error = failure(wire, stream, Fault(kind, after_chunks=after))
    assert type(error) is IncompleteReplyError
    whole = "What would be a good first step for you this week?"
    assert error.partial_text == whole[: len(whole) * after // 4]


@BOTH
def test_timeouts(wire: WireServer, call: Callable[..., Any]) -> None:
    begun = time.monotonic()
    assert type(failure(wire, call, Fault("hang"), timeout_seconds=0.15)) is ModelTimeoutError
    assert time.monotonic() - begun < 3


def test_a_stream_that_hangs_carries_what_arrived(wire: WireServer) -> None:
    error = failure(wire, stream, Fault("hang", after_chunks=2), timeout_seconds=0.15)
    assert type(error) is ModelTimeoutError
    assert error.partial_text == "What would be a good firs"


def test_the_time_limit_is_that_of_the_whole_stream(wire: WireServer) -> None:
    wire.configure(chunk_count=20, chunk_interval_ms=40)
    with pytest.raises(ModelTimeoutError) as caught:
        stream(wire, timeout_seconds=0.2)
    assert caught.value.partial_text


def test_the_default_time_limit_is_that_of_the_settings(wire: WireServer) -> None:
    wire.configure(faults=(Fault("hang"),))

    async def use(_: LiteLLMProvider) -> None:
        await LiteLLMProvider(settings_for(wire, model_timeout_seconds=0.1)).complete(ask(timeout_seconds=None))

    with pytest.raises(ModelTimeoutError):
        run(wire, use)


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
    assert wire.counts().in_flight == 0


@BOTH
def test_cancelling_a_call_closes_the_connection(wire: WireServer, call: Callable[..., Any]) -> None:
    wire.configure(faults=(Fault("hang", after_chunks=1),))

    async def consume(provider: LiteLLMProvider) -> None:
        async for _ in provider.stream(ask()):
            pass

    async def use(provider: LiteLLMProvider) -> None:
        task = asyncio.ensure_future(provider.complete(ask()) if call is complete else consume(provider))
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


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/gpt-4o", "OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
        ("bedrock/amazon.nova-lite-v1:0", "AWS_REGION"),
        ("mistral/mistral-small-latest", "MISTRAL_API_KEY"),
    ],
)
def test_a_missing_key_is_named_before_anything_is_loaded(model: str, variable: str) -> None:
    script = (
        "import asyncio, sys\n"
        "from coaching_core.errors import MissingKeyError\n"
        "from coaching_core.llm.providers.litellm import LiteLLMProvider\n"
        "from coaching_core.llm.types import *\n"
        "from coaching_core.settings import Settings\n"
        "request = CompletionRequest(sys.argv[1], (Message('user', 'x'),), CallContext('t', Purpose.CHAT))\n"
        "try:\n"
        "    asyncio.run(LiteLLMProvider(Settings(_env_file=None)).complete(request))\n"
        "except MissingKeyError as error:\n"
        "    print(error)\n"
        "assert 'litellm' not in sys.modules\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    environment.pop("AWS_REGION", None)
    done = subprocess.run(
        [sys.executable, "-c", script, model], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert variable in done.stdout


def test_a_key_of_another_provider_comes_from_its_usual_variable(
    wire: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = LiteLLMProvider(settings_for(wire))
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    with pytest.raises(MissingKeyError, match="MISTRAL_API_KEY"):
        asyncio.run(provider.complete(ask(model="mistral/mistral-small-latest")))
