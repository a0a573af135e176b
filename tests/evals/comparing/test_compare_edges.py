"""Comparisons at their edges: the margin itself, six alike, ties in order, and every field of both sides."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coaching_core.errors import InvalidInputError
from evals.comparing.compare import ADJUSTMENT, Comparison, ComparisonVerdict, compare
from evals.statistics import mean_interval, minimum_detectable_effect
from tests.evals.comparing.test_compare import CRITERIA, compared, row, sides


def alike(by: float, items: int, **options: Any) -> ComparisonVerdict:
    return compared([5.0] * items, [5.0 + by] * items, **options).verdict


@pytest.mark.parametrize(
    ("by", "items", "margin", "verdict"),
    [
        (1.0, 5, 0.1, "unclear"),
        (1.0, 6, 0.1, "better"),
        (-1.0, 6, 0.1, "worse"),
        (0.0, 5, 0.1, "unclear"),
        (0.0, 6, 0.0, "same"),
        (0.1, 6, 0.1, "same"),
        (-0.1, 6, 0.1, "same"),
        (0.11, 6, 0.1, "better"),
        (-0.11, 6, 0.1, "worse"),
    ],
)
def test_differences_that_are_all_alike(by: float, items: int, margin: float, verdict: str) -> None:
    assert alike(by, items, margin=margin) == verdict


def test_six_items_of_one_conversation_are_not_six_witnesses() -> None:
    rows = [replace(entry, cluster="one" if entry.item_id < "i-003" else "two") for entry in sides([5] * 6, [6] * 6)]
    assert compare(rows, "v14", "v15", CRITERIA).verdict is ComparisonVerdict.UNCLEAR


@pytest.mark.parametrize(
    ("by", "counts"), [(0.1, (0, 0, 1)), (0.1001, (1, 0, 0)), (-0.1001, (0, 1, 0)), (-0.1, (0, 0, 1))]
)
def test_a_difference_of_just_the_margin_does_not_matter(by: float, counts: tuple[int, int, int]) -> None:
    found = compared([5.0], [5.0 + by])
    assert (found.better, found.worse, found.same) == counts
    assert len(found.regressions) == counts[1]


def test_losses_that_are_alike_stand_in_the_order_of_items() -> None:
    found = compared([5, 5, 5, 5], [4, 3, 4, 3])
    assert [pair.item_id for pair in found.regressions] == ["i-001", "i-003", "i-000", "i-002"]


def test_a_pair_carries_its_item() -> None:
    found = compared([5, 5], [5, 3])
    (pair,) = found.regressions
    entry = row(1, "v14", 5)
    assert (pair.item_id, pair.cluster, pair.phase, pair.topic) == ("i-001", "c-1", entry.phase, entry.topic)
    assert (pair.tags, pair.difficulty, pair.baseline, pair.candidate, pair.difference) == (
        ("short",),
        "easy",
        5,
        3,
        -2,
    )


def test_both_sides_by_themselves() -> None:
    rows = sides([5, 6, 8], [6, 6, None])
    rows += [row(0, "v14", 7, repeat=1, cost=Decimal("0.008"), latency_ms=100.0)]
    found = compare(rows, "v14", "v15", CRITERIA, labels={"v14": "old"})
    side = found.baseline
    assert (side.variant, side.label, side.answers, side.unknown_costs) == ("v14", "old", 4, 0)
    assert side.score == mean_interval([6, 6], ["c-0", "c-1"])
    assert side.cost_per_answer == Decimal("0.0035")
    clusters = ["c-0", "c-0", "c-1", "c-2"]
    assert side.cost_interval == mean_interval([0.002, 0.008, 0.002, 0.002], clusters).interval
    assert side.latency_ms == mean_interval([800, 100, 800, 800], clusters)
    assert (found.candidate.label, found.candidate.answers) == ("v15", 3)
    assert found.candidate.score == mean_interval([6, 6], ["c-0", "c-1"])


def test_nothing_answered_costs_nothing_that_is_known() -> None:
    found = compare(sides([5], []), "v14", "v15", CRITERIA)
    side = found.candidate
    assert (side.answers, side.cost_per_answer, side.cost_interval, side.unknown_costs) == (0, None, None, 0)
    assert (side.score.mean, side.latency_ms.mean) == (None, None)


def test_one_unknown_cost_among_known_ones() -> None:
    rows = [*sides([5, 6], [6, 6]), row(2, "v14", 7, cost=None)]
    found = compare(rows, "v14", "v15", CRITERIA)
    side = found.baseline
    assert (side.cost_per_answer, side.cost_interval, side.unknown_costs) == (None, None, 1)
    assert found.candidate.unknown_costs == 0


def test_what_is_left_out_says_whose_and_why() -> None:
    rows = [*sides([5, None], [6, 6]), row(2, "v15", None, status="failed", reason="Down."), row(3, "v14", 5)]
    found = compare(rows, "v14", "v15", CRITERIA)
    assert [(one.item_id, one.variant, one.status, one.reason) for one in found.left_out] == [
        ("i-001", "v14", "unscored", "ModelTimeoutError: no answer"),
        ("i-002", "v14", "missing", "There is no answer to this item yet."),
        ("i-002", "v15", "failed", "Down."),
        ("i-003", "v15", "missing", "There is no answer to this item yet."),
    ]
    assert found.unscored_repeats == 0


def test_one_scored_repeat_keeps_an_item_in() -> None:
    rows = [*sides([5], [6]), row(0, "v14", None, repeat=1), row(0, "v15", None, repeat=1)]
    found = compare(rows, "v14", "v15", CRITERIA)
    assert (found.overall.n, found.left_out, found.unscored_repeats) == (1, (), 2)


def test_a_criterion_without_a_score_leaves_only_that_criterion() -> None:
    rows = [
        replace(entry, criteria={"fit": entry.score, "focus": None if n == 0 else 5.0})
        for n, entry in enumerate(sides([5, 6, 7], [6, 6, 9]))
    ]
    fit, focus = compare(rows, "v14", "v15", CRITERIA).criteria
    assert (fit.name, fit.difference.n, fit.difference.mean) == ("fit", 3, 1)
    assert (focus.name, focus.difference.n, focus.difference.mean) == ("focus", 2, 0)


def test_groups_nobody_foresaw_come_last_by_name() -> None:
    rows = sides([5] * 4, [6] * 4)
    names = ["zeal", "completion", "awe", "introduction"]
    rows = [replace(entry, phase=names[int(entry.item_id[2:])], difficulty="odd") for entry in rows]
    found = compare(rows, "v14", "v15", CRITERIA)
    assert [part.name for part in found.by_phase] == ["introduction", "completion", "awe", "zeal"]
    assert [(part.name, part.difference.n) for part in found.by_difficulty] == [("odd", 4)]


def test_groups_are_adjusted_among_themselves() -> None:
    before = [5 + n % 3 for n in range(16)]
    found = compared(before, [score + 0.3 + (n * 7 % 5) / 3 for n, score in enumerate(before)])
    for parts in (found.by_topic, found.by_phase):
        raw = [part.difference.p_value for part in parts]
        assert min(part.adjusted_p or 0 for part in parts) >= min(p or 0 for p in raw) * len(parts) - 1e-12
    assert found.adjustment == ADJUSTMENT


def test_what_could_be_detected_counts_the_clusters() -> None:
    rows = [replace(e, cluster=f"c-{int(e.item_id[2:]) % 4}") for e in sides([5] * 8, [5, 6, 7, 8, 5, 6, 7, 8])]
    found = compare(rows, "v14", "v15", CRITERIA)
    error, sd = found.overall.standard_error, found.overall.sd
    assert error is not None
    assert sd is not None
    expected = minimum_detectable_effect(sd, 8, design_effect=8 * (error / sd) ** 2)
    assert found.minimum_detectable_effect == pytest.approx(expected)
    assert expected == pytest.approx(minimum_detectable_effect(error, 1))


def test_what_is_refused_names_its_field() -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"candidate": "a"}, "candidate"),
        ({"candidate": "b", "margin": -1e-9}, "margin"),
        ({"candidate": "b", "margin": float("inf")}, "margin"),
    ]
    for options, field in wrong:
        with pytest.raises(InvalidInputError) as caught:
            compare([], "a", rubric_criteria=(), **options)
        assert caught.value.field == field
    with pytest.raises(InvalidInputError, match="v14 has two results for item i-000, repeat 0"):
        compare([row(0, "v14", 5), row(0, "v14", 6)], "v14", "v15", ())


def test_nothing_at_all_is_compared_without_an_error() -> None:
    found: Comparison = compare([], "v14", "v15", CRITERIA)
    assert (found.overall.n, found.better, found.worse, found.same, found.by_phase) == (0, 0, 0, 0, ())
    assert found.margin == 0.1
    assert [part.name for part in found.criteria] == ["fit", "focus"]
