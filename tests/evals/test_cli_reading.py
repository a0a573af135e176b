"""Commands of the shell that read runs: benchmarks, reports for CI and analysts, comparisons by another judge."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest

from evals.running.folder import RunFolder, RunState
from tests.evals.result_making import (
    CHECKS_JUDGE,
    RUBRIC_JUDGE,
    Said,
    folder_of,
    item,
    pairwise_judge,
    plan_of,
    preference,
    results_of,
)
from tests.evals.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def finished(shell: Shell, run_id: str = "big", variants: int = 3) -> RunFolder:
    judges = [RUBRIC_JUDGE, CHECKS_JUDGE, pairwise_judge()]
    items = [item(number) for number in range(6)]
    plan = plan_of(items, variants=variants, judges=judges, run_id=run_id, pairs="all")
    answers = {
        (cell.item, cell.variant, 0): Said(
            {"simulated/judge": (3 + number % 7, 6), "checks simulated/judge": (1, number % 2)}
        )
        for number, cell in enumerate(plan.cells())
    }
    said = [
        preference(one.id, pair, order, "other")
        for pair in plan.variant_pairs
        for one in plan.dataset.items
        for order in (1, 2)
    ]
    folder = folder_of(results_of(plan, answers, said), shell.runs)
    folder.write_status(RunState.FINISHED)
    return folder


def test_benchmarks_over_the_runs_of_a_folder(shell: Shell) -> None:
    finished(shell)
    said = shell.call("benchmarks")
    assert (said.code, said.err) == (0, "")
    (task,) = said.document["tasks"]
    assert sorted(cell["model"] for cell in task["cells"]) == ["simulated/m1", "simulated/m2", "simulated/m3"]
    assert (task["task"], said.document["safety"], said.document["left_out"]) == ("reply", None, [])
    assert {cell["run_id"] for cell in task["cells"]} == {"big"}
    assert shell.call("benchmarks", "--task", "nobody's").document["tasks"] == []
    trends = shell.call("benchmarks", "--topic", "goals").document["trends"]
    assert [(one["model"], [point["version"] for point in one["points"]]) for one in trends] == [
        ("simulated/m1", [1]),
        ("simulated/m2", [2]),
        ("simulated/m3", [3]),
    ]


def test_a_run_that_is_not_over_or_damaged_is_no_benchmark(shell: Shell) -> None:
    finished(shell, "stopped").write_status(RunState.STOPPED)
    with finished(shell, "damaged").journal.open("ab") as journal:
        journal.write(b"mischief\n")
    said = shell.call("benchmarks")
    assert said.code == 0
    assert said.document["tasks"] == []
    assert [one["run_id"] for one in said.document["left_out"]] == ["damaged"]
    assert "damaged" in said.err


def test_an_empty_home_has_no_benchmarks(shell: Shell) -> None:
    assert shell.call("benchmarks").document == {"tasks": [], "safety": None, "left_out": []}


def test_reports_for_ci_and_for_analysts(shell: Shell) -> None:
    finished(shell)
    junit = shell.call("report", "big", "--format", "junit").out
    assert ET.fromstring(junit).get("tests") == "18"
    process = shell.start("sh", "-c", "python -m evals report big --format parquet > big.parquet", PATH=_path())
    assert process.communicate(timeout=100) == ("", "")
    table = pq.read_table(io.BytesIO((shell.folder / "big.parquet").read_bytes()))
    assert table.num_rows == 18
    assert {"item", "variant_id", "score", "score@checks simulated/judge", "reason_fit"} <= set(table.column_names)


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def test_a_comparison_names_its_sides_and_its_judge(shell: Shell) -> None:
    finished(shell)
    plain = shell.call("compare", "big").document
    assert (plain["baseline"]["variant"], plain["candidate"]["variant"]) == ("v1", "v2")
    assert [one["variant"] for one in plain["candidates"]] == ["v2", "v3"]
    assert [(one["one"], one["other"], one["wins"]) for one in plain["pairwise"]] == [
        ("v1", "v2", 6),
        ("v1", "v3", 6),
        ("v2", "v3", 6),
    ]
    other = shell.call("compare", "big", "--candidate", "v1", "--baseline", "v3").document
    assert (other["baseline"]["variant"], other["candidate"]["variant"]) == ("v3", "v1")
    checked = shell.call("compare", "big", "--judge", "checks simulated/judge").document
    assert [part["name"] for part in checked["criteria"]] == ["must", "must_not"]
    assert checked["margin"] == pytest.approx(1 / 90)
    unknown = shell.call("compare", "big", "--judge", "mine")
    assert (unknown.code, "no judge “mine”" in unknown.err) == (2, True)


def test_a_run_leaves_a_junit_file_with_its_gate(shell: Shell) -> None:
    file = shell.folder / "deep" / "junit.xml"
    same = shell.options("published", f"file:{shell.same}", limit="4", junit=str(file), gate="better")
    said = shell.call(*same)
    root = ET.fromstring(file.read_bytes())
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
        ("v1 published", "4"),
        (shell.same.name, "4"),
        ("gate", "1"),
    ]
    told = [one.tag for one in root[-1][0]]
    assert told == ({100: ["failure"], 101: ["skipped"]}[said.code])


def test_several_datasets_leave_a_junit_file_each(shell: Shell) -> None:
    file = shell.folder / "junit.xml"
    arguments = shell.options("published", limit="2", junit=str(file))
    lines = (Path(__file__).parents[2] / "datasets/golden/coaching_reply/items.jsonl").read_text("utf-8")
    own = shell.folder / "own.jsonl"
    own.write_text("\n".join([line for line in lines.splitlines() if '"core_values"' in line][:3]), encoding="utf-8")
    assert shell.call(*arguments, "--dataset", str(own)).code == 0
    assert sorted(path.name for path in shell.folder.glob("*.xml")) == ["junit.coaching_reply.xml", "junit.own.xml"]
