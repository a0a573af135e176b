"""The three wires, each with its own adapter and a model, and how to ask through it in a loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from coaching_core.llm.providers.anthropic import AnthropicProvider
from coaching_core.llm.providers.bedrock import BedrockProvider
from coaching_core.llm.providers.native import NativeProvider
from coaching_core.llm.providers.openai import OpenAIProvider
from coaching_core.llm.types import CompletionRequest, Provider, ProviderReply, TextDelta
from tests.wire.client import WireServer, ask


@dataclass(frozen=True)
class Wire:
    """A vendor's protocol."""

    name: str
    model: str
    adapter: type[NativeProvider]

    def ask(self, **changes: Any) -> CompletionRequest:
        """A question to this wire's model."""
        return ask(**({"model": self.model} | changes))


WIRES = (
    Wire("openai", "openai/gpt-4o", OpenAIProvider),
    Wire("anthropic", "anthropic/claude-sonnet-4-5", AnthropicProvider),
    Wire("bedrock", "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", BedrockProvider),
)
EACH_WIRE = pytest.mark.parametrize("vendor", WIRES, ids=lambda wire: wire.name)
Answer = ProviderReply | list[TextDelta | ProviderReply]
Call = Callable[[Provider, CompletionRequest], Awaitable[Answer]]


async def completed(provider: Provider, request: CompletionRequest) -> Answer:
    return await provider.complete(request)


async def streamed(provider: Provider, request: CompletionRequest) -> Answer:
    return [piece async for piece in provider.stream(request)]


BOTH = pytest.mark.parametrize("call", [completed, streamed], ids=["whole", "streamed"])


def last(answer: Answer) -> ProviderReply:
    """The reply, however it came."""
    reply = answer[-1] if isinstance(answer, list) else answer
    assert isinstance(reply, ProviderReply)
    return reply


def use(provider: Provider, work: Callable[[Provider], Awaitable[Any]]) -> Any:
    """Work with a provider in a loop of its own, and leave no connection behind."""

    async def work_and_close() -> Any:
        try:
            return await work(provider)
        finally:
            await provider.aclose()

    return asyncio.run(work_and_close())


def answer_of(vendor: Wire, server: WireServer, call: Call, **changes: Any) -> Answer:
    """One question through the wire's own adapter."""
    answer: Answer = use(vendor.adapter(server.settings()), lambda provider: call(provider, vendor.ask(**changes)))
    return answer
