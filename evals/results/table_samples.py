"""As :mod:`evals.results.samples`, from a run's table."""

from __future__ import annotations

from collections.abc import Mapping

from evals.comparing.pairwise_figures import ItemFacts
from evals.comparing.variant_samples import VariantSamples
from evals.results.table import ResultTable


def samples_of_table(table: ResultTable) -> dict[str, VariantSamples]:
    """Variant id to its samples, in the plan's order."""
    found = {variant.id: VariantSamples() for variant in table.plan.variants}
    columns = table.columns
    first_tokens = columns.ttft_ms.tolist()
    for number, row in enumerate(table.rows()):
        of_variant = found[row.variant]
        of_variant.take(row.cluster, row.score, row.cost, row.status)
        if row.latency_ms is not None:
            of_variant.latencies.append((row.latency_ms, row.cluster))
        if first_tokens[number] >= 0:
            of_variant.first_tokens.append((first_tokens[number], row.cluster))
    return found


def facts_of_table(table: ResultTable) -> Mapping[str, ItemFacts]:
    """Item id to what it is, of the items that were answered."""
    columns, facts = table.columns, dict[str, ItemFacts]()
    for number in range(len(columns)):
        item = columns.item.text(number)
        if item not in facts:
            where = (columns.cluster.text(number), columns.phase.text(number), columns.topic.text(number))
            facts[item] = ItemFacts(*where, columns.tags.of(number))
    return facts
