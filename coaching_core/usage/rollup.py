"""Keeps the sums by day in step with the PromptRuns, whoever writes them and however late.

PostgreSQL does it with triggers (migration 4); merging small cells is all that is left to do here. A DuckDB file
belongs to one process: rows are appended, each with a row id above all before it. A fold sums the rows up to an id;
readers add those above it. Rows that are deleted or changed void the fold: until the next one, readers ask the records.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.tables import prompt_runs
from coaching_core.storage.database import Database
from coaching_core.usage import measures
from coaching_core.usage.tables import (
    CELL_KEYS,
    COUNTS,
    MONEY,
    PEOPLE_KEYS,
    SAMPLES,
    usage_cells,
    usage_folds,
    usage_people,
)

ROW_ID: sa.ColumnElement[int] = sa.literal_column("rowid", sa.BigInteger)
_ROWS_AT_ONCE = 100_000
_FEW_ROWS = 2_000
_FEW_CELLS = 500
_LOCK_KEY = 7_202_613
"""Of PostgreSQL's advisory lock; the triggers take the same one where they replace cells."""

_REWRITES = re.compile(r'\s*(delete\s+from|update|truncate(\s+table)?)\s+"?prompt_runs\b', re.IGNORECASE)
_TABLES = ((usage_cells, CELL_KEYS), (usage_people, PEOPLE_KEYS))


@dataclass(frozen=True, slots=True)
class Fold:
    """How far the cells go.

    Attributes:
        last_row: Row id of the last PromptRun in them; None where triggers keep them complete.
    """

    last_row: int | None


class Rollup:
    """The cells of one store.

    Args:
        database: The store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        if database.kind == "duckdb":
            sa.event.listen(database.engine, "before_cursor_execute", _void_fold)

    def state(self, connection: sa.Connection) -> Fold | None:
        """How far the cells go, as this transaction sees it; None when they cannot be used."""
        if self._database.kind == "postgresql":
            return Fold(None)
        return _fold_state(connection)

    def keep_up(self) -> int:
        """Sum up what was recorded since the last time; returns how many rows, or days, that were.

        Run by a job every minute or so. Answers are exact without it, only slower.
        """
        if self._database.kind == "postgresql":
            return self._merge()
        summed = 0
        while rows := self._fold_some(least=1 if summed else _FEW_ROWS):
            summed += rows
        return summed

    def _fold_some(self, least: int) -> int:
        """Fold the next rows in a transaction of their own, so that writers wait for no more than these."""
        with self._database.unit_of_work() as work:
            connection = work.connection
            rows, top = _extent(connection)
            fold = _fold_state(connection)
            if fold is None or fold.last_row is None:
                for table, _ in _TABLES:
                    connection.execute(sa.delete(table))
                fold = Fold(-1)
                least = 1
            last = fold.last_row if fold.last_row is not None else -1
            end = min(top, last + _ROWS_AT_ONCE)
            if end - last < least:
                return 0
            for table, keys in _TABLES:
                _add_rows(connection, table, keys, last, end)
            connection.execute(sa.delete(usage_folds))
            connection.execute(sa.insert(usage_folds).values(last_row=end, holes=top + 1 - rows))
            return end - last

    def _merge(self) -> int:
        merged = 0
        with self._database.unit_of_work() as work:
            work.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
            for table, keys in _TABLES:
                merged += _merge_cells(work.connection, table, keys)
        return merged


def _extent(connection: sa.Connection) -> tuple[int, int]:
    """How many PromptRuns there are, and the highest row id; -1 when there is none."""
    row = connection.execute(sa.select(sa.func.count(), sa.func.max(ROW_ID)).select_from(prompt_runs)).one()
    return row[0], -1 if row[1] is None else row[1]


def _fold_state(connection: sa.Connection) -> Fold | None:
    """The fold, unless rows left the table since: then fewer ids than before have a row, or ids were given anew."""
    row = connection.execute(sa.select(usage_folds)).one_or_none()
    if row is None:
        return None
    rows, top = _extent(connection)
    return Fold(row.last_row) if top + 1 - rows == row.holes and top >= row.last_row else None


def _void_fold(_connection: object, cursor: Any, statement: str, *_: object) -> None:
    """A deletion or change of PromptRuns takes the fold away in its own transaction, whoever makes it."""
    if _REWRITES.match(statement):
        cursor.execute(f"delete from {usage_folds.name}")


def _add_rows(connection: sa.Connection, table: sa.Table, keys: tuple[str, ...], last: int, end: int) -> None:
    """Add rows of a DuckDB store to the cells of their days, each key once."""
    created = prompt_runs.c.created_at
    new = (last < ROW_ID, end >= ROW_ID)
    taken = [sa.cast(created, sa.Date).label("day"), *(prompt_runs.c[name] for name in keys if name != "day")]
    samples = measures.run_samples("duckdb")
    rows = sa.select(*taken, *measures.run_measures(), *samples).where(*new).group_by(*taken).subquery()
    days = list(connection.scalars(sa.select(sa.cast(created, sa.Date)).where(*new).distinct()))
    names = [*keys, *COUNTS, *MONEY, *SAMPLES]
    old = sa.select(*(table.c[name] for name in names)).where(table.c.day.in_(days))
    both = old.union_all(sa.select(*(rows.c[name] for name in names))).subquery()
    _insert_merged(connection, table, keys, both)
    connection.execute(sa.delete(table).where(table.c.day.in_(days), table.c.fresh.is_(False)))
    connection.execute(sa.update(table).where(table.c.fresh).values(fresh=False))


def _merge_cells(connection: sa.Connection, table: sa.Table, keys: tuple[str, ...]) -> int:
    """Merge the cells of days to which triggers added many; readers and other writers are not held up."""
    many = sa.select(table.c.day).where(table.c.fresh).group_by(table.c.day).having(sa.func.count() > _FEW_CELLS)
    days = list(connection.scalars(many))
    if days:
        gone = sa.delete(table).where(table.c.day.in_(days)).returning(*table.c).cte("gone")
        _insert_merged(connection, table, keys, gone, fresh=False)
    return len(days)


def _insert_merged(
    connection: sa.Connection, table: sa.Table, keys: tuple[str, ...], cells: sa.FromClause, fresh: bool = True
) -> None:
    """Insert the sums of cells by their keys."""
    kept = [cells.c[name] for name in keys]
    samples = [_joined(connection.dialect.name, cells.c[name]).label(name) for name in SAMPLES]
    merged = sa.select(*kept, *measures.cell_measures(cells), *samples, sa.literal(fresh)).group_by(*kept)
    names = [*keys, *COUNTS, *MONEY, *SAMPLES, "fresh"]
    connection.execute(sa.insert(table).from_select(names, merged))


def _joined(kind: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    if kind == "duckdb":
        return sa.func.flatten(sa.func.list(column).filter(column.is_not(None)))
    return sa.func.string_agg(column, sa.literal_column("''::bytea"))
