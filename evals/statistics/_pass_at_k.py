"""Whether one of several tries passes."""

from __future__ import annotations

import math

from evals.statistics._interval import checked_count


def pass_at_k(n: int, c: int, k: int) -> float | None:
    """The chance that at least one of ``k`` tries passes, without bias: 1 − C(n−c, k)/C(n, k) (Chen 2021).

    Args:
        n: Tries made.
        c: Tries that passed.
        k: Tries asked about, 1 or more.

    Returns:
        0 to 1; None when fewer than ``k`` tries were made (or fewer than ``c``), the one case without an answer.

    Raises:
        InvalidInputError: A count is negative, or ``k`` is 0.
    """
    checked_count(n, "n")
    checked_count(c, "c")
    checked_count(k, "k", least=1)
    if k > n or c > n:
        return None
    tries = math.comb(n, k)
    return (tries - math.comb(n - c, k)) / tries
