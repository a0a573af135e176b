"""Agreement of two raters beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from coaching_core.errors import InvalidInputError
from evals.statistics._interval import checked_numbers

Weights = Literal["linear", "quadratic"]


def cohen_kappa(r1: Sequence[float], r2: Sequence[float], weights: Weights | None = None) -> float | None:
    """Cohen's κ: 1 is perfect agreement, 0 what chance alone would give.

    Disagreement is weighed by the distance of the ratings themselves (|x − y| or its square), so that a level
    nobody used still counts; on scales without gaps this is the usual weighted κ (Cohen 1968).

    Args:
        r1, r2: The ratings of both raters, one per item, in the same order; labels coded as numbers.
        weights: None when any two different ratings differ alike; ``linear`` or ``quadratic`` on a scale.

    Returns:
        At most 1; None when there is no item or when both raters are constant, where κ is undefined.

    Raises:
        InvalidInputError: The lengths differ, a rating is not finite, or the weights have another name.
    """
    first, second = checked_numbers(r1, "r1"), checked_numbers(r2, "r2")
    if len(first) != len(second):
        raise InvalidInputError(f"Pairs are needed: r1 has {len(first)} ratings, r2 has {len(second)}.", field="r2")
    if weights not in (None, "linear", "quadratic"):
        raise InvalidInputError(f"weights must be linear or quadratic; it is {weights}.", field="weights")
    ones, twos = Counter(first), Counter(second)
    if not first or (len(ones) == 1 and len(twos) == 1):
        return None
    span = max(*first, *second) - min(*first, *second)
    observed = sum(_distance((x - y) / span, weights) for x, y in zip(first, second, strict=True))
    expected = sum(
        _distance((x - y) / span, weights) * count_x * count_y
        for x, count_x in ones.items()
        for y, count_y in twos.items()
    )
    return 1 - observed * len(first) / expected if expected > 0 else None


def _distance(difference: float, weights: Weights | None) -> float:
    if weights == "linear":
        return abs(difference)
    if weights == "quadratic":
        return difference**2
    return float(difference != 0)
