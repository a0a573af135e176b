"""Whether units were split as planned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from coaching_core.errors import InvalidInputError
from evals.statistics._distributions import chi_square_p
from evals.statistics._interval import checked_count, checked_numbers

_FLAG_BELOW = 0.001


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Whether the counts fit the weights.

    Attributes:
        chi_square: Pearson's; None when it cannot be computed.
        p_value: Of the counts, had the split been as planned.
        mismatch: True when p < .001: something splits units otherwise than planned. None when unknown.
        reason: Why something is None.
    """

    chi_square: float | None
    p_value: float | None
    mismatch: bool | None
    reason: str | None = None


def sample_ratio_mismatch(counts: Sequence[int], weights: Sequence[float]) -> SampleRatio:
    """χ² test of the counts against the planned weights, flagged at p < .001 (Fabijan 2019).

    Args:
        counts: Units seen in each arm.
        weights: Planned share of each arm, in the same order, in any unit.

    Raises:
        InvalidInputError: The lengths differ, a count or weight is negative, or all weights are 0.
    """
    shares = checked_numbers(weights, "weights")
    if len(counts) != len(shares):
        raise InvalidInputError("weights must hold one weight for each count.", field="weights")
    if any(share < 0 for share in shares) or not math.fsum(shares) > 0:
        raise InvalidInputError("weights must not be negative, and not all 0.", field="weights")
    arms = [(checked_count(count, "counts"), share) for count, share in zip(counts, shares, strict=True)]
    if any(count > 0 and share == 0 for count, share in arms):
        return SampleRatio(None, 0.0, True, "An arm with weight 0 has units.")
    planned = [(count, share) for count, share in arms if share > 0]
    total = sum(count for count, _ in planned)
    if total == 0 or len(planned) < 2:
        return SampleRatio(None, None, None, "There are no units." if total == 0 else "There is one arm only.")
    whole = math.fsum(share for _, share in planned)
    statistic = math.fsum(
        (count - total * (share / whole)) ** 2 / (total * (share / whole)) for count, share in planned
    )
    p_value = chi_square_p(statistic, len(planned) - 1)
    return SampleRatio(statistic, p_value, p_value < _FLAG_BELOW)
