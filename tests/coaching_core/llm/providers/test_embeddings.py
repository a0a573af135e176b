"""Vectors for texts, through every adapter."""

from __future__ import annotations

import math
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
from coaching_core.llm.providers.anthropic import AnthropicProvider
from coaching_core.llm.providers.bedrock import BedrockProvider
from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.llm.providers.openai import OpenAIProvider
from coaching_core.llm.providers.simulated import SimulatedProvider
from coaching_core.llm.types import CallContext, EmbeddingReply, EmbeddingRequest, Provider, Purpose
from tests.coaching_core.llm.providers.wires import use
from tests.wire import Fault
from tests.wire.client import WireServer

pytest_plugins = ["tests.wire.fixtures"]
pytestmark = pytest.mark.usefixtures("aws_keys")

OPENAI, TITAN = "openai/text-embedding-3-small", "bedrock/amazon.titan-embed-text-v2:0"
TEXTS = ("I am afraid of Monday.", "Monday frightens me.", "The invoice is due in March.")
BOTH = pytest.mark.parametrize(("adapter", "model"), [(OpenAIProvider, OPENAI), (BedrockProvider, TITAN)])


def wanted(model: str, **changes: Any) -> EmbeddingRequest:
    values: dict[str, Any] = {
        "model": model,
        "texts": TEXTS,
        "context": CallContext(tenant_id="t", purpose=Purpose.EMBEDDING),
        "timeout_seconds": 5.0,
    }
    return EmbeddingRequest(**(values | changes))


def embed(provider: Provider, request: EmbeddingRequest) -> EmbeddingReply:
    reply: EmbeddingReply = use(provider, lambda used: used.embed(request))
    return reply


@BOTH
def test_each_text_gets_its_vector_and_litellm_gets_the_same(wire: WireServer, adapter: Any, model: str) -> None:
    ours = embed(adapter(wire.settings()), wanted(model, call_id="01CALL"))
    assert {call.headers["x-client-request-id"] for call in wire.requests()} == {"01CALL"}
    assert len(ours.vectors) == len(set(ours.vectors)) == len(TEXTS)
    assert ours.usage.input_tokens > len(TEXTS)
    theirs = embed(LiteLLMProvider(wire.settings()), wanted(model))
    assert [pytest.approx(vector) for vector in ours.vectors] == list(theirs.vectors)
    assert ours.usage == theirs.usage


@BOTH
def test_their_length_can_be_chosen(wire: WireServer, adapter: Any, model: str) -> None:
    vectors = embed(adapter(wire.settings()), wanted(model, dimensions=256)).vectors
    assert {len(vector) for vector in vectors} == {256}


@BOTH
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("status", 429), RateLimitedError),
        (Fault("status", 400), ProviderRejectedError),
        (Fault("status", 503), ProviderDownError),
        (Fault("close"), ProviderDownError),
        (Fault("hang"), ModelTimeoutError),
        (Fault("garbage_json"), IncompleteReplyError),
        (Fault("abort"), IncompleteReplyError),
        (Fault("no_usage"), IncompleteReplyError),
        (Fault("empty_choices"), IncompleteReplyError),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_one_failure_fails_them_all(
    wire: WireServer, adapter: Any, model: str, fault: Fault, kind: type[ModelCallError]
) -> None:
    wire.configure(faults=(fault,))
    with pytest.raises(kind) as caught:
        embed(adapter(wire.settings()), wanted(model, timeout_seconds=0.3 if fault.kind == "hang" else 5.0))
    assert type(caught.value) is kind
    assert caught.value.__context__ is None


def test_vendors_without_embeddings_say_so(wire: WireServer) -> None:
    for provider, model in (
        (AnthropicProvider(wire.settings()), "anthropic/claude-sonnet-4-5"),
        (BedrockProvider(wire.settings()), "bedrock/amazon.nova-lite-v1:0"),
    ):
        with pytest.raises(ProviderRejectedError):
            embed(provider, wanted(model))
    with pytest.raises(MissingKeyError):
        embed(OpenAIProvider(wire.settings(openai_api_key=None)), wanted(OPENAI))
    assert wire.counts().calls == 0


def test_simulated_vectors_tell_near_from_far() -> None:
    reply = embed(SimulatedProvider(pace=0), wanted("simulated/coach-steady"))
    fear, fright, invoice = reply.vectors
    assert _nearness(fear, fright) > 2 * _nearness(fear, invoice)
    assert all(math.isclose(math.hypot(*vector), 1) for vector in reply.vectors)
    assert reply == embed(SimulatedProvider(pace=0), wanted("simulated/coach-steady"))
    assert reply.usage.input_tokens == sum(-(-len(text) // 4) for text in TEXTS)


def _nearness(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))
