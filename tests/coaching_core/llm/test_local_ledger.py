"""The ledger of a store that one process holds: crashes, full disks, stores that fail, limits set in mid-flight."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

import coaching_core.llm.call_journal
import coaching_core.llm.local_ledger
from coaching_core.errors import DiskFullError, LimitReachedError
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.limits import Each, Limit, Metric, Period
from coaching_core.llm.local_ledger import LocalLedger
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import RunStatus
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from coaching_core.storage.writer import AppendQueue
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


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = open_database(settings)
    yield made
    made.close()


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture
def ledger(database: Database, tmp_path: Path, clock: Watch) -> Iterator[LocalLedger]:
    with opened(database, tmp_path / "calls", clock) as made:
        assert isinstance(made, LocalLedger)
        yield made


def test_a_killed_process_leaves_records_of_unknown_cost_that_still_fill_the_budget(settings: Settings) -> None:
    database = open_database(settings)
    put_limits(database, limit())
    database.close()
    with begun(settings, "hold", "held", 5) as process:
        go(process)
        assert told(process) == "5"
        process.send_signal(signal.SIGKILL)
        process.wait()
    for _ in range(2):  # the second start finds nothing more to do
        database = open_database(settings)
        with opened(database, settings.home / "calls", Watch()) as ledger:
            assert [(row["id"], row["status"], row["cost_usd"], row["held_usd"]) for row in records(database)] == [
                ("held000", RunStatus.OK, Decimal("0.002"), None),
                *((f"held00{number}", RunStatus.UNKNOWN, None, CENT) for number in range(1, 5)),
            ]
            assert ledger.used(limit(), [""], NOON)[""].spent == Decimal("0.042")
        database.close()
    database = open_database(settings)
    with opened(database, settings.home / "calls", Watch()) as ledger:
        more = [attempt(f"more{number}") for number in range(50)]
        assert len(asyncio.run(reserve_all(ledger, more))) == 5
    database.close()


def test_a_record_that_was_committed_before_the_crash_is_not_made_again(database: Database, tmp_path: Path) -> None:
    journal = CallJournal(tmp_path / "calls")
    asyncio.run(journal.open(attempt("recorded").run))
    asyncio.run(journal.open(attempt("lost").run))
    with database.unit_of_work() as work:
        work.connection.execute(sa.insert(prompt_runs), [answered(attempt("recorded")).as_row()])
    with opened(database, tmp_path / "calls", Watch()):
        assert [(row["id"], row["status"]) for row in records(database)] == [("lost", "unknown"), ("recorded", "ok")]


def test_thousands_of_calls_left_under_way_are_recorded_once_each(database: Database, tmp_path: Path) -> None:
    journal = CallJournal(tmp_path / "calls")

    async def go() -> None:
        await asyncio.gather(*(journal.open(attempt(f"run{number:05}").run) for number in range(3_000)))

    asyncio.run(go())
    with database.unit_of_work() as work:
        known = [answered(attempt(f"run{number:05}")).as_row() for number in range(1_500)]
        work.connection.execute(sa.insert(prompt_runs), known)
    with opened(database, tmp_path / "calls", Watch()):
        assert [row["id"] for row in records(database)] == [f"run{number:05}" for number in range(3_000)]


def test_a_full_disk_holds_nothing_and_the_next_call_is_admitted(
    database: Database, ledger: LocalLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_limits(database, limit(cap=CENT))
    ledger.refresh()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        with pytest.raises(DiskFullError):
            asyncio.run(ledger.reserve(attempt("a")))
    assert ledger.used(limit(), [""], NOON)[""].used == 0
    asyncio.run(ledger.reserve(attempt("b")))


def test_what_was_held_when_a_limit_was_set_is_given_back_when_the_disk_is_full(
    database: Database, ledger: LocalLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit comes while the line is being written, so that the call holds more than it was admitted with."""
    one = limit(cap=Decimal(1))

    def set_a_limit_then_fail(*_: object) -> int:
        put_limits(database, one)
        ledger.refresh()
        assert ledger.used(one, [""], NOON)[""].held == CENT
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", set_a_limit_then_fail)
        with pytest.raises(DiskFullError):
            asyncio.run(ledger.reserve(attempt("a")))
    assert ledger.used(one, [""], NOON)[""].used == 0


