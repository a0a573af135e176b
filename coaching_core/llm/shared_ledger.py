"""The ledger of a store that several processes share: reservations and counters are rows, changed in transactions.

Transactions that touch counters follow one another (an advisory lock of PostgreSQL), each carries many attempts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from coaching_core.clock import Clock, utc_now
from coaching_core.errors import ModelCallError, StoreError
from coaching_core.llm.accounting import PromptRun, Reservation, less
from coaching_core.llm.limit_book import Charges, Counter, CounterKey
from coaching_core.llm.limits import Limit
from coaching_core.llm.shared_book import SharedBook, as_charges, reservation_of, reservation_row
from coaching_core.llm.tables import limit_counters, prompt_runs, reservations
from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database
from coaching_core.storage.group_commit import GroupCommit
from coaching_core.storage.unit_of_work import UnitOfWork
from coaching_core.storage.writer import in_one_transaction

_CAPACITY = 10_000
_BATCH = 500
_EXPIRED_AT_ONCE = 1_000
_KEPT_AFTER_THEIR_PERIOD = timedelta(hours=1)


@dataclass(slots=True)
class _Reserve:
    """An attempt that asks to be admitted.

    Attributes:
        refusal: The answer no.
        withdrawn: The caller left before it heard the answer; nothing may stay held.
    """

    reservation: Reservation
    refusal: ModelCallError | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class _Withdraw:
    """An attempt whose caller left before it was sent."""

    run: PromptRun


_Item = _Reserve | _Withdraw | PromptRun


class SharedLedger:
    """Admits, holds and records attempts together with other processes on the same PostgreSQL."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._group: GroupCommit[_Item] = GroupCommit("shared-ledger", self._commit, _CAPACITY, _BATCH)

    async def reserve(self, reservation: Reservation) -> None:
        """Hold what an attempt may take; returns when that is committed.

        Raises:
            LimitReachedError, UnknownPriceError: Nothing is held.
        """
        wish = _Reserve(reservation)
        try:
            await self._group.wait_for(wish)
        except asyncio.CancelledError:
            wish.withdrawn = True
            with suppress(StoreError):  # closed: what is held expires into a record of unknown cost
                self._group.submit(_Withdraw(reservation.run))
            raise
        if wish.refusal is not None:
            raise wish.refusal

    async def record(self, run: PromptRun) -> None:
        """Keep the record of an attempt and end its reservation; returns when it is committed.

        It takes the place of the record that was made when the reservation expired before.
        """
        await self._group.wait_for(run)

    def take_in(self, connection: sa.Connection, runs: Sequence[PromptRun]) -> None:
        """Add records of calls that another process made under a reservation of its own, as part of a transaction."""
        book = SharedBook(connection)
        book.meet(runs)
        insert_rows(connection, prompt_runs, [run.as_row() for run in runs])
        for run in runs:
            book.charge(run)
            _shrink(connection, book, run)
        book.write_back()

    def hold(self, reservation: Reservation, at_any_rate: bool = False) -> None:
        """Hold what a whole evaluation run may cost until :meth:`release`; its calls, taken in, make that smaller.

        Does nothing when it is held already.

        Args:
            at_any_rate: The run is under way, so no limit can refuse it any more.

        Raises:
            LimitReachedError: A limit has no room for it; nothing is held.
        """
        with self._database.unit_of_work() as work:
            book = SharedBook(work.connection)
            if _held_by(work.connection, reservation.run.id) is not None:
                return
            book.meet([reservation.run])
            charges = (
                book.adopt(reservation, set(book.limits)) if at_any_rate else book.admit(reservation, self._clock())
            )
            insert_rows(work.connection, reservations, [reservation_row(reservation, charges)])
            book.write_back()

    def release(self, run_id: str) -> None:
        """Give back what a run still holds."""
        with self._database.unit_of_work() as work:
            book = SharedBook(work.connection)
            held = _held_by(work.connection, run_id)
            if held is not None:
                for charges in _take_out(work.connection, book, [held.run]).values():
                    book.release(charges)
                book.write_back()

    def refresh(self) -> None:
        """Nothing to do: every transaction reads the limits."""

    def used(self, limit: Limit, subjects: Iterable[str], now: datetime) -> dict[str, Counter]:
        """How far a limit is used now, for each of these subjects; nothing when it is not in force."""
        keys = [CounterKey(limit.id, subject, limit.period_start(now)) for subject in subjects]
        with self._database.unit_of_work() as work:
            book = SharedBook(work.connection)
            if limit.id not in book.limits:
                return {}
            book.read(keys)
            book.write_back()
            return {key.subject: book.counters.get(key) or Counter() for key in keys}

    def most_used(self, limit: Limit, now: datetime, most: int) -> dict[str, Counter]:
        """Those subjects of a limit that have used it most in the present period, the first of them first."""
        self.used(limit, (), now)
        columns = limit_counters.c
        used = columns.spent + columns.held
        found = (
            sa.select(columns.subject, columns.spent, columns.held)
            .where(columns.limit_id == limit.id, columns.period_start == limit.period_start(now), used > 0)
            .order_by(used.desc(), columns.subject)
            .limit(most)
        )
        with self._database.read() as connection:
            return {row.subject: Counter(row.spent, row.held) for row in connection.execute(found)}

    def expire(self) -> int:
        """Make records of unknown cost of reservations whose process is gone; returns how many."""
        now = self._clock()
        due = sa.select(reservations.c.run).where(reservations.c.expires_at < now).limit(_EXPIRED_AT_ONCE)
        with self._database.unit_of_work() as work:
            book = SharedBook(work.connection)
            runs = [PromptRun.from_json(run) for run in work.connection.scalars(due)]
            held = _take_out(work.connection, book, runs)
            for run in runs:
                book.settle(held[run.id], run)
            insert_rows(work.connection, prompt_runs, [run.as_row() for run in runs])
            book.write_back()
            for limit in book.limits.values():
                work.connection.execute(_counters_over(limit, now))
        return len(runs)

    def close(self) -> None:
        """Commit what waits, then stop."""
        self._group.close()

    def _commit(self, items: Sequence[_Item]) -> None:
        in_one_transaction(self._database, partial(self._apply, items))

    def _apply(self, items: Sequence[_Item], work: UnitOfWork) -> None:
        connection, book = work.connection, SharedBook(work.connection)
        _record(connection, book, [item for item in items if isinstance(item, PromptRun)])
        self._reserve(connection, book, [item for item in items if isinstance(item, _Reserve)])
        withdrawn = [item.run for item in items if isinstance(item, _Withdraw)]
        for charges in _take_out(connection, book, withdrawn).values():
            book.release(charges)
        book.write_back()

    def _reserve(self, connection: sa.Connection, book: SharedBook, wishes: Sequence[_Reserve]) -> None:
        book.meet(wish.reservation.run for wish in wishes)
        now, rows = self._clock(), []
        for wish in wishes:
            wish.refusal = None
            if wish.withdrawn:
                continue
            try:
                charges = book.admit(wish.reservation, now)
            except ModelCallError as error:
                wish.refusal = error
                continue
            rows.append(reservation_row(wish.reservation, charges))
        insert_rows(connection, reservations, rows)


