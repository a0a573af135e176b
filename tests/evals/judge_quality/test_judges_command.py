"""``python -m evals judges``: a check is a run like any other, and nothing it paid for is lost."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from evals.judge_quality.people_said import PeopleSaid
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from evals.running.journal import VERDICT, read_journal
from tests.evals.judge_quality.making import chosen, scored
from tests.evals.shell import Said, Shell

CHECK = ("judges", "check", "--judge", "simulated/judge")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def run_of(shell: Shell, *options: str) -> str:
    said = shell.call(*shell.options(), "--limit", "8", "--method", "rubric", *options)
    assert said.code == 0, said.err
    run_id: str = said.document["run_id"]
    return run_id


def label_file(shell: Shell, run_id: str) -> Path:
    """What the judge said, one point lower, as a person's labels."""
    file = shell.folder / "labels.csv"
    results = load_results(RunFolder(shell.runs / run_id))
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(("item", "labeller", "candidate", "criterion", "score"))
        for answer in results.answers:
            assert answer.verdict is not None
            for one in answer.verdict.criteria:
                assert one.score is not None
                table.writerow((answer.cell.item, "ada", answer.cell.variant, one.id, max(1.0, one.score - 1)))
    return file


def test_own_probes_need_nothing_and_every_call_is_counted(shell: Shell) -> None:
    said = shell.call(*CHECK, "--repeats", "2")
    assert said.code == 0, said.err
    found = said.document
    assert found["rubric"] == "coaching_quality 1"
    assert found["repeats"]["times"] == 2
    assert found["orders"]["consistency"]["n"] == 6
    assert found["resistance"]["answers"] + found["resistance"]["unscored"] == 60
    assert found["resistance"]["raised"]["mean"] == 0
    assert found["scores"][0]["kappa"]["value"] is None
    ((calls, purposes),) = shell.ask("select count(*), count(distinct purpose) from prompt_runs")
    assert (calls, purposes) == (found["judged"], 1)


def test_a_check_of_a_runs_answers_joins_labels_and_asks_no_coach(shell: Shell) -> None:
    run_id = run_of(shell)
    file = label_file(shell, run_id)
    before = shell.ask("select count(*) from prompt_runs where purpose = 'evaluation'")
    said = shell.call(*CHECK, "--run", run_id, "--labels", str(file), "--no-attacks", "--repeats", "1")
    assert said.code == 0, said.err
    whole = said.document["scores"][0]
    assert (whole["answers"], whole["labels"]) == (16, 16)
    assert whole["bias"]["mean"] == pytest.approx(1, abs=0.4)
    assert whole["kappa"]["value"] > 0.3
    assert shell.ask("select count(*) from prompt_runs where purpose = 'evaluation'") == before


def test_a_check_is_no_evidence_on_the_prompts_its_answers_came_from(shell: Shell) -> None:
    run_id = run_of(shell)
    said = shell.call(*CHECK, "--run", run_id, "--no-attacks", "--repeats", "1")
    plan = RunFolder(shell.runs / said.document["run_id"]).plan()
    assert plan.topic_id == ""
    assert all(not variant.prompts and variant.topic_version is None for variant in plan.variants)
    benchmarks = shell.call("benchmarks").document
    assert plan.run_id not in str(benchmarks["tasks"])


def test_bars_that_are_not_reached_or_not_known_exit_with_1(shell: Shell) -> None:
    options = (*CHECK, "--no-attacks", "--repeats", "1")
    missed = shell.call(*options, "--at-least-kappa", "0.5", "--at-most-shift", "0.2", "--at-most-flips", "1")
    assert missed.code == 1
    assert missed.document["missed"] == [
        "κw with people is unknown; at least 0.5 is asked for.",
        "Shift under attack is unknown; at most 0.2 is asked for.",
    ]
    assert shell.call(*options, "--at-most-flips", "1").code == 0


def stopped(shell: Shell, *options: str) -> tuple[Said, str]:
    said = shell.call(*CHECK, "--no-attacks", "--concurrency", "1", *options)
    assert said.code == 130, said.err
    return said, said.document["run_id"]


