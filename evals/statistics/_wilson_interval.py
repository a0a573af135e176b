"""The interval of a share."""

from __future__ import annotations

import math

from coaching_core.errors import InvalidInputError
from evals.statistics._distributions import normal_quantile
from evals.statistics._interval import Interval, checked_fraction


def wilson_interval(successes: float, n: int, level: float = 0.95) -> Interval | None:
    """Wilson's score interval for ``successes`` out of ``n``; honest at 0 and at ``n`` (Wilson 1927).

    Args:
        successes: 0 to n; a tie may count as half.
        n: Trials.
        level: Confidence.

    Returns:
        The interval within [0, 1]; None when nothing was tried (n = 0), the one case that has none.

    Raises:
        InvalidInputError: ``successes`` lies outside 0 to n.
    """
    checked_fraction(level, "level", open_ends=True)
    if not 0 <= successes <= n:
        raise InvalidInputError(f"successes must lie between 0 and n; {successes} of {n}.", field="successes")
    if n == 0:
        return None
    z2 = normal_quantile((1 + level) / 2) ** 2
    rate = successes / n
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (rate * (1 - rate) + z2 / (4 * n)) / n) / (1 + z2 / n)
    low = 0.0 if successes == 0 else min(rate, max(0.0, centre - half))
    high = 1.0 if successes == n else max(rate, min(1.0, centre + half))
    return Interval(low, high, level)
