"""What a run found out, read from its folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from coaching_core.errors import InvalidInputError, NotFoundError, RunDamagedError
from coaching_core.llm.accounting import PromptRun
from evals.compare import Comparison, ItemResult, compare
from evals.journal import LOST, read_journal
from evals.plan import Cell, RunPlan, Variant
from evals.run_folder import RunFolder, write_durably
from evals.statistics import Interval, mean_interval
from evals.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What a variant answered to an item, and what the judge said of it.

    Attributes:
        text: None when the call failed; ``reason`` says why.
        verdict: None when there was nothing to judge or the judge has not spoken yet.
        prompt_runs: The answer's calls.
        judge_runs: The judge's calls.
    """

    cell: Cell
    text: str | None
    reason: str
    verdict: Verdict | None
    prompt_runs: tuple[PromptRun, ...]
    judge_runs: tuple[PromptRun, ...] = ()


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
    """

    plan: RunPlan
    answers: tuple[Answer, ...]
    lost: tuple[PromptRun, ...] = ()

    def rows(self) -> list[ItemResult]:
        """The table that statistics work on."""
        items = {item.id: item for item in self.plan.dataset.items}
        return [_row(answer, items[answer.cell.item]) for answer in self.answers]

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
            candidate, baseline: Ids of variants. The comparison's sentence speaks of them by their labels.

        Raises:
            NotFoundError: The run has no such variant.
        """
        labels = {variant.id: variant.label for variant in self.plan.variants}
        for name in (candidate, baseline):
            if name is not None and name not in labels:
                known = ", ".join(labels)
                raise NotFoundError(f"Run {self.plan.run_id} has no variant “{name}”. It has: {known}.")
        if len(labels) < 2:
            return None
        first, second, *_ = labels
        criteria = [criterion.id for criterion in self.plan.rubric.criteria]
        return compare(self.rows(), baseline or first, candidate or second, criteria, labels=labels)

    @property
    def cost(self) -> Decimal:
        """USD of all calls whose cost is known."""
        return sum((run.cost_usd for run in self.prompt_runs() if run.cost_usd is not None), Decimal(0))

    def prompt_runs(self) -> Iterable[PromptRun]:
        """Every call of the run."""
        for answer in self.answers:
            yield from answer.prompt_runs
            yield from answer.judge_runs
        yield from self.lost


def load_results(folder: RunFolder) -> RunResults:
    """Read plan and journal of a run, finished or not.

    Raises:
        RunNotFoundError: This is no run's folder.
        RunDamagedError: A whole line of its journal cannot be read.
    """
    plan = folder.plan()
    try:
        answers, lost = _read_answers(folder)
    except (ValueError, KeyError, TypeError, InvalidInputError) as error:
        raise RunDamagedError(
            f"{folder.journal} is damaged: a line in it cannot be read ({error}). It was left as it is. "
            "Mend or remove that line, or put a copy of the file in its place."
        ) from error
    return RunResults(plan, tuple(answers[cell] for cell in plan.cells() if cell in answers), tuple(lost))


def _read_answers(folder: RunFolder) -> tuple[dict[Cell, Answer], list[PromptRun]]:
    answers: dict[Cell, Answer] = {}
    lost: list[PromptRun] = []
    for line, _ in read_journal(folder.journal):
        runs = tuple(PromptRun.from_json(run) for run in line.body["prompt_runs"])
        if line.kind == LOST:
            lost += runs
        elif line.kind == "answer":
            text = line.body.get("text") if line.body["status"] == "ok" else None
            answers[line.cell] = Answer(line.cell, text, line.body.get("reason", ""), None, runs)
        elif line.cell in answers:
            before = answers[line.cell]
            verdict = Verdict.from_json(line.body["verdict"])
            answers[line.cell] = Answer(line.cell, before.text, before.reason, verdict, before.prompt_runs, runs)
    return answers, lost


def write_parquet(results: RunResults, folder: RunFolder) -> None:
    """Write one row per answer to ``results.parquet``; a reader sees the whole file or the old one.

    Raises:
        DiskFullError: No room; the old file is untouched.
    """
    variants = {variant.id: variant for variant in results.plan.variants}
    rows = [
        _flat(results.plan.run_id, variants[row.variant], row, answer.text)
        for row, answer in zip(results.rows(), results.answers, strict=True)
    ]
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=_schema(results.plan)), buffer)
    write_durably(folder.results, buffer.getvalue().to_pybytes())


def _row(answer: Answer, item: Any) -> ItemResult:
    verdict = answer.verdict
    run = answer.prompt_runs[-1] if answer.prompt_runs else None
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
        cost=_total(answer.prompt_runs),
        latency_ms=run.latency_ms if run and answer.text is not None else None,
        status="failed" if answer.text is None else verdict.status if verdict else "waiting",
        reason=answer.reason if answer.text is None else verdict.reason if verdict else "Not judged yet.",
    )


def _total(runs: Iterable[PromptRun]) -> Decimal | None:
    costs = [run.cost_usd for run in runs]
    return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))


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


def _schema(plan: RunPlan) -> pa.Schema:
    text, number = pa.string(), pa.float64()
    columns: list[tuple[str, pa.DataType]] = [
        ("run_id", text),
        ("item", text),
        ("variant", text),
        ("repeat", pa.int64()),
        ("phase", text),
    ]
    columns += [("topic", text), ("model", text), ("answer", text), ("status", text), ("reason", text)]
    columns += [("score", number)] + [(f"score_{criterion.id}", number) for criterion in plan.rubric.criteria]
    columns += [("cost_usd", pa.decimal128(24, 12)), ("latency_ms", number)]
    return pa.schema(columns)


def _flat(run_id: str, variant: Variant, row: ItemResult, text: str | None) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "item": row.item_id,
        "variant": variant.label,
        "repeat": row.repeat,
        "phase": row.phase,
        "topic": row.topic,
        "model": variant.model,
        "answer": text,
        "status": row.status,
        "reason": row.reason,
        "score": row.score,
        "cost_usd": row.cost,
        "latency_ms": row.latency_ms,
    } | {f"score_{name}": score for name, score in row.criteria.items()}


def compare_runs(first: RunResults, second: RunResults) -> Comparison:
    """The second run's first variant against the first run's first variant, on the items both have."""
    criteria = [criterion.id for criterion in second.plan.rubric.criteria]
    rows = [
        replace(row, variant=side)
        for side, results in (("first", first), ("second", second))
        for row in results.rows()
        if row.variant == results.plan.variants[0].id
    ]
    return compare(rows, "first", "second", criteria)
