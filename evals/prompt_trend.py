"""How a prompt did over its versions, with the places where the ruler changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from evals.benchmarks_table import BenchmarkRun
from evals.results.benchmark_facts import BenchmarkFacts, MeasuredVariant, Ruler
from evals.statistics import Interval


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One version as one run measured it.

    Attributes:
        score: On the rubric's scale, ``minimum`` to ``maximum``; None when nothing was scored.
        n: Scored answers.
        changed: What differs from the ruler of the point before (dataset, rubric, judge): the two cannot be held
            against each other. Empty for the first point and where nothing changed.
    """

    version: int
    label: str
    score: float | None
    interval: Interval | None
    n: int
    unscored: int
    minimum: float
    maximum: float
    run_id: str
    at: datetime
    simulated: bool
    ruler: Ruler
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trend:
    """One model's scores with the versions of a prompt, oldest version first."""

    topic: str
    model: str
    points: tuple[TrendPoint, ...]


def trend(runs: Iterable[BenchmarkRun], topic: str) -> tuple[Trend, ...]:
    """The saved versions of a topic's prompts, model by model.

    Each version stands once for each ruler, with its newest run; where several rulers measured a version, the one
    that the version before was measured with comes first. Replays and runs that stopped early stay out.

    Args:
        runs: Finished ones, in any order.
    """
    newest: dict[tuple[str, int, Ruler], TrendPoint] = {}
    for run in sorted(runs, key=lambda run: (run.at, run.run_id)):
        facts = run.facts
        if facts is None or facts.topic != topic or facts.replay or facts.stopped_early:
            continue
        for variant in facts.variants:
            if variant.topic_version is not None:
                newest[variant.model, variant.topic_version, facts.ruler] = _point(run, facts, variant)
    by_model: dict[str, dict[int, list[TrendPoint]]] = {}
    for (model, version, _), point in newest.items():
        by_model.setdefault(model, {}).setdefault(version, []).append(point)
    return tuple(Trend(topic, model, _in_order(versions)) for model, versions in sorted(by_model.items()))


def _in_order(versions: dict[int, list[TrendPoint]]) -> tuple[TrendPoint, ...]:
    points: list[TrendPoint] = []
    for _, of_version in sorted(versions.items()):
        before = points[-1].ruler if points else None
        for point in sorted(of_version, key=lambda point: (point.ruler != before, point.at)):
            changed = point.ruler.changes_from(points[-1].ruler) if points else ()
            points.append(replace(point, changed=changed))
    return tuple(points)


def _point(run: BenchmarkRun, facts: BenchmarkFacts, variant: MeasuredVariant) -> TrendPoint:
    return TrendPoint(
        version=variant.topic_version or 0,
        label=variant.label,
        score=variant.quality.mean,
        interval=variant.quality.interval,
        n=variant.quality.n,
        unscored=variant.unscored,
        minimum=facts.minimum,
        maximum=facts.maximum,
        run_id=run.run_id,
        at=run.at,
        simulated=facts.simulated,
        ruler=facts.ruler,
    )
