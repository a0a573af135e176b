"""What earlier runs tell of a run that is planned: how long replies are, how long they take, how much scores vary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from coaching_core.llm.accounting import PromptRun
from evals.comparing.comparison import Comparison
from evals.judges.panel import majority
from evals.planner.counting import asked_characters, cluster_size
from evals.preference import Choice
from evals.results.run_results import RunResults

MOST_SEEN = 100
"""Runs that are looked through for some that are alike."""


class Role(StrEnum):
    """What a call of a run is for."""

    ANSWER = "answer"
    COACHEE = "coachee"
    JUDGE = "judge"
    PAIRWISE = "pairwise"


@dataclass(frozen=True, slots=True)
class SeenCalls:
    """What one model took in one role; all figures are means for one answer, verdict or comparison.

    Attributes:
        judge: Id of the judge, and its rubric; empty for answers.
        units: Answers, verdicts or comparisons that the means are over; kept replies are none.
        calls: Attempts, repairs and turns included.
        latency_ms: Waits for limits and retries included.
        asked_characters: Of the question as our own texts make it; 0 where that was not counted.
    """

    role: Role
    model: str
    judge: str
    rubric: str
    units: int
    calls: float
    input_tokens: float
    output_tokens: float
    cached_tokens: float
    latency_ms: float
    asked_characters: float = 0.0


@dataclass(frozen=True, slots=True)
class SeenDifferences:
    """How one candidate's scores differed from the baseline's.

    Attributes:
        sd: Standard deviation of the paired differences, points.
        n: Pairs.
        design_effect: By how much clusters made the variance of the mean larger.
        cluster_size: Σm²/Σm of the clusters' sizes m.
    """

    sd: float
    n: int
    design_effect: float
    cluster_size: float


@dataclass(frozen=True, slots=True)
class SeenRun:
    """What one run tells.

    Attributes:
        tie_rate: Share of compared pairs that were ties; None where nothing was compared.
    """

    run_id: str
    dataset: str
    rubric: str
    simulated: bool
    repeats: int
    independent_seeds: bool
    calls: tuple[SeenCalls, ...]
    differences: tuple[SeenDifferences, ...]
    tie_rate: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, for the store."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> SeenRun:
        """The inverse of :meth:`as_json`."""
        calls = tuple(SeenCalls(**entry | {"role": Role(entry["role"])}) for entry in document["calls"])
        differences = tuple(SeenDifferences(**entry) for entry in document["differences"])
        return cls(**{**document, "calls": calls, "differences": differences})


def seen_in(results: RunResults) -> SeenRun:
    """What a run tells those that are planned after it."""
    plan = results.plan
    return SeenRun(
        run_id=plan.run_id,
        dataset=plan.dataset.name,
        rubric=plan.rubric.label,
        simulated=plan.simulated,
        repeats=plan.repeats,
        independent_seeds=plan.independent_seeds,
        calls=tuple(_calls(results)),
        differences=tuple(_differences(results)),
        tie_rate=_tie_rate(results),
    )


def history_of(summaries: Iterable[Mapping[str, Any]]) -> tuple[SeenRun, ...]:
    """What runs tell, from the summaries the store keeps of them; runs from before it kept this tell nothing."""
    return tuple(SeenRun.from_json(summary["seen"]) for summary in summaries if summary.get("seen"))


def _calls(results: RunResults) -> Iterator[SeenCalls]:
    plan, units = results.plan, _Units()
    models = {variant.id: variant.model for variant in plan.variants}
    judges = {judge.id: judge for judge in plan.judges}
    for answer in results.answers:
        model = models[answer.cell.variant]
        units.add((Role.ANSWER, model, "", ""), [run for run in answer.prompt_runs if _asked(run) == model])
        others = [run for run in answer.prompt_runs if _asked(run) != model]
        if others:
            units.add((Role.COACHEE, _asked(others[0]), "", ""), others)
        of_id = {run.id: run for run in answer.judge_runs}
        for judge_id, verdict in answer.verdicts.items():
            spec = judges[judge_id]
            runs = [of_id[run_id] for run_id in verdict.prompt_run_ids if run_id in of_id]
            units.add((Role.JUDGE, spec.model, judge_id, spec.rubric.label), runs)
    pairwise = {run.id: run for run in results.preference_runs}
    for _, preference in results.preferences:
        runs = [pairwise[run_id] for run_id in preference.prompt_run_ids if run_id in pairwise]
        units.add((Role.PAIRWISE, preference.model, preference.judge, preference.rubric), runs)
    characters = {
        model: asked_characters(plan, [variant for variant in plan.variants if variant.model == model])
        for model in dict.fromkeys(models.values())
    }
    yield from units.means(characters)


def _asked(run: PromptRun) -> str:
    return run.asked_model or run.model


class _Units:
    """Adds up answers, verdicts and comparisons, each with its calls."""

    def __init__(self) -> None:
        self._found: dict[tuple[Role, str, str, str], list[list[PromptRun]]] = {}

    def add(self, key: tuple[Role, str, str, str], runs: list[PromptRun]) -> None:
        """Take in one; it is passed over where a model was not asked, or did not say what it took."""
        said = [run for run in runs if run.final]
        known = all(run.attempt > 0 and run.input_tokens is not None and run.output_tokens is not None for run in said)
        if said and known:
            self._found.setdefault(key, []).append(runs)

    def means(self, characters: Mapping[str, float]) -> Iterator[SeenCalls]:
        for (role, model, judge, rubric), units in self._found.items():
            runs = [run for unit in units for run in unit]
            final = [run for run in runs if run.final]
            count = len(units)
            yield SeenCalls(
                role=role,
                model=model,
                judge=judge,
                rubric=rubric,
                units=count,
                calls=len(runs) / count,
                input_tokens=sum(run.input_tokens or 0 for run in runs) / count,
                output_tokens=sum(run.output_tokens or 0 for run in runs) / count,
                cached_tokens=sum(run.cached_tokens or 0 for run in runs) / count,
                latency_ms=math.fsum(run.waited_ms + run.latency_ms for run in final) / count,
                asked_characters=characters[model] if role is Role.ANSWER else 0.0,
            )


def _differences(results: RunResults) -> Iterator[SeenDifferences]:
    plan = results.plan
    baseline, *candidates = [variant.id for variant in plan.variants]
    counted = {row.item_id for row in results.counted_rows()}
    size = cluster_size([item.cluster for item in plan.dataset.items if item.id in counted])
    for candidate in candidates:
        comparison = results.comparison(candidate, baseline)
        if comparison is not None and (seen := _seen_difference(comparison, size)) is not None:
            yield seen


def _seen_difference(comparison: Comparison, size: float) -> SeenDifferences | None:
    overall = comparison.overall
    if not overall.sd or not overall.standard_error:
        return None
    return SeenDifferences(overall.sd, overall.n, overall.n * (overall.standard_error / overall.sd) ** 2, size)


def _tie_rate(results: RunResults) -> float | None:
    """How often both orders (and all judges) together named no winner."""
    pairs: dict[tuple[str, int, str, str], list[Choice | None]] = {}
    for cell, preference in results.preferences:
        pairs.setdefault((cell.item, cell.repeat, preference.one, preference.other), []).append(preference.choice)
    told = [majority(choices) for choices in pairs.values()]
    known = [choice for choice in told if choice is not None]
    return known.count("tie") / len(known) if known else None
