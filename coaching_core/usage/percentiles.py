"""Exact percentiles of timings that lie in many small bundles, for all of them and for each group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coaching_core.usage.models import Timings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

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


def grouped_timings(bundles: Sequence[Bundle], places: Sequence[int]) -> dict[tuple[Any, ...], Timings]:
    """The percentiles of each group, interpolated between neighbours as ``percentile_cont`` does.

    Args:
        places: Which parts of the bundles' keys make a group; none for all together.
    """
    groups: defaultdict[tuple[Any, ...], list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        groups[tuple(bundle.key[place] for place in places)].append(bundle)
    return {key: _timings(members) for key, members in groups.items()}


def _timings(bundles: Sequence[Bundle]) -> Timings:
    latency_p50, latency_p95 = _percentiles([bundle.latencies for bundle in bundles])
    ttft_p50, ttft_p95 = _percentiles([bundle.ttfts for bundle in bundles])
    timed = sum(len(bundle.latencies) for bundle in bundles)
    return Timings(latency_p50, latency_p95, ttft_p50, ttft_p95, timed)


def _percentiles(parts: Sequence[Samples]) -> tuple[float | None, float | None]:
    import numpy as np

    values = np.concatenate(parts, dtype=np.float64) if parts else np.empty(0)
    if not len(values):
        return None, None
    low, high = np.percentile(values, _PERCENTS, overwrite_input=True)
    return float(low), float(high)
