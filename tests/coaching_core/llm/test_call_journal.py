"""The file of calls under way: durable before a call is sent, whole after a crash, gone when nothing is open."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import coaching_core.llm.call_journal
from coaching_core.errors import DiskFullError
from coaching_core.llm.call_journal import CallJournal
from tests.coaching_core.llm.holding import attempt


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def open_calls(journal: CallJournal, *run_ids: str) -> None:
    async def go() -> None:
        await asyncio.gather(*(journal.open(attempt(run_id).run) for run_id in run_ids))

    asyncio.run(go())


def left_in(folder: Path) -> list[str]:
    """What a process that starts now finds unfinished."""
    journal = CallJournal(folder)
    found = [run.id for run in journal.unfinished()]
    journal.close()
    return found


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coaching_core.llm.call_journal, "_SEGMENT_BYTES", 1)


def test_a_call_is_on_the_disk_when_open_returns(tmp_path: Path) -> None:
    journal = CallJournal(tmp_path)
    open_calls(journal, "a")
    assert left_in(tmp_path) == ["a"]


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    run = attempt("a", topic_id="Übung\n„zwei“", prompt_version=3).run
    journal = CallJournal(tmp_path)
    asyncio.run(journal.open(run))
    assert CallJournal(tmp_path).unfinished() == [run]


def test_a_closed_journal_without_open_calls_leaves_no_file(tmp_path: Path) -> None:
    journal = CallJournal(tmp_path)
    open_calls(journal, "a", "b")
    journal.settled("a")
    journal.settled("b")
    journal.close()
    assert files(tmp_path) == []


def test_a_closed_journal_with_an_open_call_keeps_its_file(tmp_path: Path) -> None:
    journal = CallJournal(tmp_path)
    open_calls(journal, "a", "b")
    journal.settled("a")
    journal.close()
    assert left_in(tmp_path) == ["a", "b"]


def test_a_torn_last_line_was_never_sent(tmp_path: Path) -> None:
    journal = CallJournal(tmp_path)
    open_calls(journal, "a", "b")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert left_in(tmp_path) == ["a"]


@pytest.mark.parametrize("damage", [b"\0" * 64, b"{", b"[]", b'{"id": "x"}', b"\xff\xfe", b"null"])
def test_a_damaged_line_is_reported_and_kept_and_the_others_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    open_calls(CallJournal(tmp_path), "a", "b")
    (file,) = tmp_path.iterdir()
    first, second, _ = file.read_bytes().split(b"\n")
    file.write_bytes(first + b"\n" + damage + b"\n" + second + b"\n")
    journal = CallJournal(tmp_path)
    assert [run.id for run in journal.unfinished()] == ["a", "b"]
    assert "line 2 of" in caplog.text
    journal.forget_unfinished()
    journal.close()
    assert files(tmp_path) == ["calls-00000001.damaged"]


def test_a_segment_is_deleted_when_all_its_calls_have_their_record(tmp_path: Path, small_segments: None) -> None:
    journal = CallJournal(tmp_path)
    open_calls(journal, "a")
    open_calls(journal, "b")
    open_calls(journal, "c")
    assert len(files(tmp_path)) == 3
    journal.settled("b")
    assert files(tmp_path) == ["calls-00000001.jsonl", "calls-00000003.jsonl"]
    journal.settled("a")
    journal.settled("c")
    open_calls(journal, "d")
    assert files(tmp_path) == ["calls-00000004.jsonl"]
    assert left_in(tmp_path) == ["d"]


def test_segments_of_several_crashes_are_all_read(tmp_path: Path, small_segments: None) -> None:
    first = CallJournal(tmp_path)
    open_calls(first, "a")
    open_calls(first, "b")
    second = CallJournal(tmp_path)
    open_calls(second, "c")
    third = CallJournal(tmp_path)
    assert [run.id for run in third.unfinished()] == ["a", "b", "c"]
    open_calls(third, "d")
    third.forget_unfinished()
    assert left_in(tmp_path) == ["d"]


def test_an_id_that_was_never_written_down_is_let_pass(tmp_path: Path) -> None:
    journal = CallJournal(tmp_path)
    journal.settled("nobody")
    open_calls(journal, "a")
    journal.settled("a")
    journal.settled("a")
    journal.close()
    assert files(tmp_path) == []


def fails_with(number: int) -> Callable[..., int]:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["pwrite", "fdatasync"])
def test_a_full_disk_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    journal = CallJournal(tmp_path)
    open_calls(journal, "a")
    with monkeypatch.context() as full:
        full.setattr(os, step, fails_with(number))
        with pytest.raises(DiskFullError, match="no model is asked until there is room"):
            open_calls(journal, "b")
    open_calls(journal, "c")
    assert left_in(tmp_path) == ["a", "c"]
    journal.settled("a")
    journal.settled("c")
    journal.close()
    assert files(tmp_path) == []


def test_a_block_that_was_half_written_when_the_disk_was_full_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, really, calls = CallJournal(tmp_path), os.pwrite, 0

    def half(descriptor: int, block: bytes, position: int) -> int:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.ENOSPC, "full")
        return really(descriptor, bytes(block)[: len(block) // 2], position)

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", half)
        with pytest.raises(DiskFullError):
            open_calls(journal, "a")
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b""
    open_calls(journal, "b")
    assert left_in(tmp_path) == ["b"]


def test_a_full_disk_when_a_segment_is_begun_is_told_too(
    tmp_path: Path, small_segments: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = CallJournal(tmp_path)
    open_calls(journal, "a")
    with monkeypatch.context() as full:
        full.setattr(os, "open", fails_with(errno.ENOSPC))
        with pytest.raises(DiskFullError):
            open_calls(journal, "b")
    open_calls(journal, "c")
    assert left_in(tmp_path) == ["a", "c"]


def test_another_failure_of_the_disk_is_not_called_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = CallJournal(tmp_path)
    monkeypatch.setattr(os, "fdatasync", fails_with(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        open_calls(journal, "a")


def test_a_call_whose_caller_left_before_it_was_sent_is_not_unfinished(tmp_path: Path) -> None:
    journal = CallJournal(tmp_path)

    async def go() -> None:
        leaving = asyncio.create_task(journal.open(attempt("left").run))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await journal.open(attempt("stays").run)

    asyncio.run(go())
    assert left_in(tmp_path) == ["stays"]
    journal.settled("stays")
    journal.close()
    assert files(tmp_path) == []


def test_the_file_is_this_person_s_alone_and_holds_no_text_of_theirs(tmp_path: Path) -> None:
    open_calls(CallJournal(tmp_path), "a")
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert set(json.loads(file.read_text())) <= {field for field in attempt().run.as_json()}
