"""Exact percentiles of timings that lie in many small bundles, for all of them and for each group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from coaching_core.usage.models import Timings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

K = TypeVar("K", bound=Hashable)
_PERCENTS = (50, 95)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Timings of calls that have a key in common, milliseconds.

    Attributes:
        key: The columns the calls have in common.
        ttfts: Fewer than the latencies: not every answer is streamed.
    """

    key: tuple[Any, ...]
    latencies: Samples
    ttfts: Samples


def all_timings(bundles: Sequence[Bundle]) -> Timings:
    """The percentiles over everything, interpolated between neighbours as ``percentile_cont`` does."""
    latency_p50, latency_p95 = _percentiles([bundle.latencies for bundle in bundles])
    ttft_p50, ttft_p95 = _percentiles([bundle.ttfts for bundle in bundles])
    timed = sum(len(bundle.latencies) for bundle in bundles)
    return Timings(latency_p50, latency_p95, ttft_p50, ttft_p95, timed)


def grouped_timings(bundles: Sequence[Bundle], key: Callable[[Bundle], K]) -> dict[K, Timings]:
    """The percentiles of each group.

    Args:
        key: Tells which group a bundle belongs to.
    """
    groups: defaultdict[K, list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        groups[key(bundle)].append(bundle)
    return {name: all_timings(members) for name, members in groups.items()}


def _percentiles(parts: Sequence[Samples]) -> tuple[float | None, float | None]:
    import numpy as np

    values = np.concatenate(parts, dtype=np.float64) if parts else np.empty(0)
    if not len(values):
        return None, None
    low, high = np.percentile(values, _PERCENTS, overwrite_input=True)
    return float(low), float(high)
