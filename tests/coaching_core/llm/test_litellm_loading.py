"""What is replaced inside LiteLLM, seen on the wire: a question arrives exactly as it was asked."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
from typing import Any

import pytest

from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.llm.providers.litellm_loading import load_litellm
from coaching_core.llm.types import CompletionRequest, Message
from tests.conftest import PROJECT
from tests.wire.client import WireServer, ask

pytest_plugins = ["tests.wire.fixtures"]

_MESSAGES = (
    Message("system", "You are a coach. {{not a placeholder}}"),
    Message("user", "Grüße — “quoted”, \\ and \u2028 and 🙂"),
    Message("assistant", '{"a": null}'),
    Message("user", ""),
)
_EVERYTHING = {"messages": _MESSAGES, "temperature": 0.0, "max_tokens": 50, "seed": 0, "json_object": True}


def body_of(wire: WireServer, request: CompletionRequest, streamed: bool) -> dict[str, Any]:
    async def send() -> None:
        provider = LiteLLMProvider(wire.settings())
        await provider.load()
        try:
            if streamed:
                async for _ in provider.stream(request):
                    pass
            else:
                await provider.complete(request)
        finally:
            await provider.aclose()

    asyncio.run(send())
    (call,) = wire.requests()
    return call.body


@pytest.mark.parametrize("streamed", [False, True])
def test_a_question_arrives_exactly_as_it_was_asked(wire: WireServer, streamed: bool) -> None:
    expected: dict[str, Any] = {
        "model": "gpt-4o",
        "messages": [{"role": message.role, "content": message.content} for message in _MESSAGES],
        "temperature": 0.0,
        "max_tokens": 50,
        "seed": 0,
        "response_format": {"type": "json_object"},
    }
    if streamed:
        expected |= {"stream": True, "stream_options": {"include_usage": True}}
    assert body_of(wire, ask(**_EVERYTHING), streamed) == expected


@pytest.mark.parametrize("streamed", [False, True])
def test_what_was_left_out_is_not_sent(wire: WireServer, streamed: bool) -> None:
    body = body_of(wire, ask(), streamed)
    assert set(body) - {"stream", "stream_options"} == {"model", "messages"}


def test_what_is_replaced_is_still_there_to_be_replaced() -> None:
    """A renamed function would make a replacement do nothing: in a fresh process both names must exist before."""
    code = (
        "import litellm.llms.openai.openai as a, openai.resources.chat.completions.completions as b; "
        "assert callable(a.drop_params_from_unprocessable_entity_error) and callable(b.async_maybe_transform)"
    )
    offline = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True"}
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=PROJECT, env=os.environ | offline, check=True)


def test_loading_twice_gives_the_same_module() -> None:
    first = load_litellm()
    assert load_litellm() is first is importlib.import_module("litellm")
