"""Where the answer to a question lies: in cells summed by day, and in the records that no cell covers.

Whole days come from cells, the ragged ends of a period from ``prompt_runs``; on DuckDB also what was recorded since the
last fold. What cells do not know (hours, single calls, one user's models) comes from ``prompt_runs`` alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.tables import prompt_runs
from coaching_core.usage import measures
from coaching_core.usage.models import NO_VERSION, WITHOUT, Dimension, Only, UsageFilter
from coaching_core.usage.rollup import ROW_ID, Rollup
from coaching_core.usage.tables import usage_cells, usage_people

_runs = prompt_runs.c
_ONE_DAY = timedelta(days=1)
_COLUMNS: dict[Dimension, tuple[str, ...]] = {
    Dimension.DAY: ("day",),
    Dimension.HOUR: ("hour",),
    Dimension.USER: ("user_id",),
    Dimension.PROVIDER: ("provider",),
    Dimension.MODEL: ("model",),
    Dimension.TOPIC: ("topic_id",),
    Dimension.PROMPT_VERSION: ("topic_id", "prompt_version"),
    Dimension.PURPOSE: ("purpose",),
    Dimension.TENANT: ("tenant_id",),
}
_DERIVED: dict[str, sa.ColumnElement[Any]] = {
    "day": sa.cast(_runs.created_at, sa.Date),
    "hour": sa.func.date_trunc(sa.literal_column("'hour'"), _runs.created_at),
}
_ONLY: dict[Only, sa.ColumnElement[bool]] = {
    Only.CALLS: measures.FINAL.is_(True),
    Only.RETRIES: measures.FINAL.is_(False),
    Only.ERRORS: measures.FAILED,
    Only.REFUSED: measures.REFUSED,
    Only.FALLBACKS: measures.FALLBACK,
    Only.UNKNOWN_COST: measures.UNKNOWN_COST,
    Only.KEPT: measures.KEPT,
}


_EQUAL = (
    *("tenant_id", "provider", "model", "topic_id", "prompt_version", "purpose", "user_id", "eval_run_id"),
    *("request_id", "call_id"),
)
"""What a filter compares with a column of the same name."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one table that answer a part of a question; the parts do not overlap.

    Attributes:
        table: ``prompt_runs``, or one of the tables of cells.
    """

    table: sa.Table
    conditions: tuple[sa.ColumnElement[bool], ...]

    @property
    def summed(self) -> bool:
        """Whether the rows are cells."""
        return self.table is not prompt_runs

    def key(self, name: str) -> sa.ColumnElement[Any]:
        """The column that a group has in common."""
        found = _DERIVED[name] if not self.summed and name in _DERIVED else self.table.c[name]
        return found.label(name)

    def measures(self) -> list[sa.ColumnElement[Any]]:
        """The sums over the rows."""
        return measures.cell_measures(self.table) if self.summed else measures.run_measures()


def columns_of(dimensions: Collection[Dimension]) -> list[str]:
    """The columns that make up the keys of groups, each once."""
    return list(dict.fromkeys(name for dimension in dimensions for name in _COLUMNS[dimension]))


def sources(
    rollup: Rollup, connection: sa.Connection, wanted: UsageFilter, columns: Collection[str]
) -> Iterator[Source]:
    """What has to be added up to answer a question.

    Args:
        columns: What else the answer needs to know of calls; ``latencies`` for their timings.
    """
    cells = _cells_for(wanted, columns)
    first, end = _whole_days(wanted)
    fold = rollup.state(connection) if cells is not None and first < end else None
    if cells is None or fold is None:
        yield Source(prompt_runs, tuple(run_conditions(wanted)))
        return
    days = (cells.c.day >= first.date(), cells.c.day < end.date())
    yield Source(cells, (*days, *_equal(wanted, cells)))
    for since, until in ((wanted.since, first), (end, wanted.until)):
        if since < until:
            yield Source(prompt_runs, (*_between(since, until), *_equal(wanted, prompt_runs)))
    if fold.last_row is not None:
        late = (fold.last_row < ROW_ID, *_between(first, end))
        yield Source(prompt_runs, (*late, *_equal(wanted, prompt_runs)))


def run_conditions(wanted: UsageFilter) -> list[sa.ColumnElement[bool]]:
    """What rows of ``prompt_runs`` have to fulfil."""
    conditions = [*_between(wanted.since, wanted.until), *_equal(wanted, prompt_runs)]
    return conditions if wanted.only is None else [*conditions, _ONLY[wanted.only]]


def _cells_for(wanted: UsageFilter, columns: Collection[str]) -> sa.Table | None:
    """The table of cells that knows all that is asked for; None when only the records do."""
    if wanted.only is not None:
        return None
    asked = {column.name for column, _ in _pairs(wanted, prompt_runs)} | set(columns) | {"simulated", "day"}
    return next((table for table in (usage_cells, usage_people) if asked <= set(table.c.keys())), None)


def _whole_days(wanted: UsageFilter) -> tuple[datetime, datetime]:
    since, until = wanted.since.astimezone(UTC), wanted.until.astimezone(UTC)
    first = _midnight(since) if since == _midnight(since) else _midnight(since) + _ONE_DAY
    return first, _midnight(until)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), UTC)


def _between(since: datetime, until: datetime) -> list[sa.ColumnElement[bool]]:
    return [_runs.created_at >= since, _runs.created_at < until]


def _equal(wanted: UsageFilter, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    found = [
        column.is_(None) if value in (WITHOUT, NO_VERSION) else column == value
        for column, value in _pairs(wanted, table)
    ]
    return found if wanted.include_simulated else [*found, table.c.simulated.is_(False)]


def _pairs(wanted: UsageFilter, table: sa.Table) -> list[tuple[sa.ColumnElement[Any], object]]:
    return [(table.c[name], value) for name in _EQUAL if (value := getattr(wanted, name)) is not None]
