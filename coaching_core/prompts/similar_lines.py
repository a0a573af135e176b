"""Which removed line became which added line: the pairing that keeps order and shares most words."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIMILAR_ENOUGH = 0.4
"""Lines that share less of their words are shown as removed and added, not as changed."""

_MOST_COMPARISONS = 20_000
_WORD = re.compile(r"\w+|[^\w\s]")


def pair_lines(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of similar lines, as indexes, rising on both sides.

    The sum of the similarities is the greatest possible (alignment by dynamic programming). In big blocks only lines
    near the same relative place are compared, so that the work stays below 20,000 comparisons.
    """
    if not old or not new:
        return []
    old_words, new_words = ([frozenset(_WORD.findall(line)) for line in side] for side in (old, new))
    reach = max(2, _MOST_COMPARISONS // (2 * len(old)))
    best = [0.0] * (len(new) + 1)
    came_by: list[dict[int, bool]] = []
    for i, words in enumerate(old_words):
        best, steps = _next_row(words, new_words, best, _window(i, len(old), len(new), reach))
        came_by.append(steps)
    return _walk_back(came_by, len(new))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of two sets of words: 0 nothing shared, 1 the same words."""
    size = len(one) + len(other)
    return 2 * len(one & other) / size if size else 0.0


def _window(i: int, old: int, new: int, reach: int) -> range:
    centre = i * new // old
    return range(max(0, centre - reach), min(new, centre + reach + 1))


def _next_row(
    words: frozenset[str], others: Sequence[frozenset[str]], best: list[float], window: range
) -> tuple[list[float], dict[int, bool]]:
    """One row of the table: the best sum up to each added line, and where pairing was the best step."""
    row = list(best)
    paired: dict[int, bool] = {}
    for k in window:
        score = similarity(words, others[k])
        if score >= SIMILAR_ENOUGH and best[k] + score > max(best[k + 1], row[k]):
            row[k + 1] = best[k] + score
            paired[k] = True
        elif row[k] > best[k + 1]:
            row[k + 1] = row[k]
            paired[k] = False
    for k in range(window.stop, len(others)):
        if row[k] <= row[k + 1]:
            break
        row[k + 1] = row[k]
        paired[k] = False
    return row, paired


def _walk_back(came_by: Sequence[dict[int, bool]], columns: int) -> list[tuple[int, int]]:
    """``came_by[i][k]``: True, lines i and k are a pair; False, line k stays alone; absent, line i does."""
    pairs: list[tuple[int, int]] = []
    i, k = len(came_by) - 1, columns - 1
    while i >= 0 and k >= 0:
        step = came_by[i].get(k)
        if step:
            pairs.append((i, k))
            i, k = i - 1, k - 1
        elif step is False:
            k -= 1
        else:
            i -= 1
    return pairs[::-1]
