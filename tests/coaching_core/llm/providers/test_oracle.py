"""LiteLLM as a second opinion: the same question over the same wire, the same answer or the same kind of error."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from coaching_core.errors import IncompleteReplyError, ModelCallError, ProviderDownError
from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.llm.providers.openai import is_reasoning, takes_temperature
from coaching_core.llm.types import Provider
from tests.coaching_core.llm.providers.wires import BOTH, EACH_WIRE, WIRES, Call, Wire, completed, use
from tests.wire import Fault, WireUsage
from tests.wire.client import WireServer, ask

pytest_plugins = ["tests.wire.fixtures"]
pytestmark = pytest.mark.usefixtures("aws_keys")

_STATUSES = (400, 401, 403, 404, 408, 422, 424, 429, 500, 503, 529)
_KINDS = ("cut", "abort", "no_usage", "no_finish", "no_end", "garbage", "garbage_json", "empty_choices", "stream_error")
_FAULTS = (
    *(Fault("status", status) for status in _STATUSES),
    Fault("close"),
    Fault("hang"),
    Fault("hang", after_chunks=2),
    *(Fault(kind, after_chunks=2) for kind in _KINDS),  # type: ignore[arg-type]
)

# Where LiteLLM is wrong, and what is right.
_BETTER_KNOWN: dict[tuple[str, str, str], type[ModelCallError]] = {
    ("openai", "streamed", "stream_error"): ProviderDownError,  # its error frames lose their kind
    ("anthropic", "streamed", "stream_error"): ProviderDownError,
    ("bedrock", "streamed", "stream_error"): ProviderDownError,
    ("anthropic", "streamed", "no_finish"): IncompleteReplyError,  # it makes up a stop
    ("anthropic", "streamed", "no_end"): IncompleteReplyError,  # it does not wait for message_stop
    ("bedrock", "streamed", "garbage_json"): IncompleteReplyError,  # it takes it for a failed connection
}


async def _outcome(provider: Provider, call: Call, vendor: Wire, **changes: Any) -> Any:
    try:
        return await call(provider, vendor.ask(**changes))
    except ModelCallError as error:
        return type(error), error.partial_text, error.unbilled


def _both(server: WireServer, vendor: Wire, call: Call, **orders: Any) -> list[Any]:
    """What our adapter and LiteLLM make of the same order; each asks once."""
    asked = {name: orders.pop(name) for name in tuple(orders) if name in ("timeout_seconds", "max_tokens")}
    outcomes = []
    for provider in (vendor.adapter(server.settings()), LiteLLMProvider(server.settings())):
        server.configure(chunk_count=4, **orders)
        outcomes.append(use(provider, lambda used: _outcome(used, call, vendor, **asked)))
        assert server.counts().calls == 1
    return outcomes


@EACH_WIRE
@BOTH
@pytest.mark.parametrize(
    "orders",
    [
        {},
        {"usage": WireUsage(900, 30, 600)},
        {"usage": WireUsage(900, 30, 600, 100, 40)},
        {"finish_reason": "length"},
        {"finish_reason": "content_filter"},
        {"reply": "Grüße — “quoted”, \\ and \u2028, \r\n\r\n and 🙂"},
    ],
    ids=["plain", "read from cache", "written to cache", "length", "filtered", "odd characters"],
)
def test_the_same_answer(wire: WireServer, vendor: Wire, call: Call, orders: dict[str, Any]) -> None:
    ours, theirs = _both(wire, vendor, call, **orders)
    if call.__name__ == "streamed":
        assert [piece.text for piece in ours] == [piece.text for piece in theirs]
    assert ours == theirs


@EACH_WIRE
@BOTH
@pytest.mark.parametrize("fault", _FAULTS, ids=lambda fault: f"{fault.kind} {fault.status} {fault.after_chunks}")
def test_the_same_kind_of_error(wire: WireServer, vendor: Wire, call: Call, fault: Fault) -> None:
    seconds = 0.3 if fault.kind == "hang" else 10.0
    ours, theirs = _both(wire, vendor, call, faults=(fault,), timeout_seconds=seconds)
    mode = "streamed" if call.__name__ == "streamed" else "whole"
    right = _BETTER_KNOWN.get((vendor.name, mode, fault.kind))
    if right is not None:
        assert ours[0] is right
        assert theirs[0] is not right, "LiteLLM has learned this; take it off the list"
    elif isinstance(ours, tuple):
        assert ours[0] is theirs[0]
        assert ours[2] == theirs[2]
    else:
        assert ours == theirs


_OPENAI_MODELS = (
    "gpt-4o",
    "gpt-4.1-mini",
    "o1",
    "o3-mini",
    "o4-mini-2025-04-16",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano-2025-08-07",
    "gpt-5-chat-latest",
    "gpt-5.1",
    "gpt-5.1-2025-11-13",
    "gpt-5.1-chat-latest",
    "gpt-5.2",
    "gpt-5.4-mini",
    "gpt-5.5",
    "gpt-5.6-luna",
    "gpt-6-sol",
    "gpt-5-search-api",
)


@pytest.mark.parametrize("model", _OPENAI_MODELS)
@pytest.mark.parametrize("temperature", [0.3, 1.0])
def test_openai_models_are_sent_the_same_parameters(wire: WireServer, model: str, temperature: float) -> None:
    request = ask(model=f"openai/{model}", temperature=temperature, max_tokens=77, seed=5)
    bodies = []
    for provider in (WIRES[0].adapter(wire.settings()), LiteLLMProvider(wire.settings())):
        wire.configure()
        use(provider, lambda used: used.complete(request))
        bodies.append(wire.requests()[0].body)
    for body in bodies:
        del body["messages"]  # for o3-mini and o4-mini LiteLLM makes the system's message a user's, needlessly
    assert bodies[0] == bodies[1]
    assert is_reasoning(model) == ("max_completion_tokens" in bodies[1])
    if temperature != 1 and "search" not in model:
        assert takes_temperature(model) == ("temperature" in bodies[1])


_CLAUDES = ("claude-haiku-4-5", "claude-opus-4-1-20250805", "claude-opus-4-6", "claude-opus-4-7", "claude-sonnet-5")


@pytest.mark.parametrize("model", [f"anthropic/{name}" for name in _CLAUDES])
def test_claudes_are_sent_the_same_temperature(wire: WireServer, model: str) -> None:
    _check_temperature(wire, WIRES[1], model, lambda body: body.get("temperature"))


@pytest.mark.parametrize(
    "name",
    [
        *("anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-opus-4-7", "eu.anthropic.claude-sonnet-5"),
        *("amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0", "meta.llama3-70b-instruct-v1:0"),
    ],
)
def test_models_on_bedrock_are_sent_the_same_temperature(wire: WireServer, name: str) -> None:
    def temperature_in(body: Any) -> Any:
        return body.get("inferenceConfig", {}).get("temperature")

    _check_temperature(wire, WIRES[2], f"bedrock/{name}", temperature_in)


def _check_temperature(wire: WireServer, vendor: Wire, model: str, temperature_in: Any) -> None:
    for temperature in (0.3, 1.0):
        request = ask(model=model, temperature=temperature, max_tokens=77)
        received = []
        for provider in (vendor.adapter(wire.settings()), LiteLLMProvider(wire.settings())):
            wire.configure()
            use(provider, partial(completed, request=request))
            received.append(wire.requests()[0])
        assert temperature_in(received[0].body) == temperature_in(received[1].body)
        assert received[0].path == received[1].path
