"""Loads the demo's data into the store and takes all of it away again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from coaching_core.assessments.tables import (
    assessments,
    coachees,
    focuses,
    interactions,
    user_focuses,
    user_sessions,
)
from coaching_core.demo.attempts import PriceFunction
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.demo.data import DemoData, generate
from coaching_core.llm.tables import prompt_runs
from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database

DEMO_SEED = 2_611
"""The demo that everybody sees."""

_TABLES = (
    "assessments",
    "interactions",
    "user_sessions",
    "user_focuses",
    "focuses",
    "coachees",
    "prompt_runs",
    "eval_runs",
    "playground_sessions",
)
_LOCK_KEY = 7_202_612


class DemoPart(Protocol):
    """More of the demo that somebody else makes, such as its evaluation runs.

    ``load`` is called after the rows here are there, also when they were there before: it must be idempotent.
    """

    def load(self) -> None:
        """Add this part, unless it is there."""
        ...

    def remove(self) -> None:
        """Take this part away, if it is there."""
        ...


class DemoService:
    """The demo: one click to load, one click to remove.

    Args:
        database: The store.
        price: What calls cost, by model and tokens; None for an unknown price.
        parts: More of the demo, loaded last and removed first.
    """

    def __init__(self, database: Database, price: PriceFunction, parts: Sequence[DemoPart] = ()) -> None:
        self._database = database
        self._price = price
        self._parts = tuple(parts)

    def is_loaded(self) -> bool:
        """Whether the demo's rows are in the store."""
        with self._database.read() as connection:
            return _is_loaded(connection)

    def load(self, now: datetime) -> bool:
        """Load the demo as of this moment, all or nothing; a demo that is there stays as it is.

        Returns:
            Whether rows were added.
        """
        added = not self.is_loaded() and self._insert(generate(DEMO_SEED, now, self._price))
        try:
            for part in self._parts:
                part.load()
        except BaseException:
            if added:
                self.remove()
            raise
        return added

    def remove(self) -> None:
        """Delete every row of the demo from all tables; nothing happens when there is none."""
        for part in reversed(self._parts):
            part.remove()
        with self._database.unit_of_work() as work:
            _lock(work.connection)
            for name in _TABLES:
                table = sa.table(name, sa.column("tenant_id"))
                work.connection.execute(sa.delete(table).where(table.c.tenant_id == DEMO_TENANT))

    def _insert(self, data: DemoData) -> bool:
        with self._database.unit_of_work() as work:
            _lock(work.connection)
            if _is_loaded(work.connection):
                return False
            for table, rows in _rows(data):
                insert_rows(work.connection, table, rows)
            return True


def _rows(data: DemoData) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    for table, records in (
        (focuses, data.focuses),
        (user_focuses, data.user_focuses),
        (user_sessions, data.sessions),
        (interactions, data.interactions),
        (assessments, data.assessments),
        (prompt_runs, data.prompt_runs),
        (coachees, data.coachees),
    ):
        yield table, [record.as_row() for record in records]


def _is_loaded(connection: sa.Connection) -> bool:
    some = sa.select(sa.literal(1)).select_from(coachees).where(coachees.c.tenant_id == DEMO_TENANT).limit(1)
    return connection.scalar(some) is not None


def _lock(connection: sa.Connection) -> None:
    """On PostgreSQL several processes may load at once; one does it, the others wait and find it done."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
