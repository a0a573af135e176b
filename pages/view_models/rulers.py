"""What scores were measured with: which measurements there are, and which of them to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from evals.benchmarks_table import BenchmarkRun
from evals.results.benchmark_facts import Ruler
from pages.view_models import words


@dataclass(frozen=True, slots=True)
class Measurement:
    """One ruler of one kind of task.

    Attributes:
        items: Of its runs.
        models: How many were measured with it.
        newest: Its newest run.
    """

    ruler: Ruler
    items: int
    models: int
    newest: datetime

    @property
    def key(self) -> str:
        """Tells it from the others."""
        return f"{self.ruler.sample}-{self.ruler.rubric_hash}-{self.ruler.judge}"

    @property
    def label(self) -> str:
        """Dataset, items, rubric, judge and how many models."""
        ruler = self.ruler
        models = words.plural(self.models, "model")
        return f"{ruler.dataset}, {words.plural(self.items, 'item')} · {ruler.rubric} · {ruler.judge} · {models}"


def measurements(runs: Iterable[BenchmarkRun]) -> dict[str, tuple[Measurement, ...]]:
    """Kind of task to its measurements: those of most models first, then of most items, then the newest.

    So that a quick run of a few items does not push a whole benchmark aside.
    """
    found: dict[str, dict[Ruler, tuple[int, set[str], datetime]]] = {}
    for run in runs:
        facts = run.facts
        if facts is None or not facts.task or facts.replay or facts.stopped_early:
            continue
        of_task = found.setdefault(facts.task, {})
        items, models, newest = of_task.get(facts.ruler, (facts.items, set(), run.at))
        models = models | {variant.model for variant in facts.variants}
        of_task[facts.ruler] = (items, models, max(newest, run.at))
    return {
        task: tuple(
            sorted(
                (Measurement(ruler, items, len(models), newest) for ruler, (items, models, newest) in rulers.items()),
                key=lambda one: (one.models, one.items, one.newest),
                reverse=True,
            )
        )
        for task, rulers in sorted(found.items())
    }


def measured_with(runs: Iterable[BenchmarkRun], chosen: Mapping[str, Measurement]) -> list[BenchmarkRun]:
    """The runs of the chosen measurements, and those that are in no measurement at all."""
    return [
        run
        for run in runs
        if run.facts is None or run.facts.task not in chosen or run.facts.ruler == chosen[run.facts.task].ruler
    ]