class Broken(AppendQueue):
    """A store that takes no records."""

    async def append_and_wait(self, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("metric", [Metric.COST, Metric.TOKENS])
def test_a_call_whose_record_cannot_be_written_counts_with_its_bound_now_and_after_a_start(
    database: Database, tmp_path: Path, metric: Metric
) -> None:
    one = limit(metric=metric, cap=Decimal(1_000))
    put_limits(database, one)
    expected = CENT if metric is Metric.COST else 100
    appends = Broken(database)
    journal = CallJournal(tmp_path / "calls")
    ledger = LocalLedger(database, appends, journal, Watch())
    asyncio.run(ledger.reserve(attempt("a")))
    with pytest.raises(OSError, match="full"):
        asyncio.run(ledger.record(answered(attempt("a"), "0.001", tokens=20)))
    counter = ledger.used(one, [""], NOON)[""]
    assert (counter.spent, counter.held) == (expected, 0)
    appends.close()
    ledger.close()
    with opened(database, tmp_path / "calls", Watch()) as after:
        assert after.used(one, [""], NOON)[""].spent == expected
        assert [(row["status"], row["held_usd"]) for row in records(database)] == [("unknown", CENT)]


def test_a_record_whose_caller_left_keeps_its_line_until_it_is_committed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the cancellation and the commit must still find the call."""
    monkeypatch.setattr(coaching_core.llm.call_journal, "_SEGMENT_BYTES", 1)
    journal = CallJournal(tmp_path / "calls")
    appends = AppendQueue(database)
    ledger = LocalLedger(database, appends, journal, Watch())

    async def go() -> list[str]:
        await ledger.reserve(attempt("a"))
        await ledger.reserve(attempt("b"))
        with database.unit_of_work():  # nothing can be committed meanwhile
            leaving = asyncio.create_task(ledger.record(answered(attempt("a"))))
            await asyncio.sleep(0)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
            crashed = CallJournal(tmp_path / "calls")
            found = [run.id for run in crashed.unfinished()]
            crashed.close()
        return found

    assert asyncio.run(go()) == ["a", "b"]
    appends.close()
    ledger.close()
    assert [row["id"] for row in records(database)] == ["a"]
    assert ledger_lines(tmp_path / "calls") == ["b"]


def ledger_lines(folder: Path) -> list[str]:
    """Ids of the calls that a crash at this moment would leave."""
    return [line.split('"')[3] for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def test_counters_of_many_users_are_forgotten_when_their_day_is_over(
    database: Database, ledger: LocalLedger, clock: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coaching_core.llm.local_ledger, "_MANY_COUNTERS", 10)
    ledger._many = 10
    one = limit(each=Each.USER, cap=Decimal("0.02"))
    put_limits(database, one)
    ledger.refresh()

    async def spend(prefix: str) -> int:
        wishes = [attempt(f"{prefix}{n}", user_id=f"user{n}", created_at=clock.now) for n in range(30)]
        admitted = await reserve_all(ledger, wishes)
        for held in admitted:
            await ledger.record(answered(held))
        return len(admitted)

    async def go() -> None:
        assert await spend("a") == 30
        yesterday = clock.now
        clock.advance(days=1)
        assert await spend("b") == 30
        assert ledger.most_used(one, yesterday, 100) == {}
        late = attempt("late", user_id="user1", created_at=yesterday)
        await ledger.reserve(late)  # a cent was spent that day, the records say
        with pytest.raises(LimitReachedError):
            await ledger.reserve(attempt("later", user_id="user1", created_at=yesterday))

    asyncio.run(go())


def test_records_in_the_store_from_before_count_for_today_only(database: Database, tmp_path: Path) -> None:
    rows = [
        answered(attempt("today"), "0.03").as_row(),
        broken(attempt("broken")).as_row(),
        answered(attempt("yesterday", created_at=NOON - timedelta(days=1)), "0.03").as_row(),
        replace(broken(attempt("refused")), status=RunStatus.REFUSED).as_row(),
    ]
    with database.unit_of_work() as work:
        work.connection.execute(sa.insert(prompt_runs), rows)
    put_limits(database, limit())
    with opened(database, tmp_path / "calls", Watch()) as ledger:
        assert ledger.used(limit(), [""], NOON)[""].spent == Decimal("0.04")
        assert ledger.used(limit(), [""], NOON - timedelta(days=1))[""].spent == Decimal("0.03")


def _streams() -> Limit:
    return limit(metric=Metric.STREAMS, period=Period.AT_ONCE, cap=Decimal(1))


def test_streams_of_a_process_that_died_are_not_open_any_more(database: Database, tmp_path: Path) -> None:
    put_limits(database, _streams())
    asyncio.run(CallJournal(tmp_path / "calls").open(attempt("dead", streaming=True).run))
    with opened(database, tmp_path / "calls", Watch()) as ledger:
        assert len(asyncio.run(reserve_all(ledger, [attempt("alive", streaming=True)]))) == 1


def test_a_record_that_is_committed_and_not_yet_heard_of_counts_once_when_a_limit_is_set(
    database: Database, ledger: LocalLedger
) -> None:
    asyncio.run(ledger.reserve(attempt("a")))
    with database.unit_of_work() as work:
        work.connection.execute(sa.insert(prompt_runs), [answered(attempt("a")).as_row()])
    put_limits(database, limit())
    ledger.refresh()
    counter = ledger.used(limit(), [""], NOON)[""]
    assert (counter.spent, counter.held) == (0, CENT)
