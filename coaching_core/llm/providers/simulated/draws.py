"""Chance that repeats: every choice draws from a stream of its own (common random numbers).

A draw depends on the seed, the model, the conversation without its system messages and the name of the aspect. It
does not depend on the prompt, so an edit of the prompt changes what its instructions change and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from coaching_core.llm.types import CompletionRequest

T = TypeVar("T")


def key_of(*parts: object) -> bytes:
    """A digest that stands for ``parts``, which must be JSON values."""
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Draws:
    """The streams of one call.

    Attributes:
        key: Stands for seed, model and conversation.
    """

    key: bytes

    @classmethod
    def of_request(cls, request: CompletionRequest) -> Draws:
        """The streams of a request; its system messages and temperature play no part."""
        spoken = [[m.role, m.content] for m in request.messages if m.role != "system"]
        return cls(key_of(request.seed or 0, request.model, spoken))

    def uniform(self, aspect: str) -> float:
        """A number in [0, 1) that belongs to ``aspect``."""
        digest = hashlib.blake2b(aspect.encode(), key=self.key, digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def pick(self, aspect: str, pool: Sequence[T]) -> T:
        """One of ``pool``, which must not be empty."""
        return pool[int(self.uniform(aspect) * len(pool))]

    def shuffled(self, aspect: str, pool: Sequence[T]) -> list[T]:
        """All of ``pool`` in an order that belongs to ``aspect``."""
        order = sorted(range(len(pool)), key=lambda index: self.uniform(f"{aspect}/{index}"))
        return [pool[index] for index in order]
