"""Notices a variant that says (nearly) the same whatever it is asked: what it scores says nothing of the items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

FEWEST_ANSWERS = 5
"""Below so many answers, sameness is no news."""

SAME_FROM = 0.8
"""Share of a variant's answers from which it is noted."""

_ALIKE = 0.8
_CANDIDATES = 8
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ConstantOutput:
    """What a variant nearly always says.

    Attributes:
        text: One of the answers that are alike.
        alike: How many of them there are.
        answers: How many answers the variant gave.
    """

    text: str
    alike: int
    answers: int

    @property
    def note(self) -> str:
        """A sentence for people."""
        return (
            f"{self.alike} of {self.answers} answers are (nearly) the same text: “{' '.join(self.text.split())[:80]}”"
        )


def constant_output(answers: Sequence[str]) -> ConstantOutput | None:
    """What nearly all answers of a variant have in common.

    Two answers are alike when they share four of five pairs of neighbouring words (Jaccard), or all of their few words;
    case and signs make no difference, so that a name put into a fixed text does not hide it.

    Args:
        answers: Of one variant to different items, repeats left out; failed ones left out.

    Returns:
        None when there are fewer than :data:`FEWEST_ANSWERS`, or less than :data:`SAME_FROM` of them are alike.
    """
    if len(answers) < FEWEST_ANSWERS:
        return None
    shapes = [_shape(answer) for answer in answers]
    best, size = 0, 0
    for candidate in _candidates(shapes):
        alike = sum(_are_alike(shapes[candidate], shape) for shape in shapes)
        if alike > size:
            best, size = candidate, alike
    return ConstantOutput(answers[best], size, len(answers)) if size >= SAME_FROM * len(answers) else None


def _shape(answer: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(answer.casefold())
    return frozenset(pairwise(words)) if len(words) > 1 else frozenset((word,) for word in words)


def _candidates(shapes: Sequence[frozenset[tuple[str, ...]]]) -> list[int]:
    """The commonest answer, and some evenly over the rest: one of them is in any group of four fifths."""
    commonest = Counter(shapes).most_common(1)[0][0]
    step = max(1, len(shapes) // _CANDIDATES)
    return [shapes.index(commonest), *range(0, len(shapes), step)]


def _are_alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    if not one or not other:
        return one == other
    return len(one & other) / len(one | other) >= _ALIKE
