"""When things happen in the demo: more on weekdays than at weekends, more in the morning and the afternoon."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

DAYS = 90
"""How far the demo's data reach back."""

_WEEKDAYS = (1.0, 1.15, 1.1, 1.0, 0.8, 0.25, 0.3)
_HOURS = {
    7: 2,
    8: 6,
    9: 10,
    10: 11,
    11: 8,
    12: 4,
    13: 6,
    14: 10,
    15: 9,
    16: 7,
    17: 4,
    18: 3,
    19: 4,
    20: 5,
    21: 3,
    22: 1,
}


def draw_moment(dice: Random, start: datetime, end: datetime) -> datetime:
    """A moment between two others, as people's habits have it."""
    for _ in range(200):
        day = start + timedelta(days=dice.uniform(0, (end - start) / timedelta(days=1)))
        if dice.random() > _WEEKDAYS[day.weekday()] / max(_WEEKDAYS):
            continue
        moment = at_hour(dice, day)
        if start <= moment <= end:
            return moment
    return start + (end - start) * dice.random()


def at_hour(dice: Random, day: datetime) -> datetime:
    """A moment on this day, at a likely hour."""
    (hour,) = dice.choices(list(_HOURS), weights=list(_HOURS.values()))
    clock = time(hour, dice.randrange(60), dice.randrange(60), dice.randrange(1_000_000))
    return datetime.combine(day.date(), clock, day.tzinfo)


def workdays(start: datetime, end: datetime) -> list[datetime]:
    """Every Monday to Friday between two moments, at the time of day of the first."""
    days = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return [day for day in days if day.weekday() < 5 and day <= end]
