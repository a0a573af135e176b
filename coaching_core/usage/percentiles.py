"""Exact percentiles of timings that lie in many small bundles, for all of them and for each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coaching_core.usage.models import Timings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FRACTIONS = (0.5, 0.95)
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """One timing of the calls in many bundles, milliseconds.

    Attributes:
        values: Those of the first bundle, then those of the second, and so on.
        lengths: How many belong to each bundle.
    """

    values: NDArray[np.float64]
    lengths: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bundles:
    """Timings of calls, bundled by what they have in common; several bundles may have the same key.

    Attributes:
        keys: One for each bundle.
        ttfts: Fewer than the latencies: not every answer is streamed.
    """

    keys: Sequence[Key]
    latencies: Samples
    ttfts: Samples


def grouped_timings(parts: Sequence[Bundles], places: Sequence[int]) -> dict[Key, Timings]:
    """The percentiles of each group, interpolated between neighbours as ``percentile_cont`` does.

    Args:
        places: Which parts of the bundles' keys make a group; none for all together.
    """
    import numpy as np

    codes: dict[Key, int] = {}
    groups = [
        np.array([codes.setdefault(tuple(key[place] for place in places), len(codes)) for key in part.keys], np.int32)
        for part in parts
    ]
    latencies = _by_group([part.latencies for part in parts], groups, len(codes))
    ttfts = _by_group([part.ttfts for part in parts], groups, len(codes))
    return {
        key: Timings(*_percentiles(latency), *_percentiles(ttft), len(latency))
        for key, latency, ttft in zip(codes, latencies, ttfts, strict=True)
    }


def _by_group(parts: Sequence[Samples], groups: Sequence[NDArray[np.int32]], number: int) -> list[NDArray[np.float64]]:
    import numpy as np

    if not number:
        return []
    values = np.concatenate([part.values for part in parts], dtype=np.float64)
    if number == 1:
        return [values]
    group = np.concatenate([np.repeat(codes, part.lengths) for codes, part in zip(groups, parts, strict=True)])
    small = group.astype(np.uint16) if number <= 2**16 else group  # sorted several times as quickly
    counts = np.bincount(group, minlength=number)
    return np.split(values[np.argsort(small, kind="stable")], np.cumsum(counts)[:-1])


def _percentiles(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Sorts the values as far as it needs, in place."""
    last = len(values) - 1
    if last < 0:
        return None, None
    below = [int(last * fraction) for fraction in _FRACTIONS]
    values.partition(sorted({place for each in below for place in (each, min(each + 1, last))}))
    low, high = (
        float(values[place]) + float(values[min(place + 1, last)] - values[place]) * (last * fraction - place)
        for place, fraction in zip(below, _FRACTIONS, strict=True)
    )
    return low, high
