"""Many small writers share one durable step: a thread gathers what waits, commits it together, tells each writer."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from coaching_core.errors import StoreError

T = TypeVar("T")
_log = logging.getLogger(__name__)

Ending = Callable[[Exception | None], None]
"""Called in the committing thread when an item is durable, or with what prevented it."""


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    item: T
    done: Future[None] | asyncio.Future[None]
    then: Ending | None = None


class GroupCommit(Generic[T]):
    """A bounded queue in front of a durable step.

    Args:
        name: Of its thread.
        commit: Makes these items durable, all or none; what it raises is handed to those that wait. A group that fails
            is tried again item by item, so that one bad item harms no other.
        capacity: Items that may wait; a full queue makes producers wait.
        batch: Most items in one step.
    """

    def __init__(self, name: str, commit: Callable[[Sequence[T]], None], capacity: int, batch: int) -> None:
        self._commit_items = commit
        self._batch = batch
        self._queue: queue.Queue[_Waiting[T] | None] = queue.Queue(capacity)
        self._closed = False
        self._entry = threading.Lock()
        self._thread = threading.Thread(target=self._drain, name=name, daemon=True)
        self._thread.start()

    def submit(self, item: T, then: Ending | None = None) -> Future[None]:
        """Queue an item; the future is done when it is durable. Blocks while the queue is full.

        Args:
            then: Called first.

        Raises:
            StoreError: The queue is closed.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()  # a caller may leave, its item is committed all the same
        self._put(_Waiting(item, done, then))
        return done

    async def wait_for(self, item: T, then: Ending | None = None) -> None:
        """Queue an item and return when it is durable, without holding up the event loop.

        Args:
            then: Called first, and also when the caller does not wait any more.

        Raises:
            StoreError: The queue is closed.
        """
        waiting = _Waiting(item, asyncio.get_running_loop().create_future(), then)
        if self._queue.full():
            await asyncio.to_thread(self._put, waiting)
        else:
            self._put(waiting)
        await waiting.done  # type: ignore[misc]

    def close(self) -> None:
        """Commit what waits, then stop."""
        with self._entry:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _put(self, waiting: _Waiting[T]) -> None:
        with self._entry:  # so that nothing is put behind the end
            if self._closed:
                raise StoreError("The store is closing; this record was not taken.")
            self._queue.put(waiting)

    def _drain(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._take(first)
            self._commit(group)
            if last:
                return

    def _take(self, first: _Waiting[T]) -> tuple[list[_Waiting[T]], bool]:
        group = [first]
        while len(group) < self._batch:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, True
            group.append(waiting)
        return group, False

    def _commit(self, group: list[_Waiting[T]]) -> None:
        try:
            self._commit_items([waiting.item for waiting in group])
        except Exception as error:  # noqa: BLE001 - whatever failed is handed to the caller that waits for it
            if len(group) == 1:
                _tell(group, error)
                return
            for waiting in group:
                self._commit([waiting])
            return
        _tell(group, None)


def _tell(group: Iterable[_Waiting[T]], error: Exception | None) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = defaultdict(list)
    for waiting in group:
        if waiting.then is not None:
            _call(waiting.then, error)
        done = waiting.done
        if isinstance(done, asyncio.Future):
            by_loop[done.get_loop()].append(done)
        else:
            _resolve([done], error)
    for loop, futures in by_loop.items():
        with suppress(RuntimeError):  # the loop is gone, and nobody waits any more
            loop.call_soon_threadsafe(_resolve, futures, error)


def _call(then: Ending, error: Exception | None) -> None:
    try:
        then(error)
    except Exception:  # noqa: BLE001 - the item is durable, and the others of its group have to hear of theirs
        _log.exception("what follows a commit failed")


def _resolve(futures: Sequence[Future[None] | asyncio.Future[None]], error: Exception | None) -> None:
    for done in futures:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
