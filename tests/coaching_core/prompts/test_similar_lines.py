"""Which removed line became which added one."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.prompts import similar_lines
from coaching_core.prompts.similar_lines import SIMILAR_ENOUGH, pair_lines, similarity

LINES = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1, max_size=4).map(" ".join), max_size=5)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("ab", "ab", 1.0), ("abcd", "cdef", 0.5), ("abc", "c", 0.5), ("ab", "cd", 0.0), ("", "", 0.0), ("a", "", 0.0)],
)
def test_similarity_is_dices_coefficient(one: str, other: str, alike: float) -> None:
    assert similarity(frozenset(one), frozenset(other)) == alike


def test_lines_that_share_two_fifths_of_their_words_are_partners() -> None:
    assert SIMILAR_ENOUGH == 0.4
    assert pair_lines(["a b c d e"], ["a b x y z"]) == [(0, 0)]
    assert pair_lines(["a b c d e f"], ["a b x y z"]) == []
    assert pair_lines(["say, that"], ["say! this,"]) == [(0, 0)]


def test_the_pairing_that_shares_most_is_taken() -> None:
    assert pair_lines(["a b c", "d e f"], ["x", "a b d", "d e f"]) == [(0, 1), (1, 2)]
    assert pair_lines(["a b", "a b c"], ["a b c"]) == [(1, 0)]
    assert pair_lines(["a b c", "a b"], ["a b c"]) == [(0, 0)]
    assert pair_lines(["a b", "c d"], ["c d", "a b"]) in ([(0, 1)], [(1, 0)])


def _worth(old: list[str], new: list[str], pairs: list[tuple[int, int]]) -> float:
    return sum(similarity(frozenset(old[i].split()), frozenset(new[j].split())) for i, j in pairs)


@given(old=LINES, new=LINES)
def test_no_other_pairing_in_order_shares_more(old: list[str], new: list[str]) -> None:
    pairs = pair_lines(old, new)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(_worth(old, new, [pair]) >= SIMILAR_ENOUGH for pair in pairs)
    possible = [
        pair for pair in product(range(len(old)), range(len(new))) if _worth(old, new, [pair]) >= SIMILAR_ENOUGH
    ]
    best = 0.0
    for size in range(1, min(len(old), len(new), 3) + 1):
        for chosen in combinations(possible, size):
            if all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(chosen)):
                best = max(best, _worth(old, new, list(chosen)))
    assert _worth(old, new, pairs) >= best - 1e-9


def test_big_blocks_are_cut_into_parts_of_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_lines, "_MOST_COMPARISONS", 8)
    lines = [f"w{number} x{number}" for number in range(4)]

    assert pair_lines(lines, lines) == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert pair_lines(lines, [*lines[2:], *lines[:2]]) == []
    assert pair_lines(lines[:2], [lines[1], "y", lines[0], "z"]) in ([(0, 2)], [(1, 0)])
