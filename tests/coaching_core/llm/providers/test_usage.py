"""Tokens as vendors report them, read exactly; figures that cannot be true are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from coaching_core.llm.providers import anthropic, bedrock, openai
from coaching_core.llm.types import Usage

Reader = Callable[[Mapping[str, Any]], Usage | None]


@pytest.mark.parametrize(
    ("document", "usage"),
    [
        ({"usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}}, Usage(9, 12)),
        (
            {
                "usage": {
                    "prompt_tokens": 2006,
                    "completion_tokens": 300,
                    "total_tokens": 2306,
                    "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
                    "completion_tokens_details": {"reasoning_tokens": 192, "accepted_prediction_tokens": 0},
                },
                "service_tier": "default",
            },
            Usage(2006, 300, 1920),
        ),
        (
            {"usage": {"prompt_tokens": 5, "completion_tokens": 2}, "service_tier": "flex"},
            Usage(5, 2, service_tier="flex"),
        ),
        ({"usage": {"prompt_tokens": 5, "completion_tokens": 2}, "service_tier": "auto"}, Usage(5, 2)),
        (
            {
                "usage": {
                    "prompt_tokens": 5000,
                    "completion_tokens": 2,
                    "prompt_tokens_details": {"cached_tokens": 1000, "cache_write_tokens": 3000},
                }
            },
            Usage(5000, 2, 1000, 3000),
        ),
        # xAI's and Gemini's servers count the reasoning beside the answer, in the total only.
        ({"usage": {"prompt_tokens": 30, "completion_tokens": 10, "total_tokens": 340}}, Usage(30, 310)),
        ({"usage": {"prompt_tokens": 8, "completion_tokens": 0, "total_tokens": 8}}, Usage(8, 0)),
        ({"usage": {"prompt_tokens": 8, "completion_tokens": 1, "prompt_tokens_details": None}}, Usage(8, 1)),
    ],
)
def test_openai(document: dict[str, Any], usage: Usage) -> None:
    assert openai.usage_of(document) == usage


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"input_tokens": 10, "output_tokens": 5}, Usage(10, 5)),
        (
            {
                "input_tokens": 21,
                "cache_creation_input_tokens": 188086,
                "cache_read_input_tokens": 1500,
                "cache_creation": {"ephemeral_5m_input_tokens": 456, "ephemeral_1h_input_tokens": 187630},
                "output_tokens": 393,
                "service_tier": "standard",
            },
            Usage(21 + 188086 + 1500, 393, 1500, 188086, 187630),
        ),
        (
            {"input_tokens": 3, "output_tokens": 5, "service_tier": "priority", "cache_creation": None},
            Usage(3, 5, service_tier="priority"),
        ),
        ({"input_tokens": 0, "cache_read_input_tokens": 2048, "output_tokens": 5}, Usage(2048, 5, 2048)),
    ],
)
def test_anthropic(usage: dict[str, Any], read: Usage) -> None:
    assert anthropic.usage_of({"usage": usage}) == read


@pytest.mark.parametrize(
    ("document", "read"),
    [
        ({"usage": {"inputTokens": 125, "outputTokens": 60, "totalTokens": 185}}, Usage(125, 60)),
        (
            {
                "usage": {
                    "inputTokens": 6,
                    "outputTokens": 503,
                    "totalTokens": 5209,
                    "cacheReadInputTokens": 3000,
                    "cacheWriteInputTokens": 1700,
                    "cacheDetails": [{"ttl": "1h", "inputTokens": 1200}, {"ttl": "5m", "inputTokens": 500}],
                },
                "serviceTier": {"type": "flex"},
            },
            Usage(4706, 503, 3000, 1700, 1200, "flex"),
        ),
        (
            {
                "usage": {"inputTokens": 6, "outputTokens": 5, "totalTokens": 11, "cacheReadInputTokens": 3000},
                "serviceTier": {"type": "default"},
            },
            Usage(3006, 5, 3000),
        ),
        ({"usage": {"inputTokens": 6, "outputTokens": 5, "totalTokens": 111}}, Usage(6, 105)),
    ],
)
def test_bedrock(document: dict[str, Any], read: Usage) -> None:
    assert bedrock.usage_of(document) == read


_READERS = (openai.usage_of, anthropic.usage_of, bedrock.usage_of)
_NO_USAGE: tuple[object, ...] = (None, {}, 7)
_OPENAI = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
_ANTHROPIC = {"input_tokens": 100, "output_tokens": 10, "cache_creation_input_tokens": 50, "cache_read_input_tokens": 5}
_BEDROCK = {"inputTokens": 100, "outputTokens": 10, "totalTokens": 110}


@pytest.mark.parametrize(
    ("read", "usage"),
    [
        *((reader, usage) for reader in _READERS for usage in _NO_USAGE),
        (openai.usage_of, _OPENAI | {"prompt_tokens": 0}),
        (openai.usage_of, _OPENAI | {"prompt_tokens": -100}),
        (openai.usage_of, _OPENAI | {"completion_tokens": -1}),
        (openai.usage_of, _OPENAI | {"completion_tokens": None}),
        (openai.usage_of, _OPENAI | {"completion_tokens": "10"}),
        (openai.usage_of, _OPENAI | {"completion_tokens": True}),
        (openai.usage_of, _OPENAI | {"completion_tokens": 10.5}),
        (openai.usage_of, _OPENAI | {"total_tokens": 109}),
        (openai.usage_of, _OPENAI | {"prompt_tokens_details": {"cached_tokens": 101}}),
        (openai.usage_of, _OPENAI | {"prompt_tokens_details": {"cached_tokens": -1}}),
        (openai.usage_of, _OPENAI | {"prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 60}}),
        (anthropic.usage_of, _ANTHROPIC | {"input_tokens": -1}),
        (anthropic.usage_of, _ANTHROPIC | {"input_tokens": None}),
        (anthropic.usage_of, _ANTHROPIC | {"output_tokens": -1}),
        (anthropic.usage_of, _ANTHROPIC | {"cache_read_input_tokens": -1}),
        (anthropic.usage_of, _ANTHROPIC | {"cache_creation": {"ephemeral_1h_input_tokens": 51}}),
        (anthropic.usage_of, {"input_tokens": 0, "output_tokens": 10}),
        (bedrock.usage_of, _BEDROCK | {"inputTokens": -1}),
        (bedrock.usage_of, _BEDROCK | {"outputTokens": -1}),
        (bedrock.usage_of, _BEDROCK | {"totalTokens": 109}),
        (bedrock.usage_of, _BEDROCK | {"cacheWriteInputTokens": -1}),
        (bedrock.usage_of, _BEDROCK | {"cacheDetails": [{"ttl": "1h", "inputTokens": 1}]}),
    ],
)
def test_what_cannot_be_true_is_none(read: Reader, usage: object) -> None:
    assert read({"usage": usage}) is None
