"""Attempts, limits and ledgers for tests of what holds money: everything at one known moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from coaching_core.errors import LimitReachedError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.limits import Limit, Metric, Period
from coaching_core.llm.local_ledger import LocalLedger
from coaching_core.llm.shared_ledger import SharedLedger
from coaching_core.llm.tables import limits, prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import Database
from coaching_core.storage.writer import AppendQueue

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CENT = Decimal("0.01")
AnyLedger = LocalLedger | SharedLedger


@dataclass
class Watch:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Ids:
    """Ids in the order of making."""

    prefix: str = "run"
    made: int = field(default=0)

    def __call__(self) -> str:
        self.made += 1
        return f"{self.prefix}{self.made:06}"


def limit(**changes: object) -> Limit:
    """Ten cents a day for all calls together, with these fields changed."""
    values: dict[str, object] = {
        "id": "limit",
        "name": "Ten cents",
        "metric": Metric.COST,
        "period": Period.DAY,
        "cap": Decimal("0.10"),
    }
    return Limit(**(values | changes))  # type: ignore[arg-type]


def attempt(run_id: str = "run", streaming: bool = False, may_switch: bool = False, **changes: object) -> Reservation:
    """An attempt that may cost a cent and 100 tokens, with these fields of its record changed."""
    values: dict[str, object] = {
        "id": run_id,
        "tenant_id": "acme",
        "purpose": Purpose.CHAT,
        "provider": "openai",
        "model": "openai/gpt",
        "simulated": False,
        "latency_ms": 0.0,
        "status": RunStatus.UNKNOWN,
        "created_at": NOON,
        "user_id": "ada",
        "call_id": run_id,
        "held_usd": CENT,
        "held_tokens": 100,
    }
    run = PromptRun(**(values | changes))  # type: ignore[arg-type]
    return Reservation(run, streaming, run.created_at + timedelta(minutes=3), may_switch)


def answered(held: Reservation, cost: str | None = "0.01", tokens: int = 40) -> PromptRun:
    """The record of an attempt that brought an answer; without a cost its price is not known."""
    return replace(
        held.run,
        status=RunStatus.OK,
        cost_usd=None if cost is None else Decimal(cost),
        held_usd=held.run.held_usd if cost is None else None,
        held_tokens=None,
        input_tokens=tokens - 10,
        output_tokens=10,
    )


def broken(held: Reservation) -> PromptRun:
    """The record of an attempt that broke after it was sent: nobody knows what it cost."""
    return replace(held.run, status=RunStatus.ERROR, error="ProviderDownError")


def refused_free(held: Reservation) -> PromptRun:
    """The record of an attempt that the provider answered with an error status: it cost nothing."""
    return replace(held.run, status=RunStatus.ERROR, cost_usd=Decimal(0), held_usd=None, held_tokens=None)


def put_limits(database: Database, *wanted: Limit, enabled: bool = True) -> None:
    """Write limits into the store, in place of all that are there."""
    with database.unit_of_work() as work:
        work.connection.execute(sa.delete(limits))
        for one in wanted:
            work.connection.execute(sa.insert(limits).values(limit_row(one) | {"enabled": enabled}))


def limit_row(one: Limit) -> dict[str, object]:
    """The row of a limit."""
    row: dict[str, object] = {column.name: getattr(one, column.name, None) for column in limits.columns}
    texts = {name: str(row[name]) for name in ("metric", "period", "action")}
    return row | texts | {"each": one.each and str(one.each), "enabled": True, "author": "tester", "changed_at": NOON}


def records(database: Database) -> Sequence[sa.RowMapping]:
    """All records, in the order of their ids."""
    with database.read() as connection:
        return connection.execute(sa.select(prompt_runs).order_by(prompt_runs.c.id)).mappings().all()


@contextmanager
def opened(database: Database, folder: Path, clock: Watch) -> Iterator[AnyLedger]:
    """The ledger that fits the store."""
    if database.kind == "postgresql":
        shared = SharedLedger(database, clock)
        yield shared
        shared.close()
        return
    appends = AppendQueue(database)
    local = LocalLedger(database, appends, CallJournal(folder), clock)
    yield local
    appends.close()
    local.close()


async def reserve_all(ledger: AnyLedger, attempts: Sequence[Reservation]) -> list[Reservation]:
    """Ask for all of them at once; returns those that were admitted."""
    answers = await asyncio.gather(*(ledger.reserve(one) for one in attempts), return_exceptions=True)
    strange = [answer for answer in answers if answer is not None and not isinstance(answer, LimitReachedError)]
    assert not strange, strange[0]
    return [one for one, answer in zip(attempts, answers, strict=True) if answer is None]
