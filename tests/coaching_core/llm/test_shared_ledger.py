"""The ledger that processes share: two of them on one PostgreSQL, one that dies, records that come late."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from coaching_core.llm.limit_book import Counter
from coaching_core.llm.limits import Each, Metric, Period
from coaching_core.llm.shared_ledger import SharedLedger
from coaching_core.llm.tables import limit_counters, reservations
from coaching_core.llm.types import RunStatus
from coaching_core.settings import Settings
from coaching_core.storage.database import Database
from tests.coaching_core.llm.holding import (
    CENT,
    NOON,
    Watch,
    answered,
    attempt,
    broken,
    limit,
    opened,
    put_limits,
    records,
    reserve_all,
)
from tests.coaching_core.llm.ledger_process import begun, go, told

pytestmark = pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture
def ledger(database: Database, tmp_path: Path, clock: Watch) -> Iterator[SharedLedger]:
    with opened(database, tmp_path, clock) as made:
        assert isinstance(made, SharedLedger)
        yield made


def spent(ledger: SharedLedger) -> tuple[Decimal, Decimal]:
    counter = ledger.used(limit(), [""], NOON)[""]
    return counter.spent, counter.held


def test_two_processes_with_250_callers_each_are_admitted_ten_times_together(
    store_settings: Settings, database: Database, ledger: SharedLedger
) -> None:
    put_limits(database, limit())
    with (
        begun(store_settings, "race", "one", 250) as one,
        begun(store_settings, "race", "two", 250) as two,
    ):
        go(one)
        go(two)
        assert int(told(one)) + int(told(two)) == 10
    assert [row["cost_usd"] for row in records(database)] == [CENT] * 10
    assert spent(ledger) == (Decimal("0.10"), 0)


def test_what_a_killed_process_held_expires_into_records_of_unknown_cost(
    store_settings: Settings, database: Database, ledger: SharedLedger, clock: Watch
) -> None:
    put_limits(database, limit())
    with begun(store_settings, "hold", "held", 5) as process:
        go(process)
        assert told(process) == "5"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert ledger.expire() == 0  # it could still be answered
    assert spent(ledger) == (Decimal("0.002"), 4 * CENT)
    clock.advance(minutes=3, seconds=1)
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda _: ledger.expire(), range(8))) == 4
    assert [(row["id"], row["status"], row["cost_usd"], row["held_usd"]) for row in records(database)] == [
        ("held000", RunStatus.OK, Decimal("0.002"), None),
        *((f"held00{number}", RunStatus.UNKNOWN, None, CENT) for number in range(1, 5)),
    ]
    assert spent(ledger) == (Decimal("0.042"), 0)
    assert len(asyncio.run(reserve_all(ledger, [attempt(f"more{number}") for number in range(50)]))) == 5


def test_a_record_that_comes_after_the_expiry_takes_the_place_of_the_unknown_one(
    database: Database, ledger: SharedLedger, clock: Watch
) -> None:
    put_limits(database, limit(), limit(id="tokens", metric=Metric.TOKENS, cap=Decimal(1_000)))
    asyncio.run(reserve_all(ledger, [attempt("late"), attempt("lost")]))
    clock.advance(minutes=4)
    assert ledger.expire() == 2
    asyncio.run(ledger.record(answered(attempt("late"), "0.003", tokens=40)))
    assert [(row["id"], row["status"], row["cost_usd"]) for row in records(database)] == [
        ("late", RunStatus.OK, Decimal("0.003")),
        ("lost", RunStatus.UNKNOWN, None),
    ]
    assert spent(ledger) == (Decimal("0.013"), 0)
    tokens = ledger.used(limit(id="tokens", metric=Metric.TOKENS), [""], NOON)[""]
    assert (tokens.spent, tokens.held) == (140, 0)


def test_records_and_expiries_at_the_same_time_leave_one_record_a_call(
    database: Database, ledger: SharedLedger, clock: Watch
) -> None:
    put_limits(database, limit(cap=Decimal(10)))
    wishes = [attempt(f"run{number:03}") for number in range(200)]
    asyncio.run(reserve_all(ledger, wishes))
    clock.advance(minutes=4)

    async def record_all() -> None:
        await asyncio.gather(
            *(ledger.record(answered(held, "0.002")) for held in wishes),
            *(asyncio.to_thread(ledger.expire) for _ in range(6)),
        )

    asyncio.run(record_all())
    assert [row["id"] for row in records(database)] == [held.run.id for held in wishes]
    assert spent(ledger) == (Decimal("0.4"), 0)


def test_several_ledgers_on_one_store_agree(database: Database, ledger: SharedLedger) -> None:
    put_limits(database, limit())
    others = [SharedLedger(database, Watch()) for _ in range(3)]

    async def race() -> int:
        wishes = [
            reserve_all(one, [attempt(f"{place}-{number}") for number in range(60)])
            for place, one in enumerate([ledger, *others])
        ]
        return sum(len(admitted) for admitted in await asyncio.gather(*wishes))

    assert asyncio.run(race()) == 10
    for one in others:
        one.close()


def test_one_bad_record_harms_no_other_of_its_group(database: Database, ledger: SharedLedger) -> None:
    put_limits(database, limit())
    wishes = [attempt(f"run{number}") for number in range(4)]

    async def record_all() -> list[object]:
        await reserve_all(ledger, wishes)
        runs = [answered(held, "0.002") for held in wishes]
        runs[2] = answered(wishes[2], "1e15")  # no such sum fits the column
        return list(await asyncio.gather(*(ledger.record(run) for run in runs), return_exceptions=True))

    answers = asyncio.run(record_all())
    assert [answer is None for answer in answers] == [True, True, False, True]
    assert spent(ledger) == (Decimal("0.006"), CENT)


def test_counters_of_minutes_that_are_over_are_cleaned_up(
    database: Database, ledger: SharedLedger, clock: Watch
) -> None:
    turns = limit(metric=Metric.TURNS, period=Period.MINUTE, each=Each.USER, cap=Decimal(5))
    put_limits(database, turns)
    wishes = [attempt(f"run{number}", user_id=f"user{number}") for number in range(20)]

    async def go_through() -> None:
        for held in await reserve_all(ledger, wishes):
            await ledger.record(answered(held))

    asyncio.run(go_through())
    assert len(ledger.most_used(turns, NOON, 100)) == 20
    clock.advance(hours=2)
    assert ledger.expire() == 0
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(limit_counters)) == 0
    assert ledger.used(turns, ["acme/user7"], NOON) == {"acme/user7": Counter(Decimal(1))}


def test_a_limit_whose_counters_were_dropped_counts_what_is_under_way_once(
    database: Database, ledger: SharedLedger
) -> None:
    """Two calls hold a limit that begins anew; the end of both comes in one group, before anybody read the counters."""
    put_limits(database, limit())
    one, two, three = attempt("one"), attempt("two"), attempt("three")

    async def go_through() -> None:
        await reserve_all(ledger, [one, two, three])
        with database.unit_of_work() as work:
            work.connection.execute(sa.delete(limit_counters))
        await asyncio.gather(ledger.record(answered(one, "0.004")), ledger.record(broken(two)))

    asyncio.run(go_through())
    assert spent(ledger) == (Decimal("0.014"), CENT)


def test_a_caller_that_leaves_after_the_commit_and_before_it_heard_of_it_holds_nothing(
    database: Database, ledger: SharedLedger
) -> None:
    put_limits(database, limit())

    def under_way() -> list[str]:
        with database.read() as connection:
            return list(connection.scalars(sa.select(reservations.c.id)))

    async def go_through() -> None:
        leaving = asyncio.create_task(ledger.reserve(attempt("left")))
        await asyncio.sleep(0)
        while not under_way():  # the loop stands still, so that the caller cannot hear
            pass
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await ledger.reserve(attempt("stays"))

    asyncio.run(go_through())
    assert under_way() == ["stays"]
    assert spent(ledger) == (0, CENT)


def test_a_reservation_is_gone_with_its_record(database: Database, ledger: SharedLedger) -> None:
    asyncio.run(reserve_all(ledger, [attempt("a"), attempt("b")]))
    asyncio.run(ledger.record(answered(attempt("a"))))
    with database.read() as connection:
        rows = connection.execute(sa.select(reservations)).all()
    assert [(row.id, row.expires_at) for row in rows] == [("b", NOON + timedelta(minutes=3))]
