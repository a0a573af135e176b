"""Answers the questions of the usage and cost dashboards (ledger L7).

Costs are exact sums made by the database; an unknown cost is never 0, it is counted beside the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from coaching_core.clock import Clock, utc_now
from coaching_core.errors import InvalidInputError
from coaching_core.storage.database import Database
from coaching_core.usage import grouping
from coaching_core.usage.export import write_csv, write_parquet
from coaching_core.usage.forecast import DailyCost
from coaching_core.usage.models import (
    NO_USAGE,
    Dimension,
    Headline,
    Options,
    Overview,
    PromptRunPage,
    RunOrder,
    Timings,
    Totals,
    UsageFilter,
    UsageRow,
    UsageSums,
    UsageTimings,
)
from coaching_core.usage.repository import UsageReader
from coaching_core.usage.rollup import Rollup
from coaching_core.usage.sources import columns_of

_LONGEST_PAGE = 1_000
_SORT_MEMORY = "128MB"
"""Of PostgreSQL, for a percentile that it works out itself; sorting on disk takes several times as long."""

_SMALLEST_MONEY = Decimal("1e-12")
_UNSTACKED = (Dimension.DAY, Dimension.HOUR, Dimension.USER)


class UsageService:
    """Sums, groups, percentiles and lists of PromptRuns.

    Args:
        database: The store.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._rollup = Rollup(database)

    def keep_up(self) -> int:
        """Sum up what was recorded since the last time, so that later answers are quick; for a job."""
        return self._rollup.keep_up()

    def overview(self, usage_filter: UsageFilter, by: Dimension, stacked_by: Dimension | None = None) -> Overview:
        """All sums of a screen, without percentiles.

        Args:
            by: What the rows group by.
            stacked_by: What the costs of the steps are told apart by; ``by`` when it is left out, and not people: those
                are too many to be asked for day by day.
        """
        split, step = stacked_by or by, _step(usage_filter)
        known = [one for one in (by, split) if one is not Dimension.USER]
        columns = [*columns_of((step, *known)), "simulated"]
        with self._reading() as reader:
            cube = _Cube(columns, reader.sums(usage_filter, columns))
            before = reader.total(usage_filter.before(self._clock()))
            rows = reader.sums(usage_filter, columns_of((by,))) if by is Dimension.USER else cube.by(by)
        steps = grouping.steps(usage_filter, step, cube.by(step))
        return Overview(
            now=cube.total(),
            before=before,
            real=cube.total(lambda key: not key[-1]),
            steps=steps,
            rows=grouping.sorted_rows(by, rows),
            stack={} if split in _UNSTACKED else _stack(usage_filter, cube, split),
        )

    def timings(self, usage_filter: UsageFilter, by: Dimension) -> UsageTimings:
        """The percentiles that belong to an overview; exact, which takes longer than sums."""
        step = _step(usage_filter)
        every, each_step, each_row = (), columns_of((step,)), columns_of((by,))
        with self._reading() as reader:
            now, steps, rows = reader.percentiles(usage_filter, every, each_step, each_row)
            (before,) = reader.percentiles(usage_filter.before(self._clock()), every)
        return UsageTimings(
            now=now.get((), Timings()),
            before=before.get((), Timings()),
            steps={grouping.key_text(step, key) or "": timings for key, timings in steps.items()},
            rows={grouping.key_text(by, key): timings for key, timings in rows.items()},
        )

    def headline(self, usage_filter: UsageFilter) -> Headline:
        """The sums over the period with percentiles, and over the one of the same length before it."""
        with self._reading() as reader:
            return Headline(now=_totals(reader, usage_filter), before=_totals(reader, usage_filter.before()))

    def totals(self, usage_filter: UsageFilter) -> Totals:
        """The sums over the period with percentiles, and who was there."""
        with self._reading() as reader:
            return _totals(reader, usage_filter)

    def attempts(self, usage_filter: UsageFilter) -> int:
        """How many attempts the filter finds: quick, to see whether there is anything new."""
        with self._reading() as reader:
            return reader.count(usage_filter)

    def by_day(self, usage_filter: UsageFilter) -> tuple[UsageRow, ...]:
        """The sums for each day (UTC) of the period, earliest first; days without calls are there too."""
        found = {row.key: row.usage for row in self.by(usage_filter, Dimension.DAY)}
        keys = grouping.step_keys(usage_filter, Dimension.DAY)
        return tuple(UsageRow(key, found.get(key, NO_USAGE)) for key in keys)

    def by(self, usage_filter: UsageFilter, dimension: Dimension) -> tuple[UsageRow, ...]:
        """The sums for each group, with percentiles: days earliest first, everything else the costliest first."""
        dimension = Dimension(dimension)
        columns = columns_of((dimension,))
        with self._reading() as reader:
            sums = reader.sums(usage_filter, columns)
            (timings,) = reader.percentiles(usage_filter, columns)
        return grouping.sorted_rows(dimension, {key: one.timed(timings.get(key)) for key, one in sums.items()})

    def options(self, usage_filter: UsageFilter) -> Options:
        """What was called in the period: providers, models, topics and prompt versions."""
        with self._reading() as reader:
            return reader.options(usage_filter)

    def daily_costs(self, usage_filter: UsageFilter, with_users: bool = True) -> tuple[DailyCost, ...]:
        """What each day (UTC) cost and how many users were there, earliest first, from the first day with a call on.

        Args:
            with_users: Count them; under some filters that takes longer than the costs.
        """
        now = self._clock()
        with self._reading() as reader:
            sums = {key[0]: one for key, one in reader.sums(usage_filter, ("day",)).items()}
            users = reader.users_by_day(usage_filter) if with_users else {}
        if not sums:
            return ()
        today = now.astimezone(UTC).date()
        first, last = min(sums), min((usage_filter.until - timedelta(microseconds=1)).astimezone(UTC).date(), today)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return tuple(
            DailyCost(day, sums.get(day, NO_USAGE).cost_known, users.get(day, 0), complete=day < today) for day in days
        )

    def prompt_runs(
        self,
        usage_filter: UsageFilter,
        limit: int = 50,
        offset: int = 0,
        order: RunOrder = RunOrder.NEWEST,
    ) -> PromptRunPage:
        """A page of the attempts behind the numbers.

        Args:
            limit: Length of the page, 1 to 1000.
            offset: How many attempts come before it.

        Raises:
            InvalidInputError: Limit or offset lies outside.
        """
        if not 1 <= limit <= _LONGEST_PAGE:
            raise InvalidInputError(f"A page holds 1 to {_LONGEST_PAGE} calls, not {limit}.", field="limit")
        if offset < 0:
            raise InvalidInputError("A page cannot begin before the first call.", field="offset")
        with self._reading() as reader:
            runs = reader.runs(usage_filter, limit, offset, RunOrder(order))
            return PromptRunPage(runs, reader.count(usage_filter), offset)

    def call(self, tenant_id: str | None, call_id: str, since: datetime, until: datetime) -> PromptRunPage:
        """All attempts at one call, the first one first."""
        wanted = UsageFilter(tenant_id, since, until, call_id=call_id)
        return self.prompt_runs(wanted, limit=_LONGEST_PAGE, order=RunOrder.OLDEST)

    def export_csv(self, usage_filter: UsageFilter, file: Path) -> None:
        """Write all attempts of the filter as CSV, oldest first; safe to open in a spreadsheet. Memory stays flat."""
        with self._reading() as reader:
            write_csv(reader.batches(usage_filter, as_text=True), file)

    def export_parquet(self, usage_filter: UsageFilter, file: Path) -> None:
        """Write all attempts of the filter as Parquet, oldest first. Memory stays flat."""
        with self._reading() as reader:
            write_parquet(reader.batches(usage_filter, as_text=False), file)

    @contextmanager
    def _reading(self) -> Iterator[UsageReader]:
        with self._database.analytic() as connection:
            if self._database.kind == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
                connection.execute(sa.text(f"set local work_mem = '{_SORT_MEMORY}'"))
            yield UsageReader(connection, self._rollup)


