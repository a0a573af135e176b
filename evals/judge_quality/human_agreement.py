"""How far a judge says what people say, criterion by criterion, with people's agreement among themselves beside it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

from evals.agreement.labels import ScoreLabel
from evals.agreement.resampling import RatedUnit, alpha_interval, kappa_interval
from evals.judge_quality.correlation import Coefficient, spearman
from evals.judge_quality.rated_answers import OVERALL, RatedAnswer, mean_of, rated_answers
from evals.judge_quality.shares import share_of
from evals.results.run_results import RunResults
from evals.rubric import Rubric
from evals.statistics import MeanInterval, cohen_kappa, krippendorff_alpha, mean_interval

_NO_LABELS = "No labels yet."
_ALIKE = "All scores are alike, so chance alone would agree."
_NOT_TWICE = "No answer was labelled by two people."


@dataclass(frozen=True, slots=True)
class CriterionAgreement:
    """A judge beside people on one criterion, or on the weighted score.

    Scores are rounded to whole points first (to tenths of a scale shorter than two points); ``near``, ``spearman`` and
    ``bias`` take them as they are. All intervals take answers to one item for dependent.

    Attributes:
        criterion: Its id; empty for the weighted score.
        answers: Answers that the judge and at least one person scored; people's mean stands for them.
        labels: Scores people gave to them; ``labellers`` people did.
        exact, near: Share of answers scored alike, or at most one point of ten apart.
        kappa: Quadratically weighted Cohen's κ of judge and people's mean.
        spearman: Whether they put answers in the same order.
        bias: Judge − people, points. Above 0 the judge is kinder.
        with_one: κ of the judge and one person, each label by itself: to hold against ``ceiling``.
        ceiling: κ of one person and another who labelled the same answer: no judge can be asked for more.
        alpha: Krippendorff's α (interval level) with the judge as one more labeller.
        people_alpha: The same among people.
        twice: Answers that two people or more labelled.
    """

    criterion: str
    answers: int
    labels: int
    labellers: int
    exact: MeanInterval
    near: MeanInterval
    kappa: Coefficient
    spearman: Coefficient
    bias: MeanInterval
    with_one: Coefficient
    ceiling: Coefficient
    alpha: Coefficient
    people_alpha: Coefficient
    twice: int


def score_agreement(results: RunResults, labels: Iterable[ScoreLabel]) -> tuple[CriterionAgreement, ...]:
    """The weighted score first, then each criterion, of the judge the run is read by.

    Args:
        labels: Of answers of this run; see :func:`evals.judge_quality.rated_answers.rated_answers`.
    """
    return agreement_of(rated_answers(results, labels), results.plan.rubric)


def agreement_of(answers: Iterable[RatedAnswer], rubric: Rubric) -> tuple[CriterionAgreement, ...]:
    """The same over answers of one run or several that were judged by the same rubric."""
    known = tuple(answers)
    return tuple(_criterion(name, known, rubric) for name in (OVERALL, *(one.id for one in rubric.criteria)))


def _criterion(name: str, known: Sequence[RatedAnswer], rubric: Rubric) -> CriterionAgreement:
    both = [answer for answer in known if name in answer.judged and answer.given(name)]
    clusters = [answer.cluster for answer in both]
    judged, people = [one.judged[name] for one in both], [mean_of(one.given(name)) for one in both]
    near = (rubric.maximum - rubric.minimum) / 9 + 1e-9
    units = [_unit([a, b], c, rubric) for a, b, c in zip(judged, people, clusters, strict=True)]
    single = [_unit([one.judged[name], score], one.cluster, rubric) for one in both for score in one.given(name)]
    several = [answer for answer in known if len(answer.given(name)) > 1]
    crossed = [_unit(two, one.cluster, rubric) for one in several for two in permutations(one.given(name), 2)]
    return CriterionAgreement(
        criterion=name,
        answers=len(both),
        labels=sum(len(one.given(name)) for one in both),
        labellers=len({labeller for one in both for labeller in one.people[name]}),
        exact=share_of((unit.ratings[0] == unit.ratings[1] for unit in units), clusters),
        near=share_of((abs(a - b) <= near for a, b in zip(judged, people, strict=True)), clusters),
        kappa=_kappa(units, len(units), _NO_LABELS),
        spearman=spearman(judged, people, clusters),
        bias=mean_interval([a - b for a, b in zip(judged, people, strict=True)], clusters),
        with_one=_kappa(single, len(single), _NO_LABELS),
        ceiling=_kappa(crossed, len(several), _NOT_TWICE),
        alpha=_alpha([_unit([one.judged[name], *one.given(name)], one.cluster, rubric) for one in both], _NO_LABELS),
        people_alpha=_alpha([_unit(one.given(name), one.cluster, rubric) for one in several], _NOT_TWICE),
        twice=len(several),
    )


def _unit(scores: Iterable[float], cluster: Hashable, rubric: Rubric) -> RatedUnit:
    """Scores in whole points from the scale's lower end, halves up."""
    scale = rubric.maximum - rubric.minimum
    step = 1.0 if scale >= 2 else scale / 10
    return RatedUnit(
        tuple(math.floor((score - rubric.minimum) / step + 0.5 + 1e-9) * step for score in scores), cluster
    )


def _kappa(units: Sequence[RatedUnit], n: int, nothing: str) -> Coefficient:
    first, second = ([float(unit.ratings[side]) for unit in units] for side in (0, 1))
    kappa = cohen_kappa(first, second, "quadratic")
    if kappa is None:
        return Coefficient(None, None, n, nothing if not units else _ALIKE)
    return Coefficient(kappa, kappa_interval(units, "quadratic", kappa), n)


def _alpha(units: Sequence[RatedUnit], nothing: str) -> Coefficient:
    most = max((len(unit.ratings) for unit in units), default=0)
    rows = [[unit.ratings[place] if place < len(unit.ratings) else None for unit in units] for place in range(most)]
    alpha = krippendorff_alpha(rows, "interval") if rows else None
    if alpha is None:
        return Coefficient(None, None, len(units), nothing if not units else _ALIKE)
    return Coefficient(alpha, alpha_interval(units, "quadratic", alpha), len(units))
