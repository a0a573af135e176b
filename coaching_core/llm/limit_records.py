"""Limits as they stand in the store, what the records say of how far they are used, and the lock that guards both."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.limit_book import CounterKey
from coaching_core.llm.limits import EVERYTHING, Action, Each, Limit, Metric, Period
from coaching_core.llm.tables import limit_counters, limits, prompt_runs
from coaching_core.llm.types import RunStatus

_LOCK_KEY = 7_202_612
_runs = prompt_runs.c


def lock_limits(connection: sa.Connection) -> None:
    """Wait for other transactions that change limits or counters; they wait for this one in turn, until it ends.

    To be taken before any row lock, or two could wait for each other. A store of one process needs none.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))


def forget_counters(connection: sa.Connection, limit_id: str) -> None:
    """Drop what a shared store counts for a limit; what is in force is counted anew from the records."""
    connection.execute(sa.delete(limit_counters).where(limit_counters.c.limit_id == limit_id))


def select_limits(connection: sa.Connection) -> list[Limit]:
    """All limits in force."""
    rows = connection.execute(sa.select(limits).where(limits.c.enabled).order_by(limits.c.id)).mappings()
    return [limit_of(row) for row in rows]


def limit_of(row: sa.RowMapping) -> Limit:
    """The limit that a row of the table says."""
    return Limit(
        id=row["id"],
        name=row["name"],
        metric=Metric(row["metric"]),
        period=Period(row["period"]),
        cap=row["cap"],
        action=Action(row["action"]),
        threshold=row["threshold"],
        tenant_id=row["tenant_id"],
        user_id=row["user_id"],
        provider=row["provider"],
        model=row["model"],
        purpose=row["purpose"],
        each=None if row["each"] is None else Each(row["each"]),
    )


def sum_spent(connection: sa.Connection, limit: Limit, key: CounterKey, without: Collection[str] = ()) -> Decimal:
    """What the records say one counter of a limit has spent, in its metric's unit.

    Args:
        without: Ids of attempts that are counted elsewhere.
    """
    if limit.metric is Metric.STREAMS:
        return Decimal(0)
    conditions = _conditions(limit, key.period_start, without)
    total = sa.select(sa.func.sum(_AMOUNTS[limit.metric])).where(*conditions, _subject(limit) == key.subject)
    return Decimal(connection.scalar(total) or 0)


def sums_spent(
    connection: sa.Connection, limit: Limit, period_start: datetime, without: Collection[str] = ()
) -> dict[str, Decimal]:
    """As :func:`sum_spent`, for every subject that has records in the period."""
    if limit.metric is Metric.STREAMS:
        return {}
    amounts = sa.select(_subject(limit).label("subject"), _AMOUNTS[limit.metric].label("amount"))
    each = amounts.where(*_conditions(limit, period_start, without)).subquery()
    totals = sa.select(each.c.subject, sa.func.sum(each.c.amount).label("spent")).group_by(each.c.subject)
    return {row.subject: Decimal(row.spent or 0) for row in connection.execute(totals)}


_ZERO = sa.literal(0)
_AMOUNTS: dict[Metric, sa.ColumnElement[Any]] = {
    Metric.COST: sa.func.coalesce(_runs.cost_usd, _runs.held_usd, _ZERO),
    Metric.TOKENS: sa.case(
        (
            _runs.input_tokens.is_not(None) & _runs.output_tokens.is_not(None),
            _runs.input_tokens + _runs.output_tokens,
        ),
        (_runs.cost_usd == 0, _ZERO),
        else_=sa.func.coalesce(_runs.held_tokens, 0),
    ),
    Metric.TURNS: sa.case((_runs.attempt == 1, 1), else_=0),
}


def _conditions(limit: Limit, start: datetime, without: Collection[str]) -> list[sa.ColumnElement[bool]]:
    wanted = {
        _runs.tenant_id: limit.tenant_id,
        _runs.user_id: limit.user_id,
        _runs.provider: limit.provider,
        _runs.model: limit.model,
        _runs.purpose: limit.purpose,
    }
    conditions = [_runs.created_at >= start, _runs.status != str(RunStatus.REFUSED)]
    if (until := limit.resets_at(start)) is not None:
        conditions.append(_runs.created_at < until)
    if limit.each is Each.USER:
        conditions.append(_runs.user_id.is_not(None))
    if without:
        conditions.append(_runs.id.not_in(list(without)))
    return [*conditions, *(column == value for column, value in wanted.items() if value is not None)]


def _subject(limit: Limit) -> sa.ColumnElement[str]:
    match limit.each:
        case Each.TENANT:
            return _runs.tenant_id
        case Each.USER:
            return _runs.tenant_id + "/" + _runs.user_id
        case Each.PROVIDER:
            return _runs.provider
        case Each.MODEL:
            return _runs.model
        case None:
            return sa.literal(EVERYTHING, literal_execute=True)
