"""Means and paired differences of whole columns at once: the same numbers as :mod:`evals.statistics`, to the last bit.

For tables of many results, where a list of Python objects per group takes too long. Sums are exact (``math.fsum``) in
both, so the order of the rows does not matter.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.statistics import Interval, MeanInterval, PairedDifference
from evals.statistics._distributions import t_quantile
from evals.statistics._paired_difference import tested

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

_ROUNDING = 1e-12


def column_mean(values: Numbers, clusters: Codes, level: float = 0.95) -> MeanInterval:
    """As :func:`evals.statistics.mean_interval`.

    Args:
        values: Finite.
        clusters: A number for each value's cluster.
    """
    n = len(values)
    if n == 0:
        return MeanInterval(None, None, None, None, 0, 0, "There is no value.")
    low, high = float(values.min()), float(values.max())
    largest = max(abs(low), abs(high))
    mean = min(max(math.fsum(values.tolist()) / n, low), high)
    deviations = values - mean
    sd = _spread(math.sqrt(_squares(deviations.tolist()) / (n - 1)), largest) if n > 1 else None
    sums = _sums_by_cluster(deviations, clusters)
    if len(sums) < 2:
        reason = "One value alone has no spread." if n == 1 else "All values belong to one cluster."
        return MeanInterval(mean, None, None, sd, n, len(sums), reason)
    groups = len(sums)
    error = _spread(math.sqrt(groups / (groups - 1) * _squares(sums)) / n, largest)
    half = t_quantile((1 + level) / 2, groups - 1) * error
    return MeanInterval(mean, error, Interval(mean - half, mean + half, level), sd, n, groups)


def column_difference(a: Numbers, b: Numbers, clusters: Codes) -> PairedDifference:
    """As :func:`evals.statistics.paired_difference`: how much higher ``a`` is than ``b`` on the same items."""
    raw = a - b
    differences = np.where(np.abs(raw) <= _ROUNDING * np.maximum(np.abs(a), np.abs(b)), 0.0, raw)
    return tested(column_mean(differences, clusters))


def row_means(table: NDArray[Any]) -> Numbers:
    """The mean of each row's numbers that are not NaN; NaN where there is none."""
    if table.shape[1] == 1:
        return np.asarray(table[:, 0], dtype=np.float64)
    means = []
    for row in table.tolist():
        known = [value for value in row if value == value]  # noqa: PLR0124 - NaN is the one that differs from itself
        means.append(math.fsum(known) / len(known) if known else math.nan)
    return np.array(means, dtype=np.float64)


def _squares(values: list[float]) -> float:
    return math.fsum([value**2 for value in values])


def _sums_by_cluster(deviations: Numbers, clusters: Codes) -> list[float]:
    order = np.argsort(clusters, kind="stable")
    sorted_clusters = clusters[order]
    values: list[float] = deviations[order].tolist()
    ends = [*(np.flatnonzero(np.diff(sorted_clusters)) + 1).tolist(), len(values)]
    if len(ends) == len(values):
        return values
    sums, start = [], 0
    for end in ends:
        sums.append(values[start] if end - start == 1 else math.fsum(values[start:end]))
        start = end
    return sums


def _spread(spread: float, largest: float) -> float:
    return 0.0 if spread <= _ROUNDING * largest else spread
