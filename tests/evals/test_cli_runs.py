"""Runs at the shell with caps, panels, pairs, dialogues, plans in YAML and suites over several datasets."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evals.judge_quality.words import NOT_CHECKED
from evals.judge_spec import JudgeKind
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from evals.running.journal import ANSWER, PREFERENCE, TURN, VERDICT, read_journal
from tests.evals.shell import PYTHON, Said, Shell
from tests.wire import Fault
from tests.wire.client import KEY, WireServer

pytest_plugins = ["tests.wire.fixtures"]

PANEL = ("--panel", "openai/gpt-4.1-mini", "--method", "rubric", "--method", "pairwise")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def kinds(folder: RunFolder) -> Counter[str]:
    return Counter(line.kind for line, _ in read_journal(folder.journal))


def folder_of(said: Said) -> RunFolder:
    return RunFolder(Path(said.document["folder"]))


def on_the_wire(wire: WireServer) -> dict[str, str]:
    return {"OPENAI_BASE_URL": wire.base_url, "OPENAI_API_KEY": KEY}


def resumed(shell: Shell, said: Said, **environment: str) -> Said:
    command = re.search(r"Go on with: (python -m evals resume .*)", said.err)
    assert command is not None, said.err
    return shell.call(*shlex.split(command[1])[3:], **environment)


def test_a_time_cap_stops_the_run_and_it_can_go_on(shell: Shell) -> None:
    said = shell.call(*shell.options(limit="20", concurrency="2", time_cap="0.01"), SIMULATED_PACE="0.3")
    assert (said.code, said.document["status"]) == (130, "stopped")
    assert "time cap of 0.01 minutes" in said.err
    folder = folder_of(said)
    assert 0 < kinds(folder)[ANSWER] < 40
    assert folder.status().state is RunState.STOPPED
    assert shell.ask("select status from eval_runs") == [("stopped",)]


def test_a_money_cap_holds_for_panels_and_pairs_too(shell: Shell, wire: WireServer) -> None:
    options = shell.options(limit="8", concurrency="4", money_cap="0.05")
    said = shell.call(*options, *PANEL, **on_the_wire(wire))
    assert (said.code, said.document["status"]) == (130, "stopped")
    results = load_results(folder_of(said))
    assert Decimal(0) < results.cost <= Decimal("0.05")
    assert all(verdict.score is not None for answer in results.answers for verdict in answer.verdicts.values())
    assert all(preference.choice is not None for _, preference in results.preferences)
    assert len(list(results.prompt_runs())) < results.plan.calls
    assert "money cap of $0.05" in said.err


def test_a_panel_with_pairs_is_whole(shell: Shell, wire: WireServer) -> None:
    said = shell.call(*shell.options(limit="3"), *PANEL, "--pairs", "all", "--fresh", **on_the_wire(wire))
    assert said.code == 0, said.err
    folder = folder_of(said)
    assert kinds(folder) == {ANSWER: 6, VERDICT: 12, PREFERENCE: 12}
    results = load_results(folder)
    assert len(list(results.prompt_runs())) == results.plan.calls == 6 + 12 + 12
    assert wire.counts().calls == 6 + 6
    (headline, *_) = results.plan.panels
    assert [member.model for member in headline.members] == ["simulated/judge", "openai/gpt-4.1-mini"]
    for answer in results.answers:
        one, other = (verdict.score for verdict in answer.verdicts.values())
        assert one is not None
        assert other is not None
        assert answer.verdict is not None
        assert answer.verdict.score == pytest.approx((one + other) / 2)


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--fail-on-error",), 1)])
def test_failed_judgements_fail_the_command_only_where_that_is_wanted(
    shell: Shell, wire: WireServer, options: tuple[str, ...], code: int
) -> None:
    wire.configure(faults=(Fault("status", 400),), fault_rate=0.5)
    said = shell.call(*shell.options(limit="4"), *PANEL, *options, **on_the_wire(wire))
    assert (said.code, said.document["status"]) == (code, "finished")
    results = load_results(folder_of(said))
    silent = [verdict for answer in results.answers for verdict in answer.verdicts.values() if verdict.score is None]
    open_pairs = [preference for _, preference in results.preferences if preference.choice is None]
    assert silent
    assert all("400" in one.reason or "Rejected" in one.reason for one in (*silent, *open_pairs))
    assert min(verdict.score for answer in results.answers for verdict in answer.verdicts.values() if verdict.score) > 1
    if code:
        assert f"{len(silent) + len(open_pairs)} answers or judgements failed" in said.err


def test_stopped_in_the_middle_of_conversations_they_go_on_where_they_were(shell: Shell) -> None:
    options = shell.options(dataset="coaching_dialogue", limit="4", turns="4", concurrency="4", seed="2")
    process = shell.start(*PYTHON, *options, "--json", SIMULATED_PACE="0.3")
    assert process.stderr is not None
    head = process.stderr.readline() + process.stderr.readline()
    (path,) = shell.runs.iterdir()
    folder = RunFolder(path)
    while kinds(folder)[TURN] < 9:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    out, rest = process.communicate(timeout=100)
    stopped = Said(process.returncode, out, head + rest)
    assert (stopped.code, stopped.document["status"]) == (130, "stopped")
    begun = kinds(folder)
    assert begun[ANSWER] < 8
    done = resumed(shell, stopped)
    assert done.code == 0, done.err
    assert spoken(folder) == spoken(folder_of(shell.call(*options)))
    numbers = Counter((line.cell, line.body["number"]) for line, _ in read_journal(folder.journal) if line.kind == TURN)
    assert set(numbers.values()) == {1}


def spoken(folder: RunFolder) -> list[Any]:
    answers = load_results(folder).answers
    return [(answer.cell, answer.turns, answer.verdict and answer.verdict.score) for answer in answers]


def test_a_plan_in_yaml_is_a_suite_of_runs_with_one_document_each(shell: Shell) -> None:
    (shell.folder / "nightly.yaml").write_text(
        """
