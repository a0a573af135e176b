"""``python -m evals`` in one sitting: what it prints, what it leaves behind, which exit code says what."""

from __future__ import annotations

import csv
import io
import json
import shutil
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import StoreError
from coaching_core.settings import Settings
from evals.results.reading import load_results
from evals.running.folder import RunFolder, RunState
from evals.store_access import StoreAccess, open_store_access
from tests.evals.shell import Said, Shell, cells


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("shell"))


@pytest.fixture(scope="module")
def finished(shell: Shell) -> Said:
    """A run of 12 items, published against a prompt that no longer asks open questions."""
    return shell.call(*shell.options(limit="12", seed="5"))


@pytest.fixture(scope="module")
def single(shell: Shell) -> str:
    """The id of a run with one variant, on fewer items."""
    said = shell.call(*shell.options(f"file:{shell.closed}", limit="8", seed="5"))
    assert said.code == 0
    return str(said.document["run_id"])


def folder_of(shell: Shell, run_id: str) -> RunFolder:
    return RunFolder(shell.runs / run_id)


def broken_copy(shell: Shell, run_id: str, name: str) -> Path:
    """A folder of runs that is not the home's, with a copy of a run in it."""
    copy = shell.folder / name / run_id
    shutil.copytree(shell.runs / run_id, copy)
    return copy


def test_a_run_prints_json_and_nothing_else_on_stdout(shell: Shell, finished: Said) -> None:
    assert finished.code == 0
    document = finished.document
    folder = folder_of(shell, document["run_id"])
    assert Path(document["folder"]) == folder.path
    assert document["status"] == "finished"
    assert [variant["n"] for variant in document["variants"]] == [12, 12]
    assert [variant["label"] for variant in document["variants"]] == ["v1 published", shell.closed.name]
    assert Decimal(document["cost_usd"]) == load_results(folder).cost > 0
    assert set(cells(folder).values()) == {1}
    assert len(cells(folder)) == 48
    assert folder.results.exists()
    assert folder.report.exists()


def test_progress_goes_to_stderr_and_says_simulated(finished: Said) -> None:
    lines = finished.err.splitlines()
    assert "12 items × 2 variants, simulated models, 48 calls" in lines[0]
    assert lines[-1].startswith("24/24 done, 0 failed, 48 calls, $0.")


def test_progress_as_json_lines(shell: Shell) -> None:
    said = shell.call(*shell.options("published", limit="2"), "--json")
    events = [json.loads(line) for line in said.err.splitlines()]
    assert events[0]["event"] == "started"
    assert events[0]["simulated"] is True
    assert (events[-1]["done"], events[-1]["cells"], events[-1]["failed"]) == (2, 2, 0)
    assert events[-1]["cost_usd"] == said.document["cost_usd"]


def test_an_empty_home_has_no_runs(tmp_path: Path) -> None:
    assert Shell(tmp_path).call("list").document == []


def test_list_and_show_know_the_run(shell: Shell, finished: Said, single: str) -> None:
    listed = {run["run_id"]: run for run in shell.call("list").document}
    run_id = finished.document["run_id"]
    assert set(listed) >= {run_id, single}
    assert (listed[run_id]["status"], listed[run_id]["items"], listed[run_id]["simulated"]) == ("finished", 12, True)
    shown = shell.call("show", run_id).document
    assert shown["status"]["state"] == "finished"
    assert (shown["answers"], shown["seed"], shown["judge"]) == (24, 5, "simulated/judge")
    assert shown["variants"] == finished.document["variants"]
    assert shell.call("show", str(shell.runs / run_id)).document == shown


def test_a_run_is_found_wherever_it_was_made(shell: Shell) -> None:
    elsewhere = shell.folder / "other runs"
    said = shell.call(*shell.options("published", limit="1", out=str(elsewhere)))
    run_id = said.document["run_id"]
    assert (elsewhere / run_id / "plan.json").exists()
    assert shell.call("show", run_id).document["folder"] == str(elsewhere / run_id)


def test_compare_within_a_run_and_between_two(shell: Shell, finished: Said, single: str) -> None:
    run_id = finished.document["run_id"]
    within = shell.call("compare", run_id)
    assert within.code == 0
    comparison = finished.document["comparison"]
    assert {name: within.document[name] for name in comparison} == comparison
    between = shell.call("compare", run_id, single)
    assert between.code == 0
    assert between.document["baseline"]["answers"] == 12
    assert between.document["candidate"]["answers"] == 8
    assert between.document["warnings"] == []
    assert between.document["overall"]["mean"] < 0
    lonely = shell.call("compare", single)
    assert lonely.code == 2
    assert "one variant" in lonely.err


