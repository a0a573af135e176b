"""The statistics by hand: figures that can be followed with a pencil, and the reasons where there is none."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evals.statistics import (
    CalibrationCounts,
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
    sample_ratio_mismatch,
    wilson_interval,
    win_rate,
)


def about(value: object, **tolerance: Any) -> Any:
    """The value as closely as floats can say it."""
    return pytest.approx(value, **tolerance)


@pytest.mark.parametrize(
    ("sd", "effect", "options", "items"),
    [
        (1.2, 0.3, {}, 126),
        (1.2, -0.3, {}, 126),
        (0.0, 0.3, {}, 2),
        (0.01, 5, {}, 2),
        (1.2, 0.3, {"power": 0.9}, 169),
        (1.2, 0.3, {"alpha": 0.01}, 187),
        (1.2, 0.3, {"design_effect": 2.0}, 252),
    ],
)
def test_items_required(sd: float, effect: float, options: dict[str, float], items: int) -> None:
    assert required_items(sd, effect, **options) == items


def test_a_required_number_that_comes_out_whole_is_not_rounded_up() -> None:
    effect = minimum_detectable_effect(1.2, 100)
    assert required_items(1.2, effect) == 100


@pytest.mark.parametrize(
    ("n", "c", "k", "one", "every"),
    [(3, 3, 3, 1, 1), (3, 0, 1, 0, 0), (4, 2, 2, 5 / 6, 1 / 6), (5, 1, 1, 0.2, 0.2), (3, 2, 2, 1, 1 / 3)],
)
def test_passing_once_and_always(n: int, c: int, k: int, one: float, every: float) -> None:
    assert (pass_at_k(n, c, k), pass_hat_k(n, c, k)) == (about(one), about(every))


def test_more_tries_or_passes_than_there_were_have_no_answer() -> None:
    for n, c, k in ((2, 1, 3), (2, 3, 1)):
        assert (pass_at_k(n, c, k), pass_hat_k(n, c, k)) == (None, None)


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ((), ()),
        ((0.04,), (0.04,)),
        ((0.6, 0.7), (1.0, 1.0)),
        ((0.04, None, 0.01), (0.04, None, 0.02)),
        ((0.03, 0.02, 0.01), (0.04, 0.04, 0.03)),
    ],
)
def test_holms_steps(p_values: tuple[float | None, ...], adjusted: tuple[float | None, ...]) -> None:
    assert holm(p_values) == tuple(None if p is None else about(p) for p in adjusted)


def test_a_mean_within_one_cluster_has_a_spread_of_values_but_no_error() -> None:
    found = mean_interval([1, 3], ["x", "x"])
    assert (found.mean, found.sd, found.standard_error, found.interval) == (2, about(math.sqrt(2)), None, None)
    assert (found.n, found.n_clusters, found.reason) == (2, 1, "All values belong to one cluster.")
    alone = mean_interval([4])
    assert (alone.mean, alone.sd, alone.n_clusters, alone.reason) == (4, None, 1, "One value alone has no spread.")
    assert mean_interval([]).reason == "There is no value."


def test_clusters_by_hand() -> None:
    """Two clusters with deviations −3 and +3 in sum: √(2/1·18)/4 = 1.5, and t(1) is 12.7062."""
    found = mean_interval([1, 2, 4, 5], ["a", "a", "b", "b"])
    assert (found.mean, found.standard_error, found.n_clusters) == (3, about(1.5), 2)
    assert found.interval is not None
    assert found.interval.high == about(3 + 12.706205 * 1.5)
    assert found.interval.level == 0.95
    narrow = mean_interval([1, 2, 4, 5], level=0.5).interval
    assert narrow is not None
    assert (narrow.level, narrow.high) == (0.5, about(3 + 0.764892 * math.sqrt(10 / 3) / 2))


def test_rounding_is_no_spread() -> None:
    values = [0.1 + 0.2, 0.3, 0.3]
    found = mean_interval(values)
    assert (found.sd, found.standard_error) == (0, 0)
    wide = mean_interval([1.0, 1.0 + 1e-9])
    assert wide.sd is not None
    assert wide.sd > 0
    assert paired_difference([0.1 + 0.2], [0.3]).mean == 0
    assert paired_difference([1.0 + 1e-9], [1.0]).mean != 0


def test_a_paired_difference_carries_what_follows_from_it() -> None:
    found = paired_difference([3, 5, 7, 9], [1, 2, 3, 4], ["a", "a", "b", "b"])
    assert (found.mean, found.n, found.n_clusters) == (3.5, 4, 2)
    assert found.sd == about(math.sqrt(5 / 3))
    assert found.standard_error == about(1.0)
    assert found.p_value == about(2 * (0.5 - math.atan(3.5) / math.pi))
    assert found.reason is None


@pytest.mark.parametrize(
    ("wins", "ties", "losses", "reason"),
    [
        (0, 0, 0, "Nothing was compared."),
        (1, 0, 0, "One comparison alone has no spread."),
        (0, 1, 0, "Every comparison was a tie, so there is no decisive rate."),
        (3, 0, 0, "Every comparison ended alike; the interval is Wilson's."),
        (0, 0, 3, "Every comparison ended alike; the interval is Wilson's."),
        (0, 3, 0, "Every comparison was a tie, so there is no decisive rate."),
        (2, 1, 0, None),
    ],
)
def test_the_reasons_of_a_win_rate(wins: int, ties: int, losses: int, reason: str | None) -> None:
    assert win_rate(wins, ties, losses).reason == reason


def test_a_win_rate_by_hand() -> None:
    found = win_rate(2, 1, 1)
    assert (found.wins, found.ties, found.losses, found.n) == (2, 1, 1, 4)
    assert (found.rate, found.decisive_rate) == (0.625, about(2 / 3))
    squares = 2 * 0.375**2 + 0.125**2 + 0.625**2
    assert found.standard_error == about(math.sqrt(squares / 3 / 4))
    assert found.sign_test_p == 1
    assert found.interval is not None
    assert (found.interval.high, found.interval.level) == (1, 0.95)
    assert found.decisive_interval == wilson_interval(2, 3)
    wide, narrow = win_rate(30, 10, 20, level=0.99), win_rate(30, 10, 20, level=0.8)
    assert wide.interval is not None
    assert narrow.interval is not None
    assert wide.decisive_interval == wilson_interval(30, 50, 0.99)
    assert wide.interval.low < narrow.interval.low
    all_ties = win_rate(0, 4, 0)
    assert (all_ties.rate, all_ties.decisive_rate, all_ties.sign_test_p) == (0.5, None, None)
    assert all_ties.interval == wilson_interval(2, 4)


def test_mcnemar_by_hand() -> None:
    found = mcnemar(5, 1)
    assert (found.b, found.c) == (5, 1)
    assert found.exact_p == about(2 * 7 / 64)
    assert found.mid_p == about(7 / 64 + 1 / 64)
    assert found.chi_square == about(16 / 6)
    assert (mcnemar(3, 3).exact_p, mcnemar(3, 3).chi_square) == (1, 0)
    assert mcnemar(3, 0).mid_p == about(1 / 8)
    assert mcnemar(0, 0).reason == "Both variants agree on every item."


def test_kappa_by_hand() -> None:
    assert cohen_kappa([1, 1, 2, 2], [1, 1, 2, 1]) == about(0.5)
    assert cohen_kappa([1, 2, 3], [3, 2, 1], "linear") == about(1 - (4 / 3) / (8 / 9))
    assert cohen_kappa([1, 2, 3], [3, 2, 1], "quadratic") == about(-1)
    assert cohen_kappa([1, 2, 3], [3, 2, 1]) == about(0)
    assert cohen_kappa([10, 20, 30], [30, 20, 10], "linear") == about(-0.5)


def test_a_corrected_rate_by_hand() -> None:
    found = corrected_pass_rate(0.7, 0.92, 0.85, CalibrationCounts(200, 60, 60))
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (
        about(0.605567, abs=1e-6),
        about(0.835833, abs=1e-6),
    )
    assert (found.interval.level, found.reason) == (0.95, None)
    wider = corrected_pass_rate(0.7, 0.92, 0.85, CalibrationCounts(200, 60, 60), level=0.99).interval
    assert wider is not None
    assert (wider.low < found.interval.low, wider.high > found.interval.high, wider.level) == (True, True, 0.99)


def test_an_interval_of_a_corrected_rate_stays_within_a_rate() -> None:
    for observed, end in ((0.02, 0), (0.98, 1)):
        found = corrected_pass_rate(observed, 0.95, 0.95, CalibrationCounts(50, 30, 30))
        assert found.rate == end
        assert f"was cut to {end}" in (found.reason or "")
        assert found.interval is not None
        assert found.interval.contains(end)
        assert 0 <= found.interval.low < found.interval.high <= 1


def test_sample_ratios_by_hand() -> None:
    even = sample_ratio_mismatch([60, 40], [1, 1])
    assert (even.chi_square, even.mismatch, even.reason) == (about(4), False, None)
    assert even.p_value == about(0.0455003, abs=1e-7)
    assert sample_ratio_mismatch([60, 40], [3, 2]).chi_square == about(0)
    assert sample_ratio_mismatch([6000, 4000], [1, 1]).mismatch is True
    none, one, wrong = (
        sample_ratio_mismatch([0, 0], [1, 1]),
        sample_ratio_mismatch([7, 0], [1, 0]),
        sample_ratio_mismatch([7, 1], [1, 0]),
    )
    assert (none.p_value, none.mismatch, none.reason) == (None, None, "There are no units.")
    assert (one.p_value, one.mismatch, one.reason) == (None, None, "There is one arm only.")
    assert (wrong.chi_square, wrong.p_value, wrong.reason) == (None, 0.0, "An arm with weight 0 has units.")


def test_a_confidence_sequence_by_hand() -> None:
    """σ = 1, τ = 0.5, n = 4: nρ² is 1, so the half-width is ½·√(4·ln(√2/0.05))."""
    found = confidence_sequence([1, 2, 3, 2], tau=0.5, sigma=1)
    half = 0.5 * math.sqrt(2 * 2 * math.log(math.sqrt(2) / 0.05))
    assert (found.mean, found.n, found.half_width) == (2, 4, about(half))
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (about(2 - half), about(2 + half))
    assert found.interval.level == 0.95
    assert found.p_value == about(math.exp(-(0.5 * 16 * 0.5 - 0.5 * math.log(2))))
    own = confidence_sequence([1, 2, 3, 2], tau=0.5)
    assert own.half_width == confidence_sequence([1, 2, 3, 2], tau=0.5, sigma=math.sqrt(2 / 3)).half_width
    looser = confidence_sequence([1, 2, 3, 2], tau=0.5, sigma=1, level=0.8)
    assert looser.interval is not None
    assert looser.interval.level == 0.8
    assert (looser.half_width or 0) < half
    assert confidence_sequence([0, 0, 0, 0], tau=0.5, sigma=1).p_value == 1


@pytest.mark.parametrize(
    ("differences", "n", "mean", "reason"),
    [
        ([], 0, None, "There is no value."),
        ([2.0], 1, 2, "One value alone has no spread."),
        ([2.0, 2.0], 2, 2, "The differences do not vary, so their spread is unknown."),
    ],
)
def test_a_sequence_that_is_too_short_says_why(
    differences: list[float], n: int, mean: float | None, reason: str
) -> None:
    found = confidence_sequence(differences, tau=1)
    assert (found.n, found.mean, found.interval, found.half_width, found.p_value) == (n, mean, None, None, None)
    assert found.reason == reason


def test_wilson_at_other_levels() -> None:
    found = wilson_interval(7.5, 10, level=0.5)
    assert found is not None
    z2 = 0.674489750196**2
    centre, width = (0.75 + z2 / 20) / (1 + z2 / 10), math.sqrt(z2 * (0.1875 + z2 / 40) / 10) / (1 + z2 / 10)
    assert (found.low, found.high, found.level) == (about(centre - width), about(centre + width), 0.5)
