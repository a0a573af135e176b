"""One guarded door to the store: a DuckDB file or a PostgreSQL database behind SQLAlchemy Core."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import sqlalchemy as sa

from coaching_core.errors import StoreDamagedError, StoreError, StoreInUseError
from coaching_core.settings import Settings
from coaching_core.storage.fifo_lock import FifoLock
from coaching_core.storage.holder import Holder, read_holder, remove_holder, write_holder
from coaching_core.storage.migrations import migrate, schema_version
from coaching_core.storage.unit_of_work import UnitOfWork

_OPEN_ATTEMPTS = 20
_OPEN_PAUSE_SECONDS = 0.15


StoreObserver = Callable[[float, bool], None]
"""Hears how many seconds a read or a transaction took, and whether the store did it well. Must be quick."""


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Whether the store answers, and what it is. ``schema`` is the number of its last migration."""

    ok: bool
    kind: str
    version: str | None
    schema: int | None


class Database:
    """The open store.

    Reads run side by side, each on a connection of its own. Writes of a DuckDB file pass one FIFO lock.
    Analytic reads run one at a time, on all cores but one, so that they never bend a stream.
    """

    def __init__(self, engine: sa.Engine, holder: Holder | None = None) -> None:
        self.engine = engine
        self.holder = holder
        self._write_lock = FifoLock()
        self._analytic_lock = Lock()
        self._observer: StoreObserver | None = None

    @property
    def kind(self) -> str:
        """``duckdb`` or ``postgresql``."""
        return self.engine.dialect.name

    def observe(self, observer: StoreObserver) -> None:
        """Tell an observer of every read and transaction from now on; analytic queries are left out."""
        self._observer = observer

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for a few quick reads."""
        with self._observed(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def analytic(self) -> Iterator[sa.Connection]:
        """A connection for a query over many rows; waits for other such queries."""
        with self._analytic_lock, self.engine.connect() as connection:
            yield connection

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """One transaction: committed when the block ends, rolled back whole when it raises."""
        with self._observed(), self._write_lock, self.engine.begin() as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def _observed(self) -> Iterator[None]:
        if self._observer is None:
            yield
            return
        begun, failed = time.perf_counter(), False
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            failed = not is_conflict(error)
            raise
        finally:
            self._observer(time.perf_counter() - begun, not failed)

    def close(self) -> None:
        """Close all connections and give the store free."""
        self.engine.dispose()
        if self.holder is not None:
            remove_holder(_duckdb_file(self.engine.url), self.holder)

    def health(self) -> StoreHealth:
        """Whether the store answers, and what it is."""
        try:
            with self.read() as connection:
                version = str(connection.scalar(sa.text("select version()")))
                schema = schema_version(connection)
        except sa.exc.SQLAlchemyError:
            return StoreHealth(ok=False, kind=self.kind, version=None, schema=None)
        name = f"DuckDB {version}" if self.kind == "duckdb" else version.partition(" on ")[0]
        return StoreHealth(ok=True, kind=self.kind, version=name, schema=schema)


def is_conflict(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the store did what it should: somebody else was first."""
    return isinstance(error, sa.exc.IntegrityError) or "conflict" in str(getattr(error, "orig", "")).lower()


def open_database(settings: Settings, url: str | None = None) -> Database:
    """Open the store, bring its schema up to date, and sign it as held by this process.

    Args:
        settings: Says which store.
        url: Where this process serves, when it does; other processes will send their calls there.

    Raises:
        StoreInUseError: Another process has it open.
        StoreTooNewError: A newer release wrote it.
        StoreDamagedError: It cannot be read.
    """
    target = store_target(settings)
    if target.get_backend_name() != "duckdb":
        engine = sa.create_engine(target, pool_pre_ping=True, pool_size=10, max_overflow=20)
        try:
            migrate(engine)
        except sa.exc.OperationalError as error:
            engine.dispose()
            raise StoreError(f"PostgreSQL cannot be reached at {target.host or 'its socket'}: {error.orig}") from error
        except BaseException:
            engine.dispose()
            raise
        return Database(engine)
    file = _duckdb_file(target)
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = _open_duckdb(target, file)
    holder = write_holder(file, url)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        remove_holder(file, holder)
        raise
    return Database(engine, holder)


def store_target(settings: Settings) -> sa.URL:
    """The URL of the store; plain ``postgres://`` and ``postgresql://`` get the driver we ship."""
    if settings.database_url is None:
        return sa.URL.create("duckdb", database=str(settings.home / "workbench.duckdb"))
    try:
        target = sa.make_url(settings.database_url)
    except sa.exc.ArgumentError as error:
        raise StoreError("DATABASE_URL cannot be read. Use postgresql+psycopg://user:password@host/name.") from error
    if target.drivername in ("postgres", "postgresql"):
        return target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() not in ("duckdb", "postgresql"):
        raise StoreError(f"DATABASE_URL names “{target.drivername}”; the store is DuckDB or PostgreSQL.")
    return target


def store_file(settings: Settings) -> Path | None:
    """The DuckDB file, or None when the store is PostgreSQL."""
    target = store_target(settings)
    return _duckdb_file(target) if target.get_backend_name() == "duckdb" else None


def _duckdb_file(target: sa.URL) -> Path:
    return Path(target.database or "workbench.duckdb")


def _open_duckdb(target: sa.URL, file: Path) -> sa.Engine:
    threads = max(1, (os.cpu_count() or 2) - 1)
    engine = sa.create_engine(target, connect_args={"config": {"threads": threads}}, pool_size=10, max_overflow=40)
    for attempt in range(_OPEN_ATTEMPTS):
        try:
            with engine.connect():
                return engine
        except sa.exc.DBAPIError as error:
            locked = "lock" in str(error.orig).lower()
            holder = read_holder(file) if locked else None
            if not locked:
                raise StoreDamagedError(
                    f"The store {file} cannot be read: {str(error.orig).splitlines()[0]}. It is left as it is. "
                    "Move it and its .wal file aside to start with an empty store, or put a backup in its place."
                ) from error
            if (holder and holder.url) or attempt == _OPEN_ATTEMPTS - 1:
                raise _in_use(file, holder) from error
            time.sleep(_OPEN_PAUSE_SECONDS)
    raise AssertionError("unreachable")


def _in_use(file: Path, holder: Holder | None) -> StoreInUseError:
    who = f"process {holder.pid}" if holder else "another process"
    where = f" at {holder.url}" if holder and holder.url else ""
    return StoreInUseError(
        f"The store {file} is in use by {who}{where}. Use that one, stop it, or start with another "
        "WORKBENCH_HOME. To run several servers, use PostgreSQL (DATABASE_URL).",
        url=holder.url if holder else None,
    )
