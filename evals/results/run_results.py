"""What a run found out, read from its folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from coaching_core.errors import NotFoundError
from coaching_core.llm.accounting import PromptRun
from evals.comparing.compare import Comparison, ItemResult, compare, margin_on
from evals.dataset import Turn
from evals.judges.panel import combined
from evals.plan import Cell, RunPlan
from evals.preference import Preference
from evals.results.answer_effort import Effort, effort_of
from evals.statistics import Interval, mean_interval
from evals.stopping.early_comparison import counted_items, hold_at_every_look
from evals.stopping.sequential import Decision
from evals.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What a variant answered to an item, and what the judge said of it.

    Attributes:
        text: None when the call failed; ``reason`` says why.
        verdict: Of the panel that is read; None when there was nothing to judge or it has not spoken yet.
        prompt_runs: The answer's calls, those of a conversation's turns included.
        judge_runs: The judges' calls.
        verdicts: Judge id to its own verdict.
        turns: The whole conversation, where a simulated coachee talked with the variant.
    """

    cell: Cell
    text: str | None
    reason: str
    verdict: Verdict | None
    prompt_runs: tuple[PromptRun, ...]
    judge_runs: tuple[PromptRun, ...] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()

    @property
    def effort(self) -> Effort:
        """Money, time and tokens it took."""
        return effort_of(self.prompt_runs, self.judge_runs, self.text is not None)


@dataclass(frozen=True, slots=True)
class VariantSummary:
    """One contender over the whole run.

    Attributes:
        mean: Mean rubric score of its scored items, None when there is none.
        interval: 95 % of the mean, clustered by conversation.
        n: Items scored.
        unscored: Answers without a score: failed calls and failed judgements.
        cost_per_answer: USD; None when any of its costs is unknown.
        latency_ms: Mean over its answers.
    """

    id: str
    label: str
    model: str
    mean: float | None
    interval: Interval | None
    n: int
    unscored: int
    cost_per_answer: Decimal | None
    latency_ms: float | None


@dataclass(frozen=True, slots=True)
class RunResults:
    """A run's plan and its answers in a fixed order, whatever order they arrived in.

    Attributes:
        lost: Calls that brought no result, cut off by a crash or a stop; they may have cost something.
        preferences: What pairwise judges said: the cell of the later variant, and the preference.
        preference_runs: The calls that took.
        decision: Why the run stopped early; None when it did not.
        places: Where the lines of a cell begin in the journal, bytes.
        read_to: How far the journal was read, bytes.
    """

    plan: RunPlan
    answers: tuple[Answer, ...]
    lost: tuple[PromptRun, ...] = ()
    preferences: tuple[tuple[Cell, Preference], ...] = ()
    preference_runs: tuple[PromptRun, ...] = ()
    decision: Decision | None = None
    places: Mapping[Cell, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)
    read_to: int = field(default=0, compare=False)
    _rows: list[ItemResult] = field(default_factory=list, init=False, compare=False, repr=False)
    _comparisons: dict[tuple[str, str], Comparison] = field(default_factory=dict, init=False, compare=False, repr=False)

    def read_by(self, panel_id: str) -> RunResults:
        """The same run as another of its judges (or panels) sees it.

        Raises:
            NotFoundError: The run has no such judge.
        """
        panels = self.plan.panels
        chosen = next((panel for panel in panels if panel.id == panel_id), None)
        if chosen is None:
            known = ", ".join(panel.id for panel in panels)
            raise NotFoundError(f"Run {self.plan.run_id} has no judge “{panel_id}”. It has: {known}.")
        others = tuple(judge for judge in self.plan.judges if judge not in chosen.members)
        plan = self.plan.model_copy(update={"judges": (*chosen.members, *others)})
        answers = tuple(replace(answer, verdict=combined(chosen, answer.verdicts)) for answer in self.answers)
        return replace(self, plan=plan, answers=answers)

    def rows(self) -> Sequence[ItemResult]:
        """The table that statistics work on; made once."""
        if len(self._rows) < len(self.answers):
            items = {item.id: item for item in self.plan.dataset.items}
            self._rows[:] = [_row(answer, items[answer.cell.item]) for answer in self.answers]
        return self._rows

    def counted_rows(self) -> Sequence[ItemResult]:
        """The rows that comparisons rest on: of a run that stopped early, those of its decision's items."""
        counted = counted_items(self.decision)
        return self.rows() if counted is None else [row for row in self.rows() if row.item_id in counted]

    def variants(self) -> list[VariantSummary]:
        """Each contender's own figures, in the plan's order."""
        rows = self.rows()
        return [
            _summarise(variant.id, variant.label, variant.model, [row for row in rows if row.variant == variant.id])
            for variant in self.plan.variants
        ]

    def comparison(self, candidate: str | None = None, baseline: str | None = None) -> Comparison | None:
        """A candidate against the baseline (by default the second variant against the first).

        Args:
            candidate, baseline: Ids of variants. The comparison's sentence speaks of them by :func:`variant_names`.

        Raises:
            NotFoundError: The run has no such variant.
        """
        labels = variant_names(self.plan)
        for name in (candidate, baseline):
            if name is not None and name not in labels:
                known = ", ".join(labels)
                raise NotFoundError(f"Run {self.plan.run_id} has no variant “{name}”. It has: {known}.")
        if len(labels) < 2:
            return None
        first, second, *_ = labels
        pair = (baseline or first, candidate or second)
        if pair not in self._comparisons:
            criteria = [criterion.id for criterion in self.plan.rubric.criteria]
            margin = margin_on(self.plan.rubric.minimum, self.plan.rubric.maximum)
            found = compare(self.counted_rows(), *pair, criteria, margin, labels)
            self._comparisons[pair] = hold_at_every_look(found, self.plan, self.decision)
        return self._comparisons[pair]

    @property
    def cost(self) -> Decimal:
        """USD of all calls whose cost is known."""
        return sum((run.cost_usd for run in self.prompt_runs() if run.cost_usd is not None), Decimal(0))

    def prompt_runs(self) -> Iterable[PromptRun]:
        """Every call of the run."""
        for answer in self.answers:
            yield from answer.prompt_runs
            yield from answer.judge_runs
        yield from self.preference_runs
        yield from self.lost


