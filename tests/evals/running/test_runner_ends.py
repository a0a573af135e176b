"""How a run ends: at its cap, by a word, by an error, on a full disk; each end is said with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from coaching_core.errors import DiskFullError
from coaching_core.llm.types import Completion, CompletionRequest, Purpose
from evals.plan import Cell
from evals.results.reading import load_results
from evals.running.events import Advanced, Ended, RunEvent
from evals.running.folder import RunFolder, RunState
from evals.running.journal import LOST, JournalLine, read_journal
from tests.evals.desk import Desk, carried_out, plain, taken_up

Make = Callable[..., RunFolder]


@pytest.mark.parametrize(("cents", "done", "state"), [(1, 0, "stopped"), (4, 2, "stopped"), (5, 2, "stopped")])
def test_a_cap_that_is_reached_stops_before_the_next_call(make: Make, cents: int, done: int, state: str) -> None:
    folder = make(money_cap=f"0.0{cents}")
    desk = Desk(plain(folder.plan()))
    ended = carried_out(folder, desk)
    assert (ended.state, ended.progress.done, len(desk.asked)) == (state, done, cents)
    assert ended.reason == f"The run's money cap of $0.0{cents} is reached."


def test_a_cap_that_the_last_call_reaches_stops_nothing(make: Make) -> None:
    folder = make(money_cap="0.16")
    ended = carried_out(folder, Desk(plain(folder.plan())))
    assert (ended.state, ended.reason, ended.progress.cost) == (RunState.FINISHED, "", Decimal("0.16"))
    again = carried_out(folder, Desk(plain(folder.plan())))
    assert (again.state, again.reason) == (RunState.FINISHED, "")


def test_an_unknown_cost_is_no_reason_to_stop(make: Make) -> None:
    folder = make(money_cap="0.01")
    assert carried_out(folder, Desk(plain(folder.plan()), lambda _: None)).state is RunState.FINISHED


def test_an_empty_answer_is_an_answer_and_is_judged(make: Make) -> None:
    folder = make(limit=1, prompts=("published",))
    (cell,) = folder.plan().cells()
    body = {"status": "ok", "text": "", "finish_reason": "stop", "prompt_runs": []}
    folder.journal.write_bytes(JournalLine("answer", cell, body).encode())
    desk = Desk(plain(folder.plan()))
    assert carried_out(folder, desk).state is RunState.FINISHED
    assert [request.context.purpose for request in desk.asked] == [Purpose.JUDGE]
    (answer,) = load_results(folder).answers
    assert answer.text == ""
    assert answer.verdict is not None
    assert answer.verdict.score == pytest.approx(7)


def test_a_cell_is_finished_before_the_next_is_begun(make: Make) -> None:
    folder = make(limit=2)
    carried_out(folder, Desk(plain(folder.plan())))
    lines = [(line.kind, line.cell) for line, _ in read_journal(folder.journal)]
    assert lines == [(kind, cell) for cell in folder.plan().cells() for kind in ("answer", "verdict")]


def test_who_listens_hears_every_line_and_the_end(make: Make) -> None:
    folder = make(limit=2)
    heard: list[RunEvent] = []
    ended = carried_out(folder, Desk(plain(folder.plan())), heard.append)
    assert [type(event) for event in heard] == [Advanced] * 12 + [Ended]
    assert heard[-1] == ended
    assert ended == Ended(RunState.FINISHED, "", ended.progress)


def test_the_first_reason_to_stop_is_the_one_that_is_said(make: Make) -> None:
    folder = make()
    runner, run = taken_up(folder, Desk(plain(folder.plan())))
    runner.stop("Enough.")
    runner.stop("Really.")
    ended = run()
    assert (ended.state, ended.reason) == (RunState.STOPPED, "Enough.")
    assert (folder.status().state, folder.status().reason) == (RunState.STOPPED, "Enough.")
    assert not list(read_journal(folder.journal))
    unsaid, run_unsaid = taken_up(folder, Desk(plain(folder.plan())))
    unsaid.stop()
    assert run_unsaid().reason == "Stopped by a person."


class Hanging(Desk):
    """The call of a given number never comes home."""

    async def complete(self, request: CompletionRequest) -> Completion:
        if len(self.asked) >= 2:
            self.asked.append(request)
            await asyncio.Event().wait()
        return await super().complete(request)


def test_a_call_that_does_not_come_home_is_given_up_after_a_while(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.running.crew.GRACE_SECONDS", 0.01)
    folder = make()
    desk = Hanging(plain(folder.plan()))

    def stop(event: RunEvent) -> None:
        if isinstance(event, Advanced) and event.progress.verdicts:
            asyncio.get_running_loop().call_soon(runner.stop, "Enough.")

    runner, run = taken_up(folder, desk, stop)
    ended = run()
    assert (ended.state, ended.progress.done) == (RunState.STOPPED, 1)
    assert len(list(read_journal(folder.journal))) == 2
    whole = carried_out(folder, Desk(plain(folder.plan())))
    assert (whole.state, whole.progress.done_before) == (RunState.FINISHED, 1)


def test_an_error_nobody_foresaw_ends_the_run_at_once_and_is_said(make: Make) -> None:
    """The other hands wait for calls that never come home; they must not hold up the end."""
    folder = make(concurrency=3)
    heard: list[RunEvent] = []

    class Broken(Hanging):
        async def complete(self, request: CompletionRequest) -> Completion:
            if not self.asked:
                self.asked.append(request)
                raise ZeroDivisionError("a bug")
            self.asked.append(request)
            return await super().complete(request)

    with pytest.raises(ZeroDivisionError):
        carried_out(folder, Broken(plain(folder.plan())), heard.append)
    assert folder.status().state is RunState.FAILED
    assert folder.status().reason == "ZeroDivisionError: a bug"
    assert [(event.state, event.reason) for event in heard if isinstance(event, Ended)] == [
        (RunState.FAILED, "ZeroDivisionError: a bug")
    ]
    assert not folder.is_running()


def test_a_disk_without_room_ends_the_run_as_failed_and_it_can_be_resumed(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise DiskFullError("The disk is full. Free some space, then resume the run.")

    folder = make()
    with monkeypatch.context() as patch:
        patch.setattr("evals.running.journal.Journal.append", full)
        ended = carried_out(folder, Desk(plain(folder.plan())))
    assert (ended.state, folder.status().state) == (RunState.FAILED, RunState.FAILED)
    assert "Free some space" in folder.status().reason
    assert carried_out(folder, Desk(plain(folder.plan()))).state is RunState.FINISHED


@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.STOPPED])
def test_no_room_for_the_last_word_matters_only_when_all_is_done(
    make: Make, monkeypatch: pytest.MonkeyPatch, state: RunState
) -> None:
    folder = make()
    say = folder.write_status

    def full(said: RunState, reason: str = "") -> None:
        if said is not RunState.RUNNING:
            raise DiskFullError("The disk is full.")
        say(said, reason)

    monkeypatch.setattr(folder, "write_status", full)
    runner, run = taken_up(folder, Desk(plain(folder.plan())))
    if state is RunState.STOPPED:
        runner.stop("Enough.")
        assert run() == replace(run(), state=RunState.STOPPED)
        return
    with pytest.raises(DiskFullError):
        run()


def test_a_journal_of_another_cell_is_not_taken_for_this_one(make: Make) -> None:
    folder = make(limit=1, prompts=("published",), repeats=2)
    (first, second) = folder.plan().cells()
    assert (first.repeat, second.repeat) == (0, 1)
    body = {"status": "failed", "reason": "MissingKeyError: No key.", "prompt_runs": []}
    folder.journal.write_bytes(JournalLine("answer", Cell(first.item, first.variant, 0), body).encode())
    desk = Desk(plain(folder.plan()))
    ended = carried_out(folder, desk)
    assert (ended.progress.failed_answers, ended.progress.verdicts, len(desk.asked)) == (1, 1, 2)
    assert {request.seed for request in desk.asked} == {folder.plan().call_seed(1)}


def test_money_of_calls_that_brought_no_result_counts_towards_the_cap(make: Make) -> None:
    folder = make(money_cap="0.05")
    desk = Desk(plain(folder.plan()), lambda number: "0.02" if number == 0 else "0.01")
    first = carried_out(folder, desk)
    assert (first.state, len(desk.asked)) == (RunState.STOPPED, 4)
    (line, _) = next(read_journal(folder.journal))
    lost = replace(line, kind=LOST, cell=Cell("", "", 0), body={"prompt_runs": line.body["prompt_runs"]})
    folder.journal.write_bytes(lost.encode())
    again = Desk(plain(folder.plan()))
    ended = carried_out(folder, again)
    assert (ended.state, len(again.asked), ended.progress.cost) == (RunState.STOPPED, 3, Decimal("0.05"))
    assert (ended.progress.done_before, ended.progress.done) == (0, 1)
