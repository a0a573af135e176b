"""The book of one transaction on a store that several processes share: its counters are rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from coaching_core.errors import UnknownPriceError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.limit_book import Charges, Counter, CounterKey, LimitBook
from coaching_core.llm.limit_records import lock_limits, select_limits, sums_spent
from coaching_core.llm.limits import EVERYTHING, Limit
from coaching_core.llm.tables import limit_counters, reservations
from coaching_core.llm.types import RunStatus

_columns = limit_counters.c
_STREAMING = "streaming"


class SharedBook(LimitBook):
    """Counters are read when they are met, and written back at the end of the transaction.

    The first to meet a limit in a period counts what the records and the calls under way say, for every subject; the
    row of the subject :data:`EVERYTHING` says that this was done. Opening a book waits for other such transactions.
    """

    def __init__(self, connection: sa.Connection) -> None:
        lock_limits(connection)
        self._connection = connection
        self._complete: set[tuple[str, datetime]] = set()
        super().__init__(select_limits(connection), self._read)

    def meet(self, runs: Iterable[PromptRun]) -> None:
        """Read the counters of these calls at once.

        To be done before their reservations or records change, for the first count of a limit looks at both.
        """
        keys = {key for run in runs if run.status is not RunStatus.REFUSED for key in self.keys(run)}
        self.read(keys)

    def read(self, keys: Iterable[CounterKey]) -> None:
        """Read these counters at once."""
        wanted = set(keys) - self.counters.keys()
        periods = {(key.limit_id, key.period_start) for key in wanted}
        wanted |= {CounterKey(limit_id, EVERYTHING, start) for limit_id, start in periods - self._complete}
        for key, counter in self._rows(wanted).items():
            self.counters.setdefault(key, counter)
            if key.subject == EVERYTHING:
                self._complete.add((key.limit_id, key.period_start))
        for limit_id, start in periods - self._complete:
            self._count(self.limits[limit_id], start)

    def write_back(self) -> None:
        """Write all counters that were met."""
        rows = [
            {
                "limit_id": key.limit_id,
                "subject": key.subject,
                "period_start": key.period_start,
                "spent": counter.spent,
                "held": counter.held,
            }
            for key, counter in self.counters.items()
        ]
        if not rows:
            return
        insert = upsert(limit_counters)
        statement = insert.on_conflict_do_update(
            index_elements=["limit_id", "subject", "period_start"],
            set_={"spent": insert.excluded.spent, "held": insert.excluded.held},
        )
        self._connection.execute(statement, rows)

    def _read(self, _: Limit, key: CounterKey) -> Counter:
        self.read([key])
        return self.counters.get(key) or Counter()

    def _rows(self, keys: Iterable[CounterKey]) -> dict[CounterKey, Counter]:
        subjects: dict[tuple[str, datetime], list[str]] = defaultdict(list)
        for key in keys:
            subjects[key.limit_id, key.period_start].append(key.subject)
        if not subjects:
            return {}
        wanted = sa.or_(
            *(
                sa.and_(_columns.limit_id == limit_id, _columns.period_start == start, _columns.subject.in_(names))
                for (limit_id, start), names in subjects.items()
            )
        )
        found = self._connection.execute(sa.select(limit_counters).where(wanted))
        return {CounterKey(row.limit_id, row.subject, row.period_start): Counter(row.spent, row.held) for row in found}

    def _count(self, limit: Limit, start: datetime) -> None:
        self._complete.add((limit.id, start))
        self.counters[CounterKey(limit.id, EVERYTHING, start)] = Counter()
        for subject, spent in sums_spent(self._connection, limit, start).items():
            self.counters[CounterKey(limit.id, subject, start)] = Counter(spent)
        changes = []
        for row in self._connection.execute(sa.select(reservations)):
            reservation = reservation_of(row)
            run = reservation.run
            if limit.bears_on(run) and (key := self.key(limit, run)).period_start == start:
                held = Decimal(0)
                with suppress(UnknownPriceError):
                    held = limit.held(reservation)
                self.counters.setdefault(key, Counter()).held += held
                changes.append({"reservation": run.id, "now": as_json({**as_charges(row.charges), key: held})})
        if changes:
            known = reservations.c.id == sa.bindparam("reservation")
            self._connection.execute(sa.update(reservations).where(known).values(charges=sa.bindparam("now")), changes)


def reservation_row(reservation: Reservation, charges: Charges) -> dict[str, Any]:
    """The row of a call under way."""
    return {
        "id": reservation.run.id,
        "run": reservation.run.as_json() | {_STREAMING: reservation.streaming},
        "charges": as_json(charges),
        "expires_at": reservation.expires_at,
    }


def as_json(charges: Charges) -> list[list[str]]:
    """Charges as they stand in the row of a call under way."""
    return [[key.limit_id, key.subject, key.period_start.isoformat(), str(held)] for key, held in charges.items()]


def as_charges(document: Sequence[Sequence[str]]) -> Charges:
    """The inverse of :func:`as_json`."""
    return {
        CounterKey(limit_id, subject, datetime.fromisoformat(start)): Decimal(held)
        for limit_id, subject, start, held in document
    }


def reservation_of(row: sa.Row[Any]) -> Reservation:
    """The call under way that a row says."""
    return Reservation(PromptRun.from_json(row.run), bool(row.run.get(_STREAMING)), row.expires_at)