dataset: [coaching_reply, coaching_dialogue, coaching_reply]
topic: core_values
prompts: [published]
models: [simulated/coach-steady, simulated/coach-brief]
judge: simulated/judge
limit: 2
turns: 2
seed: 4
"""
    )
    said = shell.call("run", "--plan", "nightly.yaml")
    assert said.code == 0, said.err
    first, second = (RunFolder(Path(document["folder"])) for document in said.document)
    assert (first.plan().dataset.name, second.plan().dataset.name) == ("coaching_reply", "coaching_dialogue")
    assert first.plan().suite_id == second.plan().suite_id != ""
    assert first.plan().judges[0].kind is JudgeKind.RUBRIC
    assert second.plan().judges[0].kind is JudgeKind.CONVERSATION
    assert [document["status"] for document in said.document] == ["finished", "finished"]
    assert shell.ask("select count(*) from eval_runs where status = 'finished'") == [(2,)]


def test_several_datasets_in_one_line_and_one_that_fails_is_the_exit_code(shell: Shell) -> None:
    options = ["--dataset", "coaching_dialogue", "--turns", "1", "--gate", "not-worse", "--margin", "0.0001"]
    said = shell.call(*shell.options(limit="2"), *options)
    assert said.code in (100, 101)
    assert len(said.document) == 2
    assert all(document["status"] == "finished" for document in said.document)


def test_nothing_is_run_when_one_plan_of_a_suite_cannot_be(shell: Shell) -> None:
    said = shell.call(*shell.options(limit="2"), "--dataset", "no_such_dataset")
    assert said.code == 2
    assert "no_such_dataset" in said.err
    assert not shell.runs.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dataset: [coaching_reply\n", "cannot be read as YAML"),
        ("dataset: coaching_reply\nprompts: [published]\nmodels: [simulated/coach-steady]\ntypo: 1\n", "typo"),
        ("- 1\n", "plan"),
        ("dataset: coaching_reply\nprompts: [v1.10]\nmodels: [simulated/coach-steady]\n", "Name the model that judges"),
    ],
)
def test_a_yaml_plan_that_is_wrong_is_named(shell: Shell, text: str, words: str) -> None:
    (shell.folder / "plan.yaml").write_text(text)
    said = shell.call("run", "--plan", "plan.yaml")
    assert said.code == 2
    assert words in said.err
    assert said.out == ""


def test_the_report_a_run_leaves_says_how_far_its_judge_is_to_be_trusted(shell: Shell) -> None:
    judged = folder_of(shell.call(*shell.options(limit="3")))
    assert NOT_CHECKED in judged.report.read_text("utf-8")
    assert NOT_CHECKED in shell.call("report", judged.run_id).out
    measured = folder_of(shell.call(*shell.options(limit="3", method="heuristics")))
    assert NOT_CHECKED not in measured.report.read_text("utf-8")


def test_failures_are_asked_again_where_that_is_wanted(shell: Shell, wire: WireServer) -> None:
    counts = "select answers_done, verdicts_done, failed, status from eval_runs"
    wire.configure(faults=(Fault("status", 403),), fault_rate=0.5)
    failed = shell.call(*shell.options(limit="4"), *PANEL, **on_the_wire(wire))
    ((_, _, before, _),) = shell.ask(counts)
    assert before > 0
    wire.configure()
    said = shell.call("resume", failed.document["run_id"], "--retry-failed", **on_the_wire(wire))
    assert (said.code, said.document["status"]) == (0, "finished")
    results = load_results(folder_of(said))
    assert all(answer.text is not None for answer in results.answers)
    assert all(verdict.score is not None for answer in results.answers for verdict in answer.verdicts.values())
    judged = sum(len(answer.verdicts) for answer in results.answers) + len(results.preferences)
    assert shell.ask(counts) == [(len(results.answers), judged, 0, "finished")]
    assert wire.counts().calls <= before


def test_a_run_that_stopped_early_keeps_its_failures(shell: Shell) -> None:
    options = shell.options(limit="60")
    said = shell.call(*options, "--stop-when-clear")
    assert said.document["decision"] is not None
    again = shell.call("resume", said.document["run_id"], "--retry-failed")
    assert again.code == 2
    assert "stopped early" in again.err


def test_without_its_key_a_finished_run_stays_finished(shell: Shell, wire: WireServer) -> None:
    wire.configure(faults=(Fault("status", 403),), fault_rate=0.5)
    failed = shell.call(*shell.options(limit="4"), *PANEL, **on_the_wire(wire))
    again = shell.call("resume", failed.document["run_id"], "--retry-failed")
    assert again.code == 2
    assert "OPENAI_API_KEY" in again.err
    assert folder_of(failed).status().state is RunState.FINISHED
    assert shell.call("resume", failed.document["run_id"]).document["status"] == "finished"


def test_a_run_at_its_cap_goes_on_with_more_money(shell: Shell, wire: WireServer) -> None:
    capped = shell.call(*shell.options(limit="8", concurrency="4", money_cap="0.05"), *PANEL, **on_the_wire(wire))
    assert (capped.code, capped.document["status"]) == (130, "stopped")
    assert resumed(shell, capped, **on_the_wire(wire)).code == 130
    wrong = shell.call("resume", capped.document["run_id"], "--money-cap", "nothing", **on_the_wire(wire))
    assert wrong.code == 2
    done = shell.call("resume", capped.document["run_id"], "--money-cap", "1", **on_the_wire(wire))
    assert (done.code, done.document["status"]) == (0, "finished")
    assert load_results(folder_of(done)).cost > Decimal("0.05")


def test_a_plan_given_twice_is_one_run_and_another_under_its_id_is_refused(shell: Shell) -> None:
    first = shell.call(*shell.options(limit="3"))
    plan = shell.folder / "plan.json"
    plan.write_text((folder_of(first).path / "plan.json").read_text("utf-8"), encoding="utf-8")
    journal = folder_of(first).journal.read_bytes()
    again = shell.call("run", "--plan", str(plan))
    assert (again.code, again.document["run_id"]) == (0, first.document["run_id"])
    assert folder_of(first).journal.read_bytes() == journal
    document = json.loads(plan.read_text("utf-8"))
    plan.write_text(json.dumps(document | {"seed": document["seed"] + 1}), encoding="utf-8")
    other = shell.call("run", "--plan", str(plan))
    assert other.code == 2
    assert "Give this plan another run_id" in other.err
    assert folder_of(first).journal.read_bytes() == journal
    assert [folder.name for folder in shell.runs.iterdir()] == [first.document["run_id"]]
