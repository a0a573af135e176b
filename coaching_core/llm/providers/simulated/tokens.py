"""Counts tokens in the simple way simulated models are accounted by."""

from __future__ import annotations

CHARACTERS_PER_TOKEN = 4


def count_tokens(text: str) -> int:
    """Tokens of ``text``: one for every four characters begun, 0 for nothing."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def cut_to_tokens(text: str, limit: int) -> str:
    """The longest beginning of ``text`` that has no more than ``limit`` tokens."""
    return text[: max(limit, 0) * CHARACTERS_PER_TOKEN]
