"""Answers that a judge scored, with what people said of them: what every figure of judge quality is computed from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evals.agreement.labels import ScoreLabel
from evals.results.run_results import RunResults
from evals.rubric import Rubric

OVERALL = ""
"""Name of the weighted score, beside the criteria."""

_SEVERAL = "several people"
"""Stands for labellers who scored all criteria only together."""

Key = tuple[str, str]
"""(item, variant)."""


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """One answer, as a judge and as people see it.

    Attributes:
        cluster: Answers of the same cluster are not independent of each other.
        characters: Length of the answer.
        judged: Criterion id to the judge's score; the weighted one under :data:`OVERALL`.
        people: The same names to labeller to score.
    """

    run_id: str
    item: str
    variant: str
    cluster: str
    characters: int
    judged: Mapping[str, float]
    people: Mapping[str, Mapping[str, float]]

    def given(self, name: str) -> tuple[float, ...]:
        """What people scored on one criterion."""
        return tuple(self.people.get(name, {}).values())


def rated_answers(results: RunResults, labels: Iterable[ScoreLabel]) -> tuple[RatedAnswer, ...]:
    """The first answers of a run that its headline judge scored, each with people's labels; see :func:`with_people`."""
    variants = tuple(variant.id for variant in results.plan.variants)
    return with_people(judged_answers(results), labels, results.plan.rubric, variants)


def judged_answers(results: RunResults) -> tuple[RatedAnswer, ...]:
    """The same without the people."""
    clusters = {item.id: item.cluster for item in results.plan.dataset.items}
    found = []
    for answer in results.answers:
        verdict, cell = answer.verdict, answer.cell
        if verdict is None or cell.repeat != 0:
            continue
        scores = {criterion.id: criterion.score for criterion in verdict.criteria} | {OVERALL: verdict.score}
        found.append(
            RatedAnswer(
                run_id=results.plan.run_id,
                item=cell.item,
                variant=cell.variant,
                cluster=clusters.get(cell.item, cell.item),
                characters=len(answer.text or ""),
                judged={name: score for name, score in scores.items() if score is not None},
                people={},
            )
        )
    return tuple(found)


def with_people(
    answers: Sequence[RatedAnswer], labels: Iterable[ScoreLabel], rubric: Rubric, variants: Sequence[str]
) -> tuple[RatedAnswer, ...]:
    """Put what people said beside what the judge said.

    Args:
        labels: Of answers of this run; ``candidate`` is the variant and may be missing where there is one variant
            only. A later label of the same labeller takes an earlier one's place; those without a score are passed
            over. One without a criterion is of the answer as a whole.
        variants: Ids of all variants of the run.
    """
    people = _people(labels, rubric, variants[0] if len(variants) == 1 else None)
    return tuple(
        replace(answer, people=_with_overall(people[answer.item, answer.variant], rubric))
        if (answer.item, answer.variant) in people
        else answer
        for answer in answers
    )


def mean_of(values: Sequence[float]) -> float:
    """The mean of at least one value."""
    return math.fsum(values) / len(values)


def _people(labels: Iterable[ScoreLabel], rubric: Rubric, only: str | None) -> dict[Key, dict[str, dict[str, float]]]:
    names = {criterion.id for criterion in rubric.criteria} | {OVERALL}
    found: dict[Key, dict[str, dict[str, float]]] = {}
    for label in labels:
        variant = label.candidate or only
        if label.score is not None and variant is not None and label.criterion in names:
            by_name = found.setdefault((label.item_id, variant), {})
            by_name.setdefault(label.criterion, {})[label.labeller] = label.score
    return found


def _with_overall(people: Mapping[str, Mapping[str, float]], rubric: Rubric) -> Mapping[str, Mapping[str, float]]:
    """Every labeller's weighted score beside the criteria; what somebody said of the whole outright comes first."""
    labellers = dict.fromkeys(labeller for given in people.values() for labeller in given)
    whole = dict(people.get(OVERALL, {}))
    for labeller in labellers:
        score = rubric.weighted_score({name: given.get(labeller) for name, given in people.items()})
        if labeller not in whole and score is not None:
            whole[labeller] = score
    if not whole:
        together = rubric.weighted_score({name: mean_of(list(given.values())) for name, given in people.items()})
        whole = {} if together is None else {_SEVERAL: together}
    return {**people, OVERALL: whole} if whole else people
