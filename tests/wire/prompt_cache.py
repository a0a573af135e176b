"""Prompt caches as the providers keep them, so that the tokens they report can be tested and priced.

A prefix counts from 1,024 tokens on. OpenAI caches every prompt by itself, in steps of 128 tokens, and reports what it
read. Anthropic and Bedrock cache the prefixes that the caller marks, and report what they read and what they wrote.
What is cached can be read from the next call on, for five minutes after its last use, or an hour if so marked.
Simpler than the real ones: a prefix counts as cached from the arrival of the call that wrote it, not from its answer.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.wire import WireUsage
from tests.wire.question import Block, tokens_of

MINIMUM_TOKENS = 1024
STEP_TOKENS = 128
LOOK_BACK_BLOCKS = 20
SECONDS = {"5m": 300.0, "1h": 3600.0}
_STEP_CHARACTERS = STEP_TOKENS * 4


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The prompt up to the end of one block."""

    key: bytes
    tokens: int
    ttl: str | None


class PromptCache:
    """Remembers prefixes of prompts by model.

    Args:
        now: Seconds on a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._expiry: dict[bytes, float] = {}
        self._kept_for: dict[bytes, str] = {}

    def forget(self) -> None:
        """Empty the cache."""
        self._expiry.clear()
        self._kept_for.clear()

    def automatic(self, model: str, blocks: tuple[Block, ...], usage: WireUsage) -> WireUsage:
        """The usage with what OpenAI would report as cached; remembers the prompt."""
        cached = 0
        keys = _step_keys(model, blocks)
        for steps, key in enumerate(keys, start=1):
            if self._holds(key):
                cached = steps * STEP_TOKENS
        for key in keys[MINIMUM_TOKENS // STEP_TOKENS - 1 :]:
            self._keep(key, "5m")
        return replace(usage, cached_tokens=cached)

    def marked(self, model: str, blocks: tuple[Block, ...], usage: WireUsage) -> WireUsage:
        """The usage with what Anthropic would report as read and written; remembers the marked prefixes."""
        prefixes = _prefixes(model, blocks)
        marks = [i for i, prefix in enumerate(prefixes) if prefix.ttl and prefix.tokens >= MINIMUM_TOKENS]
        read = self._longest_read(prefixes, marks)
        written = {"5m": 0, "1h": 0}
        done = read
        for index in marks:
            prefix = prefixes[index]
            ttl = prefix.ttl or "5m"
            if prefix.tokens > done:
                written[ttl] += prefix.tokens - done
                done = prefix.tokens
            self._keep(prefix.key, ttl)
        return replace(
            usage,
            cached_tokens=read,
            cache_write_tokens=written["5m"] + written["1h"],
            cache_write_1h_tokens=written["1h"],
        )

    def _longest_read(self, prefixes: list[_Prefix], marks: list[int]) -> int:
        """Tokens of the longest cached prefix that ends at a mark or at most 20 blocks before one."""
        for mark in reversed(marks):
            for index in range(mark, max(-1, mark - LOOK_BACK_BLOCKS - 1), -1):
                prefix = prefixes[index]
                if self._holds(prefix.key):
                    self._keep(prefix.key, self._kept_for[prefix.key])
                    return prefix.tokens
        return 0

    def _holds(self, key: bytes) -> bool:
        return self._expiry.get(key, float("-inf")) > self._now()

    def _keep(self, key: bytes, ttl: str) -> None:
        """Keep it from now on for as long as marked; a longer time that still runs is not cut short."""
        until = self._now() + SECONDS[ttl]
        if until >= self._expiry.get(key, 0.0) or not self._holds(key):
            self._expiry[key], self._kept_for[key] = until, ttl


def _step_keys(model: str, blocks: tuple[Block, ...]) -> list[bytes]:
    """A key for each whole step of the prompt."""
    digest, keys, room = hashlib.blake2b(model.encode(), digest_size=16), [], _STEP_CHARACTERS
    for block in blocks:
        digest.update(b"\0" + block.role.encode() + b"\0")
        rest = block.text
        while len(rest) >= room:
            digest.update(rest[:room].encode("utf-8", "surrogatepass"))
            rest, room = rest[room:], _STEP_CHARACTERS
            keys.append(digest.digest())
        digest.update(rest.encode("utf-8", "surrogatepass"))
        room -= len(rest)
    return keys


def _prefixes(model: str, blocks: tuple[Block, ...]) -> list[_Prefix]:
    digest, found, characters = hashlib.blake2b(model.encode(), digest_size=16), [], 0
    for block in blocks:
        digest.update(b"\0" + block.role.encode() + b"\0" + block.text.encode("utf-8", "surrogatepass"))
        characters += len(block.text)
        found.append(_Prefix(digest.digest(), tokens_of(characters), block.ttl))
    return found
