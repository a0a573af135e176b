"""How far a person has come on a focus: the moving average of scores and the band it lies in (ledger A4).

The average is ``e₁ = x₁`` and then ``e ← e + α·(x − e)`` over the last ``window`` scores, oldest first. This form
stays exactly on constants, where ``α·x + (1 − α)·e`` drifts off them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from coaching_core.errors import InvalidInputError

BAND_TOLERANCE = 1e-9
"""An average this close below a threshold has reached it: rounding must not decide a person's level."""


class Band(StrEnum):
    """The three levels, lowest first."""

    NOVICE = "novice"
    DEVELOPING = "developing"
    MASTERY = "mastery"


class Thresholds(Protocol):
    """Where the bands begin."""

    @property
    def developing(self) -> float:
        """From this average on: developing."""
        ...

    @property
    def mastery(self) -> float:
        """From this average on: mastery."""
        ...


@dataclass(frozen=True, slots=True)
class ProgressionSettings:
    """How levels are computed; a what-if is another one of these.

    Attributes:
        alpha: Weight of the newest score, above 0, at most 1.
        window: How many of the last scores count, at least 1.
        developing: From this average on a person is developing.
        mastery: From this average on a person has mastery; above ``developing``.

    Raises:
        InvalidInputError: A value lies outside.
    """

    alpha: float = 0.3
    window: int = 20
    developing: float = 4.0
    mastery: float = 8.0

    def __post_init__(self) -> None:
        _check(self.alpha, self.window)
        if not self.developing < self.mastery:
            raise InvalidInputError("The threshold of developing must be below that of mastery.", field="developing")


def ema(scores: Sequence[float], alpha: float = 0.3, window: int = 20) -> float | None:
    """The moving average of the last ``window`` scores; None when there are none.

    Args:
        scores: Oldest first.
        alpha: Weight of the newest score, above 0, at most 1.
        window: How many of the last scores count, at least 1.

    Raises:
        InvalidInputError: ``alpha`` or ``window`` lies outside.
    """
    _check(alpha, window)
    return _average(scores[-window:], alpha) if scores else None


def ema_series(scores: Sequence[float], alpha: float = 0.3, window: int = 20) -> tuple[float, ...]:
    """The moving average after each score, each over the last ``window`` scores up to there.

    The last one equals :func:`ema` of all of them. Arguments and errors are those of :func:`ema`.
    """
    _check(alpha, window)
    return tuple(_average(scores[max(0, end - window) : end], alpha) for end in range(1, len(scores) + 1))


def band(value: float, thresholds: Thresholds) -> Band:
    """The band an average lies in; a threshold belongs to the band above it."""
    if value >= thresholds.mastery - BAND_TOLERANCE:
        return Band.MASTERY
    return Band.DEVELOPING if value >= thresholds.developing - BAND_TOLERANCE else Band.NOVICE


def next_band(value: float, thresholds: Thresholds) -> tuple[Band, float] | None:
    """The band above and how far it is; None in the highest one."""
    current = band(value, thresholds)
    if current is Band.MASTERY:
        return None
    if current is Band.DEVELOPING:
        return Band.MASTERY, thresholds.mastery - value
    return Band.DEVELOPING, thresholds.developing - value


def _average(scores: Sequence[float], alpha: float) -> float:
    average = float(scores[0])
    for score in scores[1:]:
        average += alpha * (score - average)
    return average


def _check(alpha: float, window: int) -> None:
    if not 0 < alpha <= 1:
        raise InvalidInputError(f"α must be above 0 and at most 1, not {alpha}.", field="alpha")
    if window < 1:
        raise InvalidInputError(f"At least 1 score must count, not {window}.", field="window")
