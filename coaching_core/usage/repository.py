"""Reads PromptRuns for the usage dashboards: sums are exact, percentiles too, one scan for each question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.usage.models import SATURATED_LOOP_MS, Dimension, RunOrder, UsageFilter, UsageRow, UsageSums

_table = prompt_runs
_DAY = sa.cast(_table.c.created_at, sa.Date)
_OK = _table.c.status == str(RunStatus.OK)
_LAGGING = sa.and_(_OK, sa.func.coalesce(_table.c.loop_lag_ms, 0) > SATURATED_LOOP_MS)
_FAILED = _table.c.status.in_([str(RunStatus.ERROR), str(RunStatus.TIMEOUT)])
_PAGE = 2_000

_KEYS: dict[Dimension, tuple[sa.ColumnElement[Any], ...]] = {
    Dimension.DAY: (_DAY,),
    Dimension.USER: (_table.c.user_id,),
    Dimension.PROVIDER: (_table.c.provider,),
    Dimension.MODEL: (_table.c.model,),
    Dimension.TOPIC: (_table.c.topic_id,),
    Dimension.PROMPT_VERSION: (_table.c.topic_id, _table.c.prompt_version),
    Dimension.PURPOSE: (_table.c.purpose,),
    Dimension.TENANT: (_table.c.tenant_id,),
}

_ORDERS: dict[RunOrder, sa.ColumnElement[Any]] = {
    RunOrder.NEWEST: _table.c.created_at.desc(),
    RunOrder.OLDEST: _table.c.created_at.asc(),
    RunOrder.COSTLIEST: _table.c.cost_usd.desc().nulls_last(),
    RunOrder.SLOWEST: _table.c.latency_ms.desc(),
}


def select_usage(connection: sa.Connection, usage_filter: UsageFilter) -> UsageSums:
    """The sums over all calls the filter finds."""
    return _usage(connection.execute(sa.select(*_sums()).where(*_conditions(usage_filter))).one())


def select_user_days(connection: sa.Connection, usage_filter: UsageFilter) -> int:
    """The sum over the days of how many different users called."""
    days = (
        sa.select(_DAY, _table.c.tenant_id, _table.c.user_id)
        .where(*_conditions(usage_filter), _table.c.user_id.is_not(None))
        .distinct()
        .subquery()
    )
    return connection.scalar(sa.select(sa.func.count()).select_from(days)) or 0


def select_groups(connection: sa.Connection, usage_filter: UsageFilter, dimension: Dimension) -> list[UsageRow]:
    """The sums for each group, in no particular order."""
    keys = [key.label(f"key{place}") for place, key in enumerate(_KEYS[dimension])]
    statement = sa.select(*keys, *_sums()).where(*_conditions(usage_filter)).group_by(*_KEYS[dimension])
    return [_group(row, dimension) for row in connection.execute(statement)]


def select_runs(
    connection: sa.Connection, usage_filter: UsageFilter, limit: int, offset: int, order: RunOrder
) -> tuple[PromptRun, ...]:
    """One page of calls. Calls that tie are in order of their ids."""
    statement = (
        sa.select(_table)
        .where(*_conditions(usage_filter))
        .order_by(_ORDERS[order], _table.c.id)
        .limit(limit)
        .offset(offset)
    )
    return tuple(_run(row) for row in connection.execute(statement).mappings())


def count_runs(connection: sa.Connection, usage_filter: UsageFilter) -> int:
    """How many calls the filter finds."""
    return connection.scalar(sa.select(sa.func.count()).select_from(_table).where(*_conditions(usage_filter))) or 0


def iterate_runs(connection: sa.Connection, usage_filter: UsageFilter) -> Iterator[PromptRun]:
    """All calls the filter finds, oldest first, without holding them all at once."""
    statement = sa.select(_table).where(*_conditions(usage_filter)).order_by(_table.c.created_at, _table.c.id)
    result = connection.execution_options(yield_per=_PAGE).execute(statement)
    for page in result.mappings().partitions():
        yield from (_run(row) for row in page)


def _conditions(wanted: UsageFilter) -> list[sa.ColumnElement[bool]]:
    equal = {
        _table.c.tenant_id: wanted.tenant_id,
        _table.c.provider: wanted.provider,
        _table.c.model: wanted.model,
        _table.c.topic_id: wanted.topic_id,
        _table.c.purpose: None if wanted.purpose is None else str(wanted.purpose),
        _table.c.user_id: wanted.user_id,
        _table.c.eval_run_id: wanted.eval_run_id,
    }
    conditions = [_table.c.created_at >= wanted.since, _table.c.created_at < wanted.until]
    conditions += [column == value for column, value in equal.items() if value is not None]
    return conditions if wanted.include_simulated else [*conditions, _table.c.simulated.is_(False)]


def _sums() -> list[sa.ColumnElement[Any]]:
    unknown = _table.c.cost_usd.is_(None)
    return [
        sa.func.count().label("calls"),
        sa.func.count().filter(_FAILED).label("errors"),
        sa.func.sum(_table.c.cost_usd).label("cost_known"),
        sa.func.count().filter(unknown).label("unknown_cost_calls"),
        *(_token_sum(name) for name in ("input_tokens", "output_tokens", "cached_tokens")),
        _percentile(0.5, _table.c.latency_ms).label("latency_p50"),
        _percentile(0.95, _table.c.latency_ms).label("latency_p95"),
        _percentile(0.5, _table.c.ttft_ms).label("ttft_p50"),
        _percentile(0.95, _table.c.ttft_ms).label("ttft_p95"),
        sa.func.count().filter(_LAGGING).label("lagging_calls"),
    ]


def _token_sum(name: str) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(_table.c[name]), 0).label(name)


def _percentile(fraction: float, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    timed = sa.case((sa.and_(_OK, sa.not_(_LAGGING)), column))
    return sa.func.percentile_cont(sa.literal_column(str(fraction))).within_group(timed)


def _usage(row: sa.Row[Any]) -> UsageSums:
    values = {field.name: getattr(row, field.name) for field in fields(UsageSums)}
    tokens = {name: int(values[name]) for name in ("input_tokens", "output_tokens", "cached_tokens")}
    return UsageSums(**values | tokens | {"cost_known": values["cost_known"] or Decimal(0)})


def _group(row: sa.Row[Any], dimension: Dimension) -> UsageRow:
    usage = _usage(row)
    if dimension is Dimension.PROMPT_VERSION:
        topic_id, version = row.key0, row.key1
        key = None if topic_id is None or version is None else f"{topic_id} v{version}"
        return UsageRow(key, usage, topic_id=topic_id, prompt_version=version)
    if dimension is Dimension.DAY:
        return UsageRow(row.key0.isoformat(), usage)
    return UsageRow(row.key0, usage, topic_id=row.key0 if dimension is Dimension.TOPIC else None)


def _run(row: sa.RowMapping) -> PromptRun:
    return PromptRun(
        **dict(row)
        | {
            "purpose": Purpose(row["purpose"]),
            "status": RunStatus(row["status"]),
            "interaction_ids": tuple(row["interaction_ids"]),
        }
    )
