"""Our own adapters over a real socket: what is sent, what comes back, what must not leak, and how calls end."""

from __future__ import annotations

import asyncio
import gc
import traceback
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from coaching_core.errors import (
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.types import CallContext, Message, Provider, ProviderReply, Purpose, TextDelta, Usage
from tests.coaching_core.llm.providers.wires import (
    BOTH,
    EACH_WIRE,
    WIRES,
    Call,
    Wire,
    answer_of,
    completed,
    last,
    streamed,
    use,
)
from tests.wire import Fault, WireUsage
from tests.wire.client import AWS_ENVIRONMENT, KEY, TEXT, WireServer

pytest_plugins = ["tests.wire.fixtures"]
pytestmark = pytest.mark.usefixtures("aws_keys")


def failure(
    wire: WireServer, vendor: Wire, call: Call, fault: Fault, settings: dict[str, Any] | None = None, **asked: Any
) -> ModelCallError:
    """The error of one faulty call; there was one call on the wire and nothing private is in the error."""
    wire.configure(faults=(fault,), chunk_count=4)
    provider = vendor.adapter(wire.settings(**settings or {}))
    with pytest.raises(ModelCallError) as caught:
        use(provider, lambda used: call(used, vendor.ask(**asked)))
    assert wire.counts().calls <= 1
    assert caught.value.__context__ is None
    shown = "".join(traceback.format_exception(caught.value))
    for private in (KEY, "afraid of Monday", *AWS_ENVIRONMENT.values()):
        assert private not in shown
    return caught.value


@EACH_WIRE
@BOTH
def test_what_is_asked_and_for_whom_is_on_the_wire(wire: WireServer, vendor: Wire, call: Call) -> None:
    context = CallContext(tenant_id="t", purpose=Purpose.CHAT, request_id="request-1")
    answer_of(vendor, wire, call, call_id="01CALL", context=context)
    headers = wire.requests()[0].headers
    assert (headers["x-client-request-id"], headers["x-request-id"]) == ("01CALL", "request-1")
    assert TEXT in str(wire.requests()[0].body)


@EACH_WIRE
def test_an_id_that_cannot_stand_in_a_header_is_left_out(wire: WireServer, vendor: Wire) -> None:
    context = CallContext(tenant_id="t", purpose=Purpose.CHAT, request_id="a\r\nx-api-key: stolen")
    answer_of(vendor, wire, completed, context=context)
    assert "x-request-id" not in wire.requests()[0].headers


def test_many_texts_of_one_side_are_one_turn(wire: WireServer) -> None:
    said = (Message("system", "Be kind."), Message("user", "One."), Message("user", "Two."), Message("assistant", "A."))
    for vendor in WIRES[1:]:
        wire.configure()
        answer_of(vendor, wire, completed, messages=(*said, Message("user", "Three.")))
        turns: Any = wire.requests()[0].body["messages"]
        assert [(turn["role"], [part["text"] for part in turn["content"]]) for turn in turns] == [
            ("user", ["One.", "Two."]),
            ("assistant", ["A."]),
            ("user", ["Three."]),
        ]


@EACH_WIRE
@BOTH
@pytest.mark.parametrize(("said", "seconds"), [(1.5, 1.5), (90, 89)])
def test_a_wait_that_is_asked_for_is_passed_on(
    wire: WireServer, vendor: Wire, call: Call, said: float, seconds: float
) -> None:
    for status, kind in ((429, RateLimitedError), (529, ProviderDownError), (503, ProviderDownError)):
        fault = Fault("status", status, retry_after=said, retry_after_date=said == 90)
        error = failure(wire, vendor, call, fault)
        assert type(error) is kind
        assert error.retry_after == pytest.approx(seconds, abs=0 if said == 1.5 else 2)
        assert error.unbilled
    assert failure(wire, vendor, call, Fault("status", 429)).retry_after is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("vendor", "name", "kind"),
    [
        (WIRES[0], "rate_limit_exceeded", RateLimitedError),
        (WIRES[0], "invalid_request_error", ProviderRejectedError),
        (WIRES[1], "overloaded_error", ProviderDownError),
        (WIRES[1], "rate_limit_error", RateLimitedError),
        (WIRES[1], "never_heard_of", ProviderDownError),
        (WIRES[2], "throttlingException", RateLimitedError),
        (WIRES[2], "validationException", ProviderRejectedError),
        (WIRES[2], "internalServerException", ProviderDownError),
    ],
)
def test_an_error_in_mid_stream_keeps_its_kind_and_what_arrived(
    wire: WireServer, vendor: Wire, name: str, kind: type[ModelCallError]
) -> None:
    error = failure(wire, vendor, streamed, Fault("stream_error", after_chunks=2, error=name))
    assert type(error) is kind
    assert error.partial_text == "What would be a good firs"
    assert not error.unbilled


@EACH_WIRE
@BOTH
def test_nobody_listens(wire: WireServer, vendor: Wire, call: Call) -> None:
    names = ("openai_base_url", "anthropic_base_url", "bedrock_base_url")
    error = failure(wire, vendor, call, Fault("none"), settings=dict.fromkeys(names, "http://127.0.0.1:9"))
    assert type(error) is ProviderDownError
    assert error.unbilled


@EACH_WIRE
@pytest.mark.parametrize("address", ["no address", "ftp://127.0.0.1", "http://"])
def test_an_address_that_is_none_is_refused(wire: WireServer, vendor: Wire, address: str) -> None:
    names = ("openai_base_url", "anthropic_base_url", "bedrock_base_url")
    error = failure(wire, vendor, completed, Fault("none"), settings=dict.fromkeys(names, address))
    assert type(error) is ProviderRejectedError


