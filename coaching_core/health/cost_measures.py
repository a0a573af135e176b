"""Measures of money over the records of calls. Unknown costs count with their bound: money is never counted low."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from coaching_core.health.models import Measure, Sample
from coaching_core.health.scope import Scope
from coaching_core.llm.tables import prompt_runs
from coaching_core.usage.forecast import DailyCost, forecast

WHOLE_DAYS: Mapping[Measure, int] = MappingProxyType(
    {Measure.COST_TODAY: 0, Measure.COST_PER_USER: 2, Measure.COST_FORECAST: 28}
)
"""Measures that look at whole days (UTC), with how many of them before today."""

_runs = prompt_runs.c
_DAY = sa.cast(_runs.created_at, sa.Date)
_COST = sa.func.sum(sa.func.coalesce(_runs.cost_usd, _runs.held_usd, 0))
_PERSON: sa.ColumnElement[Any] = _runs.tenant_id + sa.literal("/") + _runs.user_id


def cost_today(connection: sa.Connection, scope: Scope, _: Measure) -> Sequence[Sample]:
    """USD since midnight."""
    unknown = sa.func.count().filter(_runs.cost_usd.is_(None))
    sums = sa.select(sa.func.count(), _COST, unknown).where(*scope.conditions())
    count, cost, without = connection.execute(sums).one()
    detail = f"{without} calls of unknown cost count with the most they can have cost" if without else ""
    return (Sample(float(cost or 0) if count else None, count, detail=detail),)


def cost_per_user(connection: sa.Connection, scope: Scope, _: Measure) -> Sequence[Sample]:
    """USD for each daily active user: the costs of three days over their users, today as far as it went (L6)."""
    days = sa.select(_COST, sa.func.count(sa.distinct(_PERSON))).where(*scope.conditions()).group_by(_DAY)
    rows = connection.execute(days).all()
    people = sum(users for _, users in rows)
    if not people:
        return (Sample(None, reason="Nobody was there in these days."),)
    return (Sample(float(sum(cost or 0 for cost, _ in rows) / people), people),)


def cost_forecast(connection: sa.Connection, scope: Scope, _: Measure) -> Sequence[Sample]:
    """USD that the next 24 hours will cost, as the usage screen forecasts it."""
    sums = sa.select(_DAY, _COST).where(*scope.conditions()).group_by(_DAY)
    costs = {day: Decimal(cost or 0) for day, cost in connection.execute(sums)}
    now = scope.until.astimezone(UTC)
    found = forecast(_days(costs, now.date()), now)
    if found.next_day is None:
        return (Sample(None, reason=found.reason),)
    low, high = found.next_day.low, found.next_day.high
    return (Sample(float(found.next_day.expected), 1, detail=f"90 % interval ${low:.2f} to ${high:.2f}"),)


def _days(costs: Mapping[date, Decimal], today: date) -> list[DailyCost]:
    """Every day from the first one with a call to today."""
    if not costs:
        return []
    first = min(costs)
    days = (first + timedelta(days=number) for number in range((today - first).days + 1))
    return [DailyCost(day, costs.get(day, Decimal(0)), users=0, complete=day < today) for day in days]
