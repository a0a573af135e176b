"""What is summed over PromptRuns, said once: over the records themselves, and over cells that were summed before."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from coaching_core.llm.loop_lag import SATURATED_LOOP_MS
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import RunStatus
from coaching_core.usage.models import UsageSums
from coaching_core.usage.tables import COUNTS, MONEY

_runs = prompt_runs.c
_FIELDS = {
    "cost_usd": "cost_known",
    "held_usd": "held",
    "saved_usd": "saved",
    "unknown_costs": "unknown_cost_calls",
    "unbounded_costs": "unbounded_cost_calls",
    "lagging": "lagging_calls",
}
"""Columns of cells whose sum has another name in :class:`UsageSums`."""

FINAL = sa.func.coalesce(_runs.final, True)
FAILED = sa.and_(FINAL, _runs.status.in_([RunStatus.ERROR, RunStatus.TIMEOUT, RunStatus.UNKNOWN]))
REFUSED = sa.and_(FINAL, _runs.status == str(RunStatus.REFUSED))
ANSWERED = sa.and_(FINAL, _runs.status == str(RunStatus.OK))
FALLBACK = sa.and_(ANSWERED, _runs.asked_model.is_not(None))
UNKNOWN_COST = _runs.cost_usd.is_(None)
KEPT = _runs.saved_usd.is_not(None)
_ASKED = sa.and_(ANSWERED, _runs.saved_usd.is_(None))
_LAG = sa.func.coalesce(_runs.loop_lag_ms, 0)
_TIMED = sa.and_(_ASKED, _LAG <= SATURATED_LOOP_MS)
_LATENCY: sa.ColumnElement[Any] = sa.func.coalesce(_runs.waited_ms, 0) + _runs.latency_ms
_TTFT: sa.ColumnElement[Any] = sa.func.coalesce(_runs.waited_ms, 0) + _runs.ttft_ms


def run_measures() -> list[sa.ColumnElement[Any]]:
    """Sums over rows of ``prompt_runs``, named as the columns of cells."""
    counted: dict[str, sa.ColumnElement[bool] | None] = {
        "calls": FINAL,
        "attempts": None,
        "errors": FAILED,
        "refused": REFUSED,
        "answered": ANSWERED,
        "fallbacks": FALLBACK,
        "kept": KEPT,
        "lagging": sa.and_(_ASKED, _LAG > SATURATED_LOOP_MS),
        "unknown_costs": UNKNOWN_COST,
        "unbounded_costs": sa.and_(UNKNOWN_COST, _runs.held_usd.is_(None)),
    }
    found: dict[str, sa.ColumnElement[Any]] = {
        name: sa.func.count() if which is None else sa.func.count().filter(which) for name, which in counted.items()
    }
    found |= {name: _sum(_runs[name]) for name in COUNTS if name.endswith("_tokens")}
    found |= {"cost_usd": _sum(_runs.cost_usd), "saved_usd": _sum(_runs.saved_usd)}
    found["held_usd"] = sa.func.coalesce(sa.func.sum(_runs.held_usd).filter(UNKNOWN_COST), 0)
    return [found[name].label(name) for name in (*COUNTS, *MONEY)]


def cell_measures(cells: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """Sums over cells."""
    return [_sum(cells.c[name]).label(name) for name in (*COUNTS, *MONEY)]


def run_samples(kind: str) -> list[sa.ColumnElement[Any]]:
    """The timings of rows of ``prompt_runs``, gathered as cells hold them.

    Args:
        kind: The database: ``duckdb`` or ``postgresql``.
    """
    return [_gather(kind, column).label(name) for name, column in (("latencies", _LATENCY), ("ttfts", _TTFT))]


def run_percentiles(kind: str) -> list[sa.ColumnElement[Any]]:
    """Number, and percentiles of latency and time to first token, of rows of ``prompt_runs``, made by the database."""
    latency, ttft = (sa.case((_TIMED, column)) for column in (_LATENCY, _TTFT))
    if kind == "duckdb":
        halves: sa.ColumnElement[Any] = sa.literal_column("[0.5, 0.95]")
        made: list[sa.ColumnElement[Any]] = [sa.func.quantile_cont(column, halves) for column in (latency, ttft)]
    else:
        halves = sa.literal_column("array[0.5, 0.95]")
        made = [sa.func.percentile_cont(halves).within_group(column) for column in (latency, ttft)]
    return [sa.func.count(latency), *(sa.type_coerce(one, sa.types.NullType()) for one in made)]


def sums_of(row: Any) -> UsageSums:
    """A row of measures as its type."""
    values: dict[str, Any] = {_FIELDS.get(name, name): int(getattr(row, name)) for name in COUNTS}
    return UsageSums(**values, **{_FIELDS[name]: getattr(row, name) for name in MONEY})


def _gather(kind: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    wanted = sa.and_(_TIMED, column.is_not(None))
    if kind == "duckdb":
        return sa.func.list(column).filter(wanted)
    return sa.func.string_agg(sa.func.float8send(column), sa.literal_column("''::bytea")).filter(wanted)


def _sum(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(column), 0)
