"""Counters and histograms that cost next to nothing to add to; they become Prometheus metrics when somebody looks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

CALL_BUCKETS = (50, 100, 250, 500, 800, 1_200, 2_000, 2_500, 4_000, 6_000, 8_000, 15_000, 30_000, 60_000)
"""Upper bounds for calls to models, ms; the targets of ledger O5 are among them."""

QUICK_BUCKETS = (1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000)
"""Upper bounds for what should be quick, ms."""


@dataclass(slots=True)
class Times:
    """A histogram of milliseconds."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        """Begin with empty buckets, one more than there are bounds."""
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, milliseconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, milliseconds)] += 1
        self.total += milliseconds

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative, as Prometheus wants them."""
        found, so_far = [], 0
        for bound, count in zip((*(str(float(bound)) for bound in self.bounds), "+Inf"), self.counts, strict=True):
            so_far += count
            found.append((bound, float(so_far)))
        return found


def counter(
    name: str, words: str, labels: Sequence[str], values: Mapping[tuple[str, ...], float]
) -> CounterMetricFamily:
    """A counter, with a value for each combination of labels."""
    family = CounterMetricFamily(name, words, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def histogram(name: str, words: str, labels: Sequence[str], values: Mapping[tuple[str, ...], Times]) -> Metric:
    """A histogram, with buckets for each combination of labels."""
    family = HistogramMetricFamily(name, words, labels=labels)
    for key, times in values.items():
        family.add_metric(key, times.buckets(), times.total)
    return family
