"""How many items a win rate needs."""

from __future__ import annotations

import math

from coaching_core.errors import InvalidInputError
from evals.statistics._interval import checked_fraction
from evals.statistics._required_items import required_items


def required_items_for_win_rate(rate: float, tie_rate: float = 0.0, alpha: float = 0.05, power: float = 0.8) -> int:
    """Items needed to tell this win rate from one half.

    The score of an item is 1, ½ or 0, so its variance is wins + ties/4 − rate² with wins = rate − ties/2.

    Args:
        rate: The win rate expected, a tie counting as half a win.
        tie_rate: Share of items expected to end in a tie.
        alpha: Two-sided error rate.
        power: Chance of seeing it when it is there.

    Raises:
        InvalidInputError: The rate is one half, or cannot be reached with so many ties.
    """
    checked_fraction(rate, "rate")
    checked_fraction(tie_rate, "tie_rate")
    wins = rate - tie_rate / 2
    if wins < -1e-12 or wins + tie_rate > 1 + 1e-12:
        raise InvalidInputError(f"A win rate of {rate} cannot be reached with {tie_rate} ties.", field="tie_rate")
    variance = max(0.0, wins + tie_rate / 4 - rate**2)
    return required_items(math.sqrt(variance), rate - 0.5, alpha, power)
