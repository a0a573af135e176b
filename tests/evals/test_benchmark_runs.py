"""Benchmarks from the store, on both databases: only finished runs, their figures as the run left them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from coaching_core.storage.database import Database
from evals.benchmarks_table import benchmarks
from evals.results.benchmark_facts import benchmark_facts
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder, RunState
from evals.runs import RunService
from evals.tables import eval_runs
from tests.evals.result_making import folder_of, item, plan_of, scored


def taken_in(runs: RunService, results: RunResults, home: Path, state: RunState = RunState.FINISHED) -> RunFolder:
    folder = folder_of(results, home)
    folder.write_status(state)
    runs.ingest.register(folder)
    runs.ingest.take_in(folder.run_id)
    return folder


def results(run_id: str, **changes: object) -> RunResults:
    plan = plan_of([item(number) for number in range(3)], run_id=run_id, suite_id="night", **changes)
    return scored(plan, [5, 6, 7], [8, 9, 10])


def test_finished_runs_bring_what_they_found(database: Database, tmp_path: Path) -> None:
    runs = RunService(database, tmp_path)
    found = results("a")
    taken_in(runs, found, tmp_path)
    taken_in(runs, results("b"), tmp_path, RunState.STOPPED)
    taken_in(runs, results("c", topic_id="vision", tenant_id="other"), tmp_path)
    (run,) = runs.benchmark_runs(tenant_id="default")
    assert (run.run_id, run.facts) == ("a", benchmark_facts(found))
    assert [one.run_id for one in runs.benchmark_runs()] == ["c", "a"]
    assert [one.run_id for one in runs.benchmark_runs(limit=1)] == ["c"]
    assert [one.run_id for one in runs.benchmark_runs(topic_id="vision")] == ["c"]
    assert [cell.model for cell in benchmarks([run]).tasks[0].cells] == ["simulated/m2", "simulated/m1"]


def test_a_run_says_what_kind_it_is(database: Database, tmp_path: Path) -> None:
    runs = RunService(database, tmp_path)
    taken_in(runs, results("a"), tmp_path)
    row = runs.get("a")
    assert (row.task, row.dataset_hash, row.suite_id, row.replay) == ("reply", "a3f9", "night", "")


def test_rows_of_older_releases_are_left_out_with_a_reason(database: Database, tmp_path: Path) -> None:
    runs = RunService(database, tmp_path)
    taken_in(runs, results("a"), tmp_path)
    older = {"summary": {"variants": []}, "task": None, "dataset_hash": None, "suite_id": None, "replay": None}
    with database.unit_of_work() as work:
        work.connection.execute(sa.update(eval_runs).values(**older))
    row = runs.get("a")
    assert (row.task, row.suite_id) == ("", "")
    (left_out,) = benchmarks(runs.benchmark_runs()).left_out
    assert (left_out.run_id, "older release" in left_out.reason) == ("a", True)
