"""Scores, costs and times of one variant's answers, each with its cluster: what means and quantiles are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from evals.comparing.pairwise_figures import ItemFacts
from evals.results.run_results import RunResults
from evals.statistics import Interval, MeanInterval, mean_interval

if TYPE_CHECKING:
    from evals.results.table import ResultTable


@dataclass(slots=True)
class VariantSamples:
    """One variant's answers.

    Attributes:
        scores: With the cluster of each; so are costs (USD), latencies and first tokens (milliseconds).
        unknown_costs: Answers whose cost is unknown.
        unscored: Answers that failed, or whose judgement did.
    """

    scores: list[tuple[float, str]] = field(default_factory=list)
    costs: list[tuple[Decimal, str]] = field(default_factory=list)
    latencies: list[tuple[float, str]] = field(default_factory=list)
    first_tokens: list[tuple[float, str]] = field(default_factory=list)
    unknown_costs: int = 0
    unscored: int = 0

    @property
    def quality(self) -> MeanInterval:
        """Mean score."""
        return _mean(self.scores)

    @property
    def latency(self) -> MeanInterval:
        """Mean time of an answer."""
        return _mean(self.latencies)

    @property
    def first_token(self) -> MeanInterval:
        """Mean time to the first token; only of answers that were streamed."""
        return _mean(self.first_tokens)

    @property
    def cost(self) -> tuple[Decimal | None, Interval | None]:
        """Mean USD of an answer with its interval; None when any is unknown."""
        if self.unknown_costs or not self.costs:
            return None, None
        total = sum((cost for cost, _ in self.costs), Decimal(0))
        return total / len(self.costs), _mean([(float(cost), cluster) for cost, cluster in self.costs]).interval


def samples_of_results(results: RunResults) -> dict[str, VariantSamples]:
    """Variant id to its samples, in the plan's order."""
    found = {variant.id: VariantSamples() for variant in results.plan.variants}
    for row, answer in zip(results.rows(), results.answers, strict=True):
        of_variant = found[row.variant]
        _take(of_variant, row.cluster, row.score, row.cost, row.status)
        if row.latency_ms is not None:
            of_variant.latencies.append((row.latency_ms, row.cluster))
        if (first := answer.effort.ttft_ms) is not None:
            of_variant.first_tokens.append((first, row.cluster))
    return found


def samples_of_table(table: ResultTable) -> dict[str, VariantSamples]:
    """As :func:`samples_of_results`, from a run's table."""
    found = {variant.id: VariantSamples() for variant in table.plan.variants}
    columns = table.columns
    first_tokens = columns.ttft_ms.tolist()
    for number, row in enumerate(table.rows()):
        of_variant = found[row.variant]
        _take(of_variant, row.cluster, row.score, row.cost, row.status)
        if row.latency_ms is not None:
            of_variant.latencies.append((row.latency_ms, row.cluster))
        if first_tokens[number] >= 0:
            of_variant.first_tokens.append((first_tokens[number], row.cluster))
    return found


def facts_of_results(results: RunResults) -> Mapping[str, ItemFacts]:
    """Item id to what it is."""
    return {item.id: ItemFacts(item.cluster, item.phase, item.topic, item.tags) for item in results.plan.dataset.items}


def facts_of_table(table: ResultTable) -> Mapping[str, ItemFacts]:
    """As :func:`facts_of_results`, from a run's table: of the items that were answered."""
    columns, facts = table.columns, dict[str, ItemFacts]()
    for number in range(len(columns)):
        item = columns.item.text(number)
        if item not in facts:
            where = (columns.cluster.text(number), columns.phase.text(number), columns.topic.text(number))
            facts[item] = ItemFacts(*where, columns.tags.of(number))
    return facts


def _take(samples: VariantSamples, cluster: str, score: float | None, cost: Decimal | None, status: str) -> None:
    if score is not None:
        samples.scores.append((score, cluster))
    elif status != "waiting":
        samples.unscored += 1
    if cost is None:
        samples.unknown_costs += 1
    else:
        samples.costs.append((cost, cluster))


def _mean(samples: list[tuple[float, str]]) -> MeanInterval:
    return mean_interval([value for value, _ in samples], [cluster for _, cluster in samples])
