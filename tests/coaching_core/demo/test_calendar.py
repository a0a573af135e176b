"""When things happen in the demo."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from coaching_core.demo.calendar import DAYS, at_hour, draw_moment, workdays

MONDAY = datetime(2026, 9, 7, 15, 30, tzinfo=UTC)


def test_moments_lie_between_and_follow_peoples_habits() -> None:
    dice, end = Random(1), MONDAY + timedelta(days=70)
    moments = [draw_moment(dice, MONDAY, end) for _ in range(4_000)]
    days, hours = Counter(one.weekday() for one in moments), Counter(one.hour for one in moments)

    assert all(MONDAY <= one <= end for one in moments)
    assert DAYS == 90
    for weekday, weight in enumerate((1.0, 1.15, 1.1, 1.0, 0.8, 0.25, 0.3)):
        assert days[weekday] == pytest.approx(4_000 * weight / 5.6, rel=0.2)
    for hour, weight in {7: 2, 10: 11, 12: 4, 14: 10, 17: 4, 20: 5, 22: 1}.items():
        assert hours[hour] == pytest.approx(4_000 * weight / 93, rel=0.45)
    assert set(hours) == set(range(7, 23))


def test_a_short_night_has_moments_too() -> None:
    night = MONDAY.replace(hour=2)
    found = [draw_moment(Random(seed), night, night + timedelta(hours=1)) for seed in range(20)]

    assert all(night <= one <= night + timedelta(hours=1) for one in found)
    assert len(set(found)) == 20


def test_an_hour_is_drawn_on_the_same_day() -> None:
    found = [at_hour(Random(seed), MONDAY) for seed in range(200)]

    assert {(one.date(), one.tzinfo) for one in found} == {(MONDAY.date(), UTC)}
    assert len({(one.minute, one.second) for one in found}) > 150
    assert len({one.microsecond for one in found}) > 150


def test_workdays_are_monday_to_friday_at_the_same_time() -> None:
    two_weeks = workdays(MONDAY, MONDAY + timedelta(days=13))

    assert [day.day for day in two_weeks] == [7, 8, 9, 10, 11, 14, 15, 16, 17, 18]
    assert {day.time() for day in two_weeks} == {MONDAY.time()}
    assert [day.day for day in workdays(MONDAY, MONDAY + timedelta(days=1))] == [7, 8]
    assert [day.day for day in workdays(MONDAY, MONDAY + timedelta(hours=23))] == [7]
    assert workdays(MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)) == []
