"""Quantiles and their intervals, against numpy, the binomial distribution and plain counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evals.results.quantiles import quantile


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.sampled_from([0.1, 0.5, 0.95]))
def test_values_are_numpys(values: list[float], share: float) -> None:
    assert quantile(values, share).value == pytest.approx(float(np.quantile(values, share)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("n", "share"), [(6, 0.5), (20, 0.5), (100, 0.95), (240, 0.95), (1_999, 0.95), (5_000, 0.5)])
def test_intervals_hold_what_they_promise_and_little_more(n: int, share: float) -> None:
    found = quantile([float(value) for value in range(1, n + 1)], share).interval
    assert found is not None
    low, high = int(found.low), int(found.high)
    covered = binom.cdf(high - 1, n, share) - binom.cdf(low - 1, n, share)
    assert covered >= 0.95 - (0.002 if n > 2_000 else 1e-9)
    assert binom.cdf(low, n, share) > 0.025 - (0.002 if n > 2_000 else 0)
    assert binom.sf(high - 2, n, share) > 0.025 - (0.002 if n > 2_000 else 0)


def test_the_published_ranks_for_the_median() -> None:
    """Ranks 2 and 9 of 10, 6 and 15 of 20 (Conover 1999, table of the sign test)."""
    for n, ranks in ((10, (2, 9)), (20, (6, 15))):
        found = quantile([float(value) for value in range(1, n + 1)], 0.5).interval
        assert found is not None
        assert (found.low, found.high) == ranks


@pytest.mark.parametrize(("n", "share"), [(1, 0.5), (5, 0.5), (40, 0.95), (71, 0.95)])
def test_too_few_values_have_no_interval(n: int, share: float) -> None:
    found = quantile([1.0] * n, share)
    assert (found.value, found.interval) == (1.0, None)
    assert found.reason == f"{n} values are too few for an interval of this quantile."


def test_nothing_has_no_quantile() -> None:
    assert quantile([], 0.5).reason == "There is no value."
