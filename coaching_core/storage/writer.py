"""Grouped appends: many small writers share one transaction, each hears when its own row is durable."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from coaching_core.errors import StoreError
from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database

_RETRIES = 5


@dataclass(frozen=True, slots=True)
class _Append:
    table: sa.Table
    row: Mapping[str, Any]
    done: Future[None]


class AppendQueue:
    """A bounded queue in front of the store for rows that are only ever added.

    Args:
        database: The store.
        capacity: Rows that may wait; a full queue makes producers wait.
        batch: Most rows in one transaction.
    """

    def __init__(self, database: Database, capacity: int = 10_000, batch: int = 1_000) -> None:
        self._database = database
        self._batch = batch
        self._queue: queue.Queue[_Append | None] = queue.Queue(capacity)
        self._closed = False
        self._thread = threading.Thread(target=self._drain, name="append-queue", daemon=True)
        self._thread.start()

    def append(self, table: sa.Table, row: Mapping[str, Any]) -> Future[None]:
        """Queue a row; the future is done when it is committed. Blocks while the queue is full.

        Raises:
            StoreError: The queue is closed.
        """
        if self._closed:
            raise StoreError("The store is closing; this record was not taken.")
        item = _Append(table, row, Future())
        item.done.set_running_or_notify_cancel()  # a caller may leave, its row is written all the same
        self._queue.put(item)
        return item.done

    async def append_and_wait(self, table: sa.Table, row: Mapping[str, Any]) -> None:
        """Queue a row and return when it is committed, without holding up the event loop."""
        done = self.append(table, row) if not self._queue.full() else await asyncio.to_thread(self.append, table, row)
        await asyncio.wrap_future(done)

    def close(self) -> None:
        """Commit what waits, then stop."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _drain(self) -> None:
        while (first := self._queue.get()) is not None:
            items, last = self._take(first)
            self._commit(items)
            if last:
                return

    def _take(self, first: _Append) -> tuple[list[_Append], bool]:
        items = [first]
        while len(items) < self._batch:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return items, True
            items.append(item)
        return items, False

    def _commit(self, items: list[_Append]) -> None:
        try:
            self._insert(items)
        except Exception as error:  # noqa: BLE001 - whatever failed is handed to the caller that waits for it
            if len(items) == 1:
                items[0].done.set_exception(error)
                return
            for item in items:
                self._commit([item])
            return
        for item in items:
            item.done.set_result(None)

    def _insert(self, items: list[_Append]) -> None:
        by_table: dict[sa.Table, list[Mapping[str, Any]]] = defaultdict(list)
        for item in items:
            by_table[item.table].append(item.row)
        for attempt in range(_RETRIES):
            try:
                with self._database.unit_of_work() as work:
                    for table, rows in by_table.items():
                        insert_rows(work.connection, table, rows)
                return
            except sa.exc.DBAPIError as error:
                if "conflict" not in str(error.orig).lower() or attempt == _RETRIES - 1:
                    raise
                time.sleep(0.01 * 2**attempt)
