"""The ledger of a store that one process holds: reservations in a file, counters in memory, records in the store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

import sqlalchemy as sa

from coaching_core.clock import Clock, utc_now
from coaching_core.llm.accounting import PromptRun, Reservation, less
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.limit_book import Charges, Counter, CounterKey, LimitBook
from coaching_core.llm.limit_records import select_limits, sum_spent, sums_spent
from coaching_core.llm.limits import Limit
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import RunStatus
from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database
from coaching_core.storage.writer import AppendQueue

_MANY_COUNTERS = 10_000
_IDS_AT_ONCE = 1_000


class LocalLedger:
    """Admits, holds and records attempts for one process; safe to use from several event loops and threads.

    Making one turns what an earlier process left under way into records of unknown cost.
    """

    def __init__(self, database: Database, appends: AppendQueue, journal: CallJournal, clock: Clock = utc_now) -> None:
        self._database = database
        self._appends = appends
        self._journal = journal
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Reservation, Charges]] = {}
        self._taken_in: dict[str, PromptRun] = {}
        self._book = LimitBook((), self._load)
        self._complete_from: dict[str, datetime] = {}
        self._many = _MANY_COUNTERS
        self._settle_what_was_left()
        self.refresh()

    async def reserve(self, reservation: Reservation) -> None:
        """Hold what an attempt may take; returns when that is durable.

        Raises:
            LimitReachedError, UnknownPriceError, DiskFullError: Nothing is held.
        """
        run = reservation.run
        with self._lock:
            now = self._clock()
            self._sweep(now)
            charges: Charges = self._book.admit(reservation, now)
            self._open[run.id] = (reservation, charges)
        try:
            await self._journal.open(run)
        except BaseException:
            with self._lock:
                _, charges = self._open.pop(run.id)
                self._book.release(charges)
            raise

    async def record(self, run: PromptRun) -> None:
        """Keep the record of an attempt and end its reservation; returns when it is committed.

        Where no record can be written, the attempt counts with all it held, and its line in the journal makes a record
        of unknown cost at the next start. A caller that leaves early changes nothing: the record is written.
        """
        try:
            await self._appends.append_and_wait(prompt_runs, run.as_row(), partial(self._recorded, run))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self._recorded(run, error)
            raise

    def take_in(self, connection: sa.Connection, runs: Sequence[PromptRun]) -> None:
        """Add records of calls that another process made under a reservation of its own, as part of a transaction.

        They count at once. A transaction that is rolled back may be tried again with the same records.
        """
        insert_rows(connection, prompt_runs, [run.as_row() for run in runs])
        with self._lock:
            for run_id in self._in_store(self._taken_in.values()):
                del self._taken_in[run_id]
            for run in runs:
                if run.id not in self._taken_in:
                    self._book.charge(run)
                    self._taken_in[run.id] = run
                    self._shrink(run)

    def hold(self, reservation: Reservation, at_any_rate: bool = False) -> None:
        """Hold what a whole evaluation run may cost until :meth:`release`; its calls, taken in, make that smaller.

        Does nothing when it is held already. Not kept over a restart.

        Args:
            at_any_rate: The run is under way, so no limit can refuse it any more.

        Raises:
            LimitReachedError: A limit has no room for it; nothing is held.
        """
        with self._lock:
            if reservation.run.id in self._open:
                return
            admit = (
                self._book.adopt(reservation, set(self._book.limits))
                if at_any_rate
                else self._book.admit(reservation, self._clock())
            )
            self._open[reservation.run.id] = (reservation, admit)

    def release(self, run_id: str) -> None:
        """Give back what a run still holds."""
        with self._lock:
            if (held := self._open.pop(run_id, None)) is not None:
                self._book.release(held[1])

    def refresh(self) -> None:
        """Read the limits anew, after one was set, changed or withdrawn."""
        with self._lock, self._database.read() as connection:
            fresh = self._book.change(select_limits(connection))
            now = self._clock()
            for limit_id in fresh:
                self._count(connection, self._book.limits[limit_id], now)
            stored = self._in_store(self._taken_in.values())
            for run_id, run in self._taken_in.items():
                if run_id not in stored:
                    self._book.charge(run, among=fresh)
            for run_id, (reservation, charges) in tuple(self._open.items()):
                still = {key: held for key, held in charges.items() if key.limit_id in set(self._book.limits) - fresh}
                self._open[run_id] = (reservation, still | self._book.adopt(reservation, fresh))

    def used(self, limit: Limit, subjects: Iterable[str], now: datetime) -> dict[str, Counter]:
        """How far a limit is used now, for each of these subjects; nothing when it is not in force."""
        start = limit.period_start(now)
        with self._lock:
            if limit.id not in self._book.limits:
                return {}
            found = {subject: self._book.counter(CounterKey(limit.id, subject, start)) for subject in subjects}
            return {subject: Counter(counter.spent, counter.held) for subject, counter in found.items()}

    def most_used(self, limit: Limit, now: datetime, most: int) -> dict[str, Counter]:
        """Those subjects of a limit that have used it most in the present period, the first of them first."""
        start = limit.period_start(now)
        with self._lock:
            counters = [
                (key.subject, Counter(counter.spent, counter.held))
                for key, counter in self._book.counters.items()
                if key.limit_id == limit.id and key.period_start == start and counter.used
            ]
        return dict(sorted(counters, key=lambda item: item[1].used, reverse=True)[:most])

    def close(self) -> None:
        """Let go of the file; after the calls have ended, and their records are written."""
        self._journal.close()

    def _count(self, connection: sa.Connection, limit: Limit, now: datetime) -> None:
        start = self._complete_from[limit.id] = limit.period_start(now)
        for subject, spent in sums_spent(connection, limit, start, without=self._open).items():
            self._book.counters[CounterKey(limit.id, subject, start)] = Counter(spent)

    def _load(self, limit: Limit, key: CounterKey) -> Counter:
        if key.period_start >= self._complete_from[limit.id]:  # nothing was counted for this subject so far
            return Counter()
        with self._database.read() as connection:
            return Counter(spent=sum_spent(connection, limit, key, without=self._open))

    def _shrink(self, run: PromptRun) -> None:
        held = self._open.get(run.eval_run_id or "")
        if held is not None:
            smaller = less(held[0], run)
            self._book.release(held[1])
            self._open[smaller.run.id] = (smaller, self._book.adopt(smaller, set(self._book.limits)))

    def _sweep(self, now: datetime) -> None:
        if len(self._book.counters) <= self._many:
            return
        self._book.forget_before(now)
        self._complete_from = {limit_id: limit.period_start(now) for limit_id, limit in self._book.limits.items()}
        self._many = max(_MANY_COUNTERS, 2 * len(self._book.counters))

    def _recorded(self, run: PromptRun, error: BaseException | None) -> None:
        told = run if error is None else replace(run, status=RunStatus.UNKNOWN, cost_usd=None, input_tokens=None)
        with self._lock:
            if (held := self._open.pop(run.id, None)) is not None:
                self._book.settle(held[1], told)
        if error is None:
            self._journal.settled(run.id)

    def _settle_what_was_left(self) -> None:
        left = {run.id: run for run in self._journal.unfinished()}
        for run_id in self._in_store(left.values()):
            del left[run_id]
        if left:
            with self._database.unit_of_work() as work:
                insert_rows(work.connection, prompt_runs, [run.as_row() for run in left.values()])
        self._journal.forget_unfinished()

    def _in_store(self, runs: Collection[PromptRun]) -> set[str]:
        if not runs:
            return set()
        since = min(run.created_at for run in runs)
        ids: Iterator[str] = iter([run.id for run in runs])
        found: set[str] = set()
        with self._database.read() as connection:
            while some := list(islice(ids, _IDS_AT_ONCE)):
                known = sa.select(prompt_runs.c.id).where(prompt_runs.c.created_at >= since, prompt_runs.c.id.in_(some))
                found.update(connection.scalars(known))
        return found
