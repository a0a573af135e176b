"""Which parts of two sequences are the same, in bounded time.

``difflib`` finds what a person would call the same, but takes minutes when thousands of lines or words repeat. Here it
works only as long as it can afford to; beyond that, elements that occur once on both sides divide the sequences
(patience diff, Bram Cohen), and what cannot be divided counts as replaced.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """``size`` equal elements that start at ``old`` on one side and at ``new`` on the other."""

    old: int
    new: int
    size: int


@dataclass(slots=True)
class Effort:
    """How many pairs of equal elements may still be looked at; shared by all searches of one diff."""

    pairs: int = 1_000_000

    def spend(self, pairs: int) -> bool:
        """Take from what is left; False, and nothing taken, when it is not enough."""
        if pairs > self.pairs:
            return False
        self.pairs -= pairs
        return True


@dataclass(frozen=True, slots=True)
class _Span:
    old: int
    old_end: int
    new: int
    new_end: int


def matching_blocks(old: Sequence[str], new: Sequence[str], effort: Effort) -> tuple[Block, ...]:
    """The equal stretches of two sequences, in order, never overlapping, none empty, neighbours joined."""
    found: list[Block] = []
    waiting = [_Span(0, len(old), 0, len(new))]
    while waiting:
        span = _trimmed(old, new, waiting.pop(), found)
        if span.old == span.old_end or span.new == span.new_end:
            continue
        if effort.spend(_cost(old, new, span)):
            found += _difflib_blocks(old, new, span)
        else:
            anchors = _anchors(old, new, span)
            found += anchors
            waiting += _between(anchors, span)
    return tuple(_joined(sorted(found)))


def _trimmed(old: Sequence[str], new: Sequence[str], span: _Span, found: list[Block]) -> _Span:
    """The span without its equal head and tail, which go into ``found``."""
    shorter = min(span.old_end - span.old, span.new_end - span.new)
    head = 0
    while head < shorter and old[span.old + head] == new[span.new + head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[span.old_end - 1 - tail] == new[span.new_end - 1 - tail]:
        tail += 1
    inner = _Span(span.old + head, span.old_end - tail, span.new + head, span.new_end - tail)
    if head:
        found.append(Block(span.old, span.new, head))
    if tail:
        found.append(Block(inner.old_end, inner.new_end, tail))
    return inner


def _cost(old: Sequence[str], new: Sequence[str], span: _Span) -> int:
    """How many pairs of equal elements difflib would meet in its first pass, and at least one an element."""
    counts = Counter(new[span.new : span.new_end])
    pairs = sum(counts[element] for element in old[span.old : span.old_end])
    return pairs + span.old_end - span.old + span.new_end - span.new


def _difflib_blocks(old: Sequence[str], new: Sequence[str], span: _Span) -> Iterator[Block]:
    matcher = difflib.SequenceMatcher(None, old[span.old : span.old_end], new[span.new : span.new_end], autojunk=False)
    for match in matcher.get_matching_blocks():
        if match.size:
            yield Block(span.old + match.a, span.new + match.b, match.size)


def _anchors(old: Sequence[str], new: Sequence[str], span: _Span) -> list[Block]:
    """Elements that occur once on both sides, the longest chain of them that is in order on both."""
    once_old = _once(old, span.old, span.old_end)
    once_new = _once(new, span.new, span.new_end)
    pairs = [(i, once_new[element]) for element, i in once_old.items() if element in once_new]
    tops: list[int] = []
    chain_ends: list[int] = []
    before: list[int | None] = []
    for index, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(chain_ends[pile - 1] if pile else None)
        tops[pile : pile + 1] = [j]
        chain_ends[pile : pile + 1] = [index]
    chain: list[Block] = []
    step = chain_ends[-1] if chain_ends else None
    while step is not None:
        chain.append(Block(*pairs[step], 1))
        step = before[step]
    return chain[::-1]


def _once(elements: Sequence[str], start: int, end: int) -> dict[str, int]:
    counts = Counter(elements[start:end])
    return {elements[i]: i for i in range(start, end) if counts[elements[i]] == 1}


def _between(anchors: Sequence[Block], span: _Span) -> Iterator[_Span]:
    old, new = span.old, span.new
    if not anchors:
        return
    for anchor in anchors:
        yield _Span(old, anchor.old, new, anchor.new)
        old, new = anchor.old + 1, anchor.new + 1
    yield _Span(old, span.old_end, new, span.new_end)


def _joined(blocks: Sequence[Block]) -> Iterator[Block]:
    last: Block | None = None
    for block in blocks:
        if last and last.old + last.size == block.old and last.new + last.size == block.new:
            last = Block(last.old, last.new, last.size + block.size)
            continue
        if last:
            yield last
        last = block
    if last:
        yield last
