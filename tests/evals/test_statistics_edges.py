"""The edges of the statistics: bounds that are still meant, and the argument at fault."""

from __future__ import annotations

import math
from typing import Any

import pytest

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

HALF = Interval(-0.5, 0.5)


@pytest.mark.parametrize(
    ("low", "high", "excludes"), [(0.1, 1, True), (-1, -0.1, True), (0, 1, False), (-1, 0, False), (-1, 1, False)]
)
def test_an_interval_that_touches_zero_does_not_exclude_it(low: float, high: float, excludes: bool) -> None:
    assert Interval(low, high).excludes_zero is excludes


def test_ends_belong_to_an_interval() -> None:
    assert [HALF.contains(value) for value in (-0.51, -0.5, 0, 0.5, 0.51)] == [False, True, True, True, False]
    assert HALF.level == 0.95


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: paired_difference([1, 2], [1]), "b"),
        (lambda: paired_difference([math.nan], [1]), "a"),
        (lambda: paired_difference([1], [math.inf]), "b"),
        (lambda: mean_interval([1.1e100]), "values"),
        (lambda: mean_interval([1, 2], ["x"]), "clusters"),
        (lambda: mean_interval([1, 2], level=0), "level"),
        (lambda: mean_interval([1, 2], level=1), "level"),
        (lambda: wilson_interval(3, 2), "successes"),
        (lambda: wilson_interval(1, 2, level=0), "level"),
        (lambda: win_rate(0, -1, 0), "ties"),
        (lambda: win_rate(0, 0, -1), "losses"),
        (lambda: win_rate(0.5, 0, 0), "wins"),  # type: ignore[arg-type]
        (lambda: win_rate(True, 0, 0), "wins"),
        (lambda: win_rate(1, 1, 1, level=1), "level"),
        (lambda: mcnemar(-1, 0), "b"),
        (lambda: mcnemar(0, -1), "c"),
        (lambda: holm([-0.1]), "p_values"),
        (lambda: pass_at_k(-1, 0, 1), "n"),
        (lambda: pass_at_k(1, -1, 1), "c"),
        (lambda: pass_at_k(1, 1, 0), "k"),
        (lambda: pass_hat_k(-1, 0, 1), "n"),
        (lambda: pass_hat_k(1, -1, 1), "c"),
        (lambda: pass_hat_k(1, 1, 0), "k"),
        (lambda: cohen_kappa([1], [1, 2]), "r2"),
        (lambda: cohen_kappa([math.nan], [1]), "r1"),
        (lambda: cohen_kappa([1], [math.nan]), "r2"),
        (lambda: cohen_kappa([1], [2], "cubic"), "weights"),  # type: ignore[arg-type]
        (lambda: required_items(1, 0), "effect"),
        (lambda: required_items(1, math.nan), "effect"),
        (lambda: required_items(1, 1e-30), "effect"),
        (lambda: required_items(-0.1, 1), "sd_difference"),
        (lambda: required_items(1, 1, design_effect=0), "design_effect"),
        (lambda: required_items(1, 1, alpha=1), "alpha"),
        (lambda: required_items(1, 1, power=0), "power"),
        (lambda: minimum_detectable_effect(1, 0), "n"),
        (lambda: required_items_for_win_rate(1.1), "rate"),
        (lambda: required_items_for_win_rate(0.6, -0.1), "tie_rate"),
        (lambda: required_items_for_win_rate(0.05, 0.2), "tie_rate"),
        (lambda: required_items_for_win_rate(0.95, 0.2), "tie_rate"),
        (lambda: corrected_pass_rate(-0.1, 1, 1), "observed"),
        (lambda: corrected_pass_rate(0.5, 1.1, 1), "sensitivity"),
        (lambda: corrected_pass_rate(0.5, 1, 1.1), "specificity"),
        (lambda: corrected_pass_rate(0.5, 1, 1, level=1), "level"),
        (lambda: corrected_pass_rate(0.5, 1, 1, CalibrationCounts(0, 1, 1)), "judged"),
        (lambda: corrected_pass_rate(0.5, 1, 1, CalibrationCounts(1, 0, 1)), "human_pass"),
        (lambda: corrected_pass_rate(0.5, 1, 1, CalibrationCounts(1, 1, 0)), "human_fail"),
        (lambda: sample_ratio_mismatch([1], [1, 2]), "weights"),
        (lambda: sample_ratio_mismatch([1, 2], [1, -1]), "weights"),
        (lambda: sample_ratio_mismatch([1, 2], [0, 0]), "weights"),
        (lambda: sample_ratio_mismatch([1, -2], [1, 1]), "counts"),
        (lambda: confidence_sequence([1, 2], 0), "tau"),
        (lambda: confidence_sequence([1, 2], math.nan), "tau"),
        (lambda: confidence_sequence([1, 2], 1, sigma=0), "sigma"),
        (lambda: confidence_sequence([1, 2], 1, level=0), "level"),
    ],
)
def test_the_argument_at_fault_is_named(call: Any, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        call()
    assert caught.value.field == field


def test_bounds_that_are_still_meant() -> None:
    assert mean_interval([1e100, 1e100]).mean == 1e100
    assert corrected_pass_rate(0, 1, 1).rate == 0
    assert corrected_pass_rate(1, 1, 1).rate == 1
    assert wilson_interval(2, 2) is not None
    assert required_items_for_win_rate(0.9, 0.2) == 2
    assert required_items_for_win_rate(0.1, 0.2) == 2
    assert holm([0, 1]) == (0, 1)
    assert corrected_pass_rate(0.5, 1, 1, CalibrationCounts(1, 1, 1)).interval is not None
    assert minimum_detectable_effect(0, 1) == 0
