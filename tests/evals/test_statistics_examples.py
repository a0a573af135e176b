"""Every example that the guide pins down, to six digits."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evals import statistics
from evals.statistics import (
    cohen_kappa,
    confidence_sequence,
    corrected_pass_rate,
    holm,
    mcnemar,
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

A = [7, 8, 6, 9, 5, 7, 8, 6, 7, 9, 6, 8]
B = [6, 8, 5, 8, 5, 6, 9, 5, 6, 7, 6, 7]
CLUSTERS = [1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 5, 5]


def close(value: object) -> object:
    return pytest.approx(value, abs=5.1e-7)


def test_paired_difference() -> None:
    result = paired_difference(A, B)
    assert result.interval is not None
    assert (result.mean, result.standard_error) == close((0.666667, 0.224733))
    assert (result.interval.low, result.interval.high) == close((0.172032, 1.161301))
    assert result.p_value == close(0.012826)
    assert (result.n, result.n_clusters) == (12, 12)


def test_paired_difference_with_clusters() -> None:
    result = paired_difference(A, B, CLUSTERS)
    assert result.interval is not None
    assert result.standard_error == close(0.145668)
    assert (result.interval.low, result.interval.high) == close((0.262228, 1.071106))
    assert (result.n, result.n_clusters) == (12, 5)


def test_win_rate() -> None:
    result = win_rate(120, 40, 90)
    assert result.interval is not None
    assert result.decisive_interval is not None
    assert (result.rate, result.standard_error) == close((0.56, 0.028791))
    assert (result.interval.low, result.interval.high) == close((0.503571, 0.616429))
    assert result.decisive_rate == close(0.571429)
    assert (result.decisive_interval.low, result.decisive_interval.high) == close((0.503805, 0.636486))
    assert result.sign_test_p == close(0.045114)


def test_wilson_interval() -> None:
    interval = wilson_interval(0, 20)
    assert interval is not None
    assert (interval.low, interval.high) == close((0, 0.161125))


def test_mcnemar() -> None:
    result = mcnemar(18, 7)
    assert (result.exact_p, result.mid_p, result.chi_square) == close((0.043285, 0.028959, 4.84))


def test_cohen_kappa() -> None:
    r1, r2 = [1, 2, 3, 4, 5, 3, 2, 4, 5, 1, 3, 4], [1, 2, 4, 4, 5, 2, 2, 5, 4, 1, 3, 3]
    assert cohen_kappa(r1, r2) == close(0.478261)
    assert cohen_kappa(r1, r2, "linear") == close(0.724771)
    assert cohen_kappa(r1, r2, "quadratic") == close(0.883721)


def test_sample_sizes() -> None:
    assert required_items(1.2, 0.3) == 126
    assert minimum_detectable_effect(1.2, 250) == close(0.212625)
    assert required_items_for_win_rate(0.55, 0.2) == 621


def test_confidence_sequence() -> None:
    result = confidence_sequence([0.3] * 200, tau=0.24, sigma=1.2)
    assert (result.half_width, result.p_value, result.mean) == close((0.257543, 0.011598, 0.3))


def test_pass_rates() -> None:
    assert pass_at_k(10, 7, 3) == close(0.991667)
    assert pass_hat_k(10, 7, 3) == close(0.291667)


def test_holm() -> None:
    assert holm([0.001, 0.008, 0.039, 0.041, 0.27]) == close((0.005, 0.032, 0.117, 0.117, 0.27))


def test_corrected_pass_rate() -> None:
    assert corrected_pass_rate(0.70, 0.92, 0.85).rate == close(0.714286)


def test_sample_ratio_mismatch() -> None:
    assert sample_ratio_mismatch([5150, 4850], [0.5, 0.5]).mismatch is False
    assert sample_ratio_mismatch([5200, 4800], [0.5, 0.5]).mismatch is True


def test_every_name_exported_exists_and_says_what_it_is_for() -> None:
    for name in statistics.__all__:
        assert getattr(statistics, name).__doc__, name


def test_importing_loads_neither_numpy_nor_scipy() -> None:
    code = "import evals.statistics, sys; print([m for m in ('numpy', 'scipy') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


def test_distributions_come_without_scipy_stats() -> None:
    code = (
        "import sys; from evals.statistics import *; win_rate(3, 1, 2); paired_difference([1, 2], [3, 5]); "
        "print('scipy.stats' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "False"
