"""The statistics against SciPy's own, and against simulations where SciPy has none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evals.statistics import (
    CalibrationCounts,
    confidence_sequence,
    corrected_pass_rate,
    mcnemar,
    mean_interval,
    paired_difference,
    sample_ratio_mismatch,
    wilson_interval,
    win_rate,
)

counts = st.integers(0, 400)


@pytest.mark.parametrize("n", [2, 3, 10, 250, 5_000])
def test_paired_difference_is_scipys_paired_t_test(n: int) -> None:
    generator = np.random.default_rng(n)
    a, b = generator.normal(7, 1.3, n), generator.normal(6.8, 1.1, n)
    ours, theirs = paired_difference(a.tolist(), b.tolist()), stats.ttest_rel(a, b)
    interval = theirs.confidence_interval(0.95)
    assert ours.interval is not None
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (ours.interval.low, ours.interval.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_mean_interval_is_scipys_t_interval(level: float) -> None:
    values = np.random.default_rng(4).normal(7, 1.3, 37)
    ours = mean_interval(values.tolist(), level=level)
    theirs = stats.t.interval(level, 36, values.mean(), stats.sem(values))
    assert ours.interval is not None
    assert (ours.interval.low, ours.interval.high) == pytest.approx(theirs, rel=1e-9)


def test_clusters_of_one_change_nothing_and_equal_clusters_are_their_means() -> None:
    generator = np.random.default_rng(8)
    a, b = generator.normal(7, 1, 60), generator.normal(7, 1, 60)
    alone = paired_difference(a.tolist(), b.tolist(), list(range(60)))
    assert alone.p_value == pytest.approx(stats.ttest_rel(a, b).pvalue, rel=1e-9)
    grouped = paired_difference(a.tolist(), b.tolist(), [place // 5 for place in range(60)])
    means = (a - b).reshape(12, 5).mean(axis=1)
    assert grouped.standard_error == pytest.approx(stats.sem(means), rel=1e-9)
    assert grouped.p_value == pytest.approx(stats.ttest_1samp(means, 0).pvalue, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_wilson_is_scipys(successes: int, failures: int) -> None:
    if successes + failures == 0:
        return
    ours = wilson_interval(successes, successes + failures)
    theirs = stats.binomtest(successes, successes + failures).proportion_ci(method="wilson")
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(counts, counts, counts)
def test_sign_test_is_scipys_binomial_test(wins: int, ties: int, losses: int) -> None:
    if wins + losses == 0:
        return
    theirs = stats.binomtest(wins, wins + losses).pvalue
    assert win_rate(wins, ties, losses).sign_test_p == pytest.approx(theirs, rel=1e-9)
    assert mcnemar(wins, losses).exact_p == pytest.approx(theirs, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(counts, counts)
def test_mcnemars_mid_p_and_chi_square(b: int, c: int) -> None:
    if b + c == 0:
        return
    ours = mcnemar(b, c)
    middle = stats.binom.pmf(min(b, c), b + c, 0.5)
    expected = 1.0 if b == c else 2 * stats.binom.cdf(min(b, c), b + c, 0.5) - middle
    assert ours.mid_p == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert ours.chi_square_p == pytest.approx(stats.chisquare([b, c]).pvalue, rel=1e-9)


def test_sample_ratio_is_scipys_chi_square() -> None:
    theirs = stats.chisquare([480, 310, 215], np.array([0.5, 0.3, 0.2]) * 1005)
    ours = sample_ratio_mismatch([480, 310, 215], [5, 3, 2])
    assert (ours.chi_square, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-9)


def test_a_win_rate_is_the_mean_of_its_scores() -> None:
    scores = np.repeat([1, 0.5, 0], [31, 9, 22])
    ours = win_rate(31, 9, 22)
    assert (ours.rate, ours.standard_error) == pytest.approx((scores.mean(), stats.sem(scores)), rel=1e-9)


@pytest.mark.parametrize(("rate", "sensitivity", "specificity"), [(0.3, 0.9, 0.85), (0.8, 0.75, 0.95), (0.5, 1, 1)])
def test_the_corrected_rates_interval_holds_the_truth(rate: float, sensitivity: float, specificity: float) -> None:
    generator, held, trials = np.random.default_rng(3), 0, 600
    judged, labelled = 200, 60
    for _ in range(trials):
        passed = rate * sensitivity + (1 - rate) * (1 - specificity)
        result = corrected_pass_rate(
            generator.binomial(judged, passed) / judged,
            generator.binomial(labelled, sensitivity) / labelled,
            generator.binomial(labelled, specificity) / labelled,
            CalibrationCounts(judged, labelled, labelled),
        )
        held += result.interval is not None and result.interval.contains(rate)
    assert held / trials > 0.93


def test_looking_at_every_item_keeps_the_error_rate() -> None:
    generator, false_alarms = np.random.default_rng(5), 0
    for _ in range(120):
        differences = generator.normal(0, 1.2, 150).tolist()
        looks = (confidence_sequence(differences[:n], 0.24, 1.2).p_value for n in range(2, 151, 4))
        false_alarms += any(p is not None and p < 0.05 for p in looks)
    assert false_alarms / 120 <= 0.1