def test_a_check_that_hit_its_cap_goes_on_with_more_money_and_ends_as_if_undisturbed(shell: Shell) -> None:
    whole = shell.call(*CHECK, "--no-attacks", "--concurrency", "1").document
    said, run_id = stopped(shell, "--money-cap", "0.02")
    assert f"judges check --resume {run_id}" in said.err
    resumed = shell.call("judges", "check", "--resume", run_id, "--money-cap", "5")
    assert resumed.code == 0, resumed.err
    apart = ("run_id", "checked_at", "cost", "calls_of_unknown_cost")
    assert without(resumed.document, *apart) == without(whole, *apart)


def test_a_check_cut_off_by_a_crash_asks_only_what_is_missing(shell: Shell) -> None:
    whole = shell.call(*CHECK, "--no-attacks", "--repeats", "2").document
    folder = RunFolder(shell.runs / whole["run_id"])
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:-10]) + lines[-10][:40])
    folder.write_status(RunState.RUNNING)
    (shell.home / "workbench.duckdb").unlink()  # a crash comes before the store has heard of anything
    (folder.path / "judge_quality.json").unlink()
    resumed = shell.call("judges", "check", "--resume", folder.run_id)
    assert resumed.code == 0, resumed.err
    assert without(resumed.document, "checked_at", "cost") == without(whole, "checked_at", "cost")
    verdicts = [line.cell for line, _ in read_journal(folder.journal) if line.kind == VERDICT]
    assert len(verdicts) == len(set(verdicts)) == 24


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("judges", "check"), "Name the model to check"),
        (("judges", "check", "--judge", "simulated/coach-steady"), "cannot judge"),
        (("judges", "check", "--judge", "nobody/nothing"), "nobody/nothing"),
        ((*CHECK, "--run", "20200101-000000-aaaa"), "20200101-000000-aaaa"),
        ((*CHECK, "--dataset", "coaching_reply"), "no reference answers"),
        ((*CHECK, "--labels", "labels.csv"), "name it with --run"),
        ((*CHECK, "--repeats", "0"), "Repeats"),
        ((*CHECK, "--money-cap", "nan"), "money cap"),
        ((*CHECK, "--at-least-kappa", "2"), "kappa"),
        ((*CHECK, "--rubric", "nothing"), "nothing"),
        (("judges", "check", "--resume", "nothing"), "nothing"),
    ],
)
def test_wrong_use_is_said_and_nothing_is_made(shell: Shell, options: tuple[str, ...], words: str) -> None:
    said = shell.call(*options)
    assert said.code == 2
    assert words in said.err
    assert list(shell.runs.glob("*")) == []


def test_labels_that_do_not_fit_the_run_are_refused_before_a_call_is_made(shell: Shell) -> None:
    run_id = run_of(shell)
    file = shell.folder / "others.csv"
    file.write_text("item,labeller,candidate,criterion,score\nnobody,ada,v1,fit,7\n", encoding="utf-8")
    folders = sorted(shell.runs.glob("*"))
    said = shell.call(*CHECK, "--run", run_id, "--labels", str(file))
    assert said.code == 2
    assert "others.csv, line 2" in said.err
    assert sorted(shell.runs.glob("*")) == folders


def test_the_list_names_rubrics_judges_and_the_newest_check(shell: Shell) -> None:
    empty = shell.call("judges", "list").document
    assert {"coaching_quality", "coaching_conversation"} <= {rubric["name"] for rubric in empty["rubrics"]}
    run_id = shell.call(*CHECK, "--no-attacks", "--repeats", "1").document["run_id"]
    judges = {judge["model"]: judge for judge in shell.call("judges", "list").document["judges"]}
    (check,) = judges["simulated/judge"]["checks"]
    assert check["run_id"] == run_id
    assert check["people"] == "judge not checked against people yet"


def test_what_people_said_travels_whole() -> None:
    said = PeopleSaid(scores=(scored("i1", 7.0), scored("i1", None)), pairs=(chosen("i1", "tie"),), rubrics=("r 1",))
    assert PeopleSaid.model_validate_json(said.model_dump_json()) == said
    assert said.items == {"i1"}
