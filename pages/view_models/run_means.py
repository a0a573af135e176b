"""Means of a run as its page tells them: each variant by itself, or one variant by criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from evals.plan import Variant
from evals.results.column_statistics import Codes, Numbers, column_mean
from evals.results.columns import money
from evals.results.joined_columns import rows_of
from evals.results.run_results import variant_names
from evals.results.table import ResultTable
from evals.statistics import Interval, MeanInterval
from pages.view_models import words


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean on the rubric's scale; places are per cent of the scale's width.

    Attributes:
        role: baseline, candidate, or empty for a variant that is not compared now.
    """

    name: str
    detail: str
    role: str
    mean: float | None
    low: float | None
    high: float | None
    n: int
    unscored: int
    cost: Decimal | None
    cost_interval: Interval | None = None
    latency_ms: float | None = None
    latency_interval: Interval | None = None


def variant_means(table: ResultTable, roles: Mapping[str, str], model_labels: Mapping[str, str]) -> tuple[Mean, ...]:
    """Each variant's mean with its interval, in the plan's order."""
    names = variant_names(table.plan)
    return tuple(
        _variant_mean(
            table, variant, names[variant.id], roles.get(variant.id, ""), model_labels.get(variant.model, variant.model)
        )
        for variant in table.plan.variants
    )


def _variant_mean(table: ResultTable, variant: Variant, name: str, role: str, model: str) -> Mean:
    columns = table.columns
    rows = rows_of(columns, variant.id)
    waiting = columns.status.values.index("waiting") if "waiting" in columns.status.values else -2
    unscored = np.isnan(columns.score[rows]) & (columns.status.codes[rows] != waiting)
    score = _known_mean(columns.score[rows], columns.cluster.codes[rows])
    times = _known_mean(columns.latency_ms[rows], columns.cluster.codes[rows])
    cost, spread = _cost(table, rows)
    return Mean(
        name=name,
        detail=model,
        role=role,
        mean=score.mean,
        low=score.interval.low if score.interval else None,
        high=score.interval.high if score.interval else None,
        n=score.n,
        unscored=int(unscored.sum()),
        cost=cost,
        cost_interval=spread,
        latency_ms=times.mean,
        latency_interval=times.interval,
    )


def _known_mean(values: Numbers, clusters: Codes) -> MeanInterval:
    known = ~np.isnan(values)
    return column_mean(values[known], clusters[known])


def _cost(table: ResultTable, rows: Codes) -> tuple[Decimal | None, Interval | None]:
    columns = table.columns
    if not len(rows) or not columns.cost_known[rows].all():
        return None, None
    costs = columns.cost[rows]
    spread = column_mean(costs / 1e12, columns.cluster.codes[rows])
    return money(sum(costs.tolist())) / Decimal(len(rows)), spread.interval


def criterion_means(table: ResultTable, variant: str) -> tuple[Mean, ...]:
    """A single variant's means by criterion: what a run with nothing to compare has to tell."""
    columns = table.columns
    rows = rows_of(columns, variant)
    rows = rows[~np.isnan(columns.score[rows])]
    means = []
    for criterion in table.panel.rubric.criteria:
        found = _known_mean(columns.criteria[criterion.id][rows], columns.cluster.codes[rows])
        low, high = (found.interval.low, found.interval.high) if found.interval else (None, None)
        means.append(Mean(criterion.name, "", "candidate", found.mean, low, high, found.n, 0, None))
    return tuple(means)


def single_sentence(mean: Mean) -> str:
    """The verdict of a run with one variant."""
    if mean.mean is None:
        return f"{mean.name} has no score yet."
    ends = (
        f", 95 % interval {mean.low:.2f} to {mean.high:.2f}" if mean.low is not None and mean.high is not None else ""
    )
    return f"{mean.name} scores {mean.mean:.2f}{ends}, on {words.plural(mean.n, 'answer')}."
