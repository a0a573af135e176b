"""The mean of scores, with its interval; clustered where items are not independent."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from coaching_core.errors import InvalidInputError
from evals.statistics._distributions import t_quantile
from evals.statistics._interval import Interval, checked_fraction, checked_numbers

_ROUNDING = 1e-12
"""Spread below this share of the values is rounding, not spread."""


@dataclass(frozen=True, slots=True)
class MeanInterval:
    """A mean and how well it is known.

    Attributes:
        mean: None when there is no value.
        standard_error: Of the mean; None when fewer than two (clusters of) values are there.
        interval: From Student's t; None when the standard error is.
        sd: Standard deviation of the values, n − 1 in the denominator.
        n_clusters: Independent groups; equal to ``n`` when no clusters were given.
        reason: Why something is None.
    """

    mean: float | None
    standard_error: float | None
    interval: Interval | None
    sd: float | None
    n: int
    n_clusters: int
    reason: str | None = None


def mean_interval(
    values: Sequence[float], clusters: Sequence[Hashable] | None = None, level: float = 0.95
) -> MeanInterval:
    """The mean of values with its t interval.

    Without clusters the standard error is s/√n with t(n − 1). With clusters it is
    √(G/(G−1)·Σ_c(Σ_{i∈c}(x_i−x̄))²)/n with t(G − 1) (Miller 2024, with the correction for few clusters).

    Args:
        values: One per item.
        clusters: The cluster of each item, e.g. the conversation it comes from.
        level: Confidence of the interval.

    Raises:
        InvalidInputError: A value is not finite, or there are not as many clusters as values.
    """
    numbers = checked_numbers(values, "values")
    checked_fraction(level, "level", open_ends=True)
    groups: Sequence[Hashable] = range(len(numbers)) if clusters is None else clusters
    if len(groups) != len(numbers):
        raise InvalidInputError("clusters must name one cluster for each value.", field="clusters")
    n, n_clusters = len(numbers), len(set(groups))
    if n == 0:
        return MeanInterval(None, None, None, None, 0, 0, "There is no value.")
    mean = _mean(numbers)
    if n_clusters < 2:
        reason = "One value alone has no spread." if n == 1 else "All values belong to one cluster."
        return MeanInterval(mean, None, None, _sd(numbers, mean), n, n_clusters, reason)
    error = _standard_error(numbers, groups, mean)
    half = t_quantile((1 + level) / 2, n_clusters - 1) * error
    interval = Interval(mean - half, mean + half, level)
    return MeanInterval(mean, error, interval, _sd(numbers, mean), n, n_clusters)


def _mean(numbers: Sequence[float]) -> float:
    raw = math.fsum(numbers) / len(numbers)
    return min(max(raw, min(numbers)), max(numbers))


def _sd(numbers: Sequence[float], mean: float) -> float | None:
    if len(numbers) < 2:
        return None
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in numbers) / (len(numbers) - 1))
    return _without_rounding(spread, numbers)


def _standard_error(numbers: Sequence[float], groups: Sequence[Hashable], mean: float) -> float:
    members: dict[Hashable, list[float]] = {}
    for group, x in zip(groups, numbers, strict=True):
        members.setdefault(group, []).append(x - mean)
    count = len(members)
    squares = math.fsum(math.fsum(deviations) ** 2 for deviations in members.values())
    error = math.sqrt(count / (count - 1) * squares) / len(numbers)
    return _without_rounding(error, numbers)


def _without_rounding(spread: float, numbers: Sequence[float]) -> float:
    return 0.0 if spread <= _ROUNDING * max(abs(x) for x in numbers) else spread
