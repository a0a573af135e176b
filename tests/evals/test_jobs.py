"""Jobs of the running workbench: runs are taken in, prompts are written out, one error is one line in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from coaching_core.jobs.scheduler import Scheduler
from coaching_core.settings import Settings
from evals.bootstrap import Workbench, build_workbench
from evals.jobs import schedule_jobs
from evals.plan import PlanRequest
from evals.running.folder import RunFolder

REQUEST = PlanRequest(
    dataset="coaching_reply",
    topic="core_values",
    prompts=("published",),
    models=("simulated/coach-steady",),
    judge="simulated/judge",
    limit=1,
)


class Plan:
    """A scheduler that runs nothing by itself."""

    def __init__(self) -> None:
        self.repeated: dict[str, tuple[float, Callable[[], None]]] = {}
        self.once: dict[str, tuple[float, Callable[[], None]]] = {}

    def every(self, seconds: float, name: str, job: Callable[[], None]) -> None:
        self.repeated[name] = (seconds, job)

    def later(self, seconds: float, name: str, job: Callable[[], None]) -> None:
        self.once[name] = (seconds, job)


@pytest.fixture
def workbench(settings: Settings) -> Iterator[Workbench]:
    opened = build_workbench(settings)
    yield opened
    opened.close()


@pytest.fixture
def jobs(workbench: Workbench) -> Plan:
    plan = Plan()
    schedule_jobs(cast("Scheduler", plan), workbench)
    return plan


def test_what_is_done_how_often(jobs: Plan) -> None:
    repeated = {name: seconds for name, (seconds, _) in jobs.repeated.items()}
    assert (repeated["take-in-runs"], repeated["project-prompts"]) == (1, 5)
    assert {name: seconds for name, (seconds, _) in jobs.once.items()} == {"warm-models": 15}
    assert "" not in {*jobs.repeated, *jobs.once}


def test_published_prompts_are_written_out(jobs: Plan, workbench: Workbench, settings: Settings) -> None:
    jobs.repeated["project-prompts"][1]()
    published = workbench.core.prompts.resolve("core_values", "published")
    written = (settings.home / "prompts" / "core_values" / "system.md").read_text(encoding="utf-8")
    assert written == published.prompts["system"]


def test_runs_are_taken_in_and_a_broken_one_is_logged_once(
    jobs: Plan, workbench: Workbench, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    take_in = jobs.repeated["take-in-runs"][1]
    plan = workbench.plan(REQUEST)
    folder = RunFolder(settings.runs_folder / plan.run_id)
    folder.create(plan)
    workbench.runs.ingest.register(folder)
    folder.journal.write_bytes(b"{broken}\n")
    with caplog.at_level(logging.ERROR):
        take_in()
        take_in()
        assert len(caplog.records) == 1
        folder.journal.write_bytes(b'{"kind": 5}\n')
        take_in()
    first, second = caplog.records
    assert first.levelno == second.levelno == logging.ERROR
    assert first.__dict__["runId"] == plan.run_id
    assert first.exc_info is not None
    folder.journal.write_bytes(b"")
    caplog.clear()
    take_in()
    assert caplog.records == []
