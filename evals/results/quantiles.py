"""Quantiles of times, with intervals that take no shape for granted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evals.statistics import Interval

_MANY = 2_000
"""From so many values on, the binomial distribution is as good as normal."""


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of some values.

    Attributes:
        value: Linear between the two nearest values; None when there is none.
        interval: Between two of the values, from the binomial distribution (Conover 1999, §3.2); at least as sure as
            its level says.
        reason: Why something is None.
    """

    value: float | None
    interval: Interval | None
    n: int
    reason: str | None = None


def quantile(values: Sequence[float], share: float, level: float = 0.95) -> Quantile:
    """The value below which a share of the values lies.

    Args:
        values: Independent of each other, in any order.
        share: More than 0 and less than 1; 0.5 is the median.
    """
    ordered, n = sorted(values), len(values)
    if not n:
        return Quantile(None, None, 0, "There is no value.")
    place = share * (n - 1)
    low = math.floor(place)
    high = min(low + 1, n - 1)
    value = ordered[low] + (ordered[high] - ordered[low]) * (place - low)
    ranks = _ranks(n, share, (1 - level) / 2)
    if ranks is None:
        return Quantile(value, None, n, f"{n} values are too few for an interval of this quantile.")
    return Quantile(value, Interval(ordered[ranks[0] - 1], ordered[ranks[1] - 1], level), n)


def _ranks(n: int, share: float, tail: float) -> tuple[int, int] | None:
    """Ranks r and s with P(B < r) ≤ tail and P(B ≥ s) ≤ tail, where B counts the values below the quantile."""
    if n > _MANY:
        spread = -_normal_quantile(tail) * math.sqrt(n * share * (1 - share))
        return math.floor(n * share - spread), math.ceil(n * share + spread) + 1
    below, at_most = 0, 0.0
    for count in range(n + 1):
        mass = _binomial(n, count, share)
        if at_most + mass > tail:
            break
        at_most += mass
        below = count + 1
    above, at_least = n + 1, 0.0
    for count in range(n, -1, -1):
        at_least += _binomial(n, count, share)
        if at_least > tail:
            break
        above = count
    return (below, above) if below >= 1 and above <= n else None


def _binomial(n: int, count: int, share: float) -> float:
    logarithm = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    return math.exp(logarithm + count * math.log(share) + (n - count) * math.log1p(-share))


def _normal_quantile(probability: float) -> float:
    from evals.statistics._distributions import normal_quantile

    return normal_quantile(probability)
