"""What the adapters' wires have in common on the way back: JSON, finish reasons, and counts that can be trusted."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from coaching_core.llm.providers.failures import incomplete
from coaching_core.llm.types import ProviderReply, Usage

FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "max_tokens": "length",
    "compaction": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
    "sensitive": "content_filter",
}
"""Other vendors' words in OpenAI's; a word that is not here stays as it is."""

_STANDARD_TIERS = ("default", "auto", "standard", "on_demand")


def parse_object(data: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        ValueError: It is none.
    """
    document = from_json(data)
    if not isinstance(document, dict):
        raise ValueError("not an object")
    return document


def text_in(value: object) -> str:
    """A text that may be missing.

    Raises:
        ValueError: It is something else than a text.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def count_in(value: object, missing: int = 0) -> int:
    """A count as a provider gave it; ``missing`` where there is none, -1 when it is no count."""
    if value is None:
        return missing
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def tier_in(value: object) -> str | None:
    """The service tier that has a price of its own; None for the standard one."""
    tier = value.lower() if isinstance(value, str) else ""
    return tier if tier and tier not in _STANDARD_TIERS else None


def checked(usage: Usage) -> Usage | None:
    """These counts, unless they cannot be true: a negative one, a part larger than its whole, a question of nothing."""
    parts = (usage.cached_tokens, usage.cache_write_tokens, usage.cache_write_1h_tokens, usage.output_tokens)
    if min(parts) < 0 or usage.input_tokens < 1:
        return None
    if usage.cached_tokens + usage.cache_write_tokens > usage.input_tokens:
        return None
    return usage if usage.cache_write_1h_tokens <= usage.cache_write_tokens else None


def whole_reply(model: str, text: str, finish_reason: object, usage: Usage | None) -> ProviderReply:
    """The reply, when it is one.

    Raises:
        IncompleteReplyError: Finish reason or usage is missing, or a text cost no tokens.
    """
    if not isinstance(finish_reason, str) or not finish_reason:
        raise incomplete(model, "finish reason", text)
    if usage is None or (text and not usage.output_tokens):
        raise incomplete(model, "usage that can be true", text)
    return ProviderReply(text, FINISH_REASONS.get(finish_reason, finish_reason), usage)
