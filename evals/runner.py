"""Carries out a plan: every cell answered and judged once, whatever happens in between (ledger E3)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from coaching_core.errors import DiskFullError, ModelCallError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose
from evals.cell_accounting import collect_prompt_runs
from evals.dataset import GoldenItem
from evals.events import Advanced, Ended, EventListener, Paused, Progress
from evals.journal import Journal, JournalLine, read_journal
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
        gateway: Must record into the cell under way (:class:`evals.cell_accounting.CellRecorder`).
        listen: Hears every event.
    """

    def __init__(self, folder: RunFolder, gateway: Gateway, listen: EventListener = lambda _: None) -> None:
        self._folder = folder
        self._gateway = gateway
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
        answers, verdicts = self._read_done()
        self._stop_at_the_cap()
        missing = iter([cell for cell in self._plan.cells() if self._is_missing(cell, answers, verdicts)])
        pause = lambda message: self._listen(Paused(message))  # noqa: E731
        async with Journal(self._folder.journal, on_pause=pause) as journal:
            workers = [
                asyncio.create_task(self._worker(missing, answers, journal)) for _ in range(self._plan.concurrency)
            ]
            stopper = asyncio.create_task(self._cut_off(workers))
            try:
                done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            finally:
                stopper.cancel()
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(stopper, *workers, return_exceptions=True)
        for worker in done:
            if not worker.cancelled() and (error := worker.exception()) is not None:
                raise error

    async def _cut_off(self, workers: Iterable[asyncio.Task[None]]) -> None:
        await self._stopping.wait()
        await asyncio.sleep(GRACE_SECONDS)
        for worker in workers:
            worker.cancel()

    async def _worker(self, missing: Iterator[Cell], answers: Mapping[Cell, str | None], journal: Journal) -> None:
        for cell in missing:
            if self._stopping.is_set():
                return
            text = answers.get(cell)
            if text is None:
                text = await self._answer(cell, journal)
            if text is not None and not self._stopping.is_set():
                await self._judge(cell, text, journal)

    async def _answer(self, cell: Cell, journal: Journal) -> str | None:
        variant, item = self._variants[cell.variant], self._items[cell.item]
        body: dict[str, Any]
        text: str | None = None
        with collect_prompt_runs() as runs:
            try:
                completion = await self._gateway.complete(self._request(cell, variant, item))
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

    def _read_done(self) -> tuple[dict[Cell, str | None], set[Cell]]:
        answers: dict[Cell, str | None] = {}
        verdicts: set[Cell] = set()
        for line, _ in read_journal(self._folder.journal):
            if line.kind == "answer":
                answers[line.cell] = line.body.get("text") if line.body["status"] == "ok" else None
                self._progress.answers += 1
                self._progress.failed_answers += answers[line.cell] is None
            else:
                verdicts.add(line.cell)
                self._count_verdict(Verdict.from_json(line.body["verdict"]))
            self._count_money(PromptRun.from_json(run).cost_usd for run in line.body["prompt_runs"])
        self._progress.done_before = self._progress.done
        return answers, verdicts

    @staticmethod
    def _is_missing(cell: Cell, answers: Mapping[Cell, str | None], verdicts: set[Cell]) -> bool:
        if cell not in answers:
            return True
        return answers[cell] is not None and cell not in verdicts
