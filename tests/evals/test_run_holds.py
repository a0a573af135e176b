"""A run holds its money cap against the limits while it works, and counts with what it cost afterwards (ledger L5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from coaching_core.bootstrap import build_ledger
from coaching_core.clock import utc_now
from coaching_core.errors import LimitReachedError
from coaching_core.llm.limit_book import Counter
from coaching_core.llm.limits import EVERYTHING, Limit, Metric, Period
from coaching_core.llm.local_ledger import LocalLedger
from coaching_core.llm.shared_ledger import SharedLedger
from coaching_core.llm.tables import limits
from coaching_core.settings import Settings
from coaching_core.storage.database import Database
from coaching_core.storage.writer import AppendQueue
from evals.ingest import RunIngest
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from evals.runs import RunService
from tests.evals.making import make_plan, make_runner

AnyLedger = LocalLedger | SharedLedger
LIMIT = Limit("month", "Month", Metric.COST, Period.MONTH, Decimal(5), tenant_id="local")


@pytest.fixture
def ledger(database: Database, store_settings: Settings) -> Iterator[AnyLedger]:
    row = {
        "id": LIMIT.id,
        "name": LIMIT.name,
        "metric": str(LIMIT.metric),
        "period": str(LIMIT.period),
        "cap": LIMIT.cap,
        "action": str(LIMIT.action),
        "threshold": LIMIT.threshold,
        "tenant_id": LIMIT.tenant_id,
        "enabled": True,
        "author": "Ada",
        "changed_at": utc_now(),
    }
    with database.unit_of_work() as work:
        work.connection.execute(sa.insert(limits).values(row))
    appends = AppendQueue(database)
    made = build_ledger(store_settings, database, appends)
    yield made
    appends.close()
    made.close()


def used(ledger: AnyLedger) -> Counter:
    return ledger.used(LIMIT, [EVERYTHING], utc_now())[EVERYTHING]


def make_folder(settings: Settings, home: Path, cap: str) -> RunFolder:
    plan = make_plan(settings, limit=2, money_cap=cap).model_copy(update={"created_at": utc_now()})
    folder = RunFolder(home / plan.run_id)
    folder.create(plan)
    return folder


def test_a_run_holds_its_cap_until_it_ends_and_then_counts_with_its_cost(
    database: Database, ledger: AnyLedger, store_settings: Settings, tmp_path: Path
) -> None:
    folder, ingest = make_folder(store_settings, tmp_path, "4"), RunIngest(database, ledger)
    ingest.register(folder)
    ingest.register(folder)
    assert used(ledger) == Counter(spent=Decimal(0), held=Decimal(4))
    asyncio.run(make_runner(folder, store_settings).run())
    cost = load_results(folder).cost
    assert cost > 0
    with folder.running():  # as long as it works, what it has spent is held no longer
        folder.write_status(RunState.RUNNING)
        ingest.take_in(folder.run_id)
        assert used(ledger) == Counter(spent=cost, held=4 - cost)
    folder.write_status(RunState.FINISHED)
    ingest.take_in(folder.run_id)
    assert used(ledger) == Counter(spent=cost, held=Decimal(0))


def test_two_runs_never_hold_more_than_the_limit(
    database: Database, ledger: AnyLedger, store_settings: Settings, tmp_path: Path
) -> None:
    ingest = RunIngest(database, ledger)
    ingest.register(make_folder(store_settings, tmp_path / "a", "3"))
    with pytest.raises(LimitReachedError, match="Month"):
        ingest.register(make_folder(store_settings, tmp_path / "b", "3"))
    assert used(ledger).held == 3


def test_a_run_without_room_is_not_started(
    database: Database, ledger: AnyLedger, store_settings: Settings, tmp_path: Path
) -> None:
    runs = RunService(database, tmp_path / "runs", ledger)
    with pytest.raises(LimitReachedError):
        runs.start(make_plan(store_settings, limit=2, money_cap="6"))
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())
    assert runs.list() == []


def test_a_run_under_way_is_held_again_after_a_restart(
    database: Database, ledger: AnyLedger, store_settings: Settings, tmp_path: Path
) -> None:
    folder = make_folder(store_settings, tmp_path, "4")
    RunIngest(database).register(folder)  # as if this process had just started: nobody holds anything
    with folder.running():
        folder.write_status(RunState.RUNNING)
        RunIngest(database, ledger).take_in(folder.run_id)
    assert used(ledger).held == 4
