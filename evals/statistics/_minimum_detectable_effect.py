"""The smallest difference a run could have seen."""

from __future__ import annotations

import math

from evals.statistics._interval import checked_count
from evals.statistics._required_items import detection_factor, spread


def minimum_detectable_effect(
    sd_difference: float, n: int, alpha: float = 0.05, power: float = 0.8, design_effect: float = 1.0
) -> float:
    """The mean paired difference that ``n`` items show with this power: (z_{α/2} + z_β)·s·√(deff/n).

    Args:
        sd_difference: Standard deviation of the paired differences.
        n: Pairs, 1 or more.
        alpha: Two-sided error rate.
        power: Chance of seeing it when it is there.
        design_effect: How many times larger clusters make the variance of the mean.

    Raises:
        InvalidInputError: An argument is out of range.
    """
    checked_count(n, "n", least=1)
    return detection_factor(alpha, power) * spread(sd_difference, design_effect) / math.sqrt(n)
