"""Typos are forgiven, words of their own are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.llm.providers.simulated.lexicon import IMPERATIVES, KEYWORDS, SUBJECTS
from coaching_core.llm.providers.simulated.plain_words import PLAIN_WORDS
from coaching_core.llm.providers.simulated.spelling import corrected, distance

SHORT = st.text(alphabet="abc", max_size=6)


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [
        ("", "abc", 3),
        ("ab", "", 2),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("ca", "abc", 3),
        ("abcd", "badc", 2),
        ("kitten", "sitting", 3),
        ("abcdef", "abXdef", 1),
    ],
)
def test_edits_between_words(left: str, right: str, edits: int) -> None:
    assert distance(left, right) == edits


@given(left=SHORT, right=SHORT)
def test_edits_are_symmetric_and_bounded(left: str, right: str) -> None:
    edits = distance(left, right)

    assert edits == distance(right, left)
    assert abs(len(left) - len(right)) <= edits <= max(len(left), len(right))
    assert (edits == 0) == (left == right)


@given(word=st.text(alphabet="abc", min_size=2, max_size=8), place=st.integers(0, 6))
def test_one_typo_is_one_edit(word: str, place: int) -> None:
    at = place % (len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    assert distance(word, word[:at] + word[at + 1 :]) == 1
    assert distance(word, word[:at] + "x" + word[at:]) == 1
    assert distance(word, word[:at] + "x" + word[at + 1 :]) == 1
    assert distance(word, swapped) == (swapped != word)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("opne", "open"),
        ("qustions", "questions"),
        ("questionss", "questions"),
        ("advcie", "advice"),
        ("clsoed", "closed"),
        ("feelngs", "feelings"),
        ("emtion", "emotion"),
        ("nmae", "name"),
        ("summarrise", "summarise"),
        ("acknowlegde", "acknowledge"),
        ("recmmendaton", "recommendation"),
        ("aks", "ask"),
    ],
)
def test_a_typo_is_taken_for_its_keyword(typo: str, meant: str) -> None:
    assert corrected(typo) == meant


@pytest.mark.parametrize("word", ["tups", "nam", "namme", "qustinos", "parphrse", "xyzzyx", "a" * 21, "abc"])
def test_what_is_too_short_or_too_far_stays(word: str) -> None:
    assert corrected(word) == word


def test_words_of_their_own_stay() -> None:
    for word in KEYWORDS | IMPERATIVES | SUBJECTS | PLAIN_WORDS:
        assert corrected(word) == word
