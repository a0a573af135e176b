"""What 40 replies cost, worked out by hand from the price list (USD per million tokens), for the three providers.

Each expected cost is written as the sum it was worked out by; no code of ours makes these numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.llm.prices import load_price_table
from coaching_core.llm.providers import anthropic, bedrock, openai
from coaching_core.llm.types import Usage

TABLE = load_price_table(Path(__file__).resolve().parents[3] / "datasets", None)

SONNET = "anthropic/claude-sonnet-4-5"
SONNET_BEDROCK = "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0"
OLD_SONNET_BEDROCK = "bedrock/anthropic.claude-sonnet-4-20250514-v1:0"
HAIKU_BEDROCK = "bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0"


def asked(prompt: int, completion: int, cached: int = 0, written: int | None = None, tier: str = "default") -> Any:
    """A chat completion's counts; ``reasoning_tokens`` are among the completion's."""
    details = {"cached_tokens": cached, "audio_tokens": 0} | (
        {} if written is None else {"cache_write_tokens": written}
    )
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": details,
        "completion_tokens_details": {"reasoning_tokens": completion // 2, "audio_tokens": 0},
    }
    return {"object": "chat.completion", "service_tier": tier, "usage": usage}


def messaged(fresh: int, output: int, read: int = 0, five: int = 0, hour: int = 0, tier: str = "standard") -> Any:
    """A message's counts; ``input_tokens`` are the fresh ones only."""
    usage = {
        "input_tokens": fresh,
        "cache_creation_input_tokens": five + hour,
        "cache_read_input_tokens": read,
        "cache_creation": {"ephemeral_5m_input_tokens": five, "ephemeral_1h_input_tokens": hour},
        "output_tokens": output,
        "service_tier": tier,
    }
    return {"type": "message", "usage": usage}


def conversed(fresh: int, output: int, read: int | None = None, written: int = 0, hour: int = 0) -> Any:
    """A Converse reply's counts; ``inputTokens`` are the fresh ones only."""
    cached: dict[str, Any] = {} if read is None else {"cacheReadInputTokens": read, "cacheWriteInputTokens": written}
    if hour:
        cached["cacheDetails"] = [{"ttl": "1h", "inputTokens": hour}, {"ttl": "5m", "inputTokens": written - hour}]
    total = fresh + output + (read or 0) + written
    return {"usage": {"inputTokens": fresh, "outputTokens": output, "totalTokens": total} | cached}


FLEX = {"serviceTier": {"type": "flex"}}


OPENAI = [
    # gpt-4o: input 2.50, cached 1.25, output 10
    ("openai/gpt-4o", asked(1_000, 500), "0.0025 + 0.005"),
    ("openai/gpt-4o", asked(1_000, 500, 400), "0.0015 + 0.0005 + 0.005"),
    ("openai/gpt-4o", asked(3, 1), "0.0000075 + 0.00001"),
    ("openai/gpt-4o", {"usage": {"prompt_tokens": 7, "completion_tokens": 0, "total_tokens": 7}}, "0.0000175"),
    # gpt-4o-mini: 0.15, cached 0.075, output 0.60; priority 0.25, 0.125, 1.00
    ("openai/gpt-4o-mini", asked(2_048, 300, 1_920), "0.0000192 + 0.000144 + 0.00018"),
    ("openai/gpt-4o-mini", asked(2_048, 300, 1_920, tier="priority"), "0.000032 + 0.00024 + 0.0003"),
    # gpt-4.1-mini: 0.40, cached 0.10, output 1.60; writing to its cache is not priced apart
    ("openai/gpt-4.1-mini", asked(10_000, 1_000, 2_560, 1_024), "0.002976 + 0.000256 + 0.0016"),
    # gpt-5-mini: 0.25, 0.025, 2; flex 0.125, 0.0125, 1; priority 0.45, 0.045, 3.60
    ("openai/gpt-5-mini", asked(4_000, 900, 3_072), "0.000232 + 0.0000768 + 0.0018"),
    ("openai/gpt-5-mini", asked(4_000, 900, 3_072, tier="flex"), "0.000116 + 0.0000384 + 0.0009"),
    ("openai/gpt-5-mini", asked(4_000, 900, 3_072, tier="priority"), "0.0004176 + 0.00013824 + 0.00324"),
    # gpt-5.1: 1.25, 0.125, 10
    ("openai/gpt-5.1", asked(100_000, 20_000, 99_968), "0.00004 + 0.012496 + 0.2"),
    # gpt-5.5: 5, 0.50, 30; above 272,000 tokens of input 10, 1, 45; flex above it 5, 0.50, 22.50
    ("openai/gpt-5.5", asked(272_000, 1_000), "1.36 + 0.03"),
    ("openai/gpt-5.5", asked(272_001, 1_000, 128), "2.71873 + 0.000128 + 0.045"),
    ("openai/gpt-5.5", asked(300_000, 1_000, 100_000, tier="flex"), "1 + 0.05 + 0.0225"),
    # gpt-5.6: 4, cached 0.40, written 5, output 20; above 272,000: 8, 0.80, 10, 30
    ("openai/gpt-5.6", asked(5_000, 200, 2_048, 1_024), "0.007712 + 0.0008192 + 0.00512 + 0.004"),
    ("openai/gpt-5.6", asked(280_000, 200, 2_000, 200_000), "0.624 + 0.0016 + 2 + 0.006"),
    # text-embedding-3-small: 0.02, and no output
    ("openai/text-embedding-3-small", asked(8_000, 0), "0.00016"),
]

