"""The samples of a run's variants, and what its items are, from its results."""

from __future__ import annotations

from collections.abc import Mapping

from evals.comparing.pairwise_figures import ItemFacts
from evals.comparing.variant_samples import VariantSamples
from evals.results.run_results import RunResults


def samples_of_results(results: RunResults) -> dict[str, VariantSamples]:
    """Variant id to its samples, in the plan's order."""
    found = {variant.id: VariantSamples() for variant in results.plan.variants}
    for row, answer in zip(results.rows(), results.answers, strict=True):
        of_variant = found[row.variant]
        of_variant.take(row.cluster, row.score, row.cost, row.status)
        if row.latency_ms is not None:
            of_variant.latencies.append((row.latency_ms, row.cluster))
        if (first := answer.effort.ttft_ms) is not None:
            of_variant.first_tokens.append((first, row.cluster))
    return found


def facts_of_results(results: RunResults) -> Mapping[str, ItemFacts]:
    """Item id to what it is."""
    return {item.id: ItemFacts(item.cluster, item.phase, item.topic, item.tags) for item in results.plan.dataset.items}
