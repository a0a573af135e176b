"""The demo's runs: the same figures for everybody, once, marked, and gone without a trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import RunNotFoundError
from coaching_core.llm.types import Purpose
from coaching_core.settings import Settings
from evals.bootstrap import Workbench, build_workbench, plan_context
from evals.demo_runs import DemoRuns
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder, RunState, write_durably
from evals.runs import RunSummary
from tests.conftest import make_settings
from tests.evals.shell import cells

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def workbench(home: Path) -> Any:
    opened = build_workbench(make_settings(home))
    parts(opened).load()
    yield opened
    opened.close()


def parts(workbench: Workbench, runs_folder: Path | None = None, now: datetime = NOW) -> DemoRuns:
    folder = runs_folder or workbench.core.settings.runs_folder
    return DemoRuns(plan_context(workbench.core), workbench.runs.ingest, folder, lambda: now)


def figures(results: RunResults) -> Any:
    answers = [(a.cell, a.text, a.verdict and (a.verdict.score, a.verdict.criteria)) for a in results.answers]
    return answers, results.cost, [(v.label, v.mean, v.interval) for v in results.variants()]


def demo_runs(workbench: Workbench) -> list[RunSummary]:
    return list(workbench.runs.list(DEMO_TENANT))


def test_two_finished_runs_marked_as_demo_and_as_simulated(workbench: Workbench) -> None:
    runs = demo_runs(workbench)
    assert len(runs) == 2
    assert [run.status for run in runs] == [RunState.FINISHED] * 2
    assert all(run.simulated for run in runs)
    assert all(run.created_at < NOW for run in runs)
    assert workbench.runs.list(workbench.core.settings.tenant_id) == []
    for run in runs:
        results = load_results(workbench.runs.folder(run.run_id))
        assert len(results.answers) == 120
        calls = list(results.prompt_runs())
        assert {(call.tenant_id, call.simulated, call.provider) for call in calls} == {(DEMO_TENANT, True, "simulated")}
        assert {call.purpose for call in calls} == {Purpose.EVALUATION, Purpose.JUDGE}
        assert run.created_at <= min(call.created_at for call in calls)
        assert max(call.created_at for call in calls) < NOW
        assert run.cost == results.cost > 0


def test_each_tells_its_story(workbench: Workbench) -> None:
    found = {run.topic_id: load_results(workbench.runs.folder(run.run_id)) for run in demo_runs(workbench)}
    better, worse = found["purpose"].comparison(), found["core_values"].comparison()
    assert better is not None
    assert worse is not None
    assert worse.overall.interval is not None
    assert worse.overall.interval.high < 0
    for results in found.values():
        baseline, candidate = results.plan.variants
        assert baseline.prompts["system"] != candidate.prompts["system"]
        assert candidate.topic_version is None


def test_what_the_stories_are_made_of(workbench: Workbench) -> None:
    core_values, purpose = sorted(demo_runs(workbench), key=lambda run: run.run_id)
    assert (core_values.run_id, purpose.run_id) == ("demo-core-values-with-advice", "demo-purpose-one-question")
    assert (NOW - core_values.created_at, NOW - purpose.created_at) == (timedelta(days=11), timedelta(days=3))
    for run, label, change in (
        (core_values, "With advice, no word limit", freer),
        (purpose, "One question at a time", one),
    ):
        plan = workbench.runs.folder(run.run_id).plan()
        baseline, candidate = plan.variants
        assert (baseline.label, candidate.label) == ("v1 published", label)
        assert candidate.prompts == {**baseline.prompts, "system": change(baseline.prompts["system"])}
        assert (baseline.topic_version, baseline.model, plan.judge) == (1, "simulated/coach-steady", "simulated/judge")
        assert (plan.author, plan.tenant_id, plan.seed, plan.simulated) == ("Demo", DEMO_TENANT, 2611, True)
        published = workbench.core.prompts.resolve(run.topic_id or "", "published")
        assert baseline.prompts == published.prompts


def freer(system: str) -> str:
    assert system.count("Do not give advice or solutions.") == system.count("Keep each reply under 90 words.") == 1
    changed = system.replace("Do not give advice or solutions.", "Give advice when you have some.")
    return changed.replace("Keep each reply under 90 words.", "")


def one(system: str) -> str:
    assert system.count("Wait for the second answer") == 1
    return system.replace("Wait for", "Ask only one question at a time. Wait for", 1)


def test_calls_of_the_demo_lie_close_together_in_time(workbench: Workbench) -> None:
    for run in demo_runs(workbench):
        times = sorted({call.created_at for call in load_results(RunFolder(run.folder)).prompt_runs()})
        steps = {later - earlier for earlier, later in pairwise(times)}
        assert min(steps) >= timedelta(milliseconds=40)
        assert times[-1] - run.created_at < timedelta(minutes=2)


def test_loaded_twice_is_once(workbench: Workbench) -> None:
    before = {run.run_id: workbench.runs.folder(run.run_id).journal.read_bytes() for run in demo_runs(workbench)}
    parts(workbench).load()
    assert {
        run.run_id: workbench.runs.folder(run.run_id).journal.read_bytes() for run in demo_runs(workbench)
    } == before
    usage = [run.cost for run in demo_runs(workbench)]
    assert usage == [load_results(RunFolder(run.folder)).cost for run in demo_runs(workbench)]


def test_a_load_that_broke_off_is_finished_by_the_next_and_the_figures_are_the_same(
    workbench: Workbench, tmp_path: Path
) -> None:
    """Another home and a crash in the middle: what the demo shows does not change."""
    other = build_workbench(make_settings(tmp_path))
    try:
        first, second = demo_runs(workbench)
        for run, lines in ((first, 31), (second, 240)):
            whole = RunFolder(run.folder)
            copy = RunFolder(other.core.settings.runs_folder / run.run_id)
            copy.create(whole.plan())
            copy.journal.write_bytes(b"".join(whole.journal.read_bytes().splitlines(keepends=True)[:lines]))
            copy.write_status(RunState.RUNNING)
        write_durably(RunFolder(other.core.settings.runs_folder / second.run_id).path / "status.json", b"{}")
        parts(other).load()
        for run in (first, second):
            folder = other.runs.folder(run.run_id)
            assert other.runs.get(run.run_id).status is RunState.FINISHED
            assert set(cells(folder).values()) == {1}
            assert figures(load_results(folder)) == figures(load_results(RunFolder(run.folder)))
    finally:
        other.close()


def test_removed_wholly(workbench: Workbench, settings: Settings) -> None:
    own = workbench.core.settings.runs_folder / "my-own-run"
    own.mkdir()
    workbench.core.demo.remove()
    assert demo_runs(workbench) == []
    assert [path.name for path in own.parent.iterdir()] == ["my-own-run"]
    with pytest.raises(RunNotFoundError):
        workbench.runs.get("demo-purpose-one-question")
    with workbench.core.database.read() as connection:
        query = f"select count(*) from prompt_runs where tenant_id = '{DEMO_TENANT}'"
        assert connection.exec_driver_sql(query).scalar() == 0
    workbench.core.demo.remove()
