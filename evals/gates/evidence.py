"""What one finished run says of a candidate against the published version, read from its folder.

A run counts when its plan holds the very contents of the two versions; numbers and labels are not looked at. The
difference is taken within the run, so both sides had the same items, judge and rubric.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from coaching_core.prompts.gate import GateEvidence, GateRequirement, GateStatus
from coaching_core.prompts.models import TopicContent
from evals.comparing.compare import Comparison
from evals.gates.gate import ALPHA, decide, holm_intervals, threshold
from evals.plan import Variant
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder
from evals.runs import RunSummary
from evals.statistics import Interval
from evals.stopping.always_valid import always_valid

MOST_LEFT_OUT = 0.2
"""Share of items without a score from both sides above which a run says nothing."""

_STRICTEST_FIRST = (GateStatus.NOT_MET, GateStatus.INCONCLUSIVE, GateStatus.MET)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a gate needs of a plan; a plan never changes, so this is read once.

    Attributes:
        contents: Variant id to what it asks with.
        models: Variant id to its model.
        rubric: The whole rubric as text, to see whether it has changed since.
    """

    contents: dict[str, TopicContent]
    models: dict[str, str]
    dataset: str
    dataset_hash: str
    rubric_name: str
    rubric: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """One candidate of a run against the baseline.

    Attributes:
        wanted: It is the version that is to be published; others only count as further tries.
        stopping: The run may have stopped early; then ``always_valid``, which holds at every look, decides.
        mean: Mean difference, points; None when no item has a score from both.
        n: Paired items.
        tried: Items that count; of a run that stopped early, those its decision rests on.
        left_out: Those of them without a score from both sides.
    """

    model: str
    wanted: bool
    comparison: Comparison
    mean: float | None
    n: int
    tried: int
    left_out: int
    stopping: bool = False
    always_valid: Interval | None = None


@lru_cache(maxsize=256)
def plan_facts(folder: Path) -> PlanFacts:
    """What a run's plan says.

    Raises:
        RunNotFoundError: The folder is gone.
    """
    plan = RunFolder(folder).plan()
    return PlanFacts(
        contents={variant.id: _content(variant) for variant in plan.variants},
        models={variant.id: variant.model for variant in plan.variants},
        dataset=plan.dataset.name,
        dataset_hash=plan.dataset.content_hash,
        rubric_name=plan.rubric.name,
        rubric=plan.rubric.model_dump_json(),
    )


def arms(facts: PlanFacts, before: TopicContent, after: TopicContent) -> tuple[tuple[str, str, bool], ...]:
    """The tries of a run: (baseline, candidate, whether it is the wanted one); empty where the wanted one is missing.

    Args:
        before: The published content.
        after: The content to be published.
    """
    baselines = {facts.models[name]: name for name, content in facts.contents.items() if content.same_content(before)}
    tries = tuple(
        (baselines[facts.models[name]], name, content.same_content(after))
        for name, content in facts.contents.items()
        if facts.models[name] in baselines and not content.same_content(before)
    )
    return tries if any(wanted for _, _, wanted in tries) else ()


@lru_cache(maxsize=256)
def contrasts(folder: Path, tries: tuple[tuple[str, str, bool], ...], _as_of: str) -> tuple[Contrast, ...]:
    """The tries with what was found.

    Args:
        folder: Of the run.
        tries: As :func:`arms` gives them.

    Raises:
        WorkbenchError: The run cannot be read.
    """
    results = load_results(RunFolder(folder))
    models = {variant.id: variant.model for variant in results.plan.variants}
    return tuple(
        _contrast(results, models[candidate], (baseline, candidate), wanted, len(tries))
        for baseline, candidate, wanted in tries
    )


def evidence(run: RunSummary, found: Sequence[Contrast], requirement: GateRequirement, stale: str) -> GateEvidence:
    """What a run says; with several models, what the one says that does worst.

    Args:
        found: All its tries, the wanted ones among them.
        stale: What changed since.
    """
    bound = threshold(requirement.kind, requirement.margin)
    adjusted = holm_intervals([contrast.comparison for contrast in found], bound)
    read = [
        _read(run, contrast, contrast.always_valid if contrast.stopping else interval, requirement, stale)
        for contrast, interval in zip(found, adjusted, strict=True)
        if contrast.wanted
    ]
    return min(read, key=lambda one: (_STRICTEST_FIRST.index(one.status), -math.inf if one.low is None else one.low))


def _read(
    run: RunSummary, contrast: Contrast, interval: Interval | None, requirement: GateRequirement, stale: str
) -> GateEvidence:
    status = decide(requirement.kind, requirement.margin, interval)
    doubt = _doubt(contrast, interval, requirement)
    if not doubt and status is GateStatus.INCONCLUSIVE:
        doubt = "Its interval holds 0." if requirement.kind == "better" else _reaches(requirement)
    return GateEvidence(
        run_id=run.run_id,
        status=GateStatus.INCONCLUSIVE if doubt else status,
        mean=contrast.mean,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        level=1 - ALPHA if interval is None else interval.level,
        n=contrast.n,
        as_of=run.created_at,
        model=contrast.model,
        simulated=run.simulated,
        stale=stale,
        reason=doubt,
    )


def _doubt(contrast: Contrast, interval: Interval | None, requirement: GateRequirement) -> str:
    if contrast.n < requirement.least_items:
        return f"It has {contrast.n} paired items; the rule asks for {requirement.least_items} or more."
    if contrast.left_out > MOST_LEFT_OUT * contrast.tried:
        return f"{contrast.left_out} of its {contrast.tried} items have no score from both; at most a fifth may."
    return "" if interval is not None else "Its items are too few or too much alike for an interval."


def _reaches(requirement: GateRequirement) -> str:
    return f"Its interval does not rule out a loss of more than {requirement.margin:.2f}."


def _content(variant: Variant) -> TopicContent:
    return TopicContent(prompts=dict(variant.prompts), parameters=variant.parameters, settings=variant.settings)


def _contrast(results: RunResults, model: str, pair: tuple[str, str], wanted: bool, tries: int) -> Contrast:
    baseline, candidate = pair
    comparison = results.comparison(candidate, baseline)
    if comparison is None:
        raise ValueError("a run with two contents has two variants")
    left_out = len({entry.item_id for entry in comparison.left_out})
    overall, stopping = comparison.overall, results.plan.stopping
    found = Contrast(model, wanted, comparison, overall.mean, overall.n, overall.n + left_out, left_out)
    if stopping is None:
        return found
    return replace(found, stopping=True, always_valid=always_valid(overall, stopping, level=1 - ALPHA / tries).interval)
