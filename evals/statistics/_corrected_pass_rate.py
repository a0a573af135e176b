"""The pass rate with a judge's known errors taken out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evals.statistics._distributions import normal_quantile
from evals.statistics._interval import Interval, checked_count, checked_fraction


@dataclass(frozen=True, slots=True)
class CalibrationCounts:
    """How many items stand behind the three rates.

    Attributes:
        judged: Items the judge passed or failed.
        human_pass: Items a person passed, on which the sensitivity was measured.
        human_fail: Items a person failed, on which the specificity was measured.
    """

    judged: int
    human_pass: int
    human_fail: int


@dataclass(frozen=True, slots=True)
class CorrectedPassRate:
    """The share that really passes, as far as the judge's errors are known.

    Attributes:
        rate: 0 to 1; None when the judge is no better than chance.
        interval: Lang and Reiczigel's, widened to hold the rate where it does not; None without counts.
        reason: Why something is None, or that the rate was cut to 0 or 1.
    """

    rate: float | None
    interval: Interval | None
    reason: str | None = None


def corrected_pass_rate(
    observed: float,
    sensitivity: float,
    specificity: float,
    counts: CalibrationCounts | None = None,
    level: float = 0.95,
) -> CorrectedPassRate:
    """Rogan and Gladen's correction: (observed + specificity − 1)/(sensitivity + specificity − 1).

    The interval counts the uncertainty of all three rates (Lang & Reiczigel 2014, equations 14 to 16).

    Args:
        observed: Share of items the judge passed.
        sensitivity: Share the judge passes of what people pass.
        specificity: Share the judge fails of what people fail.
        counts: The items behind the three rates; without them there is no interval.
        level: Confidence of the interval.

    Raises:
        InvalidInputError: A rate lies outside 0 to 1, or a count is below 1.
    """
    for name, value in (("observed", observed), ("sensitivity", sensitivity), ("specificity", specificity)):
        checked_fraction(value, name)
    checked_fraction(level, "level", open_ends=True)
    skill = sensitivity + specificity - 1
    if skill <= 1e-9:
        return CorrectedPassRate(None, None, "The judge is no better than chance, so nothing can be corrected.")
    raw = (observed + specificity - 1) / skill
    rate = min(1.0, max(0.0, raw))
    cut = None if abs(raw - rate) < 1e-12 else f"The correction gives {raw:.3f}; it was cut to {rate:.0f}."
    if counts is None:
        return CorrectedPassRate(rate, None, cut or "Without the numbers of items there is no interval.")
    interval = _interval((observed, sensitivity, specificity), counts, level)
    if interval is None:
        return CorrectedPassRate(rate, None, "Too few labelled items to know whether the judge beats chance.")
    widened = Interval(min(interval.low, rate), max(interval.high, rate), level)
    return CorrectedPassRate(rate, widened, cut)


def _interval(rates: tuple[float, float, float], counts: CalibrationCounts, level: float) -> Interval | None:
    z2 = normal_quantile((1 + level) / 2) ** 2
    observed, n = _towards_half(rates[0], checked_count(counts.judged, "judged", least=1), z2)
    sensitivity, n_pass = _towards_half(rates[1], checked_count(counts.human_pass, "human_pass", least=1), 2)
    specificity, n_fail = _towards_half(rates[2], checked_count(counts.human_fail, "human_fail", least=1), 2)
    skill = sensitivity + specificity - 1
    if skill <= 1e-9:
        return None
    rate = (observed + specificity - 1) / skill
    pass_variance = sensitivity * (1 - sensitivity) / n_pass
    fail_variance = specificity * (1 - specificity) / n_fail
    shift = 2 * z2 * (rate * pass_variance - (1 - rate) * fail_variance)
    variance = observed * (1 - observed) / n + rate**2 * pass_variance + (1 - rate) ** 2 * fail_variance
    half = math.sqrt(z2 * variance) / skill
    low, high = rate + shift - half, rate + shift + half
    return Interval(min(1.0, max(0.0, low)), min(1.0, max(0.0, high)), level)


def _towards_half(rate: float, n: int, added: float) -> tuple[float, float]:
    """The rate after ``added`` trials of which half succeeded, and the number of trials then."""
    return (rate * n + added / 2) / (n + added), n + added