def _with_rubric(judge: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return judge | {"rubric": judge["rubric"] | changes}


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("judge", lambda plan: plan | {"judges": [plan["judges"][0] | {"model": "openai/gpt-4o"}]}),
        ("rubric", lambda plan: plan | {"judges": [_with_rubric(plan["judges"][0], version="2")]}),
        ("dataset", lambda plan: plan | {"dataset": plan["dataset"] | {"content_hash": "0" * 64}}),
    ],
)
def test_comparing_two_runs_says_what_differs(
    shell: Shell, finished: Said, single: str, part: str, change: Any
) -> None:
    copy = broken_copy(shell, single, f"another {part}")
    plan = copy / "plan.json"
    plan.write_text(json.dumps(change(json.loads(plan.read_text(encoding="utf-8")))), encoding="utf-8")
    said = shell.call("compare", finished.document["run_id"], str(copy))
    (warning,) = said.document["warnings"]
    assert warning.startswith(f"The {part}s differ")
    assert warning in said.err


def test_reports(shell: Shell, finished: Said) -> None:
    run_id = finished.document["run_id"]
    page = shell.call("report", run_id)
    assert page.code == 0
    assert page.out.lstrip().lower().startswith("<!doctype html>")
    assert page.err == ""
    rows = list(csv.DictReader(io.StringIO(shell.call("report", run_id, "--format", "csv").out.removeprefix("\ufeff"))))
    assert len(rows) == 24
    assert shell.call("report", run_id, "--format", "json").document
    assert shell.call("report", run_id, "--format", "pdf").code == 2


@pytest.mark.parametrize(
    ("gate", "baseline", "candidate", "limit", "code"),
    [
        ("better", "closed", "same", "20", 0),
        ("better", "same", "closed", "20", 100),
        ("not-worse", "same", "closed", "20", 100),
        ("not-worse", "closed", "same", "20", 0),
        ("better", "closed", "same", "1", 101),
    ],
)
def test_gates(shell: Shell, gate: str, baseline: str, candidate: str, limit: str, code: int) -> None:
    prompts = [f"file:{getattr(shell, name)}" for name in (baseline, candidate)]
    said = shell.call(*shell.options(*prompts, limit=limit, gate=gate))
    assert said.code == code
    assert said.document["status"] == "finished"


def test_a_gate_with_nothing_to_compare_is_inconclusive(shell: Shell) -> None:
    said = shell.call(*shell.options("published", limit="4", gate="better"))
    assert said.code == 101
    assert said.document["comparison"] is None


def test_resuming_a_finished_run_asks_nobody(shell: Shell, finished: Said) -> None:
    run_id = finished.document["run_id"]
    before = folder_of(shell, run_id).journal.read_bytes()
    again = shell.call("resume", run_id)
    assert again.code == 0
    assert folder_of(shell, run_id).journal.read_bytes() == before
    assert again.document == finished.document


def test_the_short_form_of_a_plan(shell: Shell, finished: Said) -> None:
    plan = {
        "dataset": "coaching_reply",
        "topic": "core_values",
        "prompts": ["published", f"file:{shell.closed}"],
        "models": ["simulated/coach-steady"],
        "judge": "simulated/judge",
        "limit": 12,
        "seed": 5,
    }
    file = shell.folder / "short plan.json"
    file.write_text(json.dumps(plan))
    said = shell.call("run", "--plan", str(file))
    assert said.code == 0
    assert said.document["run_id"] != finished.document["run_id"]
    assert _means(said) == _means(finished)


def test_a_frozen_plan_gives_the_same_run_anywhere(shell: Shell, finished: Said, tmp_path: Path) -> None:
    run_id = finished.document["run_id"]
    file = tmp_path / "frozen.json"
    shutil.copy(shell.runs / run_id / "plan.json", file)
    elsewhere = Shell(tmp_path)
    said = elsewhere.call("run", "--plan", str(file))
    assert said.code == 0
    assert said.document["run_id"] == run_id
    assert _means(said) == _means(finished)
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"seed": 6}))
    changed = elsewhere.call("run", "--plan", str(file))
    assert changed.code == 2
    assert "another run" in changed.err
    assert RunFolder(elsewhere.runs / run_id).plan().seed == 5


