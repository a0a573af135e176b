"""The benchmarks as the screen tells them: rows of a table, points of a chart, headings that state the finding."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from evals.benchmarks_table import BenchmarkCell, Benchmarks, TaskBenchmark
from evals.results.quantiles import Quantile
from evals.statistics import Interval
from pages.view_models import words
from pages.view_models.datasets import in_words

Axis = Literal["cost", "latency"]
"""What quality is held against."""


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One model on one kind of task; every figure in words, intervals with them."""

    task: str
    model: str
    prompt: str
    quality: str
    quality_interval: str
    n: str
    cost: str
    cost_interval: str
    latency: str
    latency_interval: str
    latency_p95: str
    marks: tuple[str, ...]
    run_id: str
    at: datetime
    simulated: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One model in the chart.

    Attributes:
        price: USD per answer, or seconds.
        front: No other model is at least as good for less.
    """

    model: str
    price: float
    price_low: float
    price_high: float
    quality: float
    low: float
    high: float
    front: bool
    run_id: str
    hover: str


@dataclass(frozen=True, slots=True)
class BenchmarkFilter:
    """What a person looks for; empty keeps everything."""

    tasks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    simulated: bool = True

    def of(self, task: TaskBenchmark) -> TaskBenchmark:
        """The task with the models that are kept."""
        kept = tuple(
            cell
            for cell in task.cells
            if (not self.models or cell.model in self.models) and (self.simulated or not cell.simulated)
        )
        return TaskBenchmark(task.task, task.ruler, kept, task.same_prompts)

    def keeps(self, task: TaskBenchmark) -> bool:
        """Whether a task is shown."""
        return (not self.tasks or task.task in self.tasks) and bool(self.of(task).cells)


def kept_tasks(found: Benchmarks, wanted: BenchmarkFilter) -> tuple[TaskBenchmark, ...]:
    """The tasks that are shown, without the safety set."""
    return tuple(wanted.of(task) for task in found.tasks if wanted.keeps(task))


def all_models(found: Benchmarks) -> tuple[str, ...]:
    """Every model of the table, by name."""
    tasks = (*found.tasks, *((found.safety,) if found.safety else ()))
    return tuple(sorted({cell.model for task in tasks for cell in task.cells}))


def rows_of(task: TaskBenchmark, labels: Mapping[str, str]) -> tuple[BenchmarkRow, ...]:
    """A task's rows, best first."""
    return tuple(_row(task.task, cell, labels) for cell in task.cells)


def _row(task: str, cell: BenchmarkCell, labels: Mapping[str, str]) -> BenchmarkRow:
    marks = []
    if cell.cheapest:
        marks.append("Pareto: cost")
    if cell.fastest:
        marks.append("Pareto: time")
    if cell.age:
        marks.append(f"{words.plural(cell.age, 'run')} ago")
    if cell.unscored:
        marks.append(f"{words.count(cell.unscored)} without a score")
    return BenchmarkRow(
        task=task_words(task),
        model=labels.get(cell.model, cell.model),
        prompt=cell.prompt.partition(" · ")[0],
        quality=words.score(cell.quality),
        quality_interval=_ends(cell.interval),
        n=words.count(cell.n),
        cost=words.money_call(cell.cost),
        cost_interval=_money_ends(cell.cost_interval),
        latency=words.seconds(cell.latency_p50.value),
        latency_interval=_time_ends(cell.latency_p50),
        latency_p95=words.seconds(cell.latency_p95.value),
        marks=tuple(marks),
        run_id=cell.run_id,
        at=cell.at,
        simulated=cell.simulated,
    )


def task_words(task: str) -> str:
    """A kind of task as people read it."""
    return in_words(task)


def _ends(interval: Interval | None) -> str:
    return words.DASH if interval is None else f"[{interval.low:.1f}, {interval.high:.1f}]"


def _money_ends(interval: Interval | None) -> str:
    return "" if interval is None else f"[${max(0.0, interval.low):.4g}, ${interval.high:.4g}]"


def _time_ends(quantile: Quantile) -> str:
    if quantile.interval is None:
        return ""
    return f"[{words.seconds(quantile.interval.low)}, {words.seconds(quantile.interval.high)}]"


def points_of(task: TaskBenchmark, axis: Axis, labels: Mapping[str, str]) -> tuple[Point, ...]:
    """The models whose quality and price are known, cheapest first."""
    found = [point for cell in task.cells if (point := _point(cell, axis, labels)) is not None]
    return tuple(sorted(found, key=lambda point: point.price))


