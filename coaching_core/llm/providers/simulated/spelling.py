"""Forgives typos: brings a misspelt word back to the keyword it was meant to be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from coaching_core.llm.providers.simulated import lexicon
from coaching_core.llm.providers.simulated.plain_words import PLAIN_WORDS

_SHORTEST, _MIDDLE, _LONG = 4, 5, 9


def distance(left: str, right: str) -> int:
    """Edits between two words: insertions, deletions, substitutions and swaps of neighbours (OSA distance)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _shortened(word: str, depth: int) -> Iterator[str]:
    yield word
    if depth:
        for index in range(len(word)):
            yield from _shortened(word[:index] + word[index + 1 :], depth - 1)


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[str, ...]]:
    index: dict[str, set[str]] = {}
    for word in lexicon.KEYWORDS:
        if len(word) >= _SHORTEST:
            for form in _shortened(word, 2 if len(word) >= _LONG else 1):
                index.setdefault(form, set()).add(word)
    return {form: tuple(sorted(words)) for form, words in index.items()}


def _near(word: str, keyword: str) -> bool:
    shorter = min(len(word), len(keyword))
    if shorter < _MIDDLE:
        return sorted(word) == sorted(keyword) and distance(word, keyword) == 1
    return distance(word, keyword) <= (2 if shorter >= _LONG else 1)


@lru_cache(maxsize=20_000)
def corrected(word: str) -> str:
    """The keyword nearest to ``word``, or ``word`` itself when it is a word of its own or nothing is near."""
    known = word in lexicon.KEYWORDS or word in lexicon.IMPERATIVES or word in PLAIN_WORDS
    if known or not _SHORTEST <= len(word) <= 20 or word in lexicon.SUBJECTS:
        if word == "aks":
            return "ask"
        return word
    forms = _shortened(word, 2 if len(word) >= _LONG else 1)
    candidates = {keyword for form in forms for keyword in _index().get(form, ())}
    near = [keyword for keyword in candidates if _near(word, keyword)]
    return min(near, key=lambda keyword: (distance(word, keyword), keyword), default=word)
