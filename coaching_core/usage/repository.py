"""Reads usage: sums and timings wherever they lie, and the PromptRuns behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.usage import measures
from coaching_core.usage.models import NO_USAGE, Options, RunOrder, UsageFilter, UsageSums
from coaching_core.usage.percentiles import Bundle
from coaching_core.usage.rollup import Rollup
from coaching_core.usage.sources import Source, run_conditions, sources

_table = prompt_runs
_PAGE = 2_000
_ORDERS: dict[RunOrder, sa.ColumnElement[Any]] = {
    RunOrder.NEWEST: _table.c.created_at.desc(),
    RunOrder.OLDEST: _table.c.created_at.asc(),
    RunOrder.COSTLIEST: _table.c.cost_usd.desc().nulls_last(),
    RunOrder.SLOWEST: _table.c.latency_ms.desc(),
}

Key = tuple[Any, ...]


class UsageReader:
    """Answers questions about usage within one transaction, so that all answers agree.

    Args:
        connection: A connection whose transaction sees one state of the store.
    """

    def __init__(self, connection: sa.Connection, rollup: Rollup) -> None:
        self._connection = connection
        self._rollup = rollup

    def sums(self, wanted: UsageFilter, columns: Sequence[str] = ()) -> dict[Key, UsageSums]:
        """The sums for each combination of values that these columns have; ``()`` for all together."""
        found: dict[Key, UsageSums] = {}
        for source in self._sources(wanted, columns):
            keys = [source.key(name) for name in columns]
            statement = sa.select(*keys, *source.measures()).where(*source.conditions)
            for row in self._connection.execute(statement.group_by(*keys) if keys else statement):
                key = tuple(row[: len(columns)])
                sums = measures.sums_of(row)
                found[key] = found[key] + sums if key in found else sums
        return {key: sums for key, sums in found.items() if sums.attempts}

    def total(self, wanted: UsageFilter) -> UsageSums:
        """The sums over all calls the filter finds."""
        return self.sums(wanted).get((), NO_USAGE)

    def timings(self, wanted: UsageFilter, columns: Sequence[str] = ()) -> list[Bundle]:
        """The timings of all calls the filter finds, in bundles; several may have the same key."""
        found = self._sources(wanted, (*columns, "latencies", "ttfts"))
        return [bundle for source in found for bundle in self._bundles(source, columns)]

    def users_by_day(self, wanted: UsageFilter) -> dict[date, int]:
        """How many different users called on each day (UTC); days without any are left out."""
        selects = [
            sa.select(source.key("day"), source.key("tenant_id"), source.key("user_id")).where(
                *source.conditions, source.table.c.user_id.is_not(None)
            )
            for source in self._sources(wanted, ("day", "tenant_id", "user_id"))
        ]
        there = sa.union(*selects).subquery() if len(selects) > 1 else selects[0].distinct().subquery()
        statement = sa.select(there.c.day, sa.func.count()).group_by(there.c.day)
        return {day: users for day, users in self._connection.execute(statement)}

    def options(self, wanted: UsageFilter) -> Options:
        """What was called."""
        columns = ("provider", "model", "topic_id", "prompt_version")
        found: set[Key] = set()
        for source in self._sources(wanted, columns):
            statement = sa.select(*(source.key(name) for name in columns)).where(*source.conditions).distinct()
            found |= {tuple(row) for row in self._connection.execute(statement)}
        providers, models, topics = ({key[place] for key in found} - {None} for place in range(3))
        versions = {(topic, version) for _, _, topic, version in found if topic is not None and version is not None}
        return Options(*(tuple(sorted(one)) for one in (providers, models, topics, versions)))

    def runs(self, wanted: UsageFilter, limit: int, offset: int, order: RunOrder) -> tuple[PromptRun, ...]:
        """One page of attempts. Those that tie are in order of their ids."""
        statement = sa.select(_table).where(*run_conditions(wanted)).order_by(_ORDERS[order], _table.c.id)
        rows = self._connection.execute(statement.limit(limit).offset(offset)).mappings()
        return tuple(run_of(row) for row in rows)

    def count(self, wanted: UsageFilter) -> int:
        """How many attempts the filter finds."""
        if wanted.only is None:
            return self.total(wanted).attempts
        statement = sa.select(sa.func.count()).select_from(_table).where(*run_conditions(wanted))
        return self._connection.scalar(statement) or 0

    def iterate(self, wanted: UsageFilter) -> Iterator[PromptRun]:
        """All attempts the filter finds, oldest first, without holding them all at once."""
        statement = sa.select(_table).where(*run_conditions(wanted)).order_by(_table.c.created_at, _table.c.id)
        result = self._connection.execution_options(yield_per=_PAGE).execute(statement)
        for page in result.mappings().partitions():
            yield from (run_of(row) for row in page)

    def _sources(self, wanted: UsageFilter, columns: Collection[str]) -> Iterator[Source]:
        return sources(self._rollup, self._connection, wanted, columns)

    def _bundles(self, source: Source, columns: Sequence[str]) -> Iterator[Bundle]:
        kind = self._connection.dialect.name
        keys = [source.key(name) for name in columns]
        if source.summed:
            statement = sa.select(*keys, source.table.c.latencies, source.table.c.ttfts).where(*source.conditions)
        else:
            statement = sa.select(*keys, *measures.run_samples(kind)).where(*source.conditions)
            statement = statement.group_by(*keys) if keys else statement
        result = self._connection.execute(statement)
        yield from _from_arrow(result, len(columns)) if kind == "duckdb" else _from_bytes(result, len(columns))


def run_of(row: sa.RowMapping) -> PromptRun:
    """The PromptRun that a row holds."""
    return PromptRun(
        **dict(row)
        | {
            "purpose": Purpose(row["purpose"]),
            "status": RunStatus(row["status"]),
            "interaction_ids": tuple(row["interaction_ids"]),
            "attempt": row["attempt"] or 1,
            "final": row["final"] is not False,
        }
    )


def _from_arrow(result: sa.CursorResult[Any], keys: int) -> Iterator[Bundle]:
    """DuckDB hands lists over as one column of values with the lengths of the lists: nothing is copied."""
    table = result.cursor.to_arrow_table()  # type: ignore[union-attr]
    names = [table.column(place).to_pylist() for place in range(keys)]
    latencies, ttfts = (_split(table.column(keys + place)) for place in range(2))
    for place in range(table.num_rows):
        yield Bundle(tuple(values[place] for values in names), latencies[place], ttfts[place])


def _split(column: Any) -> list[Any]:
    import numpy as np

    found: list[Any] = []
    for chunk in column.chunks:
        lengths = chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        found += np.split(chunk.flatten().to_numpy(zero_copy_only=False), np.cumsum(lengths)[:-1])
    return found


def _from_bytes(result: sa.CursorResult[Any], keys: int) -> Iterator[Bundle]:
    import numpy as np

    for row in result:
        latencies, ttfts = (np.frombuffer(row[keys + place] or b"", dtype=">f8") for place in range(2))
        yield Bundle(tuple(row[:keys]), latencies, ttfts)
