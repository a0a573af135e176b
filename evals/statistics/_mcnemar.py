"""Pass or fail of two variants on the same items."""

from __future__ import annotations

from dataclasses import dataclass

from evals.statistics._distributions import chi_square_p, fair_coin_at_most
from evals.statistics._interval import checked_count


@dataclass(frozen=True, slots=True)
class McNemar:
    """Whether more items changed one way than the other.

    Attributes:
        b, c: Items that only the first, only the second variant passes.
        exact_p: Two-sided binomial.
        mid_p: The exact one less half the probability of what was seen; less conservative (Fagerland 2013).
        chi_square: (b − c)²/(b + c), one degree of freedom, no continuity correction; for large counts.
        chi_square_p: Its p-value.
        reason: Why all four are None.
    """

    b: int
    c: int
    exact_p: float | None
    mid_p: float | None
    chi_square: float | None
    chi_square_p: float | None
    reason: str | None = None


def mcnemar(b: int, c: int) -> McNemar:
    """McNemar's test from the two counts of items on which the variants disagree.

    Args:
        b: Items only the first variant passes.
        c: Items only the second variant passes.

    Raises:
        InvalidInputError: A count is negative.
    """
    checked_count(b, "b")
    checked_count(c, "c")
    n, fewer = b + c, min(b, c)
    if n == 0:
        return McNemar(0, 0, None, None, None, None, "Both variants agree on every item.")
    at_most, below = fair_coin_at_most(fewer, n), fair_coin_at_most(fewer - 1, n) if fewer else 0.0
    statistic = (b - c) ** 2 / n
    return McNemar(
        b=b,
        c=c,
        exact_p=min(1.0, 2 * at_most),
        mid_p=min(1.0, at_most + below),
        chi_square=statistic,
        chi_square_p=chi_square_p(statistic, 1),
    )