@dataclass(frozen=True, slots=True)
class _Cube:
    """Sums by several columns, to be added up by some of them."""

    columns: list[str]
    sums: Mapping[grouping.Key, UsageSums]

    def by(self, *dimensions: Dimension) -> dict[grouping.Key, UsageSums]:
        places = [self.columns.index(name) for name in columns_of(dimensions)]
        return grouping.added_up(self.sums.items(), lambda key: tuple(key[place] for place in places))

    def total(self, which: Callable[[grouping.Key], bool] = lambda _: True) -> UsageSums:
        kept = ((key, one) for key, one in self.sums.items() if which(key))
        return grouping.added_up(kept, lambda _: ()).get((), NO_USAGE)


def _step(wanted: UsageFilter) -> Dimension:
    return Dimension.HOUR if wanted.hourly else Dimension.DAY


def _stack(wanted: UsageFilter, cube: _Cube, by: Dimension) -> dict[str, tuple[Decimal, ...]]:
    step = _step(wanted)
    costs: dict[tuple[str | None, str | None], Decimal] = {}
    for key, one in cube.by(step, by).items():
        found = (grouping.key_text(step, key), grouping.key_text(by, key[1:]))
        costs[found] = costs.get(found, Decimal(0)) + one.cost_known
    return grouping.stack(grouping.step_keys(wanted, step), grouping.sorted_rows(by, cube.by(by)), costs)


def _totals(reader: UsageReader, wanted: UsageFilter) -> Totals:
    (timings,) = reader.percentiles(wanted, ())
    usage = reader.total(wanted).timed(timings.get(()))
    user_days = sum(reader.users_by_day(wanted).values())
    known = user_days and usage.cost is not None
    each = (usage.cost_known / user_days).quantize(_SMALLEST_MONEY) if known else None
    return Totals(usage, user_days, each)
