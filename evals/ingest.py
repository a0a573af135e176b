"""Takes runs into the store: their PromptRuns and a summary, so that dashboards ask one table.

The offset up to which a journal was taken in is committed with the rows it brought: taking in twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from coaching_core.clock import Clock, utc_now
from coaching_core.errors import RunNotFoundError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database
from evals.plan import RunPlan
from evals.planner.history import seen_in
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.results.stopping_early import decision_figures
from evals.results.summary import further_figures
from evals.running.folder import RunFolder, RunState
from evals.running.journal import ANSWER, PREFERENCE, VERDICT, JournalLine, read_journal
from evals.tables import eval_runs

_BATCH_LINES = 2_000
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_FINAL = (RunState.FINISHED, RunState.FAILED, RunState.STOPPED, RunState.INTERRUPTED)


class RunLedger(Protocol):
    """The ledger of the store, as runs need it: what a run may cost is held while it works (ledger L5)."""

    def hold(self, reservation: Reservation, at_any_rate: bool = False) -> None:
        """Hold a run's cap; raises LimitReachedError where a limit has no room for it."""
        ...

    def release(self, run_id: str) -> None:
        """Give back what a run still holds."""
        ...

    def take_in(self, connection: sa.Connection, runs: Sequence[PromptRun]) -> None:
        """Add records of calls as a part of a transaction, and count them."""
        ...


class NoLedger:
    """For a store that nobody else writes to: records are added, limits are not looked at."""

    def hold(self, reservation: Reservation, at_any_rate: bool = False) -> None:
        """Nothing is held."""

    def release(self, run_id: str) -> None:
        """Nothing was held."""

    def take_in(self, connection: sa.Connection, runs: Sequence[PromptRun]) -> None:
        """Add records, no more."""
        insert_rows(connection, prompt_runs, [run.as_row() for run in runs])


class RunIngest:
    """Registers runs and keeps the store abreast of their journals.

    Args:
        ledger: Holds what runs may cost, and counts what they did.
    """

    def __init__(self, database: Database, ledger: RunLedger | None = None, clock: Clock = utc_now) -> None:
        self._database = database
        self._ledger = ledger or NoLedger()
        self._clock = clock

    def register(self, folder: RunFolder) -> None:
        """Make a run known to the store and hold what it may cost, because it is about to be worked on.

        One that had ended counts as waiting from here on, so that what it does is taken in whatever becomes of it.

        Raises:
            LimitReachedError: A limit has no room for its money cap; nothing was changed.
        """
        plan = folder.plan()
        self.hold(plan)
        of_run = eval_runs.c.run_id == plan.run_id
        with self._database.unit_of_work() as work:
            status = work.connection.scalar(sa.select(eval_runs.c.status).where(of_run))
            if status is not None:
                values = {"folder": str(folder.path.resolve())}
                values |= {"status": str(RunState.WAITING)} if status in _FINAL else {}
                work.connection.execute(sa.update(eval_runs).where(of_run).values(values))
                return
            work.connection.execute(sa.insert(eval_runs).values(_first_row(plan, folder, self._clock())))

    def hold(self, plan: RunPlan) -> None:
        """Hold what a run may still cost, unless that is held already.

        Raises:
            LimitReachedError: A limit has no room for its money cap.
        """
        self._ledger.hold(self._reservation(plan))

    def release(self, run_id: str) -> None:
        """Give back what a run still holds."""
        self._ledger.release(run_id)

    def take_in(self, run_id: str, results: RunResults | None = None) -> None:
        """Take in all whole lines that are new, and where the run stands.

        Args:
            results: Of the whole journal of a run that has ended, where the caller has read it already.

        Raises:
            RunNotFoundError: The store does not know the run, or its folder is gone.
        """
        with self._database.read() as connection:
            folder = connection.scalar(sa.select(eval_runs.c.folder).where(eval_runs.c.run_id == run_id))
        if folder is None:
            raise RunNotFoundError(run_id)
        run_folder = RunFolder(Path(folder))
        state = run_folder.status().state  # before the lines: a run that has ended writes none after this
        taken = 0
        while True:
            batch = self._take_batch(run_id, run_folder)
            taken += batch
            if batch < _BATCH_LINES:
                break
        self._update_status(run_id, run_folder, state, taken > 0, results)

    def take_in_all(self, on_error: Callable[[str, Exception], None]) -> None:
        """Take in every run that is not finished (a failed one may be resumed); a broken one stops no other."""
        open_runs = sa.select(eval_runs.c.run_id).where(eval_runs.c.status != RunState.FINISHED)
        with self._database.read() as connection:
            run_ids = list(connection.scalars(open_runs))
        for run_id in run_ids:
            try:
                self.take_in(run_id)
            except Exception as error:  # noqa: BLE001 - reported; one broken run must not hide the others
                on_error(run_id, error)

    def _take_batch(self, run_id: str, folder: RunFolder) -> int:
        where = eval_runs.c.run_id == run_id
        with self._database.unit_of_work() as work:
            connection = work.connection
            current = sa.select(eval_runs).where(where)
            if self._database.kind == "postgresql":
                current = current.with_for_update()
            row = connection.execute(current).one()
            batch = list(islice(read_journal(folder.journal, row.journal_offset), _BATCH_LINES))
            if not batch:
                return 0
            lines, end = [line for line, _ in batch], batch[-1][1]
            runs = [PromptRun.from_json(run) for line in lines for run in line.body["prompt_runs"]]
            self._ledger.take_in(connection, runs)
            counts = _counts(row, lines, runs)
            connection.execute(sa.update(eval_runs).where(where).values(counts | {"journal_offset": end}))
        return len(lines)

    def _reservation(self, plan: RunPlan) -> Reservation:
        spent = sa.select(eval_runs.c.cost_usd).where(eval_runs.c.run_id == plan.run_id)
        with self._database.read() as connection:
            left = max(Decimal(0), plan.money_cap - (connection.scalar(spent) or Decimal(0)))
        run = PromptRun(
            id=plan.run_id,
            tenant_id=plan.tenant_id,
            user_id=plan.author,
            purpose=Purpose.EVALUATION,
            provider="",
            model="",
            simulated=plan.simulated,
            latency_ms=0.0,
            status=RunStatus.UNKNOWN,
            created_at=self._clock(),
            attempt=0,
            held_usd=left,
        )
        return Reservation(run, streaming=False, expires_at=_NEVER)

    def _update_status(
        self, run_id: str, folder: RunFolder, state: RunState, changed: bool, results: RunResults | None
    ) -> None:
        if state is RunState.RUNNING:  # also after a restart of ours, which forgets what runs hold
            self._ledger.hold(self._reservation(folder.plan()), at_any_rate=True)
        where = eval_runs.c.run_id == run_id
        query = sa.select(eval_runs.c.status, eval_runs.c.summary).where(where)
        with self._database.read() as connection:
            known = connection.execute(query).one()
        if known.status == state and (state not in _FINAL or (known.summary and not changed)):
            return
        summary = _summary(results or load_results(folder)) if state in _FINAL else {}
        values = {"status": str(state), "summary": summary, "updated_at": self._clock()}
        with self._database.unit_of_work() as work:
            work.connection.execute(sa.update(eval_runs).where(where).values(values))
        if state in _FINAL:
            self._ledger.release(run_id)


