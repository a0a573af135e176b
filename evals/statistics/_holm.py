"""Many comparisons at once."""

from __future__ import annotations

from collections.abc import Sequence

from evals.statistics._interval import checked_fraction


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Holm's step-down adjustment: compare the results with the error rate meant for all tests together.

    Args:
        p_values: In any order; None for a test that could not be made, which then counts for none.

    Returns:
        Adjusted p-values in the order given, None where None was given (Holm 1979).

    Raises:
        InvalidInputError: A p-value lies outside 0 to 1.
    """
    known = sorted((checked_fraction(p, "p_values"), place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[place] = highest
    return tuple(adjusted)
