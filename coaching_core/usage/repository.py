"""Reads usage: sums and timings wherever they lie, and the PromptRuns behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.storage.bulk import as_batch
from coaching_core.storage.schema import UtcDateTime
from coaching_core.usage import measures
from coaching_core.usage.models import NO_USAGE, Options, RunOrder, Timings, UsageFilter, UsageSums
from coaching_core.usage.percentiles import Bundles, Samples, grouped_timings
from coaching_core.usage.rollup import Rollup
from coaching_core.usage.sources import Source, run_conditions, sources

_table = prompt_runs
_BATCH = 20_000
_TEXT = sa.String()
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

    def percentiles(self, wanted: UsageFilter, *groupings: Sequence[str]) -> list[dict[Key, Timings]]:
        """For each grouping, the percentiles of each combination of values that its columns have.

        Cells hold their timings one by one: what lies in them is put together here, which is several times quicker than
        the databases are. Where only records answer, the database does it, in less memory.
        """
        columns = list(dict.fromkeys(name for grouping in groupings for name in grouping))
        parts = list(self._sources(wanted, (*columns, "latencies", "ttfts")))
        if not any(part.summed for part in parts):
            return [self._from_runs(parts[0], grouping) for grouping in groupings]
        bundles = [self._bundles(part, columns) for part in parts]
        return [grouped_timings(bundles, [columns.index(name) for name in grouping]) for grouping in groupings]

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

    def batches(self, wanted: UsageFilter, as_text: bool) -> Iterator[Any]:
        """All attempts the filter finds, oldest first, as ``pyarrow.RecordBatch`` after another.

        They are read day by day: no more than a day of them is sorted, and held, at a time.

        Args:
            as_text: Money in plain digits and times in ISO 8601, as texts.
        """
        columns = [_as_text(column, self._kind) if as_text else column for column in _table.c]
        types = [_TEXT if as_text and _needs_words(column) else column.type for column in _table.c]
        since = wanted.since
        while since < wanted.until:
            until = min(since + timedelta(days=1), wanted.until)
            conditions = run_conditions(replace(wanted, since=since, until=until))
            yield from self._batches(sa.select(*columns).where(*conditions), types)
            since = until

    def _batches(self, statement: sa.Select[Any], types: Sequence[sa.types.TypeEngine[Any]]) -> Iterator[Any]:
        ordered = statement.order_by(_table.c.created_at, _table.c.id)
        if self._kind == "duckdb":
            yield from self._connection.execute(ordered).cursor.to_arrow_reader(_BATCH)
            return
        for rows in self._connection.execution_options(yield_per=_BATCH).execute(ordered).partitions():
            yield as_batch(dict(zip(_table.c.keys(), zip(*rows, strict=True), strict=True)), types)

    def _sources(self, wanted: UsageFilter, columns: Collection[str]) -> Iterator[Source]:
        return sources(self._rollup, self._connection, wanted, columns)

    def _from_runs(self, source: Source, columns: Sequence[str]) -> dict[Key, Timings]:
        keys = [source.key(name) for name in columns]
        statement = sa.select(*keys, *measures.run_percentiles(self._kind)).where(*source.conditions)
        rows = self._connection.execute(statement.group_by(*keys) if keys else statement)
        return {tuple(row[: len(keys)]): _timings(*row[len(keys) :]) for row in rows}

    def _bundles(self, source: Source, columns: Sequence[str]) -> Bundles:
        keys = [source.key(name) for name in columns]
        if source.summed:
            statement = sa.select(*keys, source.table.c.latencies, source.table.c.ttfts).where(*source.conditions)
        else:
            statement = sa.select(*keys, *measures.run_samples(self._kind)).where(*source.conditions)
            statement = statement.group_by(*keys) if keys else statement
        if self._kind == "duckdb":
            return _from_arrow(self._connection.execute(statement), len(columns))
        if source.summed:
            return _from_bytes(_fetch_binary(self._connection, statement), len(columns))
        return _from_bytes(self._connection.execute(statement), len(columns))

    @property
    def _kind(self) -> str:
        return self._connection.dialect.name


def run_of(row: sa.RowMapping) -> PromptRun:
    """The PromptRun that a row holds."""
    return PromptRun.from_row(dict(row))


def _needs_words(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, UtcDateTime) or (
        isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Float)
    )


def _as_text(column: sa.Column[Any], kind: str) -> sa.ColumnElement[Any]:
    if not _needs_words(column):
        return column
    if not isinstance(column.type, UtcDateTime):
        return sa.cast(column, sa.String).label(column.name)
    plain = sa.type_coerce(column, sa.DateTime)
    if kind == "duckdb":
        text = sa.func.strftime(plain, sa.literal_column("'%Y-%m-%dT%H:%M:%S.%f+00:00'"))
    else:
        text = sa.func.to_char(plain, sa.literal_column(r"""'YYYY-MM-DD"T"HH24:MI:SS.US+00\:00'"""))
    return text.label(column.name)


def _from_arrow(result: sa.CursorResult[Any], keys: int) -> Bundles:
    """DuckDB hands lists over as one column of values with the lengths of the lists: nothing is copied."""
    table = result.cursor.to_arrow_table()
    names = zip(*(table.column(place).to_pylist() for place in range(keys)), strict=True)
    latencies, ttfts = (_samples(table.column(keys + place)) for place in range(2))
    return Bundles(list(names) if keys else [()] * table.num_rows, latencies, ttfts)


def _samples(column: Any) -> Samples:
    import numpy as np

    chunks = [(chunk.flatten(), chunk.value_lengths().fill_null(0)) for chunk in column.chunks]
    values = [flat.to_numpy(zero_copy_only=False) for flat, _ in chunks] or [np.empty(0)]
    lengths = [length.to_numpy(zero_copy_only=False) for _, length in chunks] or [np.empty(0, np.int64)]
    return Samples(np.concatenate(values), np.concatenate(lengths).astype(np.int64))


def _fetch_binary(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows as PostgreSQL holds them: as text, millions of doubles would take several times as long."""
    compiled = statement.compile(dialect=connection.dialect)
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        yield from cursor.execute(str(compiled), compiled.params)


def _from_bytes(rows: Iterable[Sequence[Any]], keys: int) -> Bundles:
    found = list(rows)
    latencies, ttfts = (_doubles([row[keys + place] or b"" for row in found]) for place in range(2))
    return Bundles([tuple(row[:keys]) for row in found], latencies, ttfts)


def _doubles(bundles: Sequence[bytes]) -> Samples:
    import numpy as np

    lengths = np.array([len(bundle) // 8 for bundle in bundles], np.int64)
    return Samples(np.frombuffer(b"".join(bundles), dtype=">f8").astype(np.float64), lengths)


def _timings(timed: int, latency: Sequence[float] | None, ttft: Sequence[float] | None) -> Timings:
    (latency_p50, latency_p95), (ttft_p50, ttft_p95) = latency or (None, None), ttft or (None, None)
    return Timings(latency_p50, latency_p95, ttft_p50, ttft_p95, timed)