def variant_names(plan: RunPlan) -> dict[str, str]:
    """Variant id to its label, with the model where two labels are the same."""
    labels = Counter(variant.label for variant in plan.variants)
    return {v.id: v.label if labels[v.label] == 1 else f"{v.label} ({v.model})" for v in plan.variants}


def _row(answer: Answer, item: Any) -> ItemResult:
    verdict, effort = answer.verdict, answer.effort
    return ItemResult(
        item_id=answer.cell.item,
        variant=answer.cell.variant,
        repeat=answer.cell.repeat,
        cluster=item.cluster,
        phase=item.phase,
        topic=item.topic,
        tags=item.tags,
        difficulty=item.difficulty,
        score=verdict.score if verdict else None,
        criteria={score.id: score.score for score in verdict.criteria} if verdict else {},
        cost=effort.cost,
        latency_ms=effort.latency_ms,
        status="failed" if answer.text is None else verdict.status if verdict else "waiting",
        reason=answer.reason if answer.text is None else verdict.reason if verdict else "Not judged yet.",
        split=item.split,
        flags=verdict.flags if verdict else (),
    )


def _summarise(id_: str, label: str, model: str, rows: list[ItemResult]) -> VariantSummary:
    scored = [row for row in rows if row.score is not None]
    mean = mean_interval([row.score for row in scored if row.score is not None], [row.cluster for row in scored])
    costs = [row.cost for row in rows]
    latencies = [row.latency_ms for row in rows if row.latency_ms is not None]
    known = [cost for cost in costs if cost is not None]
    return VariantSummary(
        id=id_,
        label=label,
        model=model,
        mean=mean.mean,
        interval=mean.interval,
        n=len(scored),
        unscored=sum(1 for row in rows if row.score is None and row.status != "waiting"),
        cost_per_answer=sum(known, Decimal(0)) / len(known) if known and len(known) == len(costs) else None,
        latency_ms=sum(latencies) / len(latencies) if latencies else None,
    )


def compare_runs(first: RunResults, second: RunResults) -> Comparison:
    """The second run's first variant against the first run's first variant, on the items both have."""
    criteria = [criterion.id for criterion in second.plan.rubric.criteria]
    rows = [
        replace(row, variant=side)
        for side, results in (("first", first), ("second", second))
        for row in results.counted_rows()
        if row.variant == results.plan.variants[0].id
    ]
    margin = margin_on(second.plan.rubric.minimum, second.plan.rubric.maximum)
    compared = compare(rows, "first", "second", criteria, margin)
    for results in (first, second):
        compared = hold_at_every_look(compared, results.plan, None)
    return compared
