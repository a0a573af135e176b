"""What a journal says is done, so that a run makes only what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from coaching_core.llm.accounting import PromptRun
from evals.dataset import Turn
from evals.judge_spec import NEEDS_NO_MODEL
from evals.plan import Cell, RunPlan
from evals.running.answering import Answered
from evals.running.events import Progress
from evals.running.journal import ANSWER, DECISION, PREFERENCE, TURN, VERDICT, JournalLine, read_journal
from evals.stopping.sequential import Decision
from evals.verdict import Verdict

PairKey = tuple[Cell, str, str, int]
"""(cell of the later variant, id of the earlier one, judge, order)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What failed of one cell and a model could be asked again.

    Attributes:
        judges: Judges whose judgement failed.
        pairs: Comparisons with earlier variants that failed: id of the earlier one, judge, order.
    """

    answer: bool = False
    judges: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str, int], ...] = ()

    def covers(self, line: JournalLine) -> bool:
        """Whether a line of the cell takes the place of one of these failures."""
        if line.kind == VERDICT:
            return line.body["judge"] in self.judges
        if line.kind == PREFERENCE:
            return (line.body["preference"]["one"], line.body["judge"], line.body["order"]) in self.pairs
        return line.kind == ANSWER and self.answer


@dataclass(slots=True)
class Done:
    """What is done.

    Attributes:
        answers: Every answered cell; failed ones too.
        verdicts: Cell to the judges that have spoken, with the score.
        headline: Of a run that may stop early, what the judges of its headline said.
        preferences: Which pairs were compared by whom in which order.
        failed_pairs: Those of them that brought nothing.
        again: Something that had failed was asked again.
        turns: Conversations that are not at their end yet.
        spent: USD; a call of unknown cost counts with the most it can have cost.
    """

    plan: RunPlan
    answers: dict[Cell, Answered] = field(default_factory=dict)
    verdicts: dict[Cell, dict[str, float | None]] = field(default_factory=dict)
    headline: dict[Cell, dict[str, Verdict]] = field(default_factory=dict)
    preferences: set[PairKey] = field(default_factory=set)
    failed_pairs: set[PairKey] = field(default_factory=set)
    again: bool = False
    turns: dict[Cell, list[Turn]] = field(default_factory=dict)
    run_ids: set[str] = field(default_factory=set)
    spent: Decimal = Decimal(0)
    decision: Decision | None = None
    _decided_on: frozenset[str] = frozenset()

    def decided(self, decision: Decision) -> None:
        """The run stopped early."""
        self.decision, self._decided_on = decision, frozenset(decision.item_ids)

    def judges_missing(self, cell: Cell) -> list[str]:
        """Ids of the judges that have not spoken of a cell."""
        spoken = self.verdicts.get(cell, {})
        return [judge.id for panel in self.plan.panels for judge in panel.members if judge.id not in spoken]

    def pairs_missing(self, cell: Cell) -> Iterator[PairKey]:
        """The comparisons of a cell with earlier variants of its item that were not made."""
        for judge in self.plan.pairwise_judges:
            for one, other in self.plan.variant_pairs:
                for order in (1, 2):
                    key = (cell, one, judge.id, order)
                    if other == cell.variant and key not in self.preferences:
                        yield key

    def misses(self, cell: Cell) -> bool:
        """Whether anything is left to do for a cell; of a run that stopped early, one its decision rests on."""
        if self.decision is not None and cell.item not in self._decided_on:
            return False
        answered = self.answers.get(cell)
        if answered is None:
            return True
        if answered.text is None:
            return False
        return bool(self.judges_missing(cell)) or any(self._possible(key) for key in self.pairs_missing(cell))

    def failed(self) -> Iterator[tuple[Cell, Failed]]:
        """What failed of each cell and a model could be asked again; nothing of a run that stopped early."""
        if self.decision is not None:
            return
        asked = {judge.id for judge in self.plan.judges if judge.kind not in NEEDS_NO_MODEL}
        pairs: dict[Cell, list[tuple[str, str, int]]] = {}
        for cell, one, judge, order in sorted(self.failed_pairs):
            pairs.setdefault(cell, []).append((one, judge, order))
        for cell, answered in self.answers.items():
            scores = self.verdicts.get(cell, {})
            judges = tuple(judge for judge, score in scores.items() if score is None and judge in asked)
            found = Failed(answered.text is None, judges, tuple(pairs.get(cell, ())))
            if found != Failed():
                yield cell, found

    def forget(self, cell: Cell, failed: Failed) -> None:
        """Take failures of a cell for missing, so that they are asked again."""
        if failed.answer:
            self.answers.pop(cell, None)
            self.turns.pop(cell, None)
        for judge in failed.judges:
            self.verdicts.get(cell, {}).pop(judge, None)
            self.headline.get(cell, {}).pop(judge, None)
        self.preferences -= {(cell, *pair) for pair in failed.pairs}

    @property
    def whole(self) -> int:
        """How many cells need nothing more."""
        return sum(not self.misses(cell) for cell in self.answers)

    def _possible(self, key: PairKey) -> bool:
        cell, one, _, _ = key
        before = self.answers.get(Cell(cell.item, one, cell.repeat))
        return before is None or before.text is not None


def read_done(journal: Path, plan: RunPlan, progress: Progress) -> Done:
    """Read a journal, and count what stands in it into a run's progress."""
    done = Done(plan)
    for line, _ in read_journal(journal):
        _take(done, line, progress)
        runs = [PromptRun.from_json(run) for run in line.body["prompt_runs"]]
        done.run_ids.update(run.id for run in runs)
        done.spent += sum(map(most_it_cost, runs), Decimal(0))
        progress.count_money(runs)
    progress.done = progress.done_before = done.whole
    return done


def misses_any(journal: Path, plan: RunPlan) -> bool:
    """Whether anything of a run is left to do."""
    done = read_done(journal, plan, Progress(0))
    return any(done.misses(cell) for cell in plan.cells())


def most_it_cost(run: PromptRun) -> Decimal:
    """USD; where the cost is unknown, the most it can have been."""
    return (run.held_usd or Decimal(0)) if run.cost_usd is None else run.cost_usd


def _take(done: Done, line: JournalLine, progress: Progress) -> None:
    cell, body = line.cell, line.body
    if line.again:
        done.again = True
        progress.uncount(line.kind == ANSWER)
    if line.kind == ANSWER:
        answered = done.answers[cell] = Answered.from_body(body)
        done.turns.pop(cell, None)
        progress.count_answer(answered.text is None)
    elif line.kind == VERDICT:
        verdict = Verdict.from_json(body["verdict"])
        done.verdicts.setdefault(cell, {})[body["judge"]] = verdict.score
        if done.plan.stopping and any(judge.id == body["judge"] for judge in done.plan.panels[0].members):
            done.headline.setdefault(cell, {})[body["judge"]] = verdict
        progress.count_verdict(verdict.score is None)
    elif line.kind == PREFERENCE:
        found = body["preference"]
        key = (cell, found["one"], body["judge"], body["order"])
        done.preferences.add(key)
        (done.failed_pairs.add if found["choice"] is None else done.failed_pairs.discard)(key)
        progress.count_verdict(found["choice"] is None)
    elif line.kind == TURN:
        done.turns.setdefault(cell, []).append(Turn(role=body["role"], content=body["content"]))
    elif line.kind == DECISION:
        done.decided(Decision.from_json(body["decision"]))
