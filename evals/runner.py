"""Carries out a plan: every cell answered and judged once, whatever happens in between (ledger E3)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from coaching_core.errors import DiskFullError, LimitReachedError, ModelCallError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose
from evals.cell_accounting import CellLedger, collect_prompt_runs
from evals.dataset import GoldenItem
from evals.events import Advanced, Ended, EventListener, Paused, Progress
from evals.journal import LOST, Journal, JournalLine, read_journal
from evals.judges.pointwise import JudgeContext, PointwiseJudge
from evals.plan import Cell, Variant, system_prompt
from evals.run_folder import RunFolder, RunState
from evals.verdict import Verdict

GRACE_SECONDS = 15.0
"""How long calls in flight may still come home after a stop was asked for."""


class Runner:
    """Works on one run folder until nothing is missing or somebody stops it.

    Args:
        folder: The run; its plan is frozen, its journal says what is done.
        gateway: Must hold and record its calls in ``ledger``.
        ledger: Of this run alone.
        listen: Hears every event.
    """

    def __init__(
        self, folder: RunFolder, gateway: Gateway, ledger: CellLedger, listen: EventListener = lambda _: None
    ) -> None:
        self._folder = folder
        self._gateway = gateway
        self._ledger = ledger
        self._listen = listen
        self._plan = folder.plan()
        self._items = {item.id: item for item in self._plan.dataset.items}
        self._variants = {variant.id: variant for variant in self._plan.variants}
        self._progress = Progress(cells=sum(1 for _ in self._plan.cells()))
        self._stopping = asyncio.Event()
        self._reason = ""

    def stop(self, reason: str = "Stopped by a person.") -> None:
        """Start nothing new; calls in flight may still come home."""
        self._reason = self._reason or reason
        self._stopping.set()

    async def run(self) -> Ended:
        """Do what is missing. Returns when all is done, or after :meth:`stop`.

        Raises:
            ConflictError: Another process works on this run.
        """
        with self._folder.running():
            self._folder.write_status(RunState.RUNNING)
            try:
                await self._work()
            except DiskFullError as error:
                return self._end(RunState.FAILED, str(error))
            except BaseException as error:
                self._end(RunState.FAILED, f"{type(error).__name__}: {error}")
                raise
            if self._progress.done < self._progress.cells:
                return self._end(RunState.STOPPED, self._reason)
            return self._end(RunState.FINISHED, "")

    def _end(self, state: RunState, reason: str) -> Ended:
        try:
            self._folder.write_status(state, reason)
        except DiskFullError:
            if state is RunState.FINISHED:
                raise
        ended = Ended(state, reason, self._progress)
        self._listen(ended)
        return ended

    async def _work(self) -> None:
        done_before = self._read_done()
        missing = iter([cell for cell in self._plan.cells() if done_before.misses(cell)])
        pause = lambda message: self._listen(Paused(message))  # noqa: E731
        self._ledger.on_pause = pause
        async with Journal(self._folder.journal, on_pause=pause) as journal:
            lost = self._ledger.lost(done_before.run_ids)
            await self._record_lost(journal, lost)
            self._ledger.forget_lost()
            self._ledger.set_cap(self._plan.money_cap, done_before.spent + sum(map(_most, lost)))
            self._stop_at_the_cap()
            workers = [
                asyncio.create_task(self._worker(missing, done_before.answers, journal))
                for _ in range(self._plan.concurrency)
            ]
            stopper = asyncio.create_task(self._cut_off(workers))
            try:
                done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            finally:
                stopper.cancel()
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(stopper, *workers, return_exceptions=True)
            await self._record_lost(journal, self._ledger.unsettled())
        for worker in done:
            if not worker.cancelled() and (error := worker.exception()) is not None:
                raise error

    async def _cut_off(self, workers: Iterable[asyncio.Task[None]]) -> None:
        await self._stopping.wait()
        await asyncio.sleep(GRACE_SECONDS)
        for worker in workers:
            worker.cancel()

    async def _record_lost(self, journal: Journal, runs: Sequence[PromptRun]) -> None:
        """Record calls that belong to no result: cut off by a crash, a stop or the cap."""
        if runs:
            await self._append(journal, JournalLine(LOST, Cell("", "", 0), {}), list(runs))
            self._count_money(run.cost_usd for run in runs)

    async def _worker(self, missing: Iterator[Cell], answers: Mapping[Cell, str | None], journal: Journal) -> None:
        for cell in missing:
            if self._stopping.is_set():
                return
            text = answers.get(cell)
            try:
                if text is None:
                    text = await self._answer(cell, journal)
                if text is not None and not self._stopping.is_set():
                    await self._judge(cell, text, journal)
            except LimitReachedError as error:
                self.stop(str(error))
                return

    async def _answer(self, cell: Cell, journal: Journal) -> str | None:
        variant, item = self._variants[cell.variant], self._items[cell.item]
        body: dict[str, Any]
        text: str | None = None
        with collect_prompt_runs() as runs:
            try:
                completion = await self._gateway.complete(self._request(cell, variant, item))
            except LimitReachedError:
                raise
            except ModelCallError as error:
                body = {"status": "failed", "reason": f"{type(error).__name__}: {error}"}
            else:
                text = completion.text
                body = {"status": "ok", "text": text, "finish_reason": completion.finish_reason}
        await self._append(journal, JournalLine("answer", cell, body), runs)
        self._progress.answers += 1
        self._progress.failed_answers += text is None
        self._advance(runs)
        return text

    async def _judge(self, cell: Cell, text: str, journal: Journal) -> None:
        judge = PointwiseJudge(
            self._gateway,
            self._plan.judge,
            self._plan.rubric,
            self._context(Purpose.JUDGE, self._variants[cell.variant]),
            self._plan.call_seed(cell.repeat),
            reuse_replies=self._plan.may_reuse(cell.repeat),
        )
        with collect_prompt_runs() as runs:
            verdict = await judge.judge(JudgeContext(self._items[cell.item], text))
        body = {"judge": self._plan.judge, "order": 1, "verdict": verdict.as_json()}
        await self._append(journal, JournalLine("verdict", cell, body), runs)
        self._count_verdict(verdict)
        self._advance(runs)

    def _request(self, cell: Cell, variant: Variant, item: GoldenItem) -> CompletionRequest:
        system = system_prompt(variant, item)
        turns = tuple(Message(turn.role, turn.content) for turn in item.conversation)
        return CompletionRequest(
            model=variant.model,
            messages=((Message("system", system), *turns) if system else turns),
            temperature=variant.settings.temperature,
            max_tokens=variant.settings.max_tokens,
            seed=self._plan.call_seed(cell.repeat),
            reuse_reply=self._plan.may_reuse(cell.repeat),
            context=self._context(Purpose.EVALUATION, variant),
        )

    def _context(self, purpose: Purpose, variant: Variant) -> CallContext:
        return CallContext(
            tenant_id=self._plan.tenant_id,
            user_id=self._plan.author,
            purpose=purpose,
            topic_id=self._plan.topic_id,
            prompt_version=variant.topic_version,
            rubric_version=self._plan.rubric.label,
            eval_run_id=self._plan.run_id,
        )

    async def _append(self, journal: Journal, line: JournalLine, runs: list[PromptRun]) -> None:
        body = line.body | {"prompt_runs": [run.as_json() for run in runs]}
        await journal.append(JournalLine(line.kind, line.cell, body))
        self._ledger.settled(runs)

    def _advance(self, runs: list[PromptRun]) -> None:
        progress = self._progress
        progress.calls += len(runs)
        self._count_money(run.cost_usd for run in runs)
        self._stop_at_the_cap()
        self._listen(Advanced(progress))

    def _stop_at_the_cap(self) -> None:
        if self._progress.cost >= self._plan.money_cap and self._progress.done < self._progress.cells:
            self.stop(f"The run's money cap of ${self._plan.money_cap} is reached.")

    def _count_money(self, costs: Iterable[Any]) -> None:
        for cost in costs:
            if cost is None:
                self._progress.unknown_costs += 1
            else:
                self._progress.cost += cost

    def _count_verdict(self, verdict: Verdict) -> None:
        self._progress.verdicts += 1
        self._progress.unscored += verdict.score is None

    def _read_done(self) -> _Done:
        done = _Done()
        for line, _ in read_journal(self._folder.journal):
            if line.kind == "answer":
                done.answers[line.cell] = line.body.get("text") if line.body["status"] == "ok" else None
                self._progress.answers += 1
                self._progress.failed_answers += done.answers[line.cell] is None
            elif line.kind == "verdict":
                done.verdicts.add(line.cell)
                self._count_verdict(Verdict.from_json(line.body["verdict"]))
            runs = [PromptRun.from_json(run) for run in line.body["prompt_runs"]]
            done.run_ids.update(run.id for run in runs)
            done.spent += sum(map(_most, runs))
            self._count_money(run.cost_usd for run in runs)
        self._progress.done_before = self._progress.done
        return done


@dataclass(slots=True)
class _Done:
    """What the journal says is done. ``spent`` counts a call of unknown cost at the most it can have cost, USD."""

    answers: dict[Cell, str | None] = field(default_factory=dict)
    verdicts: set[Cell] = field(default_factory=set)
    run_ids: set[str] = field(default_factory=set)
    spent: Decimal = Decimal(0)

    def misses(self, cell: Cell) -> bool:
        if cell not in self.answers:
            return True
        return self.answers[cell] is not None and cell not in self.verdicts


def _most(run: PromptRun) -> Decimal:
    return (run.held_usd or Decimal(0)) if run.cost_usd is None else run.cost_usd
