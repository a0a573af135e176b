"""``python -m evals`` to the letter: what options reach the plan, what documents hold, how each end is said."""

from __future__ import annotations

import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import DiskFullError
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from tests.evals.shell import PYTHON, Said, Shell, cells
from tests.server_process import variables


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("edges"))


@pytest.fixture(scope="module")
def small(shell: Shell) -> Said:
    """A finished run of two items."""
    said = shell.call(*shell.options(limit="2", seed="3"))
    assert said.code == 0
    return said


def folder_of(said: Said) -> RunFolder:
    return RunFolder(Path(said.document["folder"]))


def test_every_option_reaches_the_plan(shell: Shell) -> None:
    changed = {"limit": "2", "repeats": "2", "concurrency": "3", "seed": "4", "split": "test", "money_cap": "1.5"}
    said = shell.call(*shell.options("published", **changed), "--all-topics", "--model", "simulated/coach-keen")
    plan = folder_of(said).plan()
    assert (plan.repeats, plan.concurrency, plan.seed, plan.money_cap) == (2, 3, 4, Decimal("1.5"))
    assert {item.split for item in plan.dataset.items} == {"test"}
    assert [variant.model for variant in plan.variants] == ["simulated/coach-steady", "simulated/coach-keen"]
    assert (plan.author, plan.judge, plan.rubric.name) == ("tester", "simulated/judge", "coaching_quality")
    everything = shell.call(*shell.options("published", limit="4"), "--all-topics")
    assert len({item.topic for item in folder_of(everything).plan().dataset.items}) > 1


def test_what_is_not_said_is_as_the_help_says(small: Said) -> None:
    plan = folder_of(small).plan()
    assert (plan.repeats, plan.concurrency, plan.money_cap) == (1, 8, Decimal(20))
    assert {item.topic for item in plan.dataset.items} == {"core_values"}


def test_the_document_of_a_list(shell: Shell, small: Said) -> None:
    (found,) = (run for run in shell.call("list").document if run["run_id"] == small.document["run_id"])
    plan = folder_of(small).plan()
    assert found == {
        "run_id": plan.run_id,
        "status": "finished",
        "created_at": plan.created_at.isoformat(),
        "dataset": "coaching_reply",
        "items": 2,
        "replay": "",
        "variants": ["v1 published", shell.closed.name],
        "judge": "simulated/judge",
        "simulated": True,
        "folder": small.document["folder"],
    }


def test_the_document_of_a_run_and_its_figures(shell: Shell, small: Said) -> None:
    shown = shell.call("show", small.document["run_id"]).document
    assert list(small.document)[:6] == ["run_id", "status", "folder", "variants", "comparison", "cost_usd"]
    figures = {name: shown.pop(name) for name in list(small.document)[3:]}
    assert figures == {name: small.document[name] for name in figures}
    status = shown.pop("status")
    assert (status["state"], status["reason"]) == ("finished", "")
    assert shown == {
        "run_id": small.document["run_id"],
        "folder": small.document["folder"],
        "dataset": "coaching_reply",
        "items": 2,
        "replay": "",
        "judge": "simulated/judge",
        "rubric": "coaching_quality 1",
        "seed": 3,
        "simulated": True,
        "answers": 4,
    }