def _point(cell: BenchmarkCell, axis: Axis, labels: Mapping[str, str]) -> Point | None:
    if axis == "cost":
        price = None if cell.cost is None else float(cell.cost)
        ends = cell.cost_interval
        scale = 1.0
    else:
        price, ends, scale = cell.latency_p50.value, cell.latency_p50.interval, 1 / 1000
    if price is None or cell.quality is None:
        return None
    low, high = (ends.low, ends.high) if ends else (price, price)
    quality = (cell.interval.low, cell.interval.high) if cell.interval else (cell.quality, cell.quality)
    name = labels.get(cell.model, cell.model)
    told = words.money_call(cell.cost) if axis == "cost" else words.seconds(cell.latency_p50.value)
    return Point(
        name,
        price * scale,
        max(0.0, low * scale),
        high * scale,
        cell.quality,
        *quality,
        bool(cell.cheapest if axis == "cost" else cell.fastest),
        cell.run_id,
        f"<b>{html.escape(name)}</b><br>quality {cell.quality:.1f} {_ends(cell.interval)}, n = {cell.n}"
        f"<br>{told} an answer",
    )


def heading(task: TaskBenchmark, labels: Mapping[str, str]) -> str:
    """The finding of a task: the best model, and whether that is clear."""
    scored = [cell for cell in task.cells if cell.quality is not None]
    if not scored:
        return f"{task_words(task.task)}: nothing is scored"
    best, name = scored[0], labels.get(scored[0].model, scored[0].model)
    if len(scored) == 1:
        return f"{task_words(task.task)}: {name} alone, {best.quality:.0f} of 100"
    if _overlaps(best, scored[1]):
        return f"{task_words(task.task)}: {name} ahead, {best.quality:.0f} of 100, not clearly"
    return f"{task_words(task.task)}: {name} is best, {best.quality:.0f} of 100"


def _overlaps(one: BenchmarkCell, other: BenchmarkCell) -> bool:
    if one.interval is None or other.interval is None:
        return True
    return one.interval.low <= other.interval.high


def ruler_words(task: TaskBenchmark) -> str:
    """What the figures of a task are measured with."""
    ruler = task.ruler
    same = "" if task.same_prompts else " The models were not all asked with the same prompts."
    return f"{ruler.dataset}; {ruler.rubric}; judged by {ruler.judge}.{same}"


def left_out_words(found: Benchmarks) -> tuple[str, ...]:
    """Each run that is not in the table, and why."""
    return tuple(f"{run.run_id}: {run.reason}" for run in found.left_out)


def chart_words(points: Sequence[Point], axis: Axis) -> str:
    """The chart told in a sentence."""
    unit = "USD per answer" if axis == "cost" else "seconds"
    told = "; ".join(f"{one.model} {one.quality:.1f} at {one.price:.4g}" for one in points)
    front = ", ".join(one.model for one in points if one.front)
    return f"Quality from 0 to 100 against {unit}. {told}. No other is as good for less: {front}."


@dataclass(frozen=True, slots=True)
class OverviewCell:
    """One model on one kind of task.

    Attributes:
        quality, interval: In words.
        best: The highest of its column.
    """

    quality: str
    interval: str
    best: bool
    run_id: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Models × kinds of task.

    Attributes:
        tasks: Heads of the columns; the last one is the safety set where ``has_safety``.
        rows: Model, whether it is simulated, and a cell for each task; None where it was not measured.
    """

    tasks: tuple[str, ...]
    has_safety: bool
    rows: tuple[tuple[str, bool, tuple[OverviewCell | None, ...]], ...]


def overview(tasks: Sequence[TaskBenchmark], safety: TaskBenchmark | None, labels: Mapping[str, str]) -> Overview:
    """Put kinds of task side by side; models measured on most of them first, then the best on average of ranks."""
    columns = (*tasks, *((safety,) if safety is not None else ()))
    cells = [{cell.model: cell for cell in task.cells} for task in columns]
    models = sorted({name for of_task in cells for name in of_task}, key=lambda name: _standing(name, columns))
    rows = []
    for model in models:
        found = [of_task.get(model) for of_task in cells]
        simulated = any(cell.simulated for cell in found if cell is not None)
        told = tuple(_overview_cell(cell, task) for cell, task in zip(found, columns, strict=True))
        rows.append((labels.get(model, model), simulated, told))
    return Overview(tuple(task_words(task.task) for task in columns), safety is not None, tuple(rows))


def _standing(model: str, columns: Sequence[TaskBenchmark]) -> tuple[int, float, str]:
    ranks = [
        place / max(1, len(task.cells) - 1)
        for task in columns
        for place, cell in enumerate(task.cells)
        if cell.model == model
    ]
    return (-len(ranks), sum(ranks) / len(ranks) if ranks else 1.0, model)


def _overview_cell(cell: BenchmarkCell | None, task: TaskBenchmark) -> OverviewCell | None:
    if cell is None:
        return None
    best = cell is task.cells[0] and len(task.cells) > 1 and cell.quality is not None
    return OverviewCell(words.score(cell.quality), _ends(cell.interval), best, cell.run_id)


def safety_of(found: Benchmarks, wanted: BenchmarkFilter) -> TaskBenchmark | None:
    """The safety set with the models that are kept; None where there is none."""
    if found.safety is None or not wanted.keeps(found.safety):
        return None
    return wanted.of(found.safety)
