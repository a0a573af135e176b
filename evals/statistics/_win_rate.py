"""How often the candidate wins."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evals.statistics._distributions import fair_coin_at_most, normal_quantile
from evals.statistics._interval import Interval, checked_count, checked_fraction
from evals.statistics._wilson_interval import wilson_interval


@dataclass(frozen=True, slots=True)
class WinRate:
    """Wins, ties and losses read as a rate.

    Attributes:
        rate: 0 to 1, a tie counting as half a win; None when nothing was compared.
        standard_error: Of the rate; None with fewer than two comparisons.
        interval: Normal, cut to [0, 1]; Wilson's where every comparison ended alike.
        decisive_rate: Wins among the comparisons that were not ties; None when all were.
        decisive_interval: Wilson's.
        sign_test_p: Exact, two-sided, ties left out; None when all were ties.
        reason: Why something is None or of another kind.
    """

    wins: int
    ties: int
    losses: int
    rate: float | None
    standard_error: float | None
    interval: Interval | None
    decisive_rate: float | None
    decisive_interval: Interval | None
    sign_test_p: float | None
    reason: str | None = None

    @property
    def n(self) -> int:
        """How many comparisons there were."""
        return self.wins + self.ties + self.losses


def win_rate(wins: int, ties: int, losses: int, level: float = 0.95) -> WinRate:
    """The win rate with a tie as half a win, and the decisive rate without ties.

    Args:
        wins, ties, losses: Counts of comparisons, one per item.
        level: Confidence of both intervals.

    Raises:
        InvalidInputError: A count is negative.
    """
    for name, count in (("wins", wins), ("ties", ties), ("losses", losses)):
        checked_count(count, name)
    checked_fraction(level, "level", open_ends=True)
    n, decisive = wins + ties + losses, wins + losses
    if n == 0:
        return WinRate(0, 0, 0, None, None, None, None, None, None, "Nothing was compared.")
    rate = (wins + ties / 2) / n
    error = _standard_error(wins, ties, losses)
    interval, reason = _rate_interval(rate, error, n, level)
    if decisive == 0:
        reason = "Every comparison was a tie, so there is no decisive rate."
    return WinRate(
        wins=wins,
        ties=ties,
        losses=losses,
        rate=rate,
        standard_error=error,
        interval=interval,
        decisive_rate=wins / decisive if decisive else None,
        decisive_interval=wilson_interval(wins, decisive, level),
        sign_test_p=min(1.0, 2 * fair_coin_at_most(min(wins, losses), decisive)) if decisive else None,
        reason=reason,
    )


def _standard_error(wins: int, ties: int, losses: int) -> float | None:
    n = wins + ties + losses
    if n < 2:
        return None
    if n in (wins, ties, losses):
        return 0.0
    rate = (wins + ties / 2) / n
    squares = wins * (1 - rate) ** 2 + ties * (0.5 - rate) ** 2 + losses * rate**2
    return math.sqrt(squares / (n - 1) / n)


def _rate_interval(rate: float, error: float | None, n: int, level: float) -> tuple[Interval | None, str | None]:
    if error is None:
        return None, "One comparison alone has no spread."
    if error == 0:
        return wilson_interval(rate * n, n, level), "Every comparison ended alike; the interval is Wilson's."
    half = normal_quantile((1 + level) / 2) * error
    return Interval(max(0.0, rate - half), min(1.0, rate + half), level), None