def test_runs_are_listed_once_and_newest_first(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    plan = folder_of(shell.call(*shell.options("published", limit="1"))).plan()
    for name in ("20250101-000000-aaaa", "20990101-000000-aaaa"):
        RunFolder(shell.runs / name).create(plan.model_copy(update={"run_id": name}))
    elsewhere = tmp_path / "elsewhere"
    RunFolder(elsewhere / "20300101-000000-bbbb").create(plan.model_copy(update={"run_id": "20300101-000000-bbbb"}))
    (shell.runs / "no run at all").mkdir()
    listed = [run["run_id"] for run in shell.call("list").document]
    assert listed == ["20990101-000000-aaaa", plan.run_id, "20250101-000000-aaaa"]
    beside = [run["run_id"] for run in shell.call("list", "--out", str(elsewhere)).document]
    assert beside == ["20300101-000000-bbbb", plan.run_id]
    assert shell.call("show", plan.run_id, "--out", str(elsewhere)).document["folder"] == str(shell.runs / plan.run_id)


def test_a_path_below_where_one_stands_names_a_run(shell: Shell, small: Said) -> None:
    path = Path(small.document["folder"]).relative_to(shell.folder)
    assert shell.call("show", str(path)).document["run_id"] == small.document["run_id"]


def test_a_plan_in_its_own_folder_is_carried_out_there(shell: Shell, small: Said) -> None:
    plan = folder_of(small).plan().model_copy(update={"run_id": "by-itself"})
    folder = RunFolder(shell.folder / "by-itself")
    folder.create(plan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell, "folder", folder.path)
        said = shell.call("run", "--plan", "plan.json")
    assert said.code == 0
    assert Path(said.document["folder"]) == folder.path
    assert not (shell.runs / "by-itself").exists()
    assert len(cells(folder)) == 8


def test_a_plan_beside_other_files_makes_a_folder_of_its_own(shell: Shell, small: Said, tmp_path: Path) -> None:
    plan = folder_of(small).plan().model_copy(update={"run_id": "from-a-file"})
    (tmp_path / "plan.json").write_text(plan.model_dump_json())
    said = shell.call("run", "--plan", str(tmp_path / "plan.json"), "--out", str(tmp_path / "runs"))
    assert Path(said.document["folder"]) == tmp_path / "runs" / "from-a-file"
    again = shell.call("run", "--plan", str(tmp_path / "plan.json"), "--out", str(tmp_path / "runs"))
    assert (again.code, again.document) == (0, said.document)


@pytest.mark.parametrize("out", [None, "other runs, with a space"])
def test_a_run_that_its_cap_stops_says_how_to_go_on(shell: Shell, out: str | None) -> None:
    where = {"out": out} if out else {}
    said = shell.call(*shell.options("published", limit="5", money_cap="0.0003", concurrency="1", **where))
    assert said.code == 130
    assert said.document["status"] == "stopped"
    run_id = said.document["run_id"]
    tail = f" --out '{out}'" if out else ""
    assert said.err.splitlines()[-1] == (
        "The run's money cap of $0.0003 is reached. The journal is saved. "
        f"Go on with: python -m evals resume {run_id}{tail}"
    )
    folder = folder_of(said)
    assert not folder.report.exists()
    assert not folder.results.exists()
    assert shell.ask(f"select status from eval_runs where run_id = '{run_id}'") == [("stopped",)]


def test_a_disk_without_room_fails_the_run_and_resuming_makes_it_whole(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise DiskFullError("The disk is full. Free some space, then resume the run.")

    with monkeypatch.context() as patch:
        patch.setattr("evals.running.journal.Journal.append", full)
        said = shell.call(*shell.options("published", limit="2"))
    assert said.code == 1
    assert (said.document["status"], said.document["comparison"]) == ("failed", None)
    assert said.err.splitlines()[-1] == "The disk is full. Free some space, then resume the run."
    resumed = shell.call("resume", said.document["run_id"])
    assert (resumed.code, resumed.document["status"]) == (0, "finished")


def test_no_room_for_the_report_leaves_the_run_whole(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("The disk is full: report.html could not be written.")

    with monkeypatch.context() as patch:
        patch.setattr("evals.commands.carrying_out.write_parquet", full)
        said = shell.call(*shell.options("published", limit="1"))
    assert (said.code, said.document["status"]) == (0, "finished")
    assert "The run itself is whole; resume it to have this written." in said.err
    folder = folder_of(said)
    assert not folder.results.exists()
    assert shell.call("resume", folder.run_id).code == 0
    assert folder.results.exists()
    assert folder.report.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (OSError(28, "No space left on device"), 1, "[Errno 28] No space left on device"),
        (DiskFullError("The disk is full."), 1, "The disk is full."),
    ],
)
def test_how_a_command_ends_is_said_in_one_line(
    shell: Shell, error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("evals.cli.load_settings", fail)
    assert shell.call("list") == Said(code, "", f"{words}\n")


def test_a_reader_that_is_gone_is_no_traceback(shell: Shell) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = variables(shell.home)
    done = subprocess.run(
        [*PYTHON, "list"], cwd=shell.folder, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("arguments", [[], ["dance"], ["show"], ["run", "--gate", "perfect"], ["list", "--json"]])
def test_wrong_use(shell: Shell, arguments: list[str]) -> None:
    said = shell.call(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("usage: python -m evals")


@pytest.mark.parametrize("margin", ["inf", "-0.1", "nan"])
def test_a_margin_that_is_no_number_of_points_is_refused(shell: Shell, margin: str) -> None:
    said = shell.call(*shell.options("published", limit="1"), "--margin", margin)
    assert (said.code, said.out) == (2, "")
    assert said.err == "--margin must be 0 or more.\n"


def test_the_margin_of_a_gate_is_the_one_given(shell: Shell) -> None:
    prompts = [f"file:{shell.same}", f"file:{shell.closed}"]
    options = shell.options(*prompts, limit="20", gate="not-worse", seed="5")
    assert [shell.call(*options, "--margin", margin).code for margin in ("0", "9")] == [100, 0]


def test_without_a_margin_a_tenth_of_a_point_does_not_matter(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    margins: list[float] = []

    def note(gate: str, comparison: object, margin: float) -> int:
        margins.append(margin)
        return 0

    monkeypatch.setattr("evals.commands.carrying_out.gate_exit_code", note)
    assert shell.call(*shell.options("published", limit="1", gate="not-worse")).code == 0
    assert margins == [0.1]


def test_resuming_what_failed_for_want_of_a_key(shell: Shell, small: Said) -> None:
    plan = folder_of(small).plan()
    judge = plan.judges[0].model_copy(update={"model": "openai/gpt-4o"})
    plan = plan.model_copy(update={"run_id": "keyed", "judges": (judge,)})
    folder = RunFolder(shell.runs / "keyed")
    folder.create(plan)
    said = shell.call("resume", "keyed")
    assert said.code == 2
    assert (folder.status().state, folder.status().reason) == (RunState.FAILED, said.err.strip())
    assert shell.ask("select status from eval_runs where run_id = 'keyed'") == [("waiting",)]


def test_two_runs_compared_have_warnings_and_one_has_none(shell: Shell, small: Said) -> None:
    run_id = small.document["run_id"]
    within, between = shell.call("compare", run_id), shell.call("compare", run_id, run_id)
    assert "warnings" not in within.document
    assert (between.document["warnings"], between.err, between.document["overall"]["mean"]) == ([], "", 0)
    assert between.document["baseline"]["label"] == "first"


def test_text_is_printed_as_it_is_and_indented(shell: Shell) -> None:
    (shell.folder / "kürzer.md").write_text("Reply in one line.")
    said = shell.call(*shell.options("file:kürzer.md", limit="1"))
    assert said.out.startswith('{\n  "run_id": ')
    assert '"label": "kürzer.md"' in said.out


def test_a_run_whose_folder_was_deleted_is_gone_without_a_word(shell: Shell) -> None:
    run_id = shell.call(*shell.options("published", limit="1")).document["run_id"]
    shutil.rmtree(shell.runs / run_id)
    said = shell.call("list")
    assert (said.code, said.err) == (0, "")
    assert run_id not in said.out
    assert "There is no run" in shell.call("show", run_id).err


def test_progress_counts_what_was_there_before(shell: Shell, small: Said) -> None:
    said = shell.call("resume", small.document["run_id"])
    assert said.err.splitlines()[-1].startswith("4/4 done, 0 failed, 0 calls, $0.")
    results: Any = load_results(folder_of(small))
    assert said.document["cost_usd"] == str(results.cost)
