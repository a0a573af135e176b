"""Writes sets of words down in a readable way."""

from __future__ import annotations


def word_set(text: str, separator: str | None = None) -> frozenset[str]:
    """The words of ``text``, cut at white space or at ``separator``."""
    return frozenset(text.split(separator))
