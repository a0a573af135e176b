"""Vectors of simulated embeddings: texts with words, or parts of words, in common lie near each other."""

from __future__ import annotations

import hashlib
import math
import re

DEFAULT_DIMENSIONS = 256
_WORD = re.compile(r"\w+")
_PART_LENGTH = 3


def vector_of(text: str, dimensions: int = DEFAULT_DIMENSIONS) -> tuple[float, ...]:
    """A vector of length 1 for a text; the same text gives the same vector, on any machine.

    Each word counts once, its parts of three letters half as much (feature hashing, Weinberger et al. 2009).
    """
    values = [0.0] * dimensions
    for word in _WORD.findall(text.lower()) or [""]:
        _add(values, word, 1.0)
        for start in range(len(word) - _PART_LENGTH + 1):
            _add(values, f"#{word[start : start + _PART_LENGTH]}", 0.5)
    length = math.sqrt(math.fsum(value * value for value in values))
    if not length:
        return (1.0, *values[1:])
    return tuple(value / length for value in values)


def _add(values: list[float], feature: str, weight: float) -> None:
    digest = int.from_bytes(hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    values[(digest >> 1) % len(values)] += weight if digest & 1 else -weight
