"""Rules that hold whatever the numbers are: symmetry, order, intervals around their estimate, never a NaN."""

from __future__ import annotations

import dataclasses
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching_core.errors import InvalidInputError
from evals.statistics import (
    CalibrationCounts,
    Interval,
    cohen_kappa,
    confidence_sequence,
    corrected_pass_rate,
    holm,
    mcnemar,
    mean_interval,
    minimum_detectable_effect,
    paired_difference,
    pass_at_k,
    pass_hat_k,
    required_items,
    required_items_for_win_rate,
    sample_ratio_mismatch,
    wilson_interval,
    win_rate,
)

score = st.floats(1, 10)
anything = st.floats(-1e99, 1e99)
pairs = st.lists(st.tuples(score, score, st.integers(0, 4)), min_size=0, max_size=25)
shares = st.floats(0, 1)
counts = st.integers(0, 60)


def numbers(result: Any) -> list[float]:
    """Every number in a result, those of its intervals too."""
    if dataclasses.is_dataclass(result):
        return [n for field in dataclasses.fields(result) for n in numbers(getattr(result, field.name))]
    if isinstance(result, tuple):
        return [n for entry in result for n in numbers(entry)]
    return [result] if isinstance(result, int | float) else []


def assert_sound(result: Any, estimate: float | None, interval: Interval | None) -> None:
    assert all(math.isfinite(number) for number in numbers(result))
    if interval is not None:
        assert estimate is not None
        assert interval.contains(estimate)


@given(pairs)
def test_swapping_negates_the_difference(rows: list[tuple[float, float, int]]) -> None:
    a, b, clusters = ([row[place] for row in rows] for place in range(3))
    there, back = paired_difference(a, b, clusters), paired_difference(b, a, clusters)
    assert (there.standard_error, there.p_value, there.n) == (back.standard_error, back.p_value, back.n)
    if there.mean is not None and back.mean is not None:
        assert there.mean == -back.mean
    if there.interval is not None and back.interval is not None:
        assert (there.interval.low, there.interval.high) == (-back.interval.high, -back.interval.low)


@given(pairs, st.randoms(use_true_random=False))
def test_order_does_not_matter(rows: list[tuple[float, float, int]], order: random.Random) -> None:
    shuffled = rows[:]
    order.shuffle(shuffled)

    def difference(of: list[tuple[float, float, int]]) -> Any:
        return paired_difference([r[0] for r in of], [r[1] for r in of], [r[2] for r in of])

    assert numbers(difference(rows)) == pytest.approx(numbers(difference(shuffled)), rel=1e-9, abs=1e-12)


@given(pairs, st.floats(0.5, 0.999))
def test_differences_and_means_are_sound(rows: list[tuple[float, float, int]], level: float) -> None:
    a, b, clusters = ([row[place] for row in rows] for place in range(3))
    difference = paired_difference(a, b, clusters, level)
    assert_sound(difference, difference.mean, difference.interval)
    assert (difference.reason is None) == (difference.p_value is not None)
    mean = mean_interval(a, clusters, level)
    assert_sound(mean, mean.mean, mean.interval)
    assert (mean.reason is None) == (mean.interval is not None)


@given(st.lists(anything, max_size=12), st.floats(1e-12, 1e12), st.one_of(st.none(), st.floats(1e-12, 1e12)))
def test_no_number_brings_a_nan(values: list[float], tau: float, sigma: float | None) -> None:
    difference = paired_difference(values, values[::-1])
    assert_sound(difference, difference.mean, difference.interval)
    sequence = confidence_sequence(values, tau, sigma)
    assert_sound(sequence, sequence.mean, sequence.interval)
    assert (sequence.reason is None) == (sequence.p_value is not None)


@given(counts, counts, counts)
def test_win_rates_are_sound_and_mirror_each_other(wins: int, ties: int, losses: int) -> None:
    there, back = win_rate(wins, ties, losses), win_rate(losses, ties, wins)
    assert_sound(there, there.rate, there.interval)
    assert_sound(there, there.decisive_rate, there.decisive_interval)
    assert there.sign_test_p == back.sign_test_p
    if there.rate is not None and back.rate is not None:
        assert there.rate == pytest.approx(1 - back.rate, abs=1e-12)
    if there.interval is not None and back.interval is not None:
        assert there.interval.low == pytest.approx(1 - back.interval.high, abs=1e-12)
        assert 0 <= there.interval.low <= there.interval.high <= 1


