"""A run's folder: what it says of its state, who works on it, and that a write is whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import evals.running.folder
from coaching_core.errors import ConflictError, DiskFullError, InvalidPlanError, RunNotFoundError, WorkbenchError
from coaching_core.settings import Settings
from evals.running.folder import RunFolder, RunState, is_full, write_durably
from tests.evals.making import make_plan


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> RunFolder:
    """A run that nobody has taken up yet."""
    plan = make_plan(settings, limit=1)
    made = RunFolder(tmp_path / "runs" / plan.run_id)
    made.create(plan)
    return made


def at(folder: RunFolder, seconds: float, monkeypatch: pytest.MonkeyPatch, file: str = "plan.json") -> None:
    """So long after a file was written."""
    now = (folder.path / file).stat().st_mtime + seconds
    monkeypatch.setattr(evals.running.folder, "time", SimpleNamespace(time=lambda: now))


def test_the_plan_comes_back_as_it_was_frozen(settings: Settings, folder: RunFolder) -> None:
    assert folder.plan() == make_plan(settings, limit=1).model_copy(update={"run_id": folder.run_id})
    assert [file.name for file in folder.path.iterdir()] == ["plan.json"]


def test_its_files_have_the_names_that_others_look_for(folder: RunFolder) -> None:
    files = (folder.journal, folder.results, folder.report, folder.log)
    assert [file.name for file in files] == ["journal.jsonl", "results.parquet", "report.html", "run.log"]
    assert {file.parent for file in files} == {folder.path}


def test_a_second_run_of_the_same_name_is_refused(folder: RunFolder) -> None:
    before = (folder.path / "plan.json").read_bytes()
    with pytest.raises(ConflictError, match=f"“{folder.run_id}” already in .*runs"):
        folder.create(folder.plan())
    assert (folder.path / "plan.json").read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said_in_words(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WorkbenchError, match=r"file/run could not be written: Not a directory\.") as caught:
        RunFolder(tmp_path / "file" / "run").create(folder.plan())
    assert not isinstance(caught.value, DiskFullError)


def test_no_room_for_the_folder_itself(folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    plan = folder.plan()
    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(DiskFullError, match="another could not be written"):
        RunFolder(tmp_path / "another").create(plan)


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff", b"[1", b'{"dataset": "x"}'])
def test_a_folder_without_a_frozen_plan_is_no_run(folder: RunFolder, content: bytes | None) -> None:
    file = folder.path / "plan.json"
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises((RunNotFoundError, InvalidPlanError)) as caught:
        folder.plan()
    if content != b'{"dataset": "x"}':
        assert isinstance(caught.value, RunNotFoundError)
        assert folder.run_id in str(caught.value)


def test_a_plan_in_its_short_form_is_not_frozen(folder: RunFolder) -> None:
    short = {
        "dataset": "coaching_reply",
        "topic": "core_values",
        "prompts": ["published"],
        "models": ["simulated/coach-steady"],
        "judge": "simulated/judge",
    }
    (folder.path / "plan.json").write_text(json.dumps(short))
    with pytest.raises(RunNotFoundError):
        folder.plan()


@pytest.mark.parametrize("state", [RunState.STOPPED, RunState.FINISHED, RunState.FAILED, RunState.INTERRUPTED])
def test_a_last_word_is_kept(folder: RunFolder, state: RunState) -> None:
    folder.write_status(state, "Because “so”.")
    status = folder.status()
    assert (status.state, status.reason) == (state, "Because “so”.")
    said = datetime.fromisoformat(status.updated_at)
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=5)
    assert status.updated_at == said.isoformat(timespec="milliseconds")


def test_running_without_a_process_is_interrupted_since_its_last_word(folder: RunFolder) -> None:
    with folder.running():
        folder.write_status(RunState.RUNNING, "")
        said = folder.status()
        assert said.state is RunState.RUNNING
    after = folder.status()
    assert (after.state, after.updated_at) == (RunState.INTERRUPTED, said.updated_at)
    assert "without a word" in after.reason


@pytest.mark.parametrize(("seconds", "state"), [(0, "waiting"), (30, "waiting"), (30.5, "interrupted")])
def test_a_run_waits_half_a_minute_for_its_process(
    folder: RunFolder, seconds: float, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(folder, seconds, monkeypatch)
    assert folder.status().state == state


def test_a_run_that_is_resumed_waits_anew(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = (folder.path / "plan.json").stat().st_mtime - 1000
    os.utime(folder.path / "plan.json", (long_ago, long_ago))
    folder.write_status(RunState.WAITING)
    at(folder, 29, monkeypatch, "status.json")
    assert folder.status().state is RunState.WAITING
    at(folder, 31, monkeypatch, "status.json")
    late = folder.status()
    assert (late.state, late.reason) == (RunState.INTERRUPTED, f"No process took it up; see {folder.log}.")
    assert late.updated_at
    with folder.running():
        assert folder.status().state is RunState.WAITING


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b'{"state": "dancing", "reason": "", "updated_at": ""}', b"\xff"]
)
def test_a_state_that_cannot_be_read_is_waiting(folder: RunFolder, content: bytes) -> None:
    (folder.path / "status.json").write_bytes(content)
    status = folder.status()
    assert (status.state, status.reason, status.updated_at) == (RunState.WAITING, "", "")


def test_a_folder_that_is_gone_waits_without_an_error(tmp_path: Path) -> None:
    gone = RunFolder(tmp_path / "gone")
    assert gone.status().state is RunState.WAITING
    assert (gone.is_running(), gone.pid()) == (False, None)


def test_who_works_on_a_run(folder: RunFolder) -> None:
    lock = folder.path / "run.lock"
    assert (folder.is_running(), folder.pid()) == (False, None)
    lock.write_text("no number")
    assert folder.pid() is None
    lock.write_text("123456789")
    assert (folder.is_running(), folder.pid()) == (False, 123456789)
    with folder.running():
        assert (folder.is_running(), folder.pid()) == (True, os.getpid())
        with pytest.raises(ConflictError, match=f"by process {os.getpid()}"), folder.running():
            pytest.fail("two at once")
        assert folder.is_running()
    assert (folder.is_running(), folder.pid()) == (False, os.getpid())


def test_asking_whether_a_run_is_worked_on_does_not_take_it(folder: RunFolder) -> None:
    with folder.running():
        pass
    assert not folder.is_running()
    with folder.running():
        assert folder.is_running()


def test_a_write_replaces_the_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    for content in (b"a longer content", b"short", b""):
        write_durably(file, content)
        assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, DiskFullError, "The disk is full: .*x.json could not be written"),
        (errno.EDQUOT, DiskFullError, "The disk is full"),
        (errno.EFBIG, DiskFullError, "The disk is full"),
        (errno.EIO, WorkbenchError, "x.json could not be written: Input/output error"),
    ],
)
def test_a_write_that_fails_leaves_the_old_content(
    tmp_path: Path, number: int, kind: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    file = tmp_path / "x.json"
    file.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WorkbenchError, match=words) as caught:
        write_durably(file, b"new")
    assert type(caught.value) is kind
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
    assert is_full(OSError(number, "")) == (kind is DiskFullError)


def test_content_is_on_the_disk_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, seen = tmp_path / "x.json", []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append([path.read_bytes() for path in tmp_path.iterdir()]))
    write_durably(file, b"new")
    assert seen == [[b"new"]]


def test_what_could_not_be_made_ready_stands_as_before(folder: RunFolder) -> None:
    folder.write_status(RunState.FINISHED, "Clear after 40 items.")
    seen: list[RunState] = []

    def fail() -> None:
        with folder.waiting():
            seen.append(folder.status().state)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == [RunState.WAITING]
    assert (folder.status().state, folder.status().reason) == (RunState.FINISHED, "Clear after 40 items.")
    with folder.waiting():
        pass
    assert folder.status().state is RunState.WAITING


def test_a_run_that_is_worked_on_waits_for_nobody(folder: RunFolder) -> None:
    with folder.running():
        folder.write_status(RunState.RUNNING)
        with folder.waiting():
            assert folder.status().state is RunState.RUNNING
