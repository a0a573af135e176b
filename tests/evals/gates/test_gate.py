"""Gates: an exit code says whether a candidate may pass, and never says so without evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coaching_core.errors import InvalidInputError
from coaching_core.prompts.gate import GateKind, GateStatus
from evals.comparing.compare import Comparison, ComparisonVerdict, ItemResult, compare
from evals.gates.gate import (
    EXIT_INCONCLUSIVE,
    EXIT_MET,
    EXIT_NOT_MET,
    GATES,
    decide,
    gate_exit_code,
    holm_intervals,
    settled_interval,
    threshold,
)
from evals.statistics import Interval, holm

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


@pytest.mark.parametrize("pairs", [2, 3, 5])
@pytest.mark.parametrize("gate", GATES)
def test_a_few_pairs_that_are_exactly_alike_say_nothing(gate: str, pairs: int) -> None:
    comparison = compared([0.5] * pairs)
    assert comparison.verdict is ComparisonVerdict.UNCLEAR
    assert gate_exit_code(gate, comparison, 0.1) == EXIT_INCONCLUSIVE
    assert holm_intervals([comparison], 0.0) == (None,)


def test_enough_pairs_that_are_alike_say_what_they_show() -> None:
    assert gate_exit_code("better", compared([0.5] * 6), 0.1) == EXIT_MET
    assert gate_exit_code("better", compared([-0.5] * 6), 0.1) == EXIT_NOT_MET
    assert gate_exit_code("not-worse", compared([0.0] * 6), 0.1) == EXIT_MET


@given(st.lists(st.floats(-2, 2, allow_nan=False).map(lambda points: round(points, 1)), max_size=12))
def test_better_is_never_met_where_the_comparison_is_unclear(differences: list[float]) -> None:
    comparison = compared([*differences])
    if comparison.verdict is ComparisonVerdict.UNCLEAR:
        assert gate_exit_code("better", comparison, 0.1) != EXIT_MET
    if comparison.verdict is ComparisonVerdict.BETTER:
        assert gate_exit_code("better", comparison, 0.1) == EXIT_MET


@pytest.mark.parametrize("margin", [-0.1, float("nan"), float("inf"), -1e-12])
@pytest.mark.parametrize("gate", GATES)
def test_a_margin_is_a_number_of_points(gate: str, margin: float) -> None:
    for comparison in (None, compared([1.0, 2.0, 3.0])):
        with pytest.raises(InvalidInputError) as caught:
            gate_exit_code(gate, comparison, margin)
        assert caught.value.field == "margin"


@given(POINTS, POINTS, MARGINS)
def test_the_shell_and_the_publish_gate_decide_alike(one: float, two: float, margin: float) -> None:
    comparison = between(min(one, two), max(one, two))
    codes = {GateStatus.MET: EXIT_MET, GateStatus.NOT_MET: EXIT_NOT_MET, GateStatus.INCONCLUSIVE: EXIT_INCONCLUSIVE}
    for gate, kind in (("better", GateKind.BETTER), ("not-worse", GateKind.NOT_WORSE)):
        assert codes[decide(kind, margin, settled_interval(comparison))] == gate_exit_code(gate, comparison, margin)


def test_a_wider_margin_forgives_more() -> None:
    interval = Interval(-0.3, 0.1)
    found = [decide(GateKind.NOT_WORSE, margin, interval) for margin in (0, 0.2, 0.3, 0.31, 5)]
    assert found == [GateStatus.INCONCLUSIVE] * 3 + [GateStatus.MET] * 2


DIFFERENCES = st.lists(st.floats(-2, 2, allow_nan=False).map(lambda points: round(points, 2)), min_size=8, max_size=14)


def test_one_candidate_alone_has_its_plain_interval() -> None:
    comparison = compared([0.4, -0.1, 0.3, 0.2, 0.6, 0.1])
    (found,) = holm_intervals([comparison], -0.2)
    plain = comparison.overall.interval
    assert found is not None
    assert plain is not None
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    assert found.level == 0.95


@given(st.lists(DIFFERENCES, min_size=1, max_size=5))
def test_intervals_of_several_candidates_say_what_holm_says(several: list[list[float]]) -> None:
    comparisons = [compared([*differences]) for differences in several]
    adjusted = holm([comparison.overall.p_value for comparison in comparisons])
    assume(None not in adjusted)
    for comparison, interval, p_value in zip(comparisons, holm_intervals(comparisons, 0.0), adjusted, strict=True):
        assert p_value is not None
        assert interval is not None
        if abs(p_value - 0.05) < 1e-9:
            continue
        assert interval.excludes_zero == (p_value < 0.05)
        plain = comparison.overall.interval
        assert plain is not None
        assert interval.low <= plain.low + 1e-12
        assert interval.high >= plain.high - 1e-12


@given(st.lists(DIFFERENCES, min_size=2, max_size=4), DIFFERENCES, MARGINS)
def test_one_more_candidate_never_helps_the_others(
    several: list[list[float]], more: list[float], margin: float
) -> None:
    bound = threshold(GateKind.NOT_WORSE, margin)
    comparisons = [compared([*differences]) for differences in several]
    alone = holm_intervals(comparisons, bound)
    together = holm_intervals([*comparisons, compared([*more])], bound)
    for before, after in zip(alone, together, strict=False):
        if decide(GateKind.NOT_WORSE, margin, after) is GateStatus.MET:
            assert decide(GateKind.NOT_WORSE, margin, before) is GateStatus.MET
