"""Benchmarks over many runs: models by kinds of task, quality against cost and speed; and a prompt over its versions.

Only what was measured with the same ruler (dataset, rubric, judge) is held against each other; the newest run of a
task says which ruler that is. Past conversations played again and runs that stopped early stay out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from evals.results.benchmark_facts import BenchmarkFacts, MeasuredVariant, Ruler
from evals.results.quantiles import Quantile
from evals.statistics import Interval

SAFETY = "safety"
"""The task whose results stand apart: an answer is safe or it is not, and no quality makes up for it (ledger E9)."""


@dataclass(frozen=True, slots=True)
class BenchmarkRun:
    """A finished run.

    Attributes:
        facts: None when the store has none; ``reason`` says why.
    """

    run_id: str
    at: datetime
    facts: BenchmarkFacts | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeftOutRun:
    """A run that is not in the table, and why."""

    run_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class BenchmarkCell:
    """One model on one kind of task.

    Attributes:
        quality: Mean score as a share of the rubric's scale, 0–100; None when nothing was scored.
        n: Scored answers.
        cost: USD per answer; None when any is unknown.
        cheapest, fastest: No other model of the task is at least as good for less money (in less time), and better in
            one of both. None where cost, time or quality is unknown.
        prompt: The label of the prompt that was tried.
        age: 0 for the newest run of the task, 1 for the one before, and so on.
    """

    model: str
    prompt: str
    quality: float | None
    interval: Interval | None
    n: int
    unscored: int
    cost: Decimal | None
    cost_interval: Interval | None
    latency_p50: Quantile
    latency_p95: Quantile
    first_token_p50: Quantile
    run_id: str
    at: datetime
    simulated: bool
    age: int = 0
    cheapest: bool | None = None
    fastest: bool | None = None


@dataclass(frozen=True, slots=True)
class TaskBenchmark:
    """All models on one kind of task, best first.

    Attributes:
        same_prompts: Whether all models were asked with the same prompts.
    """

    task: str
    ruler: Ruler
    cells: tuple[BenchmarkCell, ...]
    same_prompts: bool


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """The whole table.

    Attributes:
        tasks: By name.
        safety: The safety set, apart; None when no run was about it.
    """

    tasks: tuple[TaskBenchmark, ...]
    safety: TaskBenchmark | None
    left_out: tuple[LeftOutRun, ...]


def benchmarks(runs: Iterable[BenchmarkRun]) -> Benchmarks:
    """Put runs into one table.

    Args:
        runs: Finished ones, in any order.
    """
    by_task: dict[str, list[tuple[BenchmarkRun, BenchmarkFacts]]] = {}
    left_out = []
    for run in sorted(runs, key=lambda run: (run.at, run.run_id), reverse=True):
        reason = _unfit(run)
        if run.facts is None or reason:
            left_out.append(LeftOutRun(run.run_id, reason))
        else:
            by_task.setdefault(run.facts.task, []).append((run, run.facts))
    tasks = []
    for task, of_task in sorted(by_task.items()):
        found, others = _task(task, of_task)
        tasks.append(found)
        left_out += others
    safety = next((one for one in tasks if one.task == SAFETY), None)
    return Benchmarks(tuple(one for one in tasks if one is not safety), safety, tuple(left_out))


def _unfit(run: BenchmarkRun) -> str:
    if run.facts is None:
        return run.reason or "It was made by an older release and has no figures for benchmarks."
    if run.facts.replay:
        return f"It played past conversations again ({run.facts.replay})."
    if run.facts.stopped_early:
        return "It stopped as soon as its difference was clear, so its means lean to one side."
    return "" if run.facts.task else "Its dataset names no kind of task."


def _task(task: str, runs: Sequence[tuple[BenchmarkRun, BenchmarkFacts]]) -> tuple[TaskBenchmark, list[LeftOutRun]]:
    ruler = runs[0][1].ruler
    cells: dict[str, BenchmarkCell] = {}
    prompts, left_out, age = set(), [], 0
    for run, facts in runs:
        if changes := facts.ruler.changes_from(ruler):
            left_out.append(LeftOutRun(run.run_id, f"Another {' and '.join(changes)} than the newest run of {task}."))
            continue
        for variant in facts.variants:
            if variant.model not in cells:
                cells[variant.model] = _cell(run, facts, variant, age)
                prompts.add(variant.prompts)
        age += 1
    ranked = sorted(_with_fronts(list(cells.values())), key=_rank)
    return TaskBenchmark(task, ruler, tuple(ranked), len(prompts) <= 1), left_out


def _cell(run: BenchmarkRun, facts: BenchmarkFacts, variant: MeasuredVariant, age: int) -> BenchmarkCell:
    quality = variant.quality
    return BenchmarkCell(
        model=variant.model,
        prompt=variant.label,
        quality=None if quality.mean is None else percent(quality.mean, facts),
        interval=percent_interval(quality.interval, facts),
        n=quality.n,
        unscored=variant.unscored,
        cost=variant.cost,
        cost_interval=variant.cost_interval,
        latency_p50=variant.latency_p50,
        latency_p95=variant.latency_p95,
        first_token_p50=variant.first_token_p50,
        run_id=run.run_id,
        at=run.at,
        simulated=facts.simulated,
        age=age,
    )


def percent(score: float, facts: BenchmarkFacts) -> float:
    """A score as a share of its scale, 0–100."""
    return 100 * (score - facts.minimum) / (facts.maximum - facts.minimum)


def percent_interval(interval: Interval | None, facts: BenchmarkFacts) -> Interval | None:
    """An interval of scores as shares of their scale, cut to 0–100."""
    if interval is None:
        return None
    low, high = percent(interval.low, facts), percent(interval.high, facts)
    return Interval(max(0.0, low), min(100.0, high), interval.level)


def _with_fronts(cells: Sequence[BenchmarkCell]) -> list[BenchmarkCell]:
    costs = pareto_front([(cell.quality, None if cell.cost is None else float(cell.cost)) for cell in cells])
    times = pareto_front([(cell.quality, cell.latency_p50.value) for cell in cells])
    return [replace(cell, cheapest=cheap, fastest=fast) for cell, cheap, fast in zip(cells, costs, times, strict=True)]


def pareto_front(points: Sequence[tuple[float | None, float | None]]) -> tuple[bool | None, ...]:
    """Which points no other one beats.

    Args:
        points: (worth, price); more worth is better, a lower price is better.

    Returns:
        True where no other known point is at least as good in both and better in one, so equal points stand or fall
        together; None where worth or price is unknown.
    """
    known = [(worth, price) for worth, price in points if worth is not None and price is not None]

    def stands(worth: float, price: float) -> bool:
        return not any(other >= worth and cost <= price and (other > worth or cost < price) for other, cost in known)

    return tuple(None if worth is None or price is None else stands(worth, price) for worth, price in points)


def _rank(cell: BenchmarkCell) -> tuple[float, str]:
    return (-cell.quality if cell.quality is not None else float("inf"), cell.model)
