"""What LiteLLM gave back, as our replies; what it made up is not taken."""

from __future__ import annotations

import json
from typing import Any

from coaching_core.errors import IncompleteReplyError
from coaching_core.llm.providers.replies import checked, tier_in
from coaching_core.llm.types import EmbeddingReply, EmbeddingRequest, ProviderReply, Usage


def usage_in(reply: Any) -> Usage | None:
    """The tokens of a reply or chunk; None when there are none, they contradict each other, or are invented (0)."""
    usage = getattr(reply, "usage", None)
    if usage is None or not usage.prompt_tokens:
        return None
    details = getattr(usage, "prompt_tokens_details", None)
    split = getattr(details, "cache_creation_token_details", None)
    return checked(
        Usage(
            input_tokens=usage.prompt_tokens,
            output_tokens=usage.completion_tokens or 0,
            cached_tokens=getattr(details, "cached_tokens", None) or 0,
            cache_write_tokens=getattr(usage, "cache_creation_input_tokens", None)
            or getattr(details, "cache_creation_tokens", None)
            or 0,
            cache_write_1h_tokens=getattr(split, "ephemeral_1h_input_tokens", None) or 0,
            service_tier=tier_in(getattr(reply, "service_tier", None)),
        )
    )


def whole_reply(model: str, reply: Any, body: object) -> ProviderReply:
    """A whole answer.

    Args:
        body: The raw body, as far as LiteLLM showed it.

    Raises:
        IncompleteReplyError: Without a choice, finish reason or usage on the wire.
    """
    text = (reply.choices[0].message.content or "") if reply.choices else ""
    usage = usage_in(reply)
    if not reply.choices or usage is None or not _is_whole(body):
        raise IncompleteReplyError(f"{model} sent no answer, or none with finish reason and usage. Try again.", text)
    return ProviderReply(text, reply.choices[0].finish_reason, usage)


def embedding_reply(request: EmbeddingRequest, reply: Any) -> EmbeddingReply:
    """A vector for each text.

    Raises:
        IncompleteReplyError: A vector or the usage is missing.
    """
    usage = usage_in(reply)
    rows = sorted(reply.data, key=lambda row: int(row["index"]))
    if usage is None or len(rows) != len(request.texts):
        raise IncompleteReplyError(f"{request.model} sent not a vector for each text, or no usage. Try again.")
    return EmbeddingReply(tuple(tuple(map(float, row["embedding"])) for row in rows), usage)


def _is_whole(body: object) -> bool:
    """A raw body of OpenAI's, Anthropic's or Bedrock's form has a finish reason and usage; others are not judged."""
    try:
        document = json.loads(str(body))
        if "choices" in document:
            finish = document["choices"][0].get("finish_reason")
        elif document.get("type") == "message" or "output" in document:
            finish = document.get("stop_reason") or document.get("stopReason")
        else:
            return True
    except (ValueError, TypeError, LookupError, AttributeError):
        return True
    return bool(finish and document.get("usage"))
