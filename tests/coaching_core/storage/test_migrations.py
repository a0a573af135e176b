"""Steps of the schema: each once, in order, all or none, and by one process at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from coaching_core.errors import StoreTooNewError
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from coaching_core.storage.migrations import MIGRATIONS, Migration, applied_migrations, migrate, schema_version

NEWEST = MIGRATIONS[-1].number


def test_steps_are_numbered_without_holes_and_named() -> None:
    assert [one.number for one in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert all(one.name for one in MIGRATIONS)


def test_only_what_is_missing_is_applied_in_order_and_noted(database: Database) -> None:
    applied: list[int] = []
    steps = tuple(
        Migration(NEWEST + more, f"step {more}", lambda _, more=more: applied.append(more))  # type: ignore[misc]
        for more in (1, 2, 3)
    )
    migrate(database.engine, (*MIGRATIONS, *steps[:2]))
    migrate(database.engine, (*MIGRATIONS, *steps))
    migrate(database.engine, (*MIGRATIONS, *steps))

    assert applied == [1, 2, 3]
    with database.read() as connection:
        assert schema_version(connection) == NEWEST + 3
        rows = connection.execute(sa.select(applied_migrations).order_by(applied_migrations.c.number)).all()
    assert [(row.number, row.name) for row in rows[-3:]] == [(NEWEST + more, f"step {more}") for more in (1, 2, 3)]
    assert all(abs((datetime.now(UTC) - row.applied_at).total_seconds()) < 600 for row in rows)


def test_a_store_one_step_newer_is_refused_and_left_alone(database: Database) -> None:
    migrate(database.engine, (*MIGRATIONS, Migration(NEWEST + 1, "later", lambda _: None)))
    with pytest.raises(StoreTooNewError, match=f"at schema {NEWEST + 1}, this release knows {NEWEST}"):
        migrate(database.engine)
    with database.read() as connection:
        assert schema_version(connection) == NEWEST + 1


def test_of_several_processes_one_migrates_and_the_others_wait(store_settings: Settings) -> None:
    opened = open_database(store_settings)
    if opened.kind != "postgresql":
        opened.close()
        pytest.skip("a DuckDB file has one process")
    inside, most, guard = [], [], threading.Lock()

    def slow(connection: sa.Connection) -> None:
        with guard:
            inside.append(1)
            most.append(len(inside))
        connection.execute(sa.text("select pg_sleep(0.05)"))
        with guard:
            inside.pop()

    steps = (*MIGRATIONS, Migration(NEWEST + 1, "slow", slow))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(opened.engine, steps), range(4)))
    opened.close()

    assert most == [1]
