"""The figures of a run in the store: counted from its lines, summarised when it ends, dated by the clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import RunNotFoundError
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from evals.comparing.compare import ComparisonVerdict
from evals.ingest import RunIngest, comparison_figures, plain, summarise
from evals.plan import Cell
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder, RunState
from evals.running.journal import LOST, JournalLine
from evals.runs import RunService, RunSummary
from tests.evals.report_making import CASES, ONE_WORSE, make_results
from tests.evals.results.test_run_results import folder_of, line_of

START = datetime(2026, 11, 20, 18, tzinfo=UTC)


@dataclass
class Bench:
    """A store with an ingest whose clock a test sets."""

    database: Database
    now: datetime = START

    def __post_init__(self) -> None:
        self.ingest = RunIngest(self.database, clock=lambda: self.now)

    def later(self) -> None:
        self.now += timedelta(minutes=1)

    def row(self, folder: RunFolder) -> RunSummary:
        return RunService(self.database, Path()).get(folder.run_id)

    def taken(self, folder: RunFolder) -> RunSummary:
        self.ingest.take_in(folder.run_id)
        return self.row(folder)


@pytest.fixture
def bench(settings: Settings) -> Iterator[Bench]:
    opened = open_database(settings)
    yield Bench(opened)
    opened.close()


def lines_of(results: RunResults) -> list[JournalLine]:
    """The lines of a run, each call with an id of its own."""
    lines = [line for answer in results.answers for line in line_of(answer)]
    for number, line in enumerate(lines):
        line.body["prompt_runs"] = [run | {"id": f"run-{number}"} for run in line.body["prompt_runs"]]
    return lines


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("two variants", (6, 6, 0)),
        ("three variants", (9, 8, 1)),
        ("judge failed", (6, 6, 6)),
        ("all failed", (6, 0, 6)),
    ],
)
def test_answers_verdicts_and_failures_are_counted(
    bench: Bench, tmp_path: Path, name: str, counts: tuple[int, int, int]
) -> None:
    results = make_results(CASES[name])
    folder = folder_of(results, tmp_path, *lines_of(results))
    bench.ingest.register(folder)
    row = bench.taken(folder)
    assert (row.answers_done, row.verdicts_done, row.failed) == counts
    assert row.cost == results.cost


def test_figures_add_up_over_several_readings(bench: Bench, tmp_path: Path) -> None:
    results = make_results(CASES["judge failed"])
    lines = lines_of(results)
    folder = folder_of(results, tmp_path)
    bench.ingest.register(folder)
    seen = []
    for number in (0, 3, 8, 12):
        folder.journal.write_bytes(b"".join(line.encode() for line in lines[:number]))
        row = bench.taken(folder)
        seen.append((row.answers_done, row.verdicts_done, row.failed, row.cost))
    one = Decimal("0.0000041")
    assert seen == [(0, 0, 0, 0), (2, 1, 1, 3 * one), (4, 4, 4, 8 * one), (6, 6, 6, 12 * one)]


def test_calls_that_brought_no_result_cost_their_money_and_count_as_nothing_else(bench: Bench, tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    run = line_of(results.answers[0])[0].body["prompt_runs"][0] | {"id": "cut off", "cost_usd": "0.5"}
    folder = folder_of(results, tmp_path, JournalLine(LOST, Cell("", "", 0), {"prompt_runs": [run]}))
    bench.ingest.register(folder)
    row = bench.taken(folder)
    assert (row.answers_done, row.verdicts_done, row.failed, row.cost) == (0, 0, 0, Decimal("0.5"))


def test_a_row_is_dated_when_something_changes(bench: Bench, tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    folder = folder_of(results, tmp_path, *lines_of(results))
    folder.write_status(RunState.FINISHED)
    bench.ingest.register(folder)
    first = bench.row(folder)
    assert (first.created_at, first.updated_at, first.status) == (results.plan.created_at, START, RunState.WAITING)
    bench.later()
    second = bench.taken(folder)
    assert (second.updated_at, second.status) == (START + timedelta(minutes=1), RunState.FINISHED)
    bench.later()
    assert bench.taken(folder) == second


def test_a_run_that_works_has_no_summary_and_one_that_ended_has(bench: Bench, tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    lines = lines_of(results)
    folder = folder_of(results, tmp_path, *lines[:4])
    bench.ingest.register(folder)
    with folder.running():
        folder.write_status(RunState.RUNNING)
        assert (bench.taken(folder).status, bench.row(folder).summary) == (RunState.RUNNING, {})
        folder.write_status(RunState.FAILED, "No room.")
        part = bench.taken(folder).summary
        summary = summarise(load_results(folder))
        assert {name: part[name] for name in summary} == summary
        folder.write_status(RunState.RUNNING)
        assert bench.taken(folder).summary == {}
    folder.journal.write_bytes(b"".join(line.encode() for line in lines))
    folder.write_status(RunState.STOPPED, "Stopped.")
    whole, summary = bench.taken(folder).summary, summarise(load_results(folder))
    assert {name: whole[name] for name in summary} == summary
    assert whole != part


def test_only_finished_runs_are_left_alone(bench: Bench, tmp_path: Path) -> None:
    asked: list[str] = []
    states = (RunState.FINISHED, RunState.FAILED, RunState.STOPPED)
    for state in states:
        results = make_results(ONE_WORSE)
        plan = results.plan.model_copy(update={"run_id": f"run-{state}"})
        folder = folder_of(replace(results, plan=plan), tmp_path)
        folder.write_status(state, "Because.")
        bench.ingest.register(folder)
    bench.ingest.take_in_all(lambda run_id, error: pytest.fail(f"{run_id}: {error}"))
    for state in states:
        (tmp_path / f"run-{state}" / "plan.json").unlink()
        (tmp_path / f"run-{state}" / "journal.jsonl").write_bytes(b"{broken}\n")
    bench.ingest.take_in_all(lambda run_id, _: asked.append(run_id))
    assert sorted(asked) == ["run-failed", "run-stopped"]


def test_a_run_whose_folder_is_gone_says_so(bench: Bench, tmp_path: Path) -> None:
    folder = folder_of(make_results(ONE_WORSE), tmp_path)
    bench.ingest.register(folder)
    bench.ingest.take_in(folder.run_id)
    with pytest.raises(RunNotFoundError):
        bench.ingest.take_in("another")


def test_registering_again_changes_nothing_but_the_place(bench: Bench, tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    folder = folder_of(results, tmp_path, *lines_of(results))
    bench.ingest.register(folder)
    before = bench.taken(folder)
    bench.later()
    bench.ingest.register(RunFolder(folder.path.parent / "." / folder.run_id))
    assert bench.row(folder) == before
    moved = folder.path.rename(tmp_path / "moved")
    bench.ingest.register(RunFolder(moved))
    assert bench.row(folder) == replace(before, folder=moved)


def test_the_summary_of_a_run() -> None:
    results = make_results(ONE_WORSE)
    summary = summarise(results)
    assert summary["flips"]["sentence"] == "1 from pass to fail, 0 from fail to pass (pass: 7 or more)."
    assert [(one["variant"], one["verdict"]) for one in summary["candidates"]] == [("id-15", "unclear")]
    assert (summary["pairwise"], summary["run_notes"], summary["benchmark"]["items"]) == ([], [], 3)
    assert summary["cost_usd"] == str(12 * Decimal("0.0000041"))
    assert [(one["label"], one["mean"], one["n"], one["cost_per_answer"]) for one in summary["variants"]] == [
        ("v14", pytest.approx(22 / 3), 3, "0.0000041"),
        ("v15", pytest.approx(18.5 / 3), 3, "0.0000041"),
    ]
    found = summary["comparison"]
    assert (found["verdict"], found["better"], found["worse"], found["same"]) == ("unclear", 1, 1, 1)
    assert "regressions" not in found
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summarise(make_results(CASES["one variant"]))["comparison"] is None


def test_a_comparison_without_its_long_lists_keeps_the_rest() -> None:
    comparison = make_results(ONE_WORSE).comparison()
    assert comparison is not None
    figures = comparison_figures(comparison)
    assert figures["sentence"] == comparison.sentence
    assert len(comparison.regressions) == 1
    assert len(figures) == len(comparison.__dataclass_fields__) - 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.50"), "1.50"),
        ((1, (2, [3])), [1, [2, [3]]]),
        ({1: Decimal(2), "x": {None: (4,)}}, {"1": "2", "x": {"None": [4]}}),
        (START, "2026-11-20T18:00:00+00:00"),
        (ComparisonVerdict.BETTER, "better"),
        (None, None),
        (0.1, 0.1),
        (True, True),
    ],
)
def test_values_as_json_takes_them(value: Any, shown: Any) -> None:
    assert plain(value) == shown
    json.dumps(plain(value))
