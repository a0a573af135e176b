"""Grouped appends: many small writers share one transaction, each hears when its own row is durable."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database
from coaching_core.storage.group_commit import Ending, GroupCommit
from coaching_core.storage.unit_of_work import UnitOfWork

_RETRIES = 5


@dataclass(frozen=True, slots=True)
class _Append:
    table: sa.Table
    row: Mapping[str, Any]


class AppendQueue:
    """A bounded queue in front of the store for rows that are only ever added.

    Args:
        database: The store.
        capacity: Rows that may wait; a full queue makes producers wait.
        batch: Most rows in one transaction.
    """

    def __init__(self, database: Database, capacity: int = 10_000, batch: int = 1_000) -> None:
        self._database = database
        self._group: GroupCommit[_Append] = GroupCommit("append-queue", self._insert, capacity, batch)

    def append(self, table: sa.Table, row: Mapping[str, Any]) -> Future[None]:
        """Queue a row; the future is done when it is committed. Blocks while the queue is full.

        Raises:
            StoreError: The queue is closed.
        """
        return self._group.submit(_Append(table, row))

    async def append_and_wait(self, table: sa.Table, row: Mapping[str, Any], then: Ending | None = None) -> None:
        """Queue a row and return when it is committed, without holding up the event loop.

        Args:
            then: Called first, and also when the caller does not wait any more.
        """
        await self._group.wait_for(_Append(table, row), then)

    def close(self) -> None:
        """Commit what waits, then stop."""
        self._group.close()

    def _insert(self, items: Sequence[_Append]) -> None:
        by_table: dict[sa.Table, list[Mapping[str, Any]]] = defaultdict(list)
        for item in items:
            by_table[item.table].append(item.row)

        def insert(work: UnitOfWork) -> None:
            for table, rows in by_table.items():
                insert_rows(work.connection, table, rows)

        in_one_transaction(self._database, insert)


def in_one_transaction(database: Database, write: Callable[[UnitOfWork], None]) -> None:
    """Run a write as one transaction; where another process was quicker it is run again, a few times."""
    for attempt in range(_RETRIES):
        try:
            with database.unit_of_work() as work:
                write(work)
            return
        except sa.exc.DBAPIError as error:
            if "conflict" not in str(error.orig).lower() or attempt == _RETRIES - 1:
                raise
            time.sleep(0.01 * 2**attempt)
