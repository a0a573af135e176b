"""An interval, and the two functions that every statistic here is fed through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from coaching_core.errors import InvalidInputError

_LARGEST = 1e100
"""Beyond this a square no longer fits into a float, and the statistics would turn into NaN."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a quantity lies, with the confidence that was asked for.

    Attributes:
        low, high: Both ends belong to it; ``low <= high``.
        level: Confidence, 0 to 1.
    """

    low: float
    high: float
    level: float = 0.95

    def contains(self, value: float) -> bool:
        """Whether the value lies within, ends included."""
        return self.low <= value <= self.high

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies outside: the sign of the quantity is clear."""
        return self.low > 0 or self.high < 0


def checked_numbers(values: Sequence[float], name: str) -> tuple[float, ...]:
    """The values as floats.

    Raises:
        InvalidInputError: One of them is NaN, infinite or too large to square.
    """
    numbers = tuple(float(value) for value in values)
    if not all(abs(number) <= _LARGEST for number in numbers):
        raise InvalidInputError(f"{name} must hold finite numbers only.", field=name)
    return numbers


def checked_fraction(value: float, name: str, *, open_ends: bool = False) -> float:
    """The value, when it lies between 0 and 1.

    Args:
        open_ends: Refuse 0 and 1 themselves, as for levels and error rates.

    Raises:
        InvalidInputError: It lies outside, or is NaN.
    """
    within = 0 < value < 1 if open_ends else 0 <= value <= 1
    if math.isnan(value) or not within:
        raise InvalidInputError(f"{name} must lie between 0 and 1; it is {value}.", field=name)
    return float(value)


def checked_count(value: int, name: str, least: int = 0) -> int:
    """The value, when it is a whole number of at least ``least``.

    Raises:
        InvalidInputError: It is a fraction or too small.
    """
    if isinstance(value, bool) or value != int(value) or value < least:
        raise InvalidInputError(f"{name} must be a whole number, {least} or more; it is {value}.", field=name)
    return int(value)
