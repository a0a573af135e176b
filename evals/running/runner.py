"""Carries out a plan: every cell answered and judged once, whatever happens in between (ledger E3)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, cast

from coaching_core.errors import DiskFullError, LimitReachedError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import CallContext, Purpose
from evals.dataset import Turn
from evals.judge_context import CompletionGateway, JudgeContext
from evals.judge_spec import JudgeSpec
from evals.judges import JudgeCall, PairContext, PairwiseJudge, build_judge
from evals.judges.panel import combined
from evals.plan import Cell
from evals.running.answering import Answered, Answering
from evals.running.cell_accounting import CellLedger, collect_prompt_runs, take_prompt_runs
from evals.running.crew import Crew
from evals.running.done import Done, Failed, PairKey, misses_any, most_it_cost, read_done
from evals.running.early_stop import EarlyStop
from evals.running.events import Advanced, Ended, EventListener, Paused, Progress
from evals.running.folder import RunFolder, RunState
from evals.running.journal import (
    ANSWER,
    DECISION,
    LOST,
    NO_CELL,
    PREFERENCE,
    TURN,
    VERDICT,
    Journal,
    JournalLine,
)
from evals.running.pacing import PacedGateway
from evals.verdict import Verdict


class Runner:
    """Works on one run folder until nothing is missing, the answer is clear, or somebody stops it.

    Args:
        folder: The run; its plan is frozen, its journal says what is done.
        gateway: Must hold and record its calls in ``ledger``.
        ledger: Of this run alone.
        listen: Hears every event.
        failed_again: Ask what failed once more, kept replies left aside.
    """

    def __init__(
        self,
        folder: RunFolder,
        gateway: CompletionGateway,
        ledger: CellLedger,
        listen: EventListener = lambda _: None,
        failed_again: bool = False,
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._listen = listen
        self._failed_again = failed_again
        self._failed: dict[Cell, Failed] = {}
        self._plan = folder.plan()
        self._gateway = PacedGateway(gateway, self._plan.concurrency)
        ledger.on_record = self._gateway.heard
        self._items = {item.id: item for item in self._plan.dataset.items}
        self._variants = {variant.id: variant for variant in self._plan.variants}
        self._judges = {judge.id: judge for judge in self._plan.judges}
        self._answering = Answering(self._plan, self._gateway, self._keep_turn)
        self._early = EarlyStop(self._plan)
        self._progress = Progress(cells=sum(1 for _ in self._plan.cells()))
        self._texts: dict[Cell, asyncio.Future[Answered | None]] = {}
        self._stopping = asyncio.Event()
        minutes = self._plan.time_cap_minutes
        self._crew = Crew(self._stopping, None if minutes is None else minutes * 60, self._time_is_up)
        self._reason = ""

    def stop(self, reason: str = "Stopped by a person.") -> None:
        """Start nothing new; calls in flight may still come home."""
        self._reason = self._reason or reason
        self._stopping.set()

    async def run(self) -> Ended:
        """Do what is missing. Returns when all is done, the answer is clear, or after :meth:`stop`.

        Raises:
            ConflictError: Another process works on this run.
        """
        with self._folder.running():
            self._folder.write_status(RunState.RUNNING)
            try:
                await self._work()
            except DiskFullError as error:
                return self._end(self._state(RunState.FAILED), str(error))
            except BaseException as error:
                self._end(self._state(RunState.FAILED), f"{type(error).__name__}: {error}")
                raise
            state = self._state(RunState.STOPPED)
            decided = self._early.decision.words if self._early.decision else ""
            return self._end(state, self._reason if state is RunState.STOPPED or self._failed else decided)

    def _state(self, unless_whole: RunState) -> RunState:
        """Where the run stands; whole is also one of which what failed was not, or not all, asked again."""
        if self._failed:
            self._progress = Progress(self._progress.cells, calls=self._progress.calls, begun=self._progress.begun)
            read_done(self._folder.journal, self._plan, self._progress)
        elif unless_whole is RunState.FAILED:
            return unless_whole
        return unless_whole if self._misses_any() else RunState.FINISHED

    def _misses_any(self) -> bool:
        if self._early.decision is None:
            return self._progress.done < self._progress.cells
        return misses_any(self._folder.journal, self._plan)

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
        done = read_done(self._folder.journal, self._plan, self._progress)
        if self._failed_again or done.again:
            self._early.look_no_more()
        if self._failed_again:
            self._ask_failed_again(done)
        self._early.recall(done)
        pause = lambda message: self._listen(Paused(message))  # noqa: E731
        self._ledger.on_pause = pause
        async with Journal(self._folder.journal, on_pause=pause) as journal:
            self._journal = journal
            lost = self._ledger.lost(done.run_ids)
            await self._record_lost(lost)
            self._ledger.forget_lost()
            self._ledger.set_cap(self._plan.money_cap, done.spent + sum(map(most_it_cost, lost), Decimal(0)))
            self._stop_at_the_cap()
            await self._decide()
            missing = iter([cell for cell in self._plan.cells() if done.misses(cell)])
            try:
                await self._crew.employ([self._worker(missing, done) for _ in range(self._plan.concurrency)])
            finally:
                await self._record_lost(self._ledger.unsettled())

    def _ask_failed_again(self, done: Done) -> None:
        """Take what failed for missing. A failure stands until a line that says ``again`` takes its place."""
        self._failed = dict(done.failed())
        for cell, failed in self._failed.items():
            done.forget(cell, failed)
        self._progress.done = self._progress.done_before = done.whole

    def _time_is_up(self) -> None:
        self.stop(f"The run's time cap of {self._plan.time_cap_minutes:g} minutes is reached.")

    async def _worker(self, missing: Iterator[Cell], done: Done) -> None:
        for cell in missing:
            if self._stopping.is_set():
                return
            if self._early.is_beyond(cell):
                continue
            try:
                await self._do(cell, done)
            except LimitReachedError as error:
                self.stop(str(error))
                return
            finally:
                self._tell(cell, None)

    async def _do(self, cell: Cell, done: Done) -> None:
        answered = done.answers.get(cell)
        if answered is None:
            answered = await self._answer(cell, done.turns.pop(cell, ()))
        self._tell(cell, answered)
        whole = answered.text is None or (await self._judge_all(cell, answered, done) and await self._pairs(cell, done))
        if whole:
            self._progress.done += 1
            self._listen(Advanced(self._progress))

    def _tell(self, cell: Cell, answered: Answered | None) -> None:
        """Let whoever compares with this cell's answer know it."""
        if self._plan.pairwise_judges and not (known := self._text_of(cell)).done():
            known.set_result(answered)

    def _text_of(self, cell: Cell) -> asyncio.Future[Answered | None]:
        if cell not in self._texts:
            self._texts[cell] = asyncio.get_running_loop().create_future()
        return self._texts[cell]

    async def _answer(self, cell: Cell, turns: Sequence[Turn]) -> Answered:
        with collect_prompt_runs() as runs:
            answered = await self._answering.answer(cell, self._variants[cell.variant], self._items[cell.item], turns)
        await self._append(JournalLine(ANSWER, cell, answered.as_body()), runs)
        self._progress.count_answer(answered.text is None)
        if answered.text is None:
            self._early.heard(cell, None)
            await self._decide()
        return answered

    async def _keep_turn(self, cell: Cell, number: int, turn: Turn) -> None:
        runs = take_prompt_runs()
        await self._append(JournalLine(TURN, cell, {"number": number, **turn.model_dump()}), runs)

    async def _judge_all(self, cell: Cell, answered: Answered, done: Done) -> bool:
        """Have all judges speak; False when the run was stopped in between."""
        verdicts = dict(done.headline.get(cell, {}))
        for judge_id in done.judges_missing(cell):
            if self._stopping.is_set() or self._early.is_beyond(cell):
                return False
            verdicts[judge_id] = await self._judge(cell, answered, self._judges[judge_id])
        if (found := combined(self._plan.panels[0], verdicts)) is not None:
            self._early.heard(cell, found.score)
            await self._decide()
        return True

    async def _judge(self, cell: Cell, answered: Answered, spec: JudgeSpec) -> Verdict:
        judge = build_judge(spec, self._call(cell, spec))
        context = JudgeContext(self._items[cell.item], answered.text or "", answered.turns)
        with collect_prompt_runs() as runs:
            verdict = await judge.judge(context)
        body = {"judge": spec.id, "order": 1, "verdict": verdict.as_json()}
        await self._append(JournalLine(VERDICT, cell, body), runs)
        self._progress.count_verdict(verdict.score is None)
        return verdict

    async def _pairs(self, cell: Cell, done: Done) -> bool:
        """Compare with earlier variants' answers; False when the run was stopped in between."""
        for key in done.pairs_missing(cell):
            if self._stopping.is_set() or self._early.is_beyond(cell):
                return False
            before = Cell(cell.item, key[1], cell.repeat)
            one = done.answers.get(before) or await self._text_of(before)
            other = done.answers.get(cell) or await self._text_of(cell)
            if one is None or other is None:
                return False
            if one.text is not None and other.text is not None:
                await self._prefer(key, (one.text, other.text))
        return True

    async def _prefer(self, key: PairKey, answers: tuple[str, str]) -> None:
        cell, one, judge_id, order = key
        spec = self._judges[judge_id]
        judge = PairwiseJudge(spec, self._call(cell, spec))
        pair = PairContext(self._items[cell.item], one, cell.variant, answers)
        with collect_prompt_runs() as runs:
            preference = await judge.prefer(pair, cast("Literal[1, 2]", order))
        body = {"judge": judge_id, "order": order, "preference": preference.as_json()}
        await self._append(JournalLine(PREFERENCE, cell, body), runs)
        self._progress.count_verdict(preference.choice is None)

    def _call(self, cell: Cell, spec: JudgeSpec) -> JudgeCall:
        item, variant = self._items[cell.item], self._variants[cell.variant]
        context = CallContext(
            tenant_id=self._plan.tenant_id,
            user_id=self._plan.author,
            purpose=Purpose.JUDGE,
            topic_id=self._plan.topic_id or item.topic,
            prompt_version=variant.part(item.topic).version,
            rubric_version=spec.rubric.label,
            eval_run_id=self._plan.run_id,
        )
        seed = self._plan.call_seed(cell.repeat)
        may_reuse = self._plan.may_reuse(cell.repeat) and cell not in self._failed
        return JudgeCall(self._gateway, spec.model, context, seed, may_reuse)

    async def _decide(self) -> None:
        """Look whether the answer is clear. From then on cells beyond the decision are left; those in hand end."""
        if (decision := self._early.decide()) is not None:
            await self._append(JournalLine(DECISION, NO_CELL, {"decision": decision.as_json()}), [])

    async def _record_lost(self, runs: Sequence[PromptRun]) -> None:
        """Record calls that belong to no result: cut off by a crash, a stop or the cap."""
        if runs:
            await self._append(JournalLine(LOST, NO_CELL, {}), list(runs), ours=False)

    async def _append(self, line: JournalLine, runs: list[PromptRun], ours: bool = True) -> None:
        again = line.cell in self._failed and self._failed[line.cell].covers(line)
        body = line.body | {"prompt_runs": [run.as_json() for run in runs]} | ({"again": True} if again else {})
        await self._journal.append(JournalLine(line.kind, line.cell, body))
        if again:
            self._progress.uncount(line.kind == ANSWER)
        self._ledger.settled(runs)
        self._progress.count_money(runs)
        self._progress.calls += len(runs) if ours else 0
        self._stop_at_the_cap()
        self._listen(Advanced(self._progress))

    def _stop_at_the_cap(self) -> None:
        if self._progress.cost >= self._plan.money_cap and self._progress.done < self._progress.cells:
            self.stop(f"The run's money cap of ${self._plan.money_cap} is reached.")
