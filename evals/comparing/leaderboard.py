"""All variants of a run on one list: by strength where their answers were compared in pairs, else by score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from evals.comparing.pairwise_figures import ItemFacts, settle
from evals.comparing.variant_samples import VariantSamples
from evals.judge_spec import panels_of
from evals.plan import Cell, RunPlan
from evals.preference import Preference
from evals.statistics import BradleyTerry, Interval, Match, MeanInterval, Strength, bradley_terry

RESAMPLES = 1_000

_OUTCOMES: dict[str, Literal["a", "b", "tie"]] = {"one": "a", "other": "b", "tie": "tie"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One variant's place.

    Attributes:
        strength: From the pairs; None where there are none, or where they do not settle it.
        cost: USD per answer; None when any is unknown.
        latency_ms, first_token_ms: Of answers whose time is known.
        unscored: Answers without a score.
    """

    variant: str
    label: str
    model: str
    strength: Strength | None
    score: MeanInterval
    unscored: int
    cost: Decimal | None
    cost_interval: Interval | None
    latency_ms: MeanInterval
    first_token_ms: MeanInterval


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The variants, best first.

    Attributes:
        pairs: Strengths and gaps over all pairs, bootstrapped by cluster; None where no pairwise judge was asked.
    """

    standings: tuple[Standing, ...]
    pairs: BradleyTerry | None


def leaderboard(
    plan: RunPlan,
    samples: Mapping[str, VariantSamples],
    facts: Mapping[str, ItemFacts],
    preferences: Iterable[tuple[Cell, Preference]],
    resamples: int = RESAMPLES,
) -> Leaderboard:
    """Rank the variants of a run.

    Args:
        plan: Its items are not needed.
        samples: Variant id to its answers' figures.
        facts: Item id to what it is.
        preferences: What pairwise judges said.
        resamples: Of the bootstrap, with the plan's seed.
    """
    matches = matches_of(plan, facts, preferences)
    pairs = bradley_terry(matches, bootstrap=resamples, seed=plan.seed) if plan.pairwise_judges else None
    standings = []
    for variant in plan.variants:
        of_variant = samples.get(variant.id, VariantSamples())
        cost, interval = of_variant.cost
        standings.append(
            Standing(
                variant=variant.id,
                label=variant.label,
                model=variant.model,
                strength=pairs.of(variant.id) if pairs is not None else None,
                score=of_variant.quality,
                unscored=of_variant.unscored,
                cost=cost,
                cost_interval=interval,
                latency_ms=of_variant.latency,
                first_token_ms=of_variant.first_token,
            )
        )
    return Leaderboard(tuple(sorted(standings, key=_place)), pairs)


def matches_of(
    plan: RunPlan, facts: Mapping[str, ItemFacts], preferences: Iterable[tuple[Cell, Preference]]
) -> list[Match]:
    """One match per comparison that could be settled, by the first pairwise judge or panel."""
    panels = panels_of(plan.pairwise_judges)
    if not panels:
        return []
    by_pair: dict[tuple[str, str], list[tuple[Cell, Preference]]] = {}
    members = {member.id for member in panels[0].members}
    for cell, preference in preferences:
        if preference.judge in members:
            by_pair.setdefault((preference.one, preference.other), []).append((cell, preference))
    return [
        Match(one, other, _OUTCOMES[found.choice], facts[found.item].cluster)
        for (one, other), said in by_pair.items()
        for found in settle(panels[0], said)[0]
        if found.choice is not None
    ]


def _place(standing: Standing) -> tuple[float, float]:
    strength = standing.strength.strength if standing.strength is not None else float("-inf")
    return -strength, -(standing.score.mean if standing.score.mean is not None else float("-inf"))
