"""Taking runs into the store, on both databases: once, whatever happens and whoever else does it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import evals.ingest
from coaching_core.errors import RunNotFoundError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from evals.ingest import RunIngest
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from evals.running.journal import JournalLine, read_journal
from evals.runs import RunService, RunSummary
from tests.conftest import make_settings
from tests.evals.making import make_plan, make_runner


@dataclass(frozen=True)
class Model:
    """A finished run to copy from, and its journal line by line."""

    folder: RunFolder
    lines: tuple[bytes, ...]

    def runs(self, lines: int) -> list[PromptRun]:
        """The PromptRuns in the first lines."""
        bodies = (JournalLine.decode(line).body for line in self.lines[:lines])
        return [PromptRun.from_json(run) for body in bodies for run in body["prompt_runs"]]

    def copy(self, home: Path, lines: int, name: str | None = None) -> RunFolder:
        """The run as it was when its journal had so many lines."""
        folder = RunFolder(home / (name or self.folder.run_id))
        folder.path.mkdir(parents=True)
        shutil.copy(self.folder.path / "plan.json", folder.path)
        folder.journal.write_bytes(b"".join(self.lines[:lines]))
        return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return finished_run(tmp_path_factory.mktemp("model"))


def finished_run(home: Path, **changes: Any) -> Model:
    settings = make_settings(home)
    plan = make_plan(settings, limit=6, **changes)
    folder = RunFolder(home / plan.run_id)
    folder.create(plan)
    asyncio.run(make_runner(folder, settings).run())
    return Model(folder, tuple(folder.journal.read_bytes().splitlines(keepends=True)))


@pytest.fixture
def ingest(database: Database) -> RunIngest:
    return RunIngest(database)


@pytest.fixture
def stores(database: Database, store_settings: Settings) -> Iterator[list[Database]]:
    """Every door to the store that two processes might have: a DuckDB file has one, PostgreSQL two."""
    if database.kind == "duckdb":
        yield [database]
        return
    second = open_database(store_settings)
    yield [database, second]
    second.close()


def stored(database: Database, run_id: str) -> list[tuple[str, Decimal | None]]:
    """Ids and costs of the PromptRuns in the store."""
    query = sa.select(prompt_runs.c.id, prompt_runs.c.cost_usd).where(prompt_runs.c.eval_run_id == run_id)
    with database.read() as connection:
        return [(row.id, row.cost_usd) for row in connection.execute(query)]


def summary(database: Database, run_id: str) -> RunSummary:
    return RunService(database, Path()).get(run_id)


def check(database: Database, model: Model, lines: int) -> RunSummary:
    """What the store says is what the first lines say."""
    expected = model.runs(lines)
    assert sorted(stored(database, model.folder.run_id)) == sorted((run.id, run.cost_usd) for run in expected)
    found = summary(database, model.folder.run_id)
    kinds = [JournalLine.decode(line).kind for line in model.lines[:lines]]
    assert (found.answers_done, found.verdicts_done) == (kinds.count("answer"), kinds.count("verdict"))
    assert found.cost == sum((run.cost_usd or Decimal(0) for run in expected), Decimal(0))
    return found


def test_a_whole_run_is_taken_in_exactly(database: Database, ingest: RunIngest, model: Model) -> None:
    ingest.register(model.folder)
    before = check(database, model, 0)
    assert (before.status, before.summary, before.calls_planned) == (RunState.WAITING, {}, 24)
    ingest.take_in(model.folder.run_id)
    found = check(database, model, 24)
    assert found.status is RunState.FINISHED
    assert found.simulated
    results = load_results(model.folder)
    assert found.cost == results.cost
    assert found.summary["cost_usd"] == str(results.cost)
    assert [variant["n"] for variant in found.summary["variants"]] == [6, 6]
    assert [variant["topic_version"] for variant in found.variants] == [1, 2]


def test_runs_are_listed_by_tenant_and_topic(database: Database, ingest: RunIngest, model: Model) -> None:
    ingest.register(model.folder)
    runs = RunService(database, model.folder.path.parent)
    found = (runs.list("local", "core_values"), runs.list(topic_id="core_values"), runs.list("local"))
    assert [[run.run_id for run in some] for some in found] == [[model.folder.run_id]] * 3
    assert [*runs.list(topic_id="vision"), *runs.list("acme")] == []


def test_what_is_stored_of_a_call_is_what_the_journal_says(database: Database, ingest: RunIngest, model: Model) -> None:
    ingest.register(model.folder)
    ingest.take_in(model.folder.run_id)
    expected = {run.id: run.as_row() for run in model.runs(24)}
    with database.read() as connection:
        rows = connection.execute(sa.select(prompt_runs)).mappings().all()
    assert {row["id"]: dict(row) for row in rows} == expected


def test_twice_is_once(database: Database, ingest: RunIngest, model: Model) -> None:
    for _ in range(3):
        ingest.register(model.folder)
        ingest.take_in(model.folder.run_id)
    check(database, model, 24)


@pytest.mark.parametrize("batch", [1, 7, 24])
def test_batches_leave_nothing_out(
    database: Database, ingest: RunIngest, model: Model, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(evals.ingest, "_BATCH_LINES", batch)
    ingest.register(model.folder)
    ingest.take_in(model.folder.run_id)
    check(database, model, 24)


def test_it_keeps_abreast_of_a_journal_that_grows_byte_by_byte(
    database: Database, ingest: RunIngest, model: Model, tmp_path: Path
) -> None:
    folder = model.copy(tmp_path, 0)
    ingest.register(folder)
    whole = b"".join(model.lines)
    ends = list(accumulate(len(line) for line in model.lines))
    cuts = sorted({0, 1, ends[0] - 1, ends[0], ends[0] + 1, *range(0, len(whole), 5_003), ends[-1] - 1, ends[-1]})
    for cut in cuts:
        folder.journal.write_bytes(whole[:cut])
        ingest.take_in(folder.run_id)
        check(database, model, sum(end <= cut for end in ends))


def test_a_torn_last_line_waits_for_its_rest(
    database: Database, ingest: RunIngest, model: Model, tmp_path: Path
) -> None:
    folder = model.copy(tmp_path, 5)
    folder.journal.write_bytes(folder.journal.read_bytes() + model.lines[5][:-20])
    ingest.register(folder)
    ingest.take_in(folder.run_id)
    assert check(database, model, 5).status is RunState.WAITING
    folder.journal.write_bytes(b"".join(model.lines[:6]))
    ingest.take_in(folder.run_id)
    check(database, model, 6)


def test_several_at_once_never_double(
    database: Database, stores: list[Database], model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evals.ingest, "_BATCH_LINES", 2)
    folder = model.copy(tmp_path, 0)
    RunIngest(database).register(folder)
    with ThreadPoolExecutor(6) as threads:
        for lines in (5, 6, 17, 24):
            folder.journal.write_bytes(b"".join(model.lines[:lines]))
            ingests = [RunIngest(stores[number % len(stores)]) for number in range(6)]
            list(threads.map(lambda one: one.take_in(folder.run_id), ingests))
            check(database, model, lines)


def test_a_broken_run_stops_no_other_and_is_reported(
    database: Database, ingest: RunIngest, model: Model, tmp_path: Path
) -> None:
    other = finished_run(tmp_path / "other", seed=3)
    folder = model.copy(tmp_path / "aaa", 8)
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join([*lines[:4], b"{broken}\n", *lines[4:]]))
    for each in (folder, other.folder):
        ingest.register(each)
    problems: list[tuple[str, Exception]] = []
    ingest.take_in_all(lambda run_id, error: problems.append((run_id, error)))
    assert [run_id for run_id, _ in problems] == [folder.run_id]
    check(database, other, 24)
    assert summary(database, other.folder.run_id).status is RunState.FINISHED
    assert stored(database, folder.run_id) == []
    shutil.rmtree(folder.path)
    model.copy(tmp_path / "aaa", 24)
    ingest.take_in_all(lambda run_id, error: problems.append((run_id, error)))
    assert len(problems) == 1
    check(database, model, 24)


def test_state_and_summary_follow_the_run(database: Database, ingest: RunIngest, model: Model, tmp_path: Path) -> None:
    def taken() -> tuple[RunState, list[int]]:
        ingest.take_in_all(lambda run_id, error: pytest.fail(f"{run_id}: {error}"))
        found = summary(database, model.folder.run_id)
        return found.status, [variant["n"] for variant in found.summary.get("variants", [])]

    folder = model.copy(tmp_path, 0)
    folder.journal.unlink()
    ingest.register(folder)
    assert taken() == (RunState.WAITING, [])
    with folder.running():
        folder.write_status(RunState.RUNNING)
        folder.journal.write_bytes(b"".join(model.lines[:4]))
        assert taken() == (RunState.RUNNING, [])
    assert taken()[0] is RunState.INTERRUPTED
    scored = []
    for lines in (12, 18):
        folder.journal.write_bytes(b"".join(model.lines[:lines]))
        folder.write_status(RunState.STOPPED, "Interrupted.")
        state, counts = taken()
        assert state is RunState.STOPPED
        scored.append(sum(counts))
    assert 0 < scored[0] < scored[1]
    folder.write_status(RunState.FAILED, "The disk was full.")
    assert taken()[0] is RunState.FAILED
    folder.journal.write_bytes(b"".join(model.lines))
    folder.write_status(RunState.FINISHED)
    assert taken() == (RunState.FINISHED, [6, 6])
    check(database, model, 24)


def test_a_run_that_ends_while_it_is_taken_in_loses_no_line(
    database: Database, ingest: RunIngest, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model.copy(tmp_path, 10)

    def read_and_go_on(file: Path, offset: int = 0) -> Iterator[tuple[JournalLine, int]]:
        found = list(read_journal(file, offset))
        folder.journal.write_bytes(b"".join(model.lines))
        folder.write_status(RunState.FINISHED)
        return iter(found)

    ingest.register(folder)
    with folder.running():
        folder.write_status(RunState.RUNNING)
        monkeypatch.setattr(evals.ingest, "read_journal", read_and_go_on)
        ingest.take_in(folder.run_id)
    monkeypatch.setattr(evals.ingest, "read_journal", read_journal)
    ingest.take_in_all(lambda run_id, error: pytest.fail(f"{run_id}: {error}"))
    assert check(database, model, 24).status is RunState.FINISHED


def test_an_unknown_cost_stays_unknown(database: Database, ingest: RunIngest, model: Model, tmp_path: Path) -> None:
    folder = model.copy(tmp_path, 0)
    lines = [JournalLine.decode(line) for line in model.lines[:4]]
    for line in lines:
        line.body["prompt_runs"] = [run | {"cost_usd": None} for run in line.body["prompt_runs"]]
    folder.journal.write_bytes(b"".join(line.encode() for line in lines))
    ingest.register(folder)
    ingest.take_in(folder.run_id)
    assert [cost for _, cost in stored(database, folder.run_id)] == [None] * 4
    assert summary(database, folder.run_id).cost == 0


def test_a_folder_that_was_moved_and_renamed(
    database: Database, ingest: RunIngest, model: Model, tmp_path: Path
) -> None:
    ingest.register(model.copy(tmp_path, 9))
    ingest.take_in(model.folder.run_id)
    moved = model.copy(tmp_path, 24, name="the run of last week")
    ingest.register(moved)
    ingest.take_in(model.folder.run_id)
    assert check(database, model, 24).folder == moved.path


def test_a_run_nobody_registered(ingest: RunIngest) -> None:
    with pytest.raises(RunNotFoundError, match="“nobody”"):
        ingest.take_in("nobody")


def test_a_run_taken_up_again_names_its_present_process(model: Model, tmp_path: Path) -> None:
    folder = model.copy(tmp_path, 4)
    (folder.path / "run.lock").write_text("7654321", encoding="ascii")
    with folder.running():
        assert folder.pid() == os.getpid()


def test_a_finished_run_that_is_worked_on_again_is_looked_at_again(
    database: Database, ingest: RunIngest, model: Model, tmp_path: Path
) -> None:
    folder = model.copy(tmp_path, 20)
    folder.write_status(RunState.FINISHED)
    ingest.register(folder)
    ingest.take_in(folder.run_id)
    assert summary(database, folder.run_id).status is RunState.FINISHED
    with folder.waiting():
        ingest.register(folder)
    ingest.take_in_all(lambda run_id, error: pytest.fail(f"{run_id}: {error}"))
    assert summary(database, folder.run_id).status is RunState.WAITING
    folder.journal.write_bytes(b"".join(model.lines))
    folder.write_status(RunState.RUNNING)
    ingest.take_in_all(lambda run_id, error: pytest.fail(f"{run_id}: {error}"))
    found = check(database, replace(model, folder=folder), len(model.lines))
    assert found.status is RunState.INTERRUPTED
