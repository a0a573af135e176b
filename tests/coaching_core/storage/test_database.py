"""The store, over both databases: transactions, grouped appends, migrations, and what a second process is told."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

import coaching_core.storage.bulk
import coaching_core.storage.writer
import evals.tables
from coaching_core.assessments import tables as _assessments
from coaching_core.errors import StoreDamagedError, StoreError, StoreInUseError, StoreTooNewError
from coaching_core.llm.tables import prompt_runs
from coaching_core.playground import tables as _playground
from coaching_core.prompts.tables import topics
from coaching_core.settings import Settings
from coaching_core.storage.bulk import insert_by_batches
from coaching_core.storage.database import Database, open_database, store_file
from coaching_core.storage.fifo_lock import FifoLock
from coaching_core.storage.holder import holder_file, read_holder, write_holder
from coaching_core.storage.migrations import MIGRATIONS, Migration, applied_migrations, migrate
from coaching_core.storage.schema import metadata
from coaching_core.storage.unit_of_work import UnitOfWork
from coaching_core.storage.writer import AppendQueue
from tests.conftest import PROJECT, make_settings

_ALL_TABLES = (_assessments, _playground, evals.tables)


def prompt_run_row(number: int, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {column.name: None for column in prompt_runs.columns}
    row |= {
        "id": f"run{number:05}",
        "tenant_id": "local",
        "interaction_ids": [],
        "purpose": "chat",
        "provider": "simulated",
        "model": "simulated/coach-steady",
        "simulated": True,
        "latency_ms": 1.5,
        "status": "ok",
        "cost_usd": Decimal("0.000000150001"),
        "created_at": datetime(2026, 11, 20, 12, tzinfo=UTC),
    }
    return row | changes


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail_halfway() -> None:
        with database.unit_of_work() as work:
            work.connection.execute(sa.insert(prompt_runs), [prompt_run_row(1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(prompt_runs)) == 0


def test_times_and_money_come_back_as_they_went_in(database: Database) -> None:
    at = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    with database.unit_of_work() as work:
        work.connection.execute(sa.insert(prompt_runs), [prompt_run_row(1, created_at=at)])
    with database.read() as connection:
        row = connection.execute(sa.select(prompt_runs)).one()
    assert row.created_at == at
    assert row.created_at.tzinfo == UTC
    assert row.cost_usd == Decimal("0.000000150001")
    assert row.interaction_ids == []


def test_a_time_without_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    with pytest.raises(sa.exc.StatementError, match="zone"), database.unit_of_work() as work:
        work.connection.execute(sa.insert(prompt_runs), [prompt_run_row(1, created_at=naive)])


def test_appends_are_durable_when_the_future_is_done(database: Database) -> None:
    appends = AppendQueue(database, capacity=50, batch=20)

    def produce(start: int) -> None:
        for number in range(start, start + 100):
            appends.append(prompt_runs, prompt_run_row(number)).result(timeout=30)

    threads = [threading.Thread(target=produce, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        ids = list(connection.scalars(sa.select(prompt_runs.c.id)))
    assert sorted(ids) == [f"run{number:05}" for number in range(400)]
    appends.close()


def test_closing_commits_what_waits_and_takes_no_more(database: Database) -> None:
    appends = AppendQueue(database)
    waiting = [appends.append(prompt_runs, prompt_run_row(number)) for number in range(50)]
    appends.close()
    assert all(future.done() and future.exception() is None for future in waiting)
    with pytest.raises(StoreError, match="closing"):
        appends.append(prompt_runs, prompt_run_row(99))


def test_rows_of_several_batches_are_all_inserted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coaching_core.storage.bulk, "_BATCH", 2)
    with database.unit_of_work() as work:
        insert_by_batches(work.connection, prompt_runs, [prompt_run_row(number) for number in range(5)])
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(prompt_runs)) == 5


def test_no_transaction_is_larger_than_the_batch(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, release, sizes = threading.Event(), threading.Event(), []

    def insert(_connection: sa.Connection, _table: sa.Table, rows: Sequence[object]) -> None:
        sizes.append(len(rows))
        begun.set()
        release.wait(30)

    monkeypatch.setattr(coaching_core.storage.writer, "insert_rows", insert)
    appends = AppendQueue(database, batch=20)
    appends.append(prompt_runs, prompt_run_row(0))
    assert begun.wait(30)
    for number in range(1, 41):
        appends.append(prompt_runs, prompt_run_row(number))
    release.set()
    appends.close()
    assert sizes == [1, 20, 20]


def test_one_bad_row_does_not_spoil_its_neighbours(database: Database) -> None:
    appends = AppendQueue(database)
    with database.unit_of_work():  # holds the writer on DuckDB, so that the three rows form one group
        good = appends.append(prompt_runs, prompt_run_row(1))
        bad = appends.append(prompt_runs, prompt_run_row(2, status=None))
        also_good = appends.append(prompt_runs, prompt_run_row(3))
    assert good.result(timeout=30) is None
    assert also_good.result(timeout=30) is None
    assert isinstance(bad.exception(timeout=30), sa.exc.SQLAlchemyError)
    appends.close()


@pytest.mark.parametrize(("conflicts", "recorded"), [(4, True), (5, False)])
def test_an_append_that_only_meets_conflicts_is_never_called_recorded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, conflicts: int, recorded: bool
) -> None:
    opened = open_database(settings)
    free, left = opened.unit_of_work, iter(range(conflicts))

    def contested() -> AbstractContextManager[UnitOfWork]:
        if next(left, None) is not None:
            raise sa.exc.OperationalError("insert", None, Exception("Conflict on tuple"))
        return free()

    monkeypatch.setattr(opened, "unit_of_work", contested)
    appends = AppendQueue(opened)
    error = appends.append(prompt_runs, prompt_run_row(1)).exception(timeout=30)
    appends.close()
    with opened.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(prompt_runs)) == int(recorded)
    assert (error is None) is recorded
    opened.close()


def test_appending_from_an_event_loop_waits_without_blocking_it(database: Database) -> None:
    appends = AppendQueue(database, capacity=3, batch=2)

    async def produce() -> None:
        await asyncio.gather(*(appends.append_and_wait(prompt_runs, prompt_run_row(n)) for n in range(40)))

    asyncio.run(produce())
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(prompt_runs)) == 40
    appends.close()


def test_migrated_schema_is_the_live_tables(database: Database) -> None:
    inspector = sa.inspect(database.engine)
    for table in metadata.sorted_tables:
        there = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
        assert there == {column.name: column.nullable for column in table.columns}, table.name


def test_opening_twice_migrates_once_and_keeps_rows(store_settings: Settings) -> None:
    first = open_database(store_settings)
    with first.unit_of_work() as work:
        work.connection.execute(sa.insert(prompt_runs), [prompt_run_row(1)])
    first.close()
    second = open_database(store_settings)
    with second.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(applied_migrations)) == len(MIGRATIONS)
        assert connection.scalar(sa.select(sa.func.count()).select_from(prompt_runs)) == 1
    second.close()


def test_a_store_from_the_future_is_refused(store_settings: Settings) -> None:
    opened = open_database(store_settings)
    newer = (*MIGRATIONS, Migration(MIGRATIONS[-1].number + 1, "from the future", lambda _: None))
    migrate(opened.engine, newer)
    opened.close()
    with pytest.raises(StoreTooNewError, match="newer release"):
        open_database(store_settings)
    file = store_file(store_settings)
    assert file is None or read_holder(file) is None


def test_a_failing_migration_leaves_the_schema_as_it_was(store_settings: Settings) -> None:
    def half(connection: sa.Connection) -> None:
        connection.execute(sa.text("create table halfway (x integer)"))
        raise RuntimeError

    opened = open_database(store_settings)
    with pytest.raises(RuntimeError):
        migrate(opened.engine, (*MIGRATIONS, Migration(MIGRATIONS[-1].number + 1, "breaks", half)))
    assert "halfway" not in sa.inspect(opened.engine).get_table_names()
    opened.close()


def test_only_one_row_per_topic_id(database: Database) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    row = {column.name: "x" for column in topics.columns}
    row |= {"display_order": 1, "is_active": True, "published_version": None, "created_at": now, "updated_at": now}  # type: ignore[dict-item]
    with database.unit_of_work() as work:
        work.connection.execute(sa.insert(topics), [row])
    with pytest.raises(sa.exc.IntegrityError), database.unit_of_work() as work:
        work.connection.execute(sa.insert(topics), [row])


def test_health_names_the_store(database: Database) -> None:
    health = database.health()
    assert health.ok
    assert health.schema == MIGRATIONS[-1].number
    assert (health.version or "").startswith("DuckDB v" if health.kind == "duckdb" else "PostgreSQL ")


@pytest.fixture
def hold_store(tmp_path: Path) -> Callable[[Path, str | None], subprocess.Popen[str]]:
    def hold(home: Path, url: str | None) -> subprocess.Popen[str]:
        code = (
            "import sys; from coaching_core.storage.database import open_database;"
            "from tests.conftest import make_settings; from pathlib import Path;"
            f"d = open_database(make_settings(Path({str(home)!r})), {url!r});"
            "print('held', flush=True); sys.stdin.readline(); d.close()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    return hold


def _end(process: subprocess.Popen[str], kill: bool = False) -> None:
    if kill:
        process.kill()
        process.communicate()
    else:
        process.communicate("\n", timeout=30)


def test_a_second_process_is_told_who_holds_the_store(
    settings: Settings, hold_store: Callable[[Path, str | None], subprocess.Popen[str]]
) -> None:
    holder = hold_store(settings.home, "http://localhost:8501")
    with pytest.raises(StoreInUseError, match=rf"process {holder.pid} at http://localhost:8501") as caught:
        open_database(settings)
    assert caught.value.url == "http://localhost:8501"
    assert "WORKBENCH_HOME" in str(caught.value)
    _end(holder)
    file = store_file(settings)
    assert file is not None
    assert not holder_file(file).exists()
    open_database(settings).close()


def test_a_killed_holder_does_not_lock_the_store(
    settings: Settings, hold_store: Callable[[Path, str | None], subprocess.Popen[str]]
) -> None:
    _end(hold_store(settings.home, "http://localhost:8501"), kill=True)
    opened = open_database(settings, "http://localhost:9000")
    file = store_file(settings)
    assert file is not None
    holder = read_holder(file)
    assert holder == opened.holder
    assert holder_file(file).stat().st_mode & 0o777 == 0o600
    opened.close()


def test_closing_leaves_the_signature_of_the_next_holder(settings: Settings) -> None:
    opened = open_database(settings)
    file = store_file(settings)
    assert file is not None
    following = write_holder(file, "http://localhost:9000")
    opened.close()
    assert read_holder(file) == following


def test_a_damaged_file_is_reported_and_left_alone(settings: Settings) -> None:
    open_database(settings).close()
    file = store_file(settings)
    assert file is not None
    file.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreDamagedError, match="left as it is"):
        open_database(settings)
    assert file.read_bytes().startswith(b"not a database")


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite:///x.db", "not a url"])
def test_other_databases_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL"):
        open_database(make_settings(tmp_path, database_url=url))


def test_an_unreachable_postgresql_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        open_database(make_settings(tmp_path, database_url="postgresql://nobody:secret@127.0.0.1:1/none"))


def test_the_lock_serves_in_order() -> None:
    lock, order, threads = FifoLock(), [], []
    with lock:
        for number in range(8):
            before = len(lock._waiting)

            def wait(number: int = number) -> None:
                with lock:
                    order.append(number)

            thread = threading.Thread(target=wait)
            thread.start()
            threads.append(thread)
            while len(lock._waiting) == before:
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_importing_the_core_imports_nothing_heavy() -> None:
    code = "import coaching_core.bootstrap, sys, json; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    loaded = set(json.loads(output))
    assert not loaded & {"streamlit", "litellm", "chromadb", "boto3", "pandas", "scipy.stats", "openai"}
