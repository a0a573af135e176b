"""A run as version 0.1 left it, with one judge and one rubric in its plan: read, resumed, judged by more judges."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from evals.judge_spec import JudgeKind
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from evals.running.journal import ANSWER, VERDICT, read_journal
from tests.evals.shell import Shell

OLD = Path(__file__).parent / "old_runs" / "0.1"


@pytest.fixture
def old(tmp_path: Path) -> RunFolder:
    run_id = json.loads((OLD / "plan.json").read_text())["run_id"]
    path = tmp_path / "runs" / run_id
    shutil.copytree(OLD, path)
    return RunFolder(path)


def test_its_plan_and_journal_are_read_as_ever(old: RunFolder) -> None:
    plan, results = old.plan(), load_results(old)
    (judge,) = plan.judges
    assert (judge.id, judge.model, judge.kind) == ("simulated/judge", "simulated/judge", JudgeKind.RUBRIC)
    assert (plan.judge, plan.rubric.label) == ("simulated/judge", "coaching_quality 1")
    assert len(results.answers) == 6
    assert all(answer.verdict is not None and answer.verdict.score is not None for answer in results.answers)
    assert results.cost == Decimal("0.0157322")
    comparison = results.comparison()
    assert comparison is not None
    assert comparison.overall.n == 3


def test_nothing_is_left_to_do_for_it(old: RunFolder, tmp_path: Path) -> None:
    before = old.journal.read_bytes()
    said = Shell(tmp_path).call("resume", old.run_id, "--out", str(old.path.parent))
    assert (said.code, said.document["status"]) == (0, "finished")
    assert old.journal.read_bytes() == before


@pytest.mark.parametrize("lines", [0, 1, 5, 11])
def test_cut_off_it_goes_on_where_it_was(old: RunFolder, tmp_path: Path, lines: int) -> None:
    whole = load_results(old)
    kept = old.journal.read_bytes().splitlines(keepends=True)[:lines]
    old.journal.write_bytes(b"".join(kept) + b'{"kind":"ans')
    old.write_status(RunState.RUNNING)
    said = Shell(tmp_path).call("resume", old.run_id, "--out", str(old.path.parent))
    assert said.code == 0, said.err
    found = Counter((line.kind, line.cell) for line, _ in read_journal(old.journal))
    assert set(found.values()) == {1}
    assert {kind for kind, _ in found} == {ANSWER, VERDICT}
    assert len(found) == 12
    assert [answer.cell for answer in load_results(old).answers] == [answer.cell for answer in whole.answers]


def test_more_judges_speak_of_its_answers_and_the_old_words_stay(old: RunFolder, tmp_path: Path) -> None:
    shell, before = Shell(tmp_path), load_results(old)
    said = shell.call(
        "score", old.run_id, "--method", "checks", "--judge", "simulated/judge", "--out", str(old.path.parent)
    )
    assert said.code == 0, said.err
    results = load_results(old)
    assert [judge.id for judge in results.plan.judges] == ["simulated/judge", "checks simulated/judge"]
    assert json.loads((old.path / "plan.json").read_text())["judge"] == "simulated/judge"
    assert [answer.text for answer in results.answers] == [answer.text for answer in before.answers]
    for answer, earlier in zip(results.answers, before.answers, strict=True):
        assert answer.verdict == earlier.verdict
        assert answer.verdicts["checks simulated/judge"].score is not None
    assert {line.body["judge"] for line, _ in read_journal(old.journal) if line.kind == VERDICT} == {
        "simulated/judge",
        "checks simulated/judge",
    }