def _record(connection: sa.Connection, book: SharedBook, runs: Sequence[PromptRun]) -> None:
    if not runs:
        return
    held = _take_out(connection, book, runs)
    replaced = _delete_records(connection, [run.id for run in runs if run.id not in held])
    for run in runs:
        if run.id in held:
            book.settle(held[run.id], run)
        else:  # never held (a refusal), or expired in the meantime
            book.charge(run, instead_of=replaced.get(run.id))
    insert_rows(connection, prompt_runs, [run.as_row() for run in runs])


def _held_by(connection: sa.Connection, run_id: str) -> Reservation | None:
    row = connection.execute(sa.select(reservations).where(reservations.c.id == run_id)).one_or_none()
    return None if row is None else reservation_of(row)


def _shrink(connection: sa.Connection, book: SharedBook, run: PromptRun) -> None:
    """A call of an evaluation run has its record: the run holds so much less."""
    held = _held_by(connection, run.eval_run_id) if run.eval_run_id else None
    if held is None:
        return
    smaller = less(held, run)
    for charges in _take_out(connection, book, [held.run]).values():
        book.release(charges)
    insert_rows(connection, reservations, [reservation_row(smaller, book.adopt(smaller, set(book.limits)))])


def _take_out(connection: sa.Connection, book: SharedBook, runs: Sequence[PromptRun]) -> dict[str, Charges]:
    """Delete the reservations of these attempts; returns what they held, by id of the attempt."""
    if not runs:
        return {}
    book.meet(runs)
    gone = sa.delete(reservations).where(reservations.c.id.in_([run.id for run in runs]))
    rows = connection.execute(gone.returning(reservations.c.id, reservations.c.charges))
    return {row.id: as_charges(row.charges) for row in rows}


def _delete_records(connection: sa.Connection, run_ids: Sequence[str]) -> dict[str, PromptRun]:
    if not run_ids:
        return {}
    gone = sa.delete(prompt_runs).where(prompt_runs.c.id.in_(run_ids)).returning(*prompt_runs.columns)
    return {row["id"]: PromptRun.from_row(dict(row)) for row in connection.execute(gone).mappings()}


def _counters_over(limit: Limit, now: datetime) -> sa.Delete:
    columns, oldest = limit_counters.c, limit.period_start(now - _KEPT_AFTER_THEIR_PERIOD)
    over = (columns.limit_id == limit.id, columns.period_start < oldest, columns.held == 0)
    return sa.delete(limit_counters).where(*over)
