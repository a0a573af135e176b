"""Scores, costs and times of one variant's answers, each with its cluster: what means and quantiles are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from evals.statistics import Interval, MeanInterval, mean_interval


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

    def take(self, cluster: str, score: float | None, cost: Decimal | None, status: str) -> None:
        """Count an answer's score and cost in."""
        if score is not None:
            self.scores.append((score, cluster))
        elif status != "waiting":
            self.unscored += 1
        if cost is None:
            self.unknown_costs += 1
        else:
            self.costs.append((cost, cluster))


def _mean(samples: list[tuple[float, str]]) -> MeanInterval:
    return mean_interval([value for value, _ in samples], [cluster for _, cluster in samples])
