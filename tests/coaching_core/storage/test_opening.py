"""Which store is opened, and what is said when it cannot be."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from coaching_core.errors import StoreDamagedError, StoreError, StoreInUseError
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database, store_file, store_target
from coaching_core.storage.holder import holder_file, read_holder
from tests.conftest import make_settings


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgres://u:p@h/db", "postgresql+psycopg"),
        ("postgresql://u:p@h/db", "postgresql+psycopg"),
        ("postgresql+psycopg://u:p@h/db", "postgresql+psycopg"),
    ],
)
def test_postgresql_gets_the_driver_we_ship(url: str, driver: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url=url)
    target = store_target(settings)

    assert (target.drivername, target.username, target.host, target.database) == (driver, "u", "h", "db")
    assert store_file(settings) is None


def test_without_a_url_the_store_is_a_file_in_the_home(tmp_path: Path) -> None:
    assert store_file(make_settings(tmp_path)) == tmp_path.resolve() / "workbench.duckdb"
    other = make_settings(tmp_path, database_url=f"duckdb:///{tmp_path / 'x.db'}")
    assert store_file(other) == tmp_path / "x.db"
    assert store_file(make_settings(tmp_path, database_url="duckdb://")) == Path("workbench.duckdb")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://localhost/x", "DATABASE_URL names “mysql”; the store is DuckDB or PostgreSQL."),
        ("not a url", "DATABASE_URL cannot be read. Use postgresql+psycopg://user:password@host/name."),
    ],
)
def test_another_database_is_refused_in_words(url: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        store_target(make_settings(tmp_path, database_url=url))
    assert str(caught.value) == message


def test_an_unreachable_postgresql_is_named_by_its_host_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"^PostgreSQL cannot be reached at 127\.0\.0\.1: ") as caught:
        open_database(make_settings(tmp_path, database_url="postgresql://nobody:canary@127.0.0.1:1/none"))
    assert "canary" not in str(caught.value)


def test_folders_on_the_way_are_made_and_the_holder_signs(tmp_path: Path) -> None:
    settings = make_settings(tmp_path / "a" / "b")
    opened = open_database(settings, "http://localhost:1")
    file = store_file(settings)
    assert file is not None
    assert opened.holder == read_holder(file)
    assert opened.holder is not None
    assert (opened.kind, opened.holder.url) == ("duckdb", "http://localhost:1")
    opened.close()
    assert not holder_file(file).exists()


def test_a_damaged_file_is_named_with_the_way_out(settings: Settings) -> None:
    open_database(settings).close()
    file = store_file(settings)
    assert file is not None
    file.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreDamagedError) as caught:
        open_database(settings)
    message = str(caught.value)
    assert message.startswith(f"The store {file} cannot be read: ")
    assert "\n" not in message
    assert message.endswith(
        "Move it and its .wal file aside to start with an empty store, or put a backup in its place."
    )
    assert not holder_file(file).exists()


class _Locked:
    """An engine whose file another process holds for a number of attempts."""

    def __init__(self, engine: sa.Engine, attempts: int) -> None:
        self._engine = engine
        self._left = attempts

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def connect(self) -> sa.Connection:
        if self._left > 0:
            self._left -= 1
            raise sa.exc.OperationalError("open", None, Exception("Could not set lock on file"))
        return self._engine.connect()


@pytest.mark.parametrize(("attempts", "opens"), [(0, True), (1, True), (19, True), (20, False)])
def test_a_store_that_is_just_being_left_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, attempts: int, opens: bool
) -> None:
    pauses: list[float] = []
    create = sa.create_engine
    monkeypatch.setattr("coaching_core.storage.database.time.sleep", pauses.append)
    monkeypatch.setattr(
        "coaching_core.storage.database.sa.create_engine",
        lambda *given, **more: _Locked(create(*given, **more), attempts),
    )
    if opens:
        open_database(settings).close()
        assert len(pauses) == attempts
        return
    with pytest.raises(StoreInUseError, match="in use by another process") as caught:
        open_database(settings)
    assert len(pauses) == 19
    assert caught.value.url is None
    assert sum(pauses) < 10


def test_a_store_that_no_longer_answers_is_not_healthy(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> sa.Connection:
        raise sa.exc.OperationalError("select", None, Exception("gone"))

    monkeypatch.setattr(database.engine, "connect", broken)
    health = database.health()

    assert (health.ok, health.kind, health.version, health.schema) == (False, database.kind, None, None)


def test_analytic_reads_come_one_at_a_time_and_hold_up_no_other(database: Database) -> None:
    second = threading.Event()

    def analyse() -> None:
        with database.analytic():
            second.set()

    with database.analytic() as first:
        thread = threading.Thread(target=analyse)
        thread.start()
        with database.read() as connection:
            assert connection.scalar(sa.text("select 1")) == 1
        with database.unit_of_work() as work:
            assert work.connection.scalar(sa.text("select 1")) == 1
        assert first.scalar(sa.text("select 1")) == 1
        assert not second.is_set()
    thread.join(30)
    assert second.is_set()


def test_writers_of_a_file_come_one_at_a_time(settings: Settings) -> None:
    opened = open_database(settings)
    second = threading.Event()

    def write() -> None:
        with opened.unit_of_work():
            second.set()

    with opened.unit_of_work():
        thread = threading.Thread(target=write)
        thread.start()
        assert not second.is_set()
    thread.join(30)
    assert second.is_set()
    opened.close()
