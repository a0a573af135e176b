"""The runs of this installation: listing, finding, starting, stopping."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from coaching_core.errors import ConflictError, RunNotFoundError
from coaching_core.storage.database import Database
from evals.ingest import RunIngest, RunLedger
from evals.plan import RunPlan
from evals.results.benchmark_facts import BenchmarkFacts
from evals.running.folder import JUDGE_CHECK, RunFolder, RunState
from evals.tables import eval_runs

if TYPE_CHECKING:
    from evals.benchmarks_table import BenchmarkRun


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A row of the list of runs.

    Attributes:
        variants: id, label, model, topic_version of each contender; the first is the baseline.
        failed: Failed answers and failed judgements.
        cost: USD so far, as far as prices are known.
        summary: Variants' means and the comparison; empty while the run works.
        task: The kind of task its dataset is about.
        suite_id: What runs that were started together have in common; empty for one alone.
        replay: How past conversations were played again; empty for golden items.
    """

    run_id: str
    tenant_id: str
    folder: Path
    status: RunState
    topic_id: str | None
    dataset: str
    rubric: str
    judge: str
    variants: tuple[dict[str, Any], ...]
    simulated: bool
    items: int
    calls_planned: int
    answers_done: int
    verdicts_done: int
    failed: int
    cost: Decimal
    summary: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    task: str = ""
    dataset_hash: str = ""
    suite_id: str = ""
    replay: str = ""


class RunService:
    """What screens and routes ask about runs, and how they start and stop them.

    Args:
        database: The store.
        runs_folder: Where new runs are made.
        ledger: Holds what runs may cost, and counts what they did.
    """

    def __init__(self, database: Database, runs_folder: Path, ledger: RunLedger | None = None) -> None:
        self._database = database
        self._runs_folder = runs_folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._guard = threading.Lock()
        self.ingest = RunIngest(database, ledger)

    def list(self, tenant_id: str | None = None, topic_id: str | None = None, limit: int = 100) -> Sequence[RunSummary]:
        """Runs, newest first."""
        query = sa.select(eval_runs).order_by(eval_runs.c.created_at.desc(), eval_runs.c.run_id.desc()).limit(limit)
        if tenant_id is not None:
            query = query.where(eval_runs.c.tenant_id == tenant_id)
        if topic_id is not None:
            query = query.where(eval_runs.c.topic_id == topic_id)
        with self._database.read() as connection:
            return [_summary(row) for row in connection.execute(query)]

    def benchmark_runs(
        self, tenant_id: str | None = None, topic_id: str | None = None, limit: int = 1_000
    ) -> Sequence[BenchmarkRun]:
        """What finished runs bring to the benchmarks, newest first.

        Args:
            tenant_id: Only of this tenant; None for all.
            topic_id: Only those that tried this topic's prompts; None for all.
            limit: The newest so many.
        """
        from evals.benchmarks_table import BenchmarkRun

        wanted = (eval_runs.c.run_id, eval_runs.c.created_at, eval_runs.c.summary)
        query = sa.select(*wanted).where(eval_runs.c.status == RunState.FINISHED)
        query = query.order_by(eval_runs.c.created_at.desc(), eval_runs.c.run_id.desc()).limit(limit)
        if tenant_id is not None:
            query = query.where(eval_runs.c.tenant_id == tenant_id)
        if topic_id is not None:
            query = query.where(eval_runs.c.topic_id == topic_id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            BenchmarkRun(row.run_id, row.created_at, BenchmarkFacts.from_json((row.summary or {}).get("benchmark")))
            for row in rows
        ]

    def get(self, run_id: str) -> RunSummary:
        """One run.

        Raises:
            RunNotFoundError: The store does not know it.
        """
        with self._database.read() as connection:
            row = connection.execute(sa.select(eval_runs).where(eval_runs.c.run_id == run_id)).first()
        if row is None:
            raise RunNotFoundError(run_id)
        return _summary(row)

    def folder(self, run_id: str) -> RunFolder:
        """The files of a run.

        Raises:
            RunNotFoundError: The store does not know it.
        """
        return RunFolder(self.get(run_id).folder)

    def start(self, plan: RunPlan) -> RunFolder:
        """Freeze a plan into a folder of its own and start a process that carries it out.

        Raises:
            LimitReachedError: A limit has no room for its money cap; nothing was changed.
        """
        self.ingest.hold(plan)
        folder = RunFolder(self._runs_folder / plan.run_id)
        try:
            folder.create(plan)
            self.ingest.register(folder)
        except BaseException:
            self.ingest.release(plan.run_id)
            raise
        self._spawn(folder, ["run", "--plan", str(folder.path / "plan.json")])
        return folder

    def hand_over(self, folder: RunFolder, arguments: Sequence[str]) -> None:
        """Start a process of ``python -m evals`` that works on a run which has its folder already.

        Args:
            arguments: The command and its options.

        Raises:
            LimitReachedError: A limit has no room for its money cap.
        """
        self.ingest.register(folder)
        self._spawn(folder, arguments)

    def resume(self, run_id: str, retry_failed: bool = False) -> None:
        """Start a process that does what is missing.

        Args:
            retry_failed: Ask failed answers and judgements once more.

        Raises:
            ConflictError: The run is being worked on.
            LimitReachedError: A limit has no room for its money cap; nothing was changed.
        """
        folder = self.folder(run_id)
        if folder.is_running():
            raise ConflictError(f"Run {run_id} is running already.")
        check = _check_of(folder)
        begun = RunFolder(folder.path.parent / check) if check else folder
        with begun.waiting():
            self.ingest.register(begun)
        command = ["judges", "check", "--resume", check] if check else ["resume", run_id]
        again = ["--retry-failed"] if retry_failed else []
        self._spawn(folder, [*command, "--out", str(folder.path.parent), *again])

    def stop(self, run_id: str) -> None:
        """Ask a run's process to stop: it starts nothing new, keeps what comes home, and can be resumed."""
        folder = self.folder(run_id)
        pid = folder.pid()
        if pid is not None and folder.is_running():
            os.kill(pid, signal.SIGTERM)

    def _spawn(self, folder: RunFolder, arguments: Sequence[str]) -> None:
        with folder.log.open("ab") as log, self._guard:
            process = subprocess.Popen(
                [sys.executable, "-m", "evals", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self._processes = [known for known in self._processes if known.poll() is None]
            self._processes.append(process)


def _check_of(folder: RunFolder) -> str:
    """Id of the check of a judge that a run belongs to; empty where it belongs to none."""
    if (folder.path / JUDGE_CHECK).exists():
        return folder.run_id
    for file in folder.path.parent.glob(f"*/{JUDGE_CHECK}"):
        with suppress(OSError, ValueError):
            if json.loads(file.read_text(encoding="utf-8")).get("attack_run_id") == folder.run_id:
                return file.parent.name
    return ""


def _summary(row: Any) -> RunSummary:
    values = dict(row._mapping)
    values.pop("journal_offset")
    cost = values.pop("cost_usd")
    return RunSummary(
        **values
        | {
            "folder": Path(values["folder"]),
            "status": RunState(values["status"]),
            "variants": tuple(values["variants"]),
            "cost": cost or Decimal(0),
            **{name: values[name] or "" for name in ("task", "dataset_hash", "suite_id", "replay")},
        }
    )
