"""How many items a comparison needs."""

from __future__ import annotations

import math

from coaching_core.errors import InvalidInputError
from evals.statistics._distributions import normal_quantile
from evals.statistics._interval import checked_fraction, checked_numbers


def required_items(
    sd_difference: float, effect: float, alpha: float = 0.05, power: float = 0.8, design_effect: float = 1.0
) -> int:
    """Items needed to see a mean paired difference of ``effect``: (z_{α/2} + z_β)²·s²·deff/δ², rounded up.

    Args:
        sd_difference: Standard deviation of the paired differences.
        effect: The difference worth seeing; its sign does not matter.
        alpha: Two-sided error rate.
        power: Chance of seeing it when it is there.
        design_effect: How many times larger clusters make the variance of the mean.

    Returns:
        At least 2, since one pair alone has no interval.

    Raises:
        InvalidInputError: The effect is 0 or so small that no number of items would do, or an argument is out of range.
    """
    checked_numbers((effect,), "effect")
    if effect == 0:
        raise InvalidInputError("effect must not be 0: no number of items shows a difference of nothing.", "effect")
    needed = (detection_factor(alpha, power) * spread(sd_difference, design_effect) / abs(effect)) ** 2
    if not needed < 1e15:
        raise InvalidInputError("effect is too small to be seen with any number of items.", field="effect")
    return max(2, math.ceil(needed - 1e-9))


def detection_factor(alpha: float, power: float) -> float:
    """z_{α/2} + z_β: how many standard errors an effect must be to be seen with this power.

    Raises:
        InvalidInputError: One of them lies outside 0 to 1.
    """
    checked_fraction(alpha, "alpha", open_ends=True)
    checked_fraction(power, "power", open_ends=True)
    return normal_quantile(1 - alpha / 2) + normal_quantile(power)


def spread(sd_difference: float, design_effect: float) -> float:
    """s·√deff, checked.

    Raises:
        InvalidInputError: The deviation is negative, or the design effect is not positive.
    """
    checked_numbers((sd_difference, design_effect), "sd_difference")
    if sd_difference < 0:
        raise InvalidInputError("sd_difference must not be negative.", field="sd_difference")
    if design_effect <= 0:
        raise InvalidInputError("design_effect must be above 0.", field="design_effect")
    return sd_difference * math.sqrt(design_effect)
