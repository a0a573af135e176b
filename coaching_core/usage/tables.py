"""Usage summed up by day, so that dashboards over millions of PromptRuns add up thousands of rows.

A *cell* is what calls have in common on one day (UTC) with their sums, and their timings one by one, so that
percentiles stay exact. Several cells with the same key add up. On PostgreSQL triggers keep both tables in step with
``prompt_runs`` in the writer's own transaction; on DuckDB ``usage_folds`` says up to which row they were summed, and
what came later is read from ``prompt_runs`` itself (``rollup.py``).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from coaching_core.storage.schema import metadata, money


class DoubleList(sa.types.UserDefinedType[Any]):
    """DuckDB's list of doubles."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Its name in DDL."""
        return "DOUBLE[]"


def samples() -> sa.types.TypeEngine[Any]:
    """Milliseconds of many calls: a list on DuckDB, big-endian doubles one after another on PostgreSQL."""
    return sa.LargeBinary().with_variant(DoubleList(), "duckdb")


COUNTS = (
    *("calls", "attempts", "errors", "refused", "answered", "fallbacks", "kept", "lagging", "unknown_costs"),
    *("unbounded_costs", "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens"),
)
MONEY = ("cost_usd", "held_usd", "saved_usd")
SAMPLES = ("latencies", "ttfts")
CELL_KEYS = ("day", "tenant_id", "provider", "model", "topic_id", "prompt_version", "purpose", "simulated")
PEOPLE_KEYS = ("day", "tenant_id", "user_id", "simulated")


def _measures() -> list[sa.Column[Any]]:
    counts = [sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS]
    sums = [*counts, *(sa.Column(name, money(), nullable=False) for name in MONEY)]
    return [*sums, *(sa.Column(name, samples()) for name in SAMPLES), sa.Column("fresh", sa.Boolean, nullable=False)]


usage_cells = sa.Table(
    "usage_cells",
    metadata,
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("provider", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("topic_id", sa.String),
    sa.Column("prompt_version", sa.Integer),
    sa.Column("purpose", sa.String, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    *_measures(),
)
"""``fresh``: not merged with others of its key yet."""

usage_people = sa.Table(
    "usage_people",
    metadata,
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("user_id", sa.String),
    sa.Column("simulated", sa.Boolean, nullable=False),
    *_measures(),
)

usage_folds = sa.Table(
    "usage_folds",
    metadata,
    sa.Column("last_row", sa.BigInteger, nullable=False),
    sa.Column("holes", sa.BigInteger, nullable=False),
)
"""DuckDB only, one row or none: up to which row id of ``prompt_runs`` the cells go, and how many ids had no row."""