ANTHROPIC = [
    # Sonnet 4.5: input 3, read 0.30, written 3.75, for an hour 6, output 15
    (SONNET, messaged(1_000, 300), "0.003 + 0.0045"),
    (SONNET, messaged(120, 350, read=2_400), "0.00036 + 0.00072 + 0.00525"),
    (SONNET, messaged(120, 350, five=2_400), "0.00036 + 0.009 + 0.00525"),
    (SONNET, messaged(120, 350, hour=2_400), "0.00036 + 0.0144 + 0.00525"),
    (SONNET, messaged(21, 393, read=1_500, five=148, hour=100), "0.000063 + 0.00045 + 0.000555 + 0.0006 + 0.005895"),
    # without the split by time, all was written for five minutes
    (SONNET, {"usage": {"input_tokens": 4, "cache_creation_input_tokens": 1_024, "output_tokens": 9}}, "0.003987"),
    # batches: 1.50, read 0.15, written 1.875, for an hour twice the input, output 7.50
    (SONNET, messaged(1_000, 300, read=500, five=200, tier="batch"), "0.0015 + 0.000075 + 0.000375 + 0.00225"),
    (SONNET, messaged(1_000, 300, hour=200, tier="batch"), "0.0015 + 0.0006 + 0.00225"),
    # Haiku 4.5: 1, 0.10, 1.25, 2, 5
    ("anthropic/claude-haiku-4-5", messaged(50, 80, read=4_096), "0.00005 + 0.0004096 + 0.0004"),
    # Opus 4.5: 5, 0.50, 6.25, 10, 25
    ("anthropic/claude-opus-4-5", messaged(900, 1_200, read=30_000, five=700), "0.0045 + 0.015 + 0.004375 + 0.03"),
    # Haiku 5.5: 0.10, 0.01, 0.125, 0.20, 0.50; above 100,000 of all input 0.50, 0.05, 0.625, 1, 2.50
    ("anthropic/claude-haiku-5-5", messaged(10_000, 400, read=90_000), "0.001 + 0.0009 + 0.0002"),
    ("anthropic/claude-haiku-5-5", messaged(10_001, 400, read=90_000), "0.0050005 + 0.0045 + 0.001"),
    ("anthropic/claude-haiku-5-5", messaged(1, 10, five=60_000, hour=50_000), "0.0000005 + 0.0375 + 0.05 + 0.000025"),
]

BEDROCK = [
    # Nova Lite: 0.06, read 0.015, output 0.24
    ("bedrock/amazon.nova-lite-v1:0", conversed(200, 500, 1_800), "0.000012 + 0.000027 + 0.00012"),
    # Nova Pro: 0.80, read 0.20, output 3.20; flex half of each
    ("bedrock/amazon.nova-pro-v1:0", conversed(12_345, 678, 9_000), "0.009876 + 0.0018 + 0.0021696"),
    ("bedrock/amazon.nova-pro-v1:0", conversed(12_345, 678, 9_000) | FLEX, "0.004938 + 0.0009 + 0.0010848"),
    # Claude Sonnet 4.5: 3, read 0.30, written 3.75, for an hour 6, output 15; above 200,000 of all input 6, 0.60, 7.50,
    # 22.50
    (SONNET_BEDROCK, conversed(40, 260, 0, 3_000, hour=1_000), "0.00012 + 0.0075 + 0.006 + 0.0039"),
    (SONNET_BEDROCK, conversed(40, 260, 3_000), "0.00012 + 0.0009 + 0.0039"),
    (SONNET_BEDROCK, conversed(0, 100, 150_000, 50_000), "0.045 + 0.1875 + 0.0015"),
    (SONNET_BEDROCK, conversed(1, 100, 150_000, 50_000), "0.000006 + 0.09 + 0.375 + 0.00225"),
    # Claude Sonnet 4: the same prices
    (OLD_SONNET_BEDROCK, conversed(500, 50, 1_000, 2_000), "0.0015 + 0.0003 + 0.0075 + 0.00075"),
    # Claude Haiku 4.5 in the United States: 1.10, read 0.11, written 1.375, output 5.50
    (HAIKU_BEDROCK, conversed(700, 150, 4_100, 60), "0.00077 + 0.000451 + 0.0000825 + 0.000825"),
    # Titan Embed Text 2: 0.02
    ("bedrock/amazon.titan-embed-text-v2:0", {"inputTextTokenCount": 512}, "0.00001024"),
]


def by_hand(sum_of: str) -> Decimal:
    return sum((Decimal(part) for part in sum_of.split(" + ")), Decimal(0))


def test_there_are_forty() -> None:
    assert len(OPENAI) + len(ANTHROPIC) + len(BEDROCK) == 40


@pytest.mark.parametrize(("model", "document", "sum_of"), [*OPENAI, *ANTHROPIC, *BEDROCK])
def test_a_reply_costs_what_the_price_list_says(model: str, document: Mapping[str, Any], sum_of: str) -> None:
    usage = _usage_of(model, document)
    assert usage is not None
    assert TABLE.cost(model, usage) == by_hand(sum_of)


def _usage_of(model: str, document: Mapping[str, Any]) -> Usage | None:
    if "inputTextTokenCount" in document:  # Titan counts a text, and answers with a vector
        return Usage(document["inputTextTokenCount"], 0)
    wire = {"openai": openai, "anthropic": anthropic, "bedrock": bedrock}[model.partition("/")[0]]
    found: Usage | None = wire.usage_of(document)
    return found
