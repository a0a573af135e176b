"""Sums made ahead equal the sums over the records, whatever is written, however late, and whoever takes it away."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
import sqlalchemy as sa

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.settings import Settings
from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database, open_database, store_target
from coaching_core.storage.migrations import MIGRATIONS, migrate
from coaching_core.usage import rollup
from coaching_core.usage.models import Dimension, UsageFilter
from coaching_core.usage.service import UsageService
from tests.coaching_core.usage.calls import (
    ALL,
    SINCE,
    UNTIL,
    forget,
    keep,
    many,
    plain_sums,
    run,
    timed,
    user_days,
    within,
)

RAGGED = UsageFilter("acme", SINCE + timedelta(hours=5), UNTIL - timedelta(hours=7))
FILTERS = (
    ALL,
    RAGGED,
    replace(ALL, model="openai/a", include_simulated=False),
    replace(RAGGED, tenant_id=None, topic_id="goals", prompt_version=2),
    replace(ALL, user_id="u1"),
)


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are summed ahead already, and a fold takes several steps."""
    monkeypatch.setattr(rollup, "_FEW_ROWS", 1)
    monkeypatch.setattr(rollup, "_ROWS_AT_ONCE", 37)
    monkeypatch.setattr(rollup, "_FEW_CELLS", 2)


def assert_exact(service: UsageService, there: list[PromptRun]) -> None:
    for wanted in FILTERS:
        rows = within(there, wanted)
        sums, overview = service.totals(wanted), service.overview(wanted, Dimension.MODEL)
        assert {name: getattr(sums.usage, name) for name in plain_sums(rows)} == plain_sums(rows)
        assert {name: getattr(overview.now, name) for name in plain_sums(rows)} == plain_sums(rows)
        assert sums.user_days == user_days(rows)
        values = [one.waited_ms + one.latency_ms for one in timed(rows)]
        assert sums.usage.latency_p95 == (pytest.approx(np.percentile(values, 95)) if values else None)


@pytest.mark.parametrize("seed", range(3))
def test_the_answer_is_exact_after_any_writes(database: Database, seed: int) -> None:
    dice, service = random.Random(seed), UsageService(database)
    there: list[PromptRun] = []
    for step in range(8):
        new = many(seed=100 * seed + step, size=dice.randint(1, 60), first=1_000 * step)
        keep(database, new)
        there += new
        if dice.random() < 0.5:
            service.keep_up()
        if dice.random() < 0.4:
            gone = dice.sample(there, min(len(there), dice.randint(1, 9)))
            forget(database, gone)
            there = [one for one in there if one not in gone]
        assert_exact(service, there)
    service.keep_up()
    assert_exact(service, there)
    assert_exact(UsageService(database), there)


def test_a_record_that_replaces_another_is_counted_once(database: Database) -> None:
    service = UsageService(database)
    runs = many(size=80)
    keep(database, runs)
    service.keep_up()
    unknown = run(9_001, cost_usd=None, held_usd=Decimal("0.5"))
    keep(database, [unknown])
    service.keep_up()
    settled = replace(unknown, cost_usd=Decimal("0.01"), held_usd=None)
    with database.unit_of_work() as work:
        work.connection.execute(sa.delete(prompt_runs).where(prompt_runs.c.id == unknown.id))
        insert_rows(work.connection, prompt_runs, [settled.as_row()])
    assert_exact(service, [*runs, settled])


def test_a_changed_record_is_summed_as_it_is_now(database: Database) -> None:
    service = UsageService(database)
    runs = many(size=60)
    keep(database, runs)
    service.keep_up()
    moved = replace(runs[7], tenant_id="acme", created_at=SINCE + timedelta(days=2), cost_usd=Decimal("7.25"))
    with database.unit_of_work() as work:
        change = {"tenant_id": moved.tenant_id, "created_at": moved.created_at, "cost_usd": moved.cost_usd}
        work.connection.execute(sa.update(prompt_runs).where(prompt_runs.c.id == moved.id).values(change))
    assert_exact(service, [*runs[:7], moved, *runs[8:]])


def test_a_write_that_is_taken_back_leaves_no_trace(database: Database) -> None:
    service = UsageService(database)
    runs = many(size=60)
    keep(database, runs)
    service.keep_up()

    def fail(write: Callable[[sa.Connection], object]) -> None:
        with suppress(RuntimeError), database.unit_of_work() as work:
            write(work.connection)
            raise RuntimeError

    fail(lambda connection: insert_rows(connection, prompt_runs, [one.as_row() for one in many(5, 50, first=500)]))
    fail(lambda connection: connection.execute(sa.delete(prompt_runs)))
    assert_exact(service, runs)
    keep(database, more := many(6, 50, first=900))
    service.keep_up()
    assert_exact(service, runs + more)


def test_as_many_rows_come_back_as_went_away(database: Database) -> None:
    """Where ids of rows are given anew, other rows under the same ids are noticed."""
    service = UsageService(database)
    keep(database, many(size=3_000))
    service.keep_up()
    with database.unit_of_work() as work:
        work.connection.execute(sa.delete(prompt_runs))
    if database.kind == "duckdb":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("checkpoint"))
    others = many(seed=2, size=3_000)
    keep(database, others)
    assert_exact(service, others)
    service.keep_up()
    assert_exact(service, others)


def test_summing_up_goes_on_while_others_write(database: Database) -> None:
    service = UsageService(database)
    parts = [many(seed=part, size=30, first=100 * part) for part in range(24)]
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(keep, database, part) for part in parts]
        for _ in range(12):
            service.keep_up()
        for done in writing:
            done.result()
    service.keep_up()
    assert_exact(service, [one for part in parts for one in part])


def test_what_was_summed_is_not_summed_again(database: Database) -> None:
    service = UsageService(database)
    keep(database, many(size=100))
    assert service.keep_up() > 0
    assert service.keep_up() == 0


def test_calls_of_an_earlier_release_are_summed_too(store_settings: Settings) -> None:
    store_settings.home.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(store_target(store_settings))
    before = tuple(one for one in MIGRATIONS if one.number < 4)
    migrate(engine, before)
    runs = many(size=90)
    with engine.begin() as connection:
        insert_rows(connection, prompt_runs, [one.as_row() for one in runs])
    engine.dispose()
    database = open_database(store_settings)
    try:
        service = UsageService(database)
        assert_exact(service, runs)
        service.keep_up()
        assert_exact(service, runs)
    finally:
        database.close()
