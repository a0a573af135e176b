"""``evals score``: more judges on a run that is there; no variant is asked again, nobody is asked twice."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evals.results.reading import load_results
from evals.running.folder import AddedJudges, RunFolder
from evals.running.journal import ANSWER, LOST, PREFERENCE, VERDICT, read_journal
from tests.evals.shell import Said, Shell
from tests.evals.test_cli_processes import COUNTING

PAIRS = ("--judge", "simulated/judge", "--method", "checks", "--method", "pairwise")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def folder(shell: Shell) -> RunFolder:
    said = shell.call(*shell.options(limit="4"))
    assert said.code == 0, said.err
    return RunFolder(Path(said.document["folder"]))


def lines(folder: RunFolder) -> Counter[tuple[Any, ...]]:
    """How often each result stands in the journal."""
    found: Counter[tuple[Any, ...]] = Counter()
    for line, _ in read_journal(folder.journal):
        if line.kind != LOST:
            one = line.body["preference"]["one"] if line.kind == PREFERENCE else ""
            found[line.kind, line.cell, line.body.get("judge"), one, line.body.get("order")] += 1
    return found


def kinds(folder: RunFolder) -> dict[str, int]:
    return dict(Counter(str(key[0]) for key in lines(folder)))


def test_only_the_new_judges_are_asked(shell: Shell, folder: RunFolder) -> None:
    answers = [line.body for line, _ in read_journal(folder.journal) if line.kind == ANSWER]
    said = shell.call("score", folder.run_id, *PAIRS)
    assert (said.code, said.document["status"]) == (0, "finished")
    assert kinds(folder) == {ANSWER: 8, VERDICT: 16, PREFERENCE: 8}
    assert set(lines(folder).values()) == {1}
    assert [line.body for line, _ in read_journal(folder.journal) if line.kind == ANSWER] == answers
    results = load_results(folder)
    assert len({run.id for run in results.prompt_runs()}) == 8 + 16 + 8
    stored = shell.ask(f"select count(*), count(distinct id) from prompt_runs where eval_run_id = '{folder.run_id}'")
    assert stored == [(32, 32)]


def test_scored_twice_the_same_judge_speaks_twice_under_two_names(shell: Shell, folder: RunFolder) -> None:
    for number in (2, 3):
        assert shell.call("score", folder.run_id, "--judge", "simulated/judge", "--method", "rubric").code == 0
        names = [judge.id for judge in folder.plan().judges]
        assert names == ["simulated/judge", *(f"simulated/judge #{other}" for other in range(2, number + 1))]
    results = load_results(folder)
    for answer in results.answers:
        first, *others = answer.verdicts.values()
        assert [other.score for other in others] == [first.score] * 2, "a simulated judge is of one mind"
    assert kinds(folder) == {ANSWER: 8, VERDICT: 24}


def killed(shell: Shell, log: Path, last: int, *arguments: str) -> Said:
    process = shell.start(sys.executable, "-c", COUNTING, str(log), str(last), *arguments, SIMULATED_PACE="0.05")
    out, err = process.communicate(timeout=100)
    return Said(process.returncode, out, err)


@pytest.mark.parametrize("again", ["resume", "score"])
def test_killed_it_is_finished_by_resuming_or_by_saying_it_again(
    shell: Shell, folder: RunFolder, tmp_path: Path, again: str
) -> None:
    log = tmp_path / "calls"
    assert killed(shell, log, 9, "score", folder.run_id, *PAIRS).code == -signal.SIGKILL
    before = kinds(folder)
    assert before[VERDICT] + before.get(PREFERENCE, 0) < 8 + 8 + 8
    made = os.stat(log).st_size
    done = killed(shell, log, 0, again, folder.run_id, *(PAIRS if again == "score" else ()))
    assert done.code == 0, done.err
    assert kinds(folder) == {ANSWER: 8, VERDICT: 16, PREFERENCE: 8}
    assert set(lines(folder).values()) == {1}
    missing = 8 + 8 + 8 - (before[VERDICT] + before.get(PREFERENCE, 0))
    assert os.stat(log).st_size - made == missing
    whole = [run.id for run in load_results(folder).prompt_runs()]
    assert len(whole) == len(set(whole))


def test_a_run_that_was_never_finished_can_be_scored_and_then_is_finished(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    options = shell.options(limit="6", out=str(out), concurrency="2")
    assert killed(shell, tmp_path / "calls", 9, *options).code == -signal.SIGKILL
    folder = RunFolder(next(out.iterdir()))
    said = shell.call("score", folder.run_id, "--out", str(out), *PAIRS)
    assert said.code == 0, said.err
    assert kinds(folder) == {ANSWER: 12, VERDICT: 24, PREFERENCE: 12}


def test_its_money_is_on_top_of_what_was_spent(shell: Shell, folder: RunFolder) -> None:
    spent = load_results(folder).cost
    stopped = shell.call("score", folder.run_id, *PAIRS, "--money-cap", "0.006")
    assert stopped.code == 130
    assert "money cap" in stopped.err
    assert folder.plan().money_cap == spent + Decimal("0.006")
    assert load_results(folder).cost <= folder.plan().money_cap
    assert kinds(folder)[ANSWER] == 8
    done = shell.call("score", folder.run_id, *PAIRS, "--money-cap", "5")
    assert done.code == 0, done.err
    assert kinds(folder) == {ANSWER: 8, VERDICT: 16, PREFERENCE: 8}
    assert set(lines(folder).values()) == {1}


def test_a_simulated_judge_marks_a_run_of_real_models(folder: RunFolder) -> None:
    plan = folder.frozen_plan().model_copy(update={"simulated": False})
    (folder.path / "plan.json").write_text(plan.model_dump_json(indent=1))
    assert not folder.plan().simulated
    added = AddedJudges(judges=(plan.judges[0].model_copy(update={"id": "another"}),), simulated=True)
    folder.add_judges(added)
    assert folder.plan().simulated
    folder.add_judges(AddedJudges(judges=(plan.judges[0].model_copy(update={"id": "a third"}),)))
    assert folder.plan().simulated


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--method", "labels"), "no labels"),
        (("--method", "checks"), "Name the model that judges"),
        (("--judge", "simulated/coach-steady"), "cannot judge"),
        (("--judge", "simulated/judge", "--rubric", "nothing"), "no rubric “nothing”"),
        ((*PAIRS, "--money-cap", "-1"), "above 0"),
    ],
)
def test_judges_that_cannot_be_had_change_nothing(
    shell: Shell, folder: RunFolder, options: tuple[str, ...], words: str
) -> None:
    said = shell.call("score", folder.run_id, *options)
    assert said.code == 2
    assert words in said.err
    assert len(folder.plan().judges) == 1
