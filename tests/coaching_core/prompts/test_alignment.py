"""The equal stretches of two sequences, with all the effort there is and with none."""

from __future__ import annotations

import difflib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.prompts.alignment import Block, Effort, matching_blocks

PLENTY = 1_000_000
FEW_LETTERS = st.lists(st.sampled_from("abc"), max_size=14)
MANY_LETTERS = st.lists(st.sampled_from("abcdefghijklmnop"), max_size=14)
EITHER = FEW_LETTERS | MANY_LETTERS


def blocks_of(old: str, new: str, pairs: int = PLENTY) -> list[tuple[int, int, int]]:
    return [(block.old, block.new, block.size) for block in matching_blocks(old, new, Effort(pairs))]


@given(old=EITHER, new=EITHER, pairs=st.sampled_from([0, 10, 40, PLENTY]))
def test_blocks_are_equal_in_order_apart_and_joined(old: list[str], new: list[str], pairs: int) -> None:
    blocks = matching_blocks(old, new, Effort(pairs))

    for block in blocks:
        assert block.size > 0
        assert old[block.old : block.old + block.size] == new[block.new : block.new + block.size]
        assert block.old + block.size <= len(old)
    for one, following in pairwise(blocks):
        assert one.old + one.size <= following.old
        assert one.new + one.size <= following.new
        assert (one.old + one.size, one.new + one.size) != (following.old, following.new)


@given(same=EITHER, pairs=st.sampled_from([0, PLENTY]))
def test_a_sequence_is_all_equal_to_itself(same: list[str], pairs: int) -> None:
    assert matching_blocks(same, same, Effort(pairs)) == ((Block(0, 0, len(same)),) if same else ())


@given(old=MANY_LETTERS, new=MANY_LETTERS)
def test_with_effort_nothing_is_missed_between_the_equal_ends(old: list[str], new: list[str]) -> None:
    found = sum(block.size for block in matching_blocks(old, new, Effort()))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)

    assert found >= len(set(old) & set(new) and set(old[:1]) & set(new[:1]))
    assert bool(found) == bool(set(old) & set(new))
    assert found >= matcher.find_longest_match().size * (old[:1] != new[:1] and old[-1:] != new[-1:])


@pytest.mark.parametrize(
    ("old", "new", "blocks"),
    [
        ("abcd", "abXcd", [(0, 0, 2), (2, 3, 2)]),
        ("abcd", "abcd", [(0, 0, 4)]),
        ("aXb", "aYb", [(0, 0, 1), (2, 2, 1)]),
        ("aaa", "aa", [(0, 0, 2)]),
        ("aa", "aaaa", [(0, 0, 2)]),
        ("XabcY", "ZabcW", [(1, 1, 3)]),
        ("XabYcdZ", "UcdVabW", [(1, 4, 2)]),
        ("abc", "xyz", []),
        ("", "abc", []),
    ],
)
def test_examples(old: str, new: str, blocks: list[tuple[int, int, int]]) -> None:
    assert blocks_of(old, new) == blocks


@pytest.mark.parametrize(
    ("old", "new", "blocks"),
    [
        ("XaYbZ", "UaVbW", [(1, 1, 1), (3, 3, 1)]),
        ("XabcY", "UabcV", [(1, 1, 3)]),
        ("XabcdY", "UbcdaV", [(2, 1, 3)]),
        ("XabcdY", "UdabcV", [(1, 2, 3)]),
        ("XedcbaY", "UabcdeV", [(5, 1, 1)]),
        ("XaaYmZaaW", "UaaVmTaaS", [(4, 4, 1)]),
        ("XaamaaY", "UaamaaV", [(1, 1, 5)]),
        ("XaaY", "UaaV", []),
        ("XpaaqY", "UpaaqV", [(1, 1, 4)]),
    ],
)
def test_without_effort_what_occurs_once_divides(old: str, new: str, blocks: list[tuple[int, int, int]]) -> None:
    assert blocks_of(old, new, pairs=0) == blocks


def test_effort_is_taken_until_it_is_spent() -> None:
    effort = Effort(10)

    assert effort.spend(4)
    assert not effort.spend(7)
    assert effort.pairs == 6
    assert effort.spend(6)
    assert not effort.spend(1)
    assert effort.spend(0)


def test_the_cost_of_a_search_is_its_equal_pairs_and_its_elements() -> None:
    effort = Effort(100)
    matching_blocks("XaabY", "UbaaV", effort)
    assert effort.pairs == 100 - (5 + 5 + 5)
    matching_blocks("same", "same", effort)
    assert effort.pairs == 85
    assert blocks_of("XaabY", "UbaaV", pairs=15) == [(1, 2, 2)]
    assert blocks_of("XaabY", "UbaaV", pairs=14) == [(3, 1, 1)]


def test_the_equal_ends_cost_nothing() -> None:
    effort = Effort(4)

    assert [block.size for block in matching_blocks("aaaaXYaaaa", "aaaaUVaaaa", effort)] == [4, 4]
    assert effort.pairs == 0
