"""Which removed line became which added line: the pairing that keeps order and shares most words."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIMILAR_ENOUGH = 0.4
"""Lines that share less of their words are shown as removed and added, not as changed."""

_MOST_COMPARISONS = 100_000
_WORD = re.compile(r"\w+|[^\w\s]")

_Words = frozenset[str]


def pair_lines(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of similar lines, as indexes, rising on both sides.

    The sum of the similarities is the greatest possible (alignment by dynamic programming). Blocks too big to compare
    every line with every other are cut into parts of the same relative place, so that the work stays bounded.
    """
    old_words, new_words = ([frozenset(_WORD.findall(line)) for line in side] for side in (old, new))
    parts = max(1, -(-len(old) * len(new) // _MOST_COMPARISONS))
    pairs: list[tuple[int, int]] = []
    for part in range(parts):
        i, i_end = (len(old) * edge // parts for edge in (part, part + 1))
        j, j_end = (len(new) * edge // parts for edge in (part, part + 1))
        pairs += [(i + one, j + other) for one, other in _best_pairs(old_words[i:i_end], new_words[j:j_end])]
    return pairs


def similarity(one: _Words, other: _Words) -> float:
    """Dice's coefficient of two sets of words: 0 nothing shared, 1 the same words."""
    size = len(one) + len(other)
    return 2 * len(one & other) / size if size else 0.0


def _best_pairs(old: Sequence[_Words], new: Sequence[_Words]) -> list[tuple[int, int]]:
    """``best[i][j]`` is the greatest sum that the first i and the first j lines can reach."""
    best = [[0.0] * (len(new) + 1)]
    for words in old:
        above, row = best[-1], [0.0]
        for j, others in enumerate(new):
            score = similarity(words, others)
            paired = above[j] + score if score >= SIMILAR_ENOUGH else 0.0
            row.append(max(paired, above[j + 1], row[j]))
        best.append(row)
    return _walk_back(best)


def _walk_back(best: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    i, j = len(best) - 1, len(best[0]) - 1
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]
