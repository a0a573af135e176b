"""What a finished run says to the benchmarks: figures of each variant, and the ruler they were measured with.

Kept in the store's table of runs, so that benchmarks over many runs ask one table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from evals.comparing.variant_samples import VariantSamples
from evals.plan import RunPlan, Variant
from evals.results.quantiles import Quantile, quantile
from evals.results.run_results import RunResults
from evals.results.samples import samples_of_results
from evals.statistics import Interval, MeanInterval

LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Ruler:
    """What a score is measured with; only scores of the same ruler can be held against each other.

    Attributes:
        dataset: Name and version, for people.
        sample: Hash over the dataset's content and the ids of the items that were taken.
        rubric: Name and version, for people.
        rubric_hash: Over its whole content, so that an edit without a new version shows.
        judge: The models that judge, or how it is judged without one.
    """

    dataset: str
    sample: str
    rubric: str
    rubric_hash: str
    judge: str

    def changes_from(self, other: Ruler) -> tuple[str, ...]:
        """What differs: of dataset, rubric and judge."""
        return tuple(
            name
            for name, differs in (
                ("dataset", self.sample != other.sample),
                ("rubric", self.rubric_hash != other.rubric_hash),
                ("judge", self.judge != other.judge),
            )
            if differs
        )


@dataclass(frozen=True, slots=True)
class MeasuredVariant:
    """One variant's figures.

    Attributes:
        prompts: Hash over what it asks with.
        quality: Mean score on the rubric's scale.
        cost: USD per answer; None when any is unknown.
        latency_p50, latency_p95, first_token_p50, first_token_p95: Milliseconds.
    """

    id: str
    label: str
    model: str
    topic_version: int | None
    prompts: str
    quality: MeanInterval
    unscored: int
    cost: Decimal | None
    cost_interval: Interval | None
    latency_p50: Quantile
    latency_p95: Quantile
    first_token_p50: Quantile
    first_token_p95: Quantile


@dataclass(frozen=True, slots=True)
class BenchmarkFacts:
    """What one run brings to the benchmarks.

    Attributes:
        task: The kind of task, from the dataset's card; empty when it names none.
        topic: Whose prompts were tried; empty where each item took its own topic's.
        replay: How past conversations were played again; empty for golden items.
        suite: What runs that were started together have in common; empty for one alone.
        minimum, maximum: Ends of the rubric's scale.
        stopped_early: The run stopped as soon as a difference was clear.
        simulated: A simulated model answered or judged.
    """

    layout: int
    task: str
    topic: str
    replay: str
    suite: str
    ruler: Ruler
    minimum: float
    maximum: float
    items: int
    stopped_early: bool
    simulated: bool
    variants: tuple[MeasuredVariant, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, for the store."""
        document: dict[str, Any] = to_jsonable_python(self)
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> BenchmarkFacts | None:
        """The inverse of :meth:`as_json`; None for anything else, such as what an older release kept."""
        if not document or document.get("layout") != LAYOUT:
            return None
        try:
            return TypeAdapter(cls).validate_python(dict(document))
        except ValidationError:
            return None


def benchmark_facts(results: RunResults) -> BenchmarkFacts:
    """What a run brings to the benchmarks."""
    plan = results.plan
    early = results.decision is not None
    return facts_of_samples(plan, ruler_of(plan), samples_of_results(results), len(plan.dataset.items), early)


def facts_of_samples(
    plan: RunPlan, ruler: Ruler, samples: Mapping[str, VariantSamples], items: int, stopped_early: bool
) -> BenchmarkFacts:
    """What a run brings to the benchmarks.

    Args:
        plan: Its items are not needed.
        samples: Variant id to its answers' figures.
        items: How many items the plan has.
    """
    return BenchmarkFacts(
        layout=LAYOUT,
        task=plan.dataset.task,
        topic=plan.topic_id,
        replay=plan.dataset.replay,
        suite=plan.suite_id,
        ruler=ruler,
        minimum=plan.rubric.minimum,
        maximum=plan.rubric.maximum,
        items=items,
        stopped_early=stopped_early,
        simulated=plan.simulated,
        variants=tuple(_measured(variant, samples[variant.id]) for variant in plan.variants),
    )


def ruler_of(plan: RunPlan) -> Ruler:
    """What a run's scores are measured with."""
    ids = sorted(item.id for item in plan.dataset.items)
    return Ruler(
        dataset=f"{plan.dataset.name} {plan.dataset.version}",
        sample=_hash([plan.dataset.content_hash, *ids]),
        rubric=plan.rubric.label,
        rubric_hash=_hash(plan.rubric.model_dump(mode="json")),
        judge=plan.judge,
    )


def _measured(variant: Variant, samples: VariantSamples) -> MeasuredVariant:
    cost, interval = samples.cost
    latencies = [value for value, _ in samples.latencies]
    first_tokens = [value for value, _ in samples.first_tokens]
    asked_with = variant.model_dump(mode="json", include={"prompts", "parameters", "settings", "topics"})
    return MeasuredVariant(
        id=variant.id,
        label=variant.label,
        model=variant.model,
        topic_version=variant.topic_version,
        prompts=_hash(asked_with),
        quality=samples.quality,
        unscored=samples.unscored,
        cost=cost,
        cost_interval=interval,
        latency_p50=quantile(latencies, 0.5),
        latency_p95=quantile(latencies, 0.95),
        first_token_p50=quantile(first_tokens, 0.5),
        first_token_p95=quantile(first_tokens, 0.95),
    )


def _hash(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]
