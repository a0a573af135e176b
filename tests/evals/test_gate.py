"""Gates: an exit code says whether a candidate may pass, and never says so without evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.compare import Comparison, ItemResult, compare
from evals.gate import EXIT_INCONCLUSIVE, EXIT_MET, EXIT_NOT_MET, GATES, gate_exit_code
from evals.statistics import Interval

POINTS = st.floats(-9, 9, allow_nan=False)
MARGINS = st.floats(0, 3, allow_nan=False)


def row(item: int, variant: str, score: float | None) -> ItemResult:
    return ItemResult(
        item_id=f"i{item}",
        variant=variant,
        repeat=0,
        cluster=f"i{item}",
        phase="exploration",
        topic="core_values",
        tags=(),
        difficulty="easy",
        score=score,
        criteria={},
        cost=None,
        latency_ms=None,
        status="unscored" if score is None else "scored",
        reason="",
    )


def compared(differences: list[float | None]) -> Comparison:
    """A candidate that differs from 5 by these points, item by item; None has no score."""
    rows = [row(number, "baseline", 5.0) for number in range(len(differences))]
    rows += [row(n, "candidate", None if d is None else 5.0 + d) for n, d in enumerate(differences)]
    return compare(rows, "baseline", "candidate", [])


def between(low: float, high: float) -> Comparison:
    some = compared([0.1, 0.2, 0.3])
    return replace(some, overall=replace(some.overall, interval=Interval(low, high, 0.95)))


@pytest.mark.parametrize(
    ("gate", "low", "high", "code"),
    [
        ("better", 0.1, 0.5, EXIT_MET),
        ("better", 0.0, 0.5, EXIT_INCONCLUSIVE),
        ("better", -0.1, 0.5, EXIT_INCONCLUSIVE),
        ("better", -0.5, -0.1, EXIT_NOT_MET),
        ("better", 0.0, 0.0, EXIT_NOT_MET),
        ("not-worse", 0.1, 0.5, EXIT_MET),
        ("not-worse", -0.19, 0.5, EXIT_MET),
        ("not-worse", -0.19, -0.05, EXIT_MET),
        ("not-worse", -0.2, 0.5, EXIT_INCONCLUSIVE),
        ("not-worse", -0.5, -0.1, EXIT_INCONCLUSIVE),
        ("not-worse", -0.5, -0.3, EXIT_NOT_MET),
        ("not-worse", 0.0, 0.0, EXIT_MET),
    ],
)
def test_the_interval_decides(gate: str, low: float, high: float, code: int) -> None:
    assert gate_exit_code(gate, between(low, high), margin=0.2) == code


@pytest.mark.parametrize("gate", GATES)
def test_without_an_interval_nothing_is_said(gate: str) -> None:
    for comparison in (None, compared([]), compared([2.0]), compared([None, None, None])):
        assert gate_exit_code(gate, comparison, 0.1) == EXIT_INCONCLUSIVE


@given(POINTS, POINTS, MARGINS)
def test_what_is_better_is_not_worse(one: float, two: float, margin: float) -> None:
    comparison = between(min(one, two), max(one, two))
    better, not_worse = (gate_exit_code(gate, comparison, margin) for gate in ("better", "not-worse"))
    if better == EXIT_MET and (margin > 0 or one != two):
        assert not_worse == EXIT_MET
    if not_worse == EXIT_NOT_MET:
        assert better == EXIT_NOT_MET


@given(POINTS, POINTS, POINTS, MARGINS)
def test_more_points_never_lose_a_gate(one: float, two: float, more: float, margin: float) -> None:
    order = {EXIT_NOT_MET: 0, EXIT_INCONCLUSIVE: 1, EXIT_MET: 2}
    low, high = min(one, two), max(one, two)
    for gate in GATES:
        before = gate_exit_code(gate, between(low, high), margin)
        after = gate_exit_code(gate, between(low + abs(more), high + abs(more)), margin)
        assert order[after] >= order[before]


def test_over_real_comparisons() -> None:
    clear = [1.0, 1.2, 0.8, 1.1, 0.9, 1.3, 0.7, 1.0]
    assert gate_exit_code("better", compared([*clear]), 0.1) == EXIT_MET
    assert gate_exit_code("better", compared([-points for points in clear]), 0.1) == EXIT_NOT_MET
    assert gate_exit_code("not-worse", compared([-points for points in clear]), 0.1) == EXIT_NOT_MET
    assert gate_exit_code("not-worse", compared([-points for points in clear]), 2.0) == EXIT_MET
    assert gate_exit_code("better", compared([3.0, -3.0, 2.0, -2.0]), 0.1) == EXIT_INCONCLUSIVE