def _summary(results: RunResults) -> dict[str, Any]:
    """What the store keeps of a run; with what it tells those that are planned after it."""
    return summarise(results) | {"seen": seen_in(results).as_json()}


def summarise(results: RunResults) -> dict[str, Any]:
    """The figures of a run that lists and the Editor show, as plain JSON."""
    comparison = results.comparison()
    return {
        "variants": [plain(asdict(variant)) for variant in results.variants()],
        "comparison": None if comparison is None else plain(comparison_figures(comparison)),
        "cost_usd": str(results.cost),
        "decision": decision_figures(results),
        **further_figures(results),
    }


def comparison_figures(comparison: Any) -> dict[str, Any]:
    """A comparison without its long lists: what was found, how sure, on how many items."""
    figures = asdict(comparison)
    figures.pop("regressions", None)
    return figures


def plain(value: Any) -> Any:
    """Dataclass contents as JSON takes them: decimals as text, tuples as lists, enums as their value."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _first_row(plan: RunPlan, folder: RunFolder, now: datetime) -> dict[str, Any]:
    return {
        "run_id": plan.run_id,
        "tenant_id": plan.tenant_id,
        "folder": str(folder.path.resolve()),
        "status": str(RunState.WAITING),
        "topic_id": plan.topic_id,
        "dataset": f"{plan.dataset.name} {plan.dataset.version}",
        "rubric": plan.rubric.label,
        "judge": plan.judge,
        "variants": [
            {"id": v.id, "label": v.label, "model": v.model, "topic_version": v.topic_version} for v in plan.variants
        ],
        "simulated": plan.simulated,
        "items": len(plan.dataset.items),
        "calls_planned": plan.calls,
        "answers_done": 0,
        "verdicts_done": 0,
        "failed": 0,
        "cost_usd": Decimal(0),
        "summary": {},
        "journal_offset": 0,
        "created_at": plan.created_at,
        "updated_at": now,
        "task": plan.dataset.task,
        "dataset_hash": plan.dataset.content_hash,
        "suite_id": plan.suite_id,
        "replay": plan.dataset.replay,
    }


def _counts(row: Any, lines: list[JournalLine], runs: list[PromptRun]) -> dict[str, Any]:
    answers = [line for line in lines if line.kind == ANSWER]
    verdicts = [line for line in lines if line.kind == VERDICT]
    preferences = [line for line in lines if line.kind == PREFERENCE]
    replaced_answers = sum(line.again for line in answers)
    replaced_judgements = sum(line.again for line in (*verdicts, *preferences))
    failed = sum(line.body["status"] != "ok" for line in answers)
    failed += sum(line.body["verdict"]["status"] != "scored" for line in verdicts)
    failed += sum(line.body["preference"]["choice"] is None for line in preferences)
    cost = sum((run.cost_usd for run in runs if run.cost_usd is not None), Decimal(0))
    return {
        "answers_done": row.answers_done + len(answers) - replaced_answers,
        "verdicts_done": row.verdicts_done + len(verdicts) + len(preferences) - replaced_judgements,
        "failed": row.failed + failed - replaced_answers - replaced_judgements,
        "cost_usd": (row.cost_usd or Decimal(0)) + cost,
    }
