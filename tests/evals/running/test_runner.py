"""The runner: every cell once, whatever happens in between (reliability rows 1, 2, 3, 6, 13, 18)."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import ConflictError, DiskFullError, IncompleteReplyError, RunDamagedError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.providers.simulated import SimulatedProvider
from coaching_core.llm.types import CompletionRequest, ProviderReply, Purpose, RunStatus, TextDelta
from coaching_core.settings import Settings
from evals.plan import Cell, RunPlan
from evals.results.parquet import write_parquet
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.events import Advanced, Paused, RunEvent
from evals.running.folder import RunFolder, RunState
from evals.running.journal import Journal, JournalLine, read_journal
from tests.evals.making import NOW, make_plan, make_runner


class Flaky:
    """A provider that counts, and fails every n-th answer; judgements pass."""

    def __init__(self, every: int = 0) -> None:
        self._real = SimulatedProvider(0)
        self._every = every
        self.requests: list[CompletionRequest] = []

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        self.requests.append(request)
        if self._every and request.context.purpose is Purpose.EVALUATION and len(self.requests) % self._every == 0:
            raise IncompleteReplyError("The answer broke off.")
        return await self._real.complete(request)

    def stream(self, request: CompletionRequest) -> AsyncIterator[TextDelta | ProviderReply]:
        raise NotImplementedError


def _folder(tmp_path: Path, plan: RunPlan) -> RunFolder:
    folder = RunFolder(tmp_path / plan.run_id)
    folder.create(plan)
    return folder


def _figures(results: RunResults) -> list[tuple[Any, ...]]:
    return [
        (answer.cell, answer.text, answer.verdict and answer.verdict.score, answer.verdict and answer.verdict.criteria)
        for answer in results.answers
    ]


def _cells(folder: RunFolder) -> Counter[tuple[str, Cell]]:
    return Counter((line.kind, line.cell) for line, _ in read_journal(folder.journal))


def test_every_cell_is_answered_and_judged_once(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=6, repeats=2)
    folder = _folder(tmp_path, plan)
    ended = asyncio.run(make_runner(folder, settings).run())
    assert ended.state is RunState.FINISHED
    assert folder.status().state is RunState.FINISHED
    cells = _cells(folder)
    assert len(cells) == plan.calls == 48
    assert set(cells.values()) == {1}
    results = load_results(folder)
    assert all(answer.verdict is not None and answer.verdict.score is not None for answer in results.answers)
    assert results.cost == ended.progress.cost > 0
    assert all(run.eval_run_id == plan.run_id and run.simulated for run in results.prompt_runs())


def test_same_seed_same_scores_and_another_seed_others(settings: Settings, tmp_path: Path) -> None:
    figures = []
    for seed, concurrency in ((3, 1), (3, 16), (4, 16)):
        plan = make_plan(settings, limit=12, seed=seed, concurrency=concurrency)
        folder = _folder(tmp_path / str(len(figures)), plan)
        asyncio.run(make_runner(folder, settings).run())
        figures.append({f[0].item: f[1:] for f in _figures(load_results(folder)) if f[0].variant.startswith("1-")})
    assert figures[0] == figures[1]
    shared = set(figures[0]) & set(figures[2])
    assert shared
    assert any(figures[0][item] != figures[2][item] for item in shared)


def test_a_failed_call_is_a_failure_and_never_a_score(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=10, concurrency=1)
    folder = _folder(tmp_path, plan)
    flaky = Flaky(every=5)
    ended = asyncio.run(make_runner(folder, settings, providers={"simulated": flaky}).run())
    assert ended.state is RunState.FINISHED
    assert ended.progress.failed_answers > 0
    results = load_results(folder)
    failed = [answer for answer in results.answers if answer.text is None]
    assert len(failed) == ended.progress.failed_answers
    assert all(answer.verdict is None and "IncompleteReplyError" in answer.reason for answer in failed)
    assert all(run.cost_usd is None and run.status == "error" for answer in failed for run in answer.prompt_runs)
    comparison = results.comparison()
    assert comparison is not None
    assert comparison.overall.n == 10 - len({answer.cell.item for answer in failed})
    asked = len(flaky.requests)
    asyncio.run(make_runner(folder, settings, providers={"simulated": flaky}).run())
    assert len(flaky.requests) == asked, "a failed answer is terminal: another sitting must not ask again"


def test_a_stopped_run_goes_on_where_it_was(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=10, concurrency=4)
    undisturbed = _folder(tmp_path / "a", plan)
    asyncio.run(make_runner(undisturbed, settings).run())

    disturbed = _folder(tmp_path / "b", plan)
    flaky = Flaky()
    providers = {"simulated": flaky}

    def stop_after_nine(event: RunEvent) -> None:
        if isinstance(event, Advanced) and event.progress.calls >= 9:
            runner.stop("Enough.")

    runner = make_runner(disturbed, settings, stop_after_nine, providers)
    ended = asyncio.run(runner.run())
    assert ended.state is RunState.STOPPED
    assert disturbed.status().reason == "Enough."
    before = len(flaky.requests)
    assert 9 <= before < plan.calls
    again = asyncio.run(make_runner(disturbed, settings, providers=providers).run())
    assert again.state is RunState.FINISHED
    assert len(flaky.requests) == plan.calls
    assert again.progress.calls == plan.calls - before
    assert _figures(load_results(disturbed)) == _figures(load_results(undisturbed))


def test_a_torn_last_line_is_done_again(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=4)
    folder = _folder(tmp_path, plan)
    asyncio.run(make_runner(folder, settings).run())
    whole = _figures(load_results(folder))
    raw = folder.journal.read_bytes()
    folder.journal.write_bytes(raw[:-25])
    assert len(_cells(folder)) == plan.calls - 1
    flaky = Flaky()
    asyncio.run(make_runner(folder, settings, providers={"simulated": flaky}).run())
    assert len(flaky.requests) == 1
    assert _figures(load_results(folder)) == whole
    assert set(_cells(folder).values()) == {1}


def test_a_run_is_worked_on_by_one_process_only(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, make_plan(settings, limit=2))
    with folder.running():
        assert folder.is_running()
        assert folder.pid() == os.getpid()
        with pytest.raises(ConflictError, match="being worked on"):
            asyncio.run(make_runner(folder, settings).run())
    assert not folder.is_running()


def test_the_money_cap_stops_the_run_by_itself(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=60, concurrency=8, money_cap="0.035")
    folder = _folder(tmp_path, plan)
    ended = asyncio.run(make_runner(folder, settings).run())
    assert ended.state is RunState.STOPPED
    assert "money cap" in ended.reason
    assert 0 < ended.progress.done < ended.progress.cells
    assert load_results(folder).cost <= plan.money_cap
    again = asyncio.run(make_runner(folder, settings).run())
    assert again.state is RunState.STOPPED
    assert load_results(folder).cost <= plan.money_cap
    assert again.progress.cost == load_results(folder).cost


def test_after_a_stop_nothing_new_is_asked(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, make_plan(settings, limit=4, concurrency=1))
    flaky = Flaky()
    runner = make_runner(folder, settings, lambda _: runner.stop(), {"simulated": flaky})
    assert asyncio.run(runner.run()).state is RunState.STOPPED
    assert [request.context.purpose for request in flaky.requests] == [Purpose.EVALUATION]
    assert [line.kind for line, _ in read_journal(folder.journal)] == ["answer"]


def test_coach_and_judge_get_the_seed_of_their_repeat(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=2, repeats=2, seed=7)
    flaky = Flaky()
    asyncio.run(make_runner(_folder(tmp_path, plan), settings, providers={"simulated": flaky}).run())
    seeds = Counter((request.context.purpose, request.seed) for request in flaky.requests)
    assert seeds == {(p, plan.call_seed(r)): 4 for p in (Purpose.EVALUATION, Purpose.JUDGE) for r in (0, 1)}


def test_a_full_disk_pauses_the_run_and_nothing_is_lost(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan(settings, limit=6, concurrency=3)
    folder = _folder(tmp_path, plan)
    real_write, calls, pauses = os.pwrite, Counter[str](), []

    def write_until_full(descriptor: int, data: Any, offset: int) -> int:
        calls["write"] += 1
        if 3 <= calls["write"] <= 5:
            real_write(descriptor, bytes(data)[:10], offset)
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", write_until_full)
    monkeypatch.setattr("evals.running.journal._PAUSE_SECONDS", 0.01)
    listen = lambda event: pauses.append(event.reason) if isinstance(event, Paused) else None  # noqa: E731
    ended = asyncio.run(make_runner(folder, settings, listen).run())
    assert ended.state is RunState.FINISHED
    assert "full" in pauses[0]
    assert pauses[-1] is None
    cells = _cells(folder)
    assert len(cells) == plan.calls
    assert set(cells.values()) == {1}


def test_a_line_is_on_the_disk_before_anyone_hears_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, synced = tmp_path / "journal.jsonl", [b""]
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(file.read_bytes()))

    async def write() -> None:
        async with Journal(file) as journal:
            for repeat in range(3):
                line = JournalLine("answer", Cell("i", "v", repeat), {})
                await journal.append(line)
                assert synced[-1].endswith(line.encode())

    asyncio.run(write())


def test_a_disk_that_stays_full_ends_the_run_with_a_clear_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def try_it() -> None:
        async with Journal(tmp_path / "journal.jsonl", patience_seconds=0.02) as journal:
            await journal.append(JournalLine("answer", Cell("i", "v", 0), {}))

    monkeypatch.setattr(os, "pwrite", full)
    monkeypatch.setattr("evals.running.journal._PAUSE_SECONDS", 0.01)
    with pytest.raises(DiskFullError, match="Free some space"):
        asyncio.run(try_it())
    assert (tmp_path / "journal.jsonl").read_bytes() == b""


def test_no_room_for_the_plan_leaves_no_folder_behind(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    plan = make_plan(settings, limit=2)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        RunFolder(tmp_path / plan.run_id).create(plan)
    assert list(tmp_path.iterdir()) == [] or not (tmp_path / plan.run_id).exists()


def test_a_damaged_line_in_the_middle_is_not_skipped(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, make_plan(settings, limit=2))
    asyncio.run(make_runner(folder, settings).run())
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join([lines[0], b"{broken}\n", *lines[1:]]))
    with pytest.raises(RunDamagedError, match="damaged"):
        load_results(folder)


def test_results_are_written_as_parquet(settings: Settings, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    folder = _folder(tmp_path, make_plan(settings, limit=5))
    asyncio.run(make_runner(folder, settings).run())
    results = load_results(folder)
    write_parquet(results, folder)
    rows = pq.read_table(folder.results).to_pylist()
    assert len(rows) == 10
    by_key = {(row["item"], row["variant"]): row for row in rows}
    labels = {variant.id: variant.label for variant in results.plan.variants}
    for answer in results.answers:
        row = by_key[(answer.cell.item, labels[answer.cell.variant])]
        assert answer.verdict is not None
        assert row["answer"] == answer.text
        assert row["score"] == answer.verdict.score
        assert row["cost_usd"] == sum(run.cost_usd for run in answer.prompt_runs if run.cost_usd is not None)


def test_status_of_a_process_that_vanished(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, make_plan(settings, limit=2))
    assert folder.status().state is RunState.WAITING
    folder.write_status(RunState.RUNNING)
    assert folder.status().state is RunState.INTERRUPTED
    with folder.running():
        assert folder.status().state is RunState.RUNNING


def test_a_journal_line_is_one_line_whatever_is_in_it() -> None:
    line = JournalLine("answer", Cell("i", "v", 0), {"text": "a\nb\u2028c\r\x00 “ü”", "prompt_runs": []})
    raw = line.encode()
    assert raw.count(b"\n") == 1
    assert JournalLine.decode(raw) == line
    assert json.loads(raw)["item"] == "i"


def test_a_run_that_no_process_took_up_is_said_so(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, make_plan(settings, limit=2))
    long_ago = (folder.path / "plan.json").stat().st_mtime - 60
    os.utime(folder.path / "plan.json", (long_ago, long_ago))
    status = folder.status()
    assert status.state is RunState.INTERRUPTED
    assert "run.log" in status.reason
    folder.write_status(RunState.WAITING)
    assert folder.status().state is RunState.WAITING


def test_calls_cut_off_by_a_crash_are_recorded_once_when_the_run_is_resumed(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, make_plan(settings, limit=2))
    journal = CallJournal(folder.path)  # of a process that dies before it hears of its call's end
    asyncio.run(journal.open(_under_way(folder.plan().run_id)))
    ended = asyncio.run(make_runner(folder, settings).run())
    assert ended.state is RunState.FINISHED
    results = load_results(folder)
    assert [(run.id, run.status, run.held_usd) for run in results.lost] == [("cut-off", "unknown", Decimal("0.02"))]
    assert "cut-off" in [run.id for run in results.prompt_runs()]
    again = asyncio.run(make_runner(folder, settings).run())
    assert again.state is RunState.FINISHED
    assert len(load_results(folder).lost) == 1


def test_a_call_cut_off_by_a_stop_is_recorded(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evals.running.crew.GRACE_SECONDS", 0.0)
    folder = _folder(tmp_path, make_plan(settings, limit=2, concurrency=1))

    class Silent(Flaky):
        async def complete(self, request: CompletionRequest) -> ProviderReply:
            self.requests.append(request)
            runner.stop()
            await asyncio.Event().wait()
            raise AssertionError

    runner = make_runner(folder, settings, providers={"simulated": Silent()})
    assert asyncio.run(runner.run()).state is RunState.STOPPED
    (lost,) = load_results(folder).lost
    assert lost.status == "cancelled"
    assert lost.cost_usd is None
    assert lost.held_usd is not None


def test_what_was_lost_counts_towards_the_cap(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, make_plan(settings, limit=2, money_cap="0.03"))
    journal = CallJournal(folder.path)
    asyncio.run(journal.open(_under_way(folder.plan().run_id)))
    assert asyncio.run(make_runner(folder, settings).run()).state is RunState.STOPPED


def _under_way(run_id: str) -> PromptRun:
    return PromptRun(
        id="cut-off",
        tenant_id="local",
        purpose=Purpose.EVALUATION,
        provider="simulated",
        model="simulated/coach-steady",
        simulated=True,
        latency_ms=0.0,
        status=RunStatus.UNKNOWN,
        created_at=NOW,
        eval_run_id=run_id,
        held_usd=Decimal("0.02"),
        held_tokens=900,
    )
