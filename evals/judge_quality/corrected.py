"""Scores of a run with the judge's errors, known from few labels, taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.agreement.labels import ScoreLabel
from evals.judge_quality.rated_answers import OVERALL, RatedAnswer, mean_of, rated_answers
from evals.results.run_results import RunResults
from evals.statistics import (
    CalibrationCounts,
    CorrectedPassRate,
    PredictionPoweredMean,
    corrected_pass_rate,
    prediction_powered_mean,
)

ENOUGH_LABELS = 30
"""Labelled answers of a variant from which the interval of a corrected mean can be trusted."""


@dataclass(frozen=True, slots=True)
class CorrectedMean:
    """What people would have scored a variant on average, from many judged answers and few labels.

    Attributes:
        judged: The judge's mean over all its answers.
        corrected: Its errors taken out. Valid where the labelled answers were drawn by lot, as queues draw them.
    """

    variant: str
    label: str
    judged: float | None
    corrected: PredictionPoweredMean


@dataclass(frozen=True, slots=True)
class CorrectedRate:
    """What share of a variant's answers people would have passed.

    Attributes:
        judged: The share the judge passed; None where it passed no sentence at all.
        human_pass, human_fail: Labelled answers (of all variants) that people passed, and failed.
        corrected: Rogan and Gladen's, from how often the judge errs on those.
    """

    variant: str
    label: str
    judged: float | None
    n: int
    human_pass: int
    human_fail: int
    corrected: CorrectedPassRate


def corrected_means(results: RunResults, labels: Iterable[ScoreLabel]) -> tuple[CorrectedMean, ...]:
    """For each variant: the judge's mean, and the mean with the judge's errors taken out (prediction-powered)."""
    scored = [answer for answer in rated_answers(results, labels) if OVERALL in answer.judged]
    found = []
    for variant in results.plan.variants:
        mine = [answer for answer in scored if answer.variant == variant.id]
        beside = [answer for answer in mine if answer.given(OVERALL)]
        corrected = prediction_powered_mean(
            [answer.judged[OVERALL] for answer in mine if not answer.given(OVERALL)],
            [mean_of(answer.given(OVERALL)) for answer in beside],
            [answer.judged[OVERALL] for answer in beside],
        )
        judged = mean_of([answer.judged[OVERALL] for answer in mine]) if mine else None
        found.append(CorrectedMean(variant.id, variant.label, judged, corrected))
    return tuple(found)


def corrected_rates(results: RunResults, labels: Iterable[ScoreLabel], bar: float) -> tuple[CorrectedRate, ...]:
    """For each variant: the share at or above a bar, as the judge sees it and with its errors taken out.

    Args:
        bar: A score on the rubric's scale; an answer passes from there on.
    """
    scored = [answer for answer in rated_answers(results, labels) if OVERALL in answer.judged]
    passed = [a for a in scored if a.given(OVERALL) and mean_of(a.given(OVERALL)) >= bar]
    failed = [a for a in scored if a.given(OVERALL) and mean_of(a.given(OVERALL)) < bar]
    found = []
    for variant in results.plan.variants:
        mine = [answer for answer in scored if answer.variant == variant.id]
        judged = _passes(mine, bar)
        corrected = _corrected(judged, (passed, failed), len(mine), bar)
        rate = CorrectedRate(variant.id, variant.label, judged, len(mine), len(passed), len(failed), corrected)
        found.append(rate)
    return tuple(found)


def _corrected(
    judged: float | None, known: tuple[Sequence[RatedAnswer], Sequence[RatedAnswer]], n: int, bar: float
) -> CorrectedPassRate:
    passed, failed = known
    sensitivity, wrongly = _passes(passed, bar), _passes(failed, bar)
    if judged is None or sensitivity is None or wrongly is None:
        return CorrectedPassRate(None, None, "It needs labelled answers that people passed, and some that they failed.")
    return corrected_pass_rate(judged, sensitivity, 1 - wrongly, CalibrationCounts(n, len(passed), len(failed)))


def _passes(answers: Sequence[RatedAnswer], bar: float) -> float | None:
    return sum(answer.judged[OVERALL] >= bar for answer in answers) / len(answers) if answers else None
