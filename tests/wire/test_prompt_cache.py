"""What the simulated prompt caches read and write, against the providers' rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import WireUsage
from tests.wire.prompt_cache import PromptCache
from tests.wire.question import Block, tokens_of

LONG = "x" * 4 * 1024
"""The shortest text that is cached."""


class Clock:
    """Seconds that pass when told."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def usage_of(blocks: tuple[Block, ...]) -> WireUsage:
    """The usage before the cache is asked."""
    return WireUsage(max(1, tokens_of(sum(len(block.text) for block in blocks))), 5)


def ask(cache: PromptCache, *blocks: Block, model: str = "m") -> tuple[int, int, int, int]:
    """Fresh, read, written for five minutes, written for an hour."""
    usage = cache.marked(model, blocks, usage_of(blocks))
    return _split(usage)


def _split(usage: WireUsage) -> tuple[int, int, int, int]:
    hour = usage.cache_write_1h_tokens
    return usage.fresh_tokens, usage.cached_tokens, usage.cache_write_tokens - hour, hour


def cached(cache: PromptCache, *blocks: Block, model: str = "m") -> int:
    """What OpenAI would call cached."""
    return cache.automatic(model, blocks, usage_of(blocks)).cached_tokens


def test_a_marked_prefix_is_written_once_and_then_read() -> None:
    cache, system, said = PromptCache(), Block("system", LONG, "5m"), Block("user", "y" * 400)
    assert ask(cache, system, said) == (100, 0, 1024, 0)
    assert ask(cache, system, Block("user", "z" * 40)) == (10, 1024, 0, 0)


def test_less_than_1024_tokens_are_not_cached() -> None:
    cache, system = PromptCache(), Block("system", LONG[4:], "5m")
    assert ask(cache, system) == ask(cache, system) == (1023, 0, 0, 0)


def test_an_unmarked_prompt_is_not_cached() -> None:
    cache = PromptCache()
    assert ask(cache, Block("user", LONG)) == ask(cache, Block("user", LONG)) == (1024, 0, 0, 0)


def test_a_longer_prompt_reads_what_it_can_and_writes_the_rest() -> None:
    cache, system = PromptCache(), Block("system", LONG, "1h")
    ask(cache, system)
    assert ask(cache, system, Block("user", "y" * 400, "5m"), Block("user", "z" * 4)) == (1, 1024, 100, 0)


def test_a_mark_that_moved_on_finds_the_prefix_it_marked_before() -> None:
    cache, turn = PromptCache(), Block("user", LONG)
    ask(cache, Block("user", LONG, "5m"))
    assert ask(cache, turn, Block("assistant", "a" * 4), Block("user", "b" * 4, "5m")) == (0, 1024, 2, 0)


def test_the_search_goes_back_twenty_blocks_and_no_further() -> None:
    turns = tuple(Block("user", "abcd") for _ in range(19))
    for extra, read in ((turns, 1024), ((*turns, turns[0]), 0)):
        cache = PromptCache()
        ask(cache, Block("user", LONG, "5m"))
        assert ask(cache, Block("user", LONG), *extra, Block("user", "last", "5m"))[1] == read


@pytest.mark.parametrize(("ttl", "seconds"), [("5m", 300), ("1h", 3600)])
def test_a_prefix_is_kept_until_its_time_after_its_last_use(ttl: str, seconds: int) -> None:
    clock = Clock()
    cache, system = PromptCache(clock), Block("system", LONG, ttl)
    ask(cache, system)
    for _ in range(2):
        clock.seconds += seconds - 1
        assert ask(cache, system)[1] == 1024
    clock.seconds += seconds
    assert ask(cache, system)[1] == 0


def test_an_hour_is_not_cut_short_by_a_later_mark_of_five_minutes() -> None:
    clock = Clock()
    cache = PromptCache(clock)
    for ttl in ("1h", "5m"):
        ask(cache, Block("system", LONG, ttl))
    clock.seconds = 3599
    assert ask(cache, Block("system", LONG, "5m"))[1] == 1024


def test_a_prefix_found_by_going_back_is_kept_longer_for_it() -> None:
    clock = Clock()
    cache = PromptCache(clock)
    ask(cache, Block("user", LONG, "5m"))
    for seconds in (299, 598):
        clock.seconds = seconds
        assert ask(cache, Block("user", LONG), Block("user", f"turn at {seconds}", "5m"))[1] == 1024


def test_an_hours_writes_are_told_apart() -> None:
    blocks = Block("tools", LONG, "1h"), Block("system", "y" * 800, "5m"), Block("user", "z" * 40)
    assert ask(PromptCache(), *blocks) == (10, 0, 200, 1024)


def test_models_and_roles_share_nothing() -> None:
    cache = PromptCache()
    ask(cache, Block("system", LONG, "5m"))
    assert ask(cache, Block("system", LONG, "5m"), model="other")[1] == 0
    assert ask(cache, Block("user", LONG, "5m"))[1] == 0


def test_openai_reports_steps_of_128_from_1024_on() -> None:
    cache = PromptCache()
    assert cached(cache, Block("system", LONG + "x" * 128 * 4), Block("user", "y" * 100)) == 0
    assert cached(cache, Block("system", LONG + "x" * 128 * 4), Block("user", "z" * 100)) == 1152
    assert cached(cache, Block("system", LONG + "x" * 127 * 4)) == 1024
    assert cached(cache, Block("system", LONG[4:])) == 0
    assert cached(cache, Block("system", LONG), model="other") == 0
    assert cached(cache, Block("user", LONG)) == 0


def test_openai_forgets_after_five_minutes() -> None:
    clock = Clock()
    cache = PromptCache(clock)
    cached(cache, Block("user", LONG))
    clock.seconds = 299
    assert cached(cache, Block("user", LONG)) == 1024
    clock.seconds = 600
    assert cached(cache, Block("user", LONG)) == 0


TEXTS = st.sampled_from(["x" * 1, "x" * 333, "y" * 2001, LONG, LONG + "tail", "z" * 5001])
BLOCKS = st.builds(Block, st.sampled_from(["system", "user"]), TEXTS, st.sampled_from([None, "5m", "1h"]))


@given(st.lists(st.lists(BLOCKS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_the_split_is_exact(prompts: list[list[Block]]) -> None:
    marked, automatic = PromptCache(), PromptCache()
    for prompt in prompts:
        blocks = tuple(prompt)
        whole = usage_of(blocks)
        for usage in (marked.marked("m", blocks, whole), automatic.automatic("m", blocks, whole)):
            parts = _split(usage)
            assert usage.input_tokens == whole.input_tokens == sum(parts)
            assert min(parts) >= 0