@given(counts, counts)
def test_mcnemar_is_symmetric(b: int, c: int) -> None:
    there, back = mcnemar(b, c), mcnemar(c, b)
    assert (there.exact_p, there.mid_p, there.chi_square) == (back.exact_p, back.mid_p, back.chi_square)
    assert_sound(there, None, None)
    if there.exact_p is not None and there.mid_p is not None:
        assert there.mid_p <= there.exact_p


@given(st.lists(st.one_of(st.none(), shares), max_size=12), st.randoms(use_true_random=False))
def test_holm_raises_and_keeps_the_order(p_values: list[float | None], order: random.Random) -> None:
    adjusted = holm(p_values)
    known = sorted((p, q) for p, q in zip(p_values, adjusted, strict=True) if p is not None and q is not None)
    assert [p is None for p in p_values] == [q is None for q in adjusted]
    assert all(p <= q <= 1 for p, q in known)
    assert sorted(holm([p for p, _ in known])) == [q for _, q in known]  # type: ignore[type-var]
    assert [q for _, q in known] == sorted(q for _, q in known)
    places = list(range(len(p_values)))
    order.shuffle(places)
    assert holm([p_values[place] for place in places]) == tuple(adjusted[place] for place in places)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_all_pass_is_never_likelier_than_one_passes(n: int, c: int, k: int) -> None:
    one, every = pass_at_k(n, c, k), pass_hat_k(n, c, k)
    assert (one is None) == (every is None) == (k > n or c > n)
    if one is not None and every is not None:
        assert 0 <= every <= one <= 1


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), max_size=20))
def test_kappa_is_symmetric_and_at_most_one(ratings: list[tuple[int, int]]) -> None:
    r1, r2 = [r for r, _ in ratings], [r for _, r in ratings]
    for weights in (None, "linear", "quadratic"):
        there, back = cohen_kappa(r1, r2, weights), cohen_kappa(r2, r1, weights)  # type: ignore[arg-type]
        assert there == (None if back is None else pytest.approx(back, abs=1e-12))
        assert there is None or there <= 1
        if len(set(r1)) > 1:
            assert cohen_kappa(r1, r1, weights) == 1  # type: ignore[arg-type]


def test_kappa_of_constant_raters_is_undefined() -> None:
    assert cohen_kappa([3, 3, 3], [3, 3, 3]) is None
    assert cohen_kappa([3, 3, 3], [4, 4, 4], "linear") is None
    assert cohen_kappa([], []) is None
    assert cohen_kappa([3, 3, 3], [3, 4, 3]) == 0


@given(shares, shares, shares, st.integers(1, 300), st.integers(1, 80), st.integers(1, 80))
def test_corrected_rates_are_sound(
    observed: float, sensitivity: float, specificity: float, n: int, passed: int, failed: int
) -> None:
    result = corrected_pass_rate(observed, sensitivity, specificity, CalibrationCounts(n, passed, failed))
    assert_sound(result, result.rate, result.interval)
    assert result.interval is not None or result.reason is not None
    if result.rate is not None:
        assert 0 <= result.rate <= 1


def test_a_perfect_judge_corrects_nothing() -> None:
    assert corrected_pass_rate(0.37, 1, 1).rate == pytest.approx(0.37)
    assert corrected_pass_rate(0.5, 0.6, 0.4).rate is None
    cut = corrected_pass_rate(0.05, 0.9, 0.8)
    assert (cut.rate, cut.interval) == (0, None)
    assert "cut to 0" in (cut.reason or "")


@settings(max_examples=50)
@given(st.floats(0.1, 5), st.floats(0.05, 3), st.floats(0.3, 4))
def test_the_items_required_detect_the_effect(sd: float, effect: float, design_effect: float) -> None:
    n = required_items(sd, effect, design_effect=design_effect)
    assert minimum_detectable_effect(sd, n, design_effect=design_effect) <= effect * (1 + 1e-9)
    if n > 2:
        assert minimum_detectable_effect(sd, n - 1, design_effect=design_effect) >= effect * (1 - 1e-9)


@pytest.mark.parametrize(("values", "reason"), [([], "no value"), ([4.0], "no spread")])
def test_too_few_values_have_a_reason(values: list[float], reason: str) -> None:
    result = paired_difference(values, values)
    assert (result.interval, result.standard_error, result.p_value) == (None, None, None)
    assert reason in (result.reason or "")


def test_one_cluster_alone_has_no_interval() -> None:
    result = paired_difference([1, 2, 3], [0, 0, 0], ["x", "x", "x"])
    assert (result.mean, result.interval, result.n_clusters) == (2, None, 1)
    assert "one cluster" in (result.reason or "")