@EACH_WIRE
@BOTH
def test_silence_is_a_timeout_and_its_cost_unknown(wire: WireServer, vendor: Wire, call: Call) -> None:
    error = failure(wire, vendor, call, Fault("hang"), timeout_seconds=0.1)
    assert type(error) is ModelTimeoutError
    assert not error.unbilled
    settings = {"model_attempt_seconds": 0.1}
    assert type(failure(wire, vendor, call, Fault("hang"), settings, timeout_seconds=None)) is ModelTimeoutError


@EACH_WIRE
def test_a_stream_that_falls_silent_carries_what_arrived(wire: WireServer, vendor: Wire) -> None:
    error = failure(wire, vendor, streamed, Fault("hang", after_chunks=2), timeout_seconds=0.2)
    assert type(error) is ModelTimeoutError
    assert error.partial_text == "What would be a good firs"


@EACH_WIRE
def test_a_stream_may_take_long_when_its_pieces_do_not(wire: WireServer, vendor: Wire) -> None:
    wire.configure(chunk_count=12, chunk_interval_ms=50)
    assert last(answer_of(vendor, wire, streamed, timeout_seconds=0.3)).finish_reason == "stop"


@EACH_WIRE
def test_a_reader_that_takes_its_time_is_not_a_silent_provider(wire: WireServer, vendor: Wire) -> None:
    wire.configure(latency_ms=250, only_model="slow", chunk_count=3, chunk_interval_ms=20)
    slow = vendor.ask(model=f"{vendor.name}/slow")

    async def read_slowly(provider: Provider) -> list[TextDelta | ProviderReply]:
        pieces = []
        async for piece in provider.stream(vendor.ask(timeout_seconds=0.1)):
            pieces.append(piece)
            await provider.complete(slow)
        return pieces

    assert len(use(vendor.adapter(wire.settings()), read_slowly)) == 4


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


@EACH_WIRE
def test_closing_a_stream_early_closes_the_connection(wire: WireServer, vendor: Wire) -> None:
    wire.configure(faults=(Fault("hang", after_chunks=1),))

    async def close_early(provider: Provider) -> None:
        async with aclosing(provider.stream(vendor.ask())) as pieces:  # type: ignore[type-var]
            assert isinstance(await anext(pieces), TextDelta)
        await _until(lambda: wire.counts().abandoned == 1)
        assert last(await streamed(provider, vendor.ask())).finish_reason == "stop"

    use(vendor.adapter(wire.settings()), close_early)


@EACH_WIRE
@BOTH
def test_cancelling_a_call_closes_the_connection(wire: WireServer, vendor: Wire, call: Call) -> None:
    wire.configure(faults=(Fault("hang", after_chunks=1),))

    async def cancel(provider: Provider) -> None:
        task = asyncio.ensure_future(call(provider, vendor.ask()))
        await _until(lambda: wire.counts().calls == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _until(lambda: wire.counts().abandoned == 1)

    use(vendor.adapter(wire.settings()), cancel)


@EACH_WIRE
def test_many_calls_at_once_each_get_their_own_answer(wire: WireServer, vendor: Wire) -> None:
    wire.configure(latency_ms=200, reply="echo")

    async def ask_many(provider: Provider) -> list[str]:
        asked = [vendor.ask(messages=(Message("user", f"question {i}"),)) for i in range(120)]
        calls = [(streamed if i % 2 else completed)(provider, request) for i, request in enumerate(asked)]
        return [last(answer).text for answer in await asyncio.gather(*calls)]

    assert use(vendor.adapter(wire.settings()), ask_many) == [f"question {i}" for i in range(120)]
    assert wire.counts().max_in_flight > 100


@EACH_WIRE
def test_one_provider_serves_one_loop_after_another(wire: WireServer, vendor: Wire) -> None:
    provider = vendor.adapter(wire.settings())
    for _ in range(2):
        assert last(use(provider, lambda used: streamed(used, vendor.ask()))).finish_reason == "stop"
    gc.collect()


@EACH_WIRE
def test_a_large_question_arrives(wire: WireServer, vendor: Wire) -> None:
    text = "ß" * 600_000
    wire.configure(reply="Well.")
    assert last(answer_of(vendor, wire, completed, messages=(Message("user", text),))).usage.input_tokens > 100_000


def test_what_was_written_to_the_cache_is_read_from_it_the_next_time(wire: WireServer) -> None:
    long = "You are a coach who asks one open question at a time. " * 100
    for vendor in WIRES[1:]:
        wire.configure(prompt_cache=True)
        asked = {"messages": (Message("system", long), Message("user", TEXT))}
        first, second = (last(answer_of(vendor, wire, streamed, **asked)).usage for _ in range(2))
        assert first.cache_write_tokens == second.cached_tokens >= 1024
        assert first.cached_tokens == second.cache_write_tokens == 0
        assert first.input_tokens == second.input_tokens


def test_an_hour_in_the_cache_is_counted_apart(wire: WireServer) -> None:
    wire.configure(usage=WireUsage(900, 30, 600, 100, 40))
    for vendor in WIRES[1:]:
        for call in (completed, streamed):
            assert last(answer_of(vendor, wire, call)).usage == Usage(900, 30, 600, 100, 40)


@BOTH
def test_openais_tier_is_the_one_it_was_served_at(wire: WireServer, call: Call) -> None:
    wire.configure(service_tier="priority")
    assert last(answer_of(WIRES[0], wire, call)).usage.service_tier == "priority"
    wire.configure(service_tier="default")
    assert last(answer_of(WIRES[0], wire, call)).usage.service_tier is None
