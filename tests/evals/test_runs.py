"""The runs of an installation: listed newest first, started and resumed as processes, stopped by a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import ConflictError, RunNotFoundError
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from evals.cli import build_parser
from evals.judge_quality.check_record import CheckRecord, write_record
from evals.plan import RunPlan
from evals.running.folder import RunFolder, RunState
from evals.runs import RunService
from tests.evals.making import NOW, make_plan


@dataclass
class Started:
    """What was started instead of processes."""

    commands: list[tuple[list[str], dict[str, Any]]] = field(default_factory=list)
    over: bool = False

    def __call__(self, command: list[str], **options: Any) -> Started:
        options["stdout"].write(b"It said something.\n")
        options["stdout"].flush()
        self.commands.append((command, options))
        return self

    def poll(self) -> int | None:
        return 0 if self.over else None


@pytest.fixture
def store(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    yield opened
    opened.close()


@pytest.fixture
def runs(store: Database, tmp_path: Path) -> RunService:
    return RunService(store, tmp_path / "runs")


@pytest.fixture
def plan(settings: Settings) -> RunPlan:
    return make_plan(settings, limit=2, repeats=3)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    one = Started()
    monkeypatch.setattr(subprocess, "Popen", one)
    return one


def named(plan: RunPlan, run_id: str, **changes: Any) -> RunPlan:
    return plan.model_copy(update={"run_id": run_id} | changes)


def test_a_run_is_started_as_a_process_of_its_own(
    runs: RunService, plan: RunPlan, started: Started, tmp_path: Path
) -> None:
    folder = runs.start(plan)
    assert folder.path == tmp_path / "runs" / plan.run_id
    assert folder.plan() == plan
    ((command, options),) = started.commands
    assert command == [sys.executable, "-m", "evals", "run", "--plan", str(folder.path / "plan.json")]
    assert options["stdin"] == subprocess.DEVNULL
    assert options["stdout"] is options["stderr"]
    assert options["start_new_session"] is True, "it must outlive the app"
    assert folder.log.read_bytes() == b"It said something.\n"
    assert runs.get(plan.run_id).status is RunState.WAITING


def test_a_second_run_of_the_same_name_starts_nothing(runs: RunService, plan: RunPlan, started: Started) -> None:
    runs.start(plan)
    with pytest.raises(ConflictError):
        runs.start(plan)
    assert len(started.commands) == 1


def test_a_row_says_what_the_plan_says(runs: RunService, plan: RunPlan, started: Started) -> None:
    folder = runs.start(plan)
    row = runs.get(plan.run_id)
    assert (row.run_id, row.tenant_id, row.folder, row.topic_id) == (plan.run_id, "local", folder.path, "core_values")
    assert (row.dataset, row.rubric, row.judge) == ("coaching_reply 1", "coaching_quality 1", "simulated/judge")
    assert row.variants == (
        {
            "id": "1-simulated.coach-steady",
            "label": "v1 published",
            "model": plan.variants[0].model,
            "topic_version": 1,
        },
        {"id": "2-simulated.coach-steady", "label": "v2 draft", "model": plan.variants[1].model, "topic_version": 2},
    )
    assert (row.simulated, row.items, row.calls_planned) == (True, 2, 24)
    assert (row.answers_done, row.verdicts_done, row.failed, row.cost, row.summary) == (0, 0, 0, Decimal(0), {})
    assert row.created_at == NOW
    assert row.updated_at > NOW - timedelta(days=1)
    assert runs.folder(plan.run_id).path == folder.path


def test_runs_are_listed_newest_first_up_to_a_limit(runs: RunService, plan: RunPlan, tmp_path: Path) -> None:
    for run_id, hours in (("b", 2), ("c", 0), ("a", 1), ("d", 1)):
        folder = RunFolder(tmp_path / "runs" / run_id)
        folder.create(named(plan, run_id, created_at=NOW + timedelta(hours=hours)))
        runs.ingest.register(folder)
    assert [run.run_id for run in runs.list()] == ["b", "d", "a", "c"]
    assert [run.run_id for run in runs.list(limit=3)] == ["b", "d", "a"]


def test_a_list_is_no_longer_than_a_screen_can_hold(runs: RunService, plan: RunPlan, tmp_path: Path) -> None:
    for number in range(102):
        folder = RunFolder(tmp_path / "runs" / f"r{number:03}")
        folder.path.mkdir(parents=True)
        (folder.path / "plan.json").write_text(named(plan, folder.run_id).model_dump_json())
        runs.ingest.register(folder)
    assert [run.run_id for run in runs.list()] == [f"r{number:03}" for number in range(101, 1, -1)]


def test_a_run_nobody_knows(runs: RunService) -> None:
    for ask in (runs.get, runs.folder, runs.resume, runs.stop):
        with pytest.raises(RunNotFoundError, match="“nobody”"):
            ask("nobody")


def test_a_run_is_resumed_where_it_lies(runs: RunService, plan: RunPlan, started: Started, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "elsewhere" / plan.run_id)
    folder.create(plan)
    runs.ingest.register(folder)
    folder.write_status(RunState.STOPPED, "Stopped.")
    runs.resume(plan.run_id)
    ((command, _),) = started.commands
    assert command[3:] == ["resume", plan.run_id, "--out", str(tmp_path / "elsewhere")]
    assert (folder.status().state, folder.status().reason) == (RunState.WAITING, "")


@pytest.mark.parametrize(
    ("is_check", "command"), [(False, ["resume"]), (True, ["judges", "check", "--resume"])], ids=["run", "check"]
)
def test_a_check_of_a_judge_is_gone_on_with_as_one(
    runs: RunService, plan: RunPlan, started: Started, tmp_path: Path, is_check: bool, command: list[str]
) -> None:
    folder = RunFolder(tmp_path / "runs" / plan.run_id)
    folder.create(plan)
    runs.ingest.register(folder)
    if is_check:
        write_record(CheckRecord(source="a run"), folder)
    runs.resume(plan.run_id, retry_failed=True)
    ((given, _),) = started.commands
    assert given[3:] == [*command, plan.run_id, "--out", str(tmp_path / "runs"), "--retry-failed"]
    assert build_parser(given[3]).parse_args(given[3:]).retry_failed


def test_the_attacks_of_a_check_are_gone_on_with_as_its_part(
    runs: RunService, plan: RunPlan, started: Started, tmp_path: Path
) -> None:
    first, attacks = (RunFolder(tmp_path / "runs" / name) for name in ("first", "attacks"))
    for folder in (first, attacks):
        folder.create(named(plan, folder.run_id))
        runs.ingest.register(folder)
    write_record(CheckRecord(source="a run", attack_run_id="attacks"), first)
    runs.resume("attacks")
    ((given, _),) = started.commands
    assert given[3:7] == ["judges", "check", "--resume", "first"]


def test_a_run_that_is_worked_on_is_not_resumed(runs: RunService, plan: RunPlan, started: Started) -> None:
    folder = runs.start(plan)
    with folder.running():
        folder.write_status(RunState.RUNNING)
        with pytest.raises(ConflictError, match="running already"):
            runs.resume(plan.run_id)
        assert folder.status().state is RunState.RUNNING
    assert len(started.commands) == 1


def test_what_a_run_printed_before_is_kept(runs: RunService, plan: RunPlan, started: Started) -> None:
    folder = runs.start(plan)
    runs.resume(plan.run_id)
    assert folder.log.read_bytes() == b"It said something.\n" * 2


def test_stopping_asks_the_process_that_works_on_it_and_no_other(
    runs: RunService, plan: RunPlan, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: asked.append((pid, number)))
    folder = runs.start(plan)
    runs.stop(plan.run_id)
    with folder.running():
        runs.stop(plan.run_id)
    assert asked == [(os.getpid(), signal.SIGTERM)]
    runs.stop(plan.run_id)
    assert len(asked) == 1, "the number in the lock may be another process by now"


def test_processes_that_are_over_are_forgotten_and_the_others_are_not(
    runs: RunService, plan: RunPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking a process that is over takes it off the system's table; one that was never asked stays a zombie."""
    asked: list[str] = []

    class Process:
        def __init__(self, command: list[str], **_: Any) -> None:
            self.name = Path(command[-1]).parent.name

        def poll(self) -> int | None:
            asked.append(self.name)
            return 0 if self.name == "short" else None

    monkeypatch.setattr(subprocess, "Popen", Process)
    for name in ("long", "short", "third", "fourth"):
        runs.start(named(plan, name))
    assert asked == ["long", "long", "short", "long", "third"]
