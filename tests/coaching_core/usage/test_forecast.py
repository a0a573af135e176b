"""The forecast: its interval holds what happens about as often as it says, and little data makes none."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from coaching_core.usage.forecast import FEWEST_DAYS, DailyCost, forecast, smooth

START = date(2026, 3, 1)


def series(seed: int, length: int, noise: float, trend: float = 0.0, weekend: float = 0.4) -> list[DailyCost]:
    """Costs with a weekly pattern, a trend a day and noise."""
    dice = Random(seed)
    found = []
    for number in range(length):
        day = START + timedelta(days=number)
        level = 100 * (1 + trend) ** number * (weekend if day.weekday() >= 5 else 1)
        cost = Decimal(level * dice.lognormvariate(-(noise**2) / 2, noise)).quantize(Decimal("1e-12"))
        found.append(DailyCost(day, cost, dice.randint(1, 30)))
    return found


def at_start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@pytest.mark.parametrize("noise", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("days", [10, 20, 45])
def test_a_day_lies_in_its_interval_as_often_as_it_should(noise: float, days: int) -> None:
    held = 0
    for seed in range(200):
        costs = series(seed, days + 1, noise)
        found = forecast(costs[:-1], at_start_of(costs[-1].day), seed).next_day
        assert found is not None
        held += found.low <= costs[-1].cost <= found.high
    assert 0.80 <= held / 200 <= 0.97


@pytest.mark.parametrize("noise", [0.15, 0.4])
def test_a_month_lies_in_its_interval_as_often_as_it_should(noise: float) -> None:
    held, wide = 0, 0.0
    for seed in range(200):
        costs = series(seed, 61, noise)  # March and April; the forecast is made on 8 April
        made = date(2026, 4, 8)
        found = forecast([one for one in costs if one.day < made], at_start_of(made), seed).month
        assert found is not None
        truth = sum((one.cost for one in costs if one.day.month == 4), Decimal(0))
        held += found.low <= truth <= found.high
        wide += float((found.high - found.low) / found.expected)
    assert held / 200 >= 0.80
    assert wide / 200 < 4 * noise  # it says something, too


def test_in_the_middle_of_a_day_the_next_24_hours_are_parts_of_two() -> None:
    costs = [DailyCost(START + timedelta(days=number), Decimal(24), 1) for number in range(14)]
    friday = date(2026, 3, 13)
    found = forecast(costs, datetime.combine(friday, time(18), UTC))
    assert found.next_day is not None
    assert (found.next_day.expected, found.next_day.low, found.next_day.high) == (24, 24, 24)
    assert found.month is not None
    assert found.month.expected == 13 * 24 + 24 + Decimal(24) / 4 + 18 * 24


@given(some.integers(0, FEWEST_DAYS - 1))
def test_a_few_days_make_no_forecast_but_a_reason(days: int) -> None:
    costs = series(1, days, 0.2)
    found = forecast(costs, at_start_of(START + timedelta(days=days)))
    assert found.next_day is None
    assert found.month is None
    assert str(days) in found.reason
    assert found.month_so_far == sum(one.cost for one in costs)


@settings(deadline=None, max_examples=40)
@given(some.integers(0, 10_000), some.integers(FEWEST_DAYS, 60), some.integers(0, 23))
def test_every_forecast_is_in_order_and_the_same_again(seed: int, days: int, hour: int) -> None:
    costs = series(seed, days, 0.6)
    now = datetime.combine(START + timedelta(days=days), time(hour), UTC)
    found = forecast(costs, now, seed)
    assert found == forecast(costs, now, seed)
    for one, least in ((found.next_day, Decimal(0)), (found.month, found.month_so_far)):
        assert one is not None
        assert least <= one.low <= one.expected <= one.high


def test_days_without_any_cost_are_forecast_as_that() -> None:
    costs = [DailyCost(START + timedelta(days=number), Decimal(0), 0) for number in range(10)]
    found = forecast(costs, at_start_of(START + timedelta(days=10)))
    assert found.next_day is not None
    assert found.next_day.high == 0


@given(some.lists(some.tuples(some.decimals(0, 1000, places=12), some.integers(0, 9)), max_size=12))
def test_moving_averages(days: list[tuple[Decimal, int]]) -> None:
    costs = [DailyCost(START + timedelta(days=number), *one) for number, one in enumerate(days)]
    smoothed = smooth(costs)
    assert [one.day for one in smoothed] == [one.day for one in costs]
    for place, one in enumerate(smoothed):
        if place < 2:
            assert one.cost is None
            continue
        window = days[place - 2 : place + 1]
        assert one.cost is not None
        assert math.isclose(one.cost, sum(cost for cost, _ in window) / 3, abs_tol=1e-9)
        users = sum(count for _, count in window)
        assert (one.cost_per_user is None) == (users == 0)