def test_a_frozen_plan_with_a_model_that_cannot_be_asked_leaves_nothing(shell: Shell, finished: Said) -> None:
    document = json.loads((shell.runs / finished.document["run_id"] / "plan.json").read_text())
    file = shell.folder / "needs a key.json"
    file.write_text(
        json.dumps(document | {"run_id": "needs-a-key", "judges": [document["judges"][0] | {"model": "openai/gpt-4o"}]})
    )
    before = shell.state()
    said = shell.call("run", "--plan", str(file))
    assert said.code == 2
    assert "OPENAI_API_KEY" in said.err
    assert shell.state() == before


def test_a_broken_folder_hides_no_other_run(shell: Shell, finished: Said) -> None:
    copy = broken_copy(shell, finished.document["run_id"], "with a broken one")
    shutil.copytree(copy, copy.with_name("zz-broken"))
    (copy.with_name("zz-broken") / "plan.json").write_text("{")
    said = shell.call("list", "--out", str(copy.parent))
    assert said.code == 0
    assert finished.document["run_id"] in {run["run_id"] for run in said.document}
    assert "zz-broken" in said.err


@pytest.mark.parametrize("command", ["show", "compare", "report", "resume"])
def test_a_damaged_journal_is_named_and_left_alone(shell: Shell, finished: Said, command: str) -> None:
    run_id = finished.document["run_id"]
    copy = RunFolder(broken_copy(shell, run_id, f"damaged for {command}"))
    lines = copy.journal.read_bytes().splitlines(keepends=True)
    copy.journal.write_bytes(b"".join([*lines[:3], b"{broken}\n", *lines[3:]]))
    damaged = copy.journal.read_bytes()
    said = shell.call(command, run_id, "--out", str(copy.path.parent))
    assert said.code == 1
    assert "journal.jsonl is damaged" in said.err
    assert copy.journal.read_bytes() == damaged


def test_a_damaged_store_is_named_and_left_alone(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.home.mkdir()
    store = shell.home / "workbench.duckdb"
    store.write_bytes(b"this is no database" * 1000)
    said = shell.call(*shell.options(limit="1"))
    assert said.code == 1
    assert str(store) in said.err
    assert store.read_bytes() == b"this is no database" * 1000
    assert not shell.runs.exists()


def test_a_home_that_is_a_file_is_said_in_words(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.home.write_text("no folder")
    said = shell.call("list")
    assert said.code == 1
    assert str(shell.home) in said.err


def test_a_run_that_cannot_be_resumed_says_so_in_its_state(shell: Shell, finished: Said) -> None:
    folder = RunFolder(shell.folder / "keyless" / "keyless-run")
    plan = folder_of(shell, finished.document["run_id"]).plan()
    judge = plan.judges[0].model_copy(update={"model": "openai/gpt-4o"})
    folder.create(plan.model_copy(update={"run_id": folder.run_id, "judges": (judge,)}))
    folder.write_status(RunState.STOPPED, "Stopped.")
    assert shell.call("resume", folder.run_id, "--out", str(folder.path.parent)).code == 2
    assert folder.status().state is RunState.FAILED
    assert "OPENAI_API_KEY" in folder.status().reason


def test_a_store_that_is_gone_in_the_end_leaves_the_run_whole(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([True])

    def gone(settings: Settings) -> AbstractContextManager[StoreAccess]:
        if next(asked, False):
            raise StoreError("The workbench holds the store but does not answer.")
        return open_store_access(settings)

    monkeypatch.setattr("evals.commands.carrying_out.open_store_access", gone)
    said = shell.call(*shell.options("published", limit="2"))
    assert said.code == 0
    assert said.document["status"] == "finished"
    assert "takes it in when it starts next" in said.err
    run_id = said.document["run_id"]
    row = f"select status, answers_done from eval_runs where run_id = '{run_id}'"
    assert shell.ask(row) == [("waiting", 0)]
    assert shell.call("resume", run_id).code == 0
    assert shell.ask(row) == [("finished", 2)]


def _means(said: Said) -> list[Any]:
    return [(variant["mean"], variant["interval"], variant["n"]) for variant in said.document["variants"]]