def test_differences_all_alike_have_no_spread_to_test_against() -> None:
    result = paired_difference([0.3, 0.7, 8.1], [0.1, 0.5, 7.9])
    assert result.mean == pytest.approx(0.2)
    assert result.interval is not None
    assert (result.standard_error, result.p_value) == (0, None)
    assert result.interval.low == result.interval.high == result.mean
    assert "do not vary" in (result.reason or "")


def test_nothing_compared_is_no_rate() -> None:
    assert win_rate(0, 0, 0).rate is None
    assert win_rate(0, 0, 0).reason
    assert win_rate(0, 5, 0).decisive_rate is None
    assert "tie" in (win_rate(0, 5, 0).reason or "")
    assert win_rate(1, 0, 0).interval is None
    assert mcnemar(0, 0).exact_p is None
    assert wilson_interval(0, 0) is None


def test_all_wins_are_not_taken_for_certainty() -> None:
    result = win_rate(3, 0, 0)
    assert result.interval == wilson_interval(3, 3)
    assert "Wilson" in (result.reason or "")


def test_sample_ratios_that_cannot_be_tested() -> None:
    assert sample_ratio_mismatch([0, 0], [1, 1]).mismatch is None
    assert sample_ratio_mismatch([7], [1]).mismatch is None
    assert sample_ratio_mismatch([7, 1], [1, 0]).mismatch is True
    assert sample_ratio_mismatch([50, 50, 0], [1, 1, 0]).mismatch is False


@pytest.mark.parametrize(
    "call",
    [
        lambda: paired_difference([1, 2], [1]),
        lambda: paired_difference([1, math.nan], [1, 2]),
        lambda: paired_difference([1, math.inf], [1, 2]),
        lambda: paired_difference([1, 1e200], [1, 2]),
        lambda: paired_difference([1, 2], [1, 2], ["a"]),
        lambda: paired_difference([1, 2], [1, 2], level=1),
        lambda: mean_interval([1, 2], level=math.nan),
        lambda: wilson_interval(21, 20),
        lambda: wilson_interval(-1, 20),
        lambda: win_rate(-1, 0, 0),
        lambda: mcnemar(1, -1),
        lambda: required_items(1.2, 0),
        lambda: required_items(-1, 0.3),
        lambda: required_items(1, 1e-30),
        lambda: required_items(1, 0.3, design_effect=0),
        lambda: required_items(1, 0.3, alpha=0),
        lambda: minimum_detectable_effect(1.2, 0),
        lambda: required_items_for_win_rate(0.5),
        lambda: required_items_for_win_rate(0.95, 0.2),
        lambda: holm([0.1, 1.2]),
        lambda: holm([math.nan]),
        lambda: pass_at_k(3, 1, 0),
        lambda: pass_hat_k(3, -1, 1),
        lambda: cohen_kappa([1], [1, 2]),
        lambda: cohen_kappa([1, 2], [1, 2], "cubic"),  # type: ignore[arg-type]
        lambda: corrected_pass_rate(1.1, 0.9, 0.9),
        lambda: corrected_pass_rate(0.5, 0.9, 0.9, CalibrationCounts(0, 5, 5)),
        lambda: sample_ratio_mismatch([1, 2], [1]),
        lambda: sample_ratio_mismatch([1, 2], [0, 0]),
        lambda: sample_ratio_mismatch([1, 2], [1, -1]),
        lambda: confidence_sequence([1, 2], 0),
        lambda: confidence_sequence([1, 2], 1, -1),
    ],
)
def test_what_cannot_be_meant_is_refused(call: Any) -> None:
    with pytest.raises(InvalidInputError):
        call()


def test_corrections_that_cannot_be_made_say_why() -> None:
    few = corrected_pass_rate(0.5, 0.6, 0.6, CalibrationCounts(100, 1, 1))
    assert few.interval is not None
    assert "numbers of items" in (corrected_pass_rate(0.5, 0.9, 0.9).reason or "")
    assert "no better than chance" in (corrected_pass_rate(0.5, 0.5, 0.5).reason or "")
    assert corrected_pass_rate(0.5, 1, 0.01, CalibrationCounts(100, 1, 90)).interval is None


def test_a_sequence_beyond_all_proportion_says_so() -> None:
    assert "too far apart" in (confidence_sequence([1, 2, 3], tau=1e99, sigma=1e-99).reason or "")
    assert "do not vary" in (confidence_sequence([1, 1, 1], tau=1).reason or "")
    assert confidence_sequence([1, 1, 1], tau=1, sigma=1).interval is not None


def test_a_win_rate_knows_its_number_of_comparisons() -> None:
    assert win_rate(3, 2, 1).n == 6
