"""What usage will cost: the next 24 hours and the rest of the month, each with a 90 % interval (ledger L6).

Pure functions over the costs of whole days. A day to come is expected to cost what the level of the last two weeks and
its kind of day (working day or weekend) say; how far past days lay from the same rule, looking only at the days before
them, says how wide the interval is. Nothing is forecast from fewer than seven whole days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from statistics import fmean

FEWEST_DAYS = 7
"""Whole days that a forecast needs."""

CONFIDENCE = 0.90
_HISTORY_DAYS = 28
_LEVEL_DAYS = 14
_DRAWS = 2_000
_AVERAGE_DAYS = 3
_WEEKEND = 5
_CENT = Decimal("1e-6")


@dataclass(frozen=True, slots=True)
class DailyCost:
    """What one day (UTC) cost, and who was there.

    Attributes:
        cost: USD, the known costs.
        users: Different users who called.
        complete: The day is over.
    """

    day: date
    cost: Decimal
    users: int
    complete: bool = True

    @property
    def cost_per_user(self) -> Decimal | None:
        """USD for each user who called; None when nobody did."""
        return self.cost / self.users if self.users else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A cost to come, USD, and where it lies with a probability of 90 %."""

    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected.

    Attributes:
        next_day: Cost of the next 24 hours.
        month: Cost of the whole calendar month (UTC), what it cost so far included.
        month_so_far: Of that, what is known already.
        reason: Why there is no forecast; empty when there is one.
    """

    next_day: Estimate | None
    month: Estimate | None
    month_so_far: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A day's moving averages over it and the two days before; None where those are not known.

    Attributes:
        cost: USD.
        cost_per_user: USD for each daily active user: the three days' costs over the three days' users.
    """

    day: date
    cost: Decimal | None
    cost_per_user: Decimal | None


def smooth(days: Sequence[DailyCost]) -> tuple[Smoothed, ...]:
    """Three-day moving averages, for each day one; a day that is not over counts as far as it went.

    Args:
        days: Earliest first, without holes.
    """
    found = []
    for place, one in enumerate(days):
        window = days[max(0, place + 1 - _AVERAGE_DAYS) : place + 1]
        cost, users = sum((each.cost for each in window), Decimal(0)), sum(each.users for each in window)
        whole = len(window) == _AVERAGE_DAYS
        found.append(
            Smoothed(one.day, cost / _AVERAGE_DAYS if whole else None, cost / users if whole and users else None)
        )
    return tuple(found)


def forecast(days: Sequence[DailyCost], now: datetime, seed: int = 0) -> Forecast:
    """The next 24 hours and this month.

    Args:
        days: Earliest first, without holes, up to today; from the first day with a call on.
        now: The moment the forecast is made.
        seed: Of the draws that make the month's interval; the same seed, the same interval.
    """
    today = now.astimezone(UTC).date()
    so_far = sum((one.cost for one in days if (one.day.year, one.day.month) == (today.year, today.month)), Decimal(0))
    past = [one for one in days if one.complete and one.day < today][-_HISTORY_DAYS:]
    if len(past) < FEWEST_DAYS:
        return Forecast(
            None, None, so_far, f"A forecast needs {FEWEST_DAYS} whole days with calls; {len(past)} are there."
        )
    profile = _Profile(past)
    gone = (now.astimezone(UTC) - datetime.combine(today, time(), UTC)) / timedelta(days=1)
    shares = {today: 1 - gone, today + timedelta(days=1): gone}
    month = {today: 1 - gone} | {day: 1.0 for day in _rest_of_month(today)}
    return Forecast(_estimate(profile, shares, Decimal(0), seed), _estimate(profile, month, so_far, seed), so_far)


class _Profile:
    """The level of cost, how weekends differ, and how far off both were in the past."""

    def __init__(self, past: Sequence[DailyCost]) -> None:
        costs = [(one.day, float(one.cost)) for one in past]
        self._costs = costs
        self.residuals = [
            cost / expected
            for place, (day, cost) in enumerate(costs)
            if place >= _AVERAGE_DAYS and (expected := _expected(costs[:place], day)) > 0
        ]

    def expected(self, day: date) -> float:
        return _expected(self._costs, day)


def _expected(costs: Sequence[tuple[date, float]], day: date) -> float:
    """The mean of days of the same kind in the last two weeks; of all of them where there is none of its kind."""
    recent = costs[-_LEVEL_DAYS:]
    same = [cost for at, cost in recent if _is_weekend(at) == _is_weekend(day)]
    return fmean(same) if len(same) > 1 else fmean(cost for _, cost in recent)


def _estimate(profile: _Profile, shares: dict[date, float], known: Decimal, seed: int) -> Estimate:
    """The sum over days, each a share of a whole one; the interval from drawn past errors.

    The errors of neighbouring days hang together (a busy week is busy every day): each draw mixes one error that all
    its days share with errors of their own, and the mean of two draws is spread to vary as one does. With few past
    errors extremes are unlikely to be among them: the draws are spread further, as a t distribution is.
    """
    import numpy as np

    means = np.array([share * profile.expected(day) for day, share in shares.items()])
    errors = np.array(profile.residuals or [1.0])
    dice = np.random.default_rng(seed)
    shared, own = dice.choice(errors, (_DRAWS, 1)), dice.choice(errors, (_DRAWS, len(means)))
    spread = _widening(len(profile.residuals)) * 2**0.5
    sums = np.maximum(means * (1 + spread * ((shared + own) / 2 - 1)), 0).sum(axis=1)
    tail = 50 * (1 - CONFIDENCE)
    expected = float(means.sum())
    low, high = (float(value) for value in np.percentile(sums, [tail, 100 - tail]))
    return Estimate(*(known + _money(value) for value in (expected, min(low, expected), max(high, expected))))


def _widening(errors: int) -> float:
    return 1 + 2.5 / max(errors, 1)


def _rest_of_month(today: date) -> list[date]:
    day, found = today + timedelta(days=1), []
    while day.month == today.month:
        found.append(day)
        day += timedelta(days=1)
    return found


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _WEEKEND


def _money(value: float) -> Decimal:
    return Decimal(value).quantize(_CENT)
