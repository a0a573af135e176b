"""Comparisons: pairs by item, failures left out and counted, and a sentence that says no more than is known."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.errors import InvalidInputError
from evals.comparing.compare import Comparison, ComparisonVerdict, ItemResult, compare
from evals.comparing.words import signed
from evals.statistics import holm, minimum_detectable_effect, paired_difference

CRITERIA = ("fit", "focus")


def row(item: int, variant: str, score: float | None, **changes: Any) -> ItemResult:
    base = ItemResult(
        item_id=f"i-{item:03}",
        variant=variant,
        repeat=0,
        cluster=f"c-{item}",
        phase=("introduction", "exploration", "synthesis", "completion")[item % 4],
        topic=("goals", "vision")[item % 2],
        tags=("short",),
        difficulty=("hard", "easy")[item % 2],
        score=score,
        criteria={} if score is None else {"fit": score, "focus": 5.0},
        cost=Decimal("0.002"),
        latency_ms=800.0,
        status="unscored" if score is None else "scored",
        reason="ModelTimeoutError: no answer" if score is None else "",
    )
    return replace(base, **changes)


def sides(before: Sequence[float | None], after: Sequence[float | None]) -> list[ItemResult]:
    return [row(n, "v14", x) for n, x in enumerate(before)] + [row(n, "v15", x) for n, x in enumerate(after)]


def compared(before: Sequence[float | None], after: Sequence[float | None], **options: Any) -> Comparison:
    return compare(sides(before, after), "v14", "v15", CRITERIA, **options)


WAVE = [6.0 + (n * 7 % 11) / 5 for n in range(240)]
NOISE = [((n * 37 % 101) - 50) / 50 for n in range(240)]


def shifted(by: float, noise: float = 1.0) -> list[float]:
    return [x + by + noise * e for x, e in zip(WAVE, NOISE, strict=True)]


def test_a_better_candidate() -> None:
    found = compared(WAVE, shifted(0.31))
    expected = paired_difference(shifted(0.31), WAVE)
    assert found.verdict is ComparisonVerdict.BETTER
    assert found.overall.mean == pytest.approx(expected.mean)
    assert found.overall.p_value == pytest.approx(expected.p_value)
    assert found.overall.interval is not None
    assert found.sentence == (
        f"v15 scores {found.overall.mean:.2f} points higher than v14, "
        f"95 % interval +{found.overall.interval.low:.2f} to +{found.overall.interval.high:.2f}, on 240 paired items."
    )


def test_a_worse_candidate() -> None:
    found = compared(WAVE, shifted(-0.31))
    assert found.verdict is ComparisonVerdict.WORSE
    assert found.sentence.startswith("v15 scores 0.3")
    assert "points lower than v14, 95 % interval −0." in found.sentence
    assert "-" not in found.sentence


def test_an_unclear_difference() -> None:
    found = compared(WAVE[:12], shifted(0.1, 2)[:12])
    assert found.verdict is ComparisonVerdict.UNCLEAR
    assert found.overall.interval is not None
    low, high = signed(found.overall.interval.low), signed(found.overall.interval.high)
    assert found.sentence == f"No clear difference yet: {signed(found.overall.mean or 0)} [{low}, {high}]."
    assert low.startswith("−")


def test_the_same_within_the_margin() -> None:
    found = compared(WAVE, shifted(0.02, 0.2))
    assert found.verdict is ComparisonVerdict.SAME
    assert found.sentence.startswith("v15 scores the same as v14 within 0.10 points: ")


def test_a_difference_within_the_margin_is_the_same_however_sure() -> None:
    assert compared(WAVE, shifted(0.05, 0.05)).verdict is ComparisonVerdict.SAME
    assert compared(WAVE, shifted(0.05, 0.05), margin=0).verdict is ComparisonVerdict.BETTER


def test_identical_answers_are_the_same() -> None:
    found = compared(WAVE, WAVE)
    assert found.verdict is ComparisonVerdict.SAME
    assert found.sentence == "v15 scores the same as v14 within 0.10 points: 0.00 [0.00, 0.00], on 240 paired items."
    assert found.minimum_detectable_effect is None
    assert (found.better, found.worse, found.same) == (0, 0, 240)


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([], "Nothing can be compared yet: no item has a score from both."),
        ([5.0], "Too few pairs to tell: +2.00 on 1 paired item."),
        ([5.0, 6.0], "Too few pairs to tell: +2.00 on 2 paired items."),
    ],
)
def test_too_few_pairs_are_never_a_verdict(scores: list[float], sentence: str) -> None:
    found = compared(scores, [score + 2 for score in scores])
    assert found.verdict is ComparisonVerdict.UNCLEAR
    assert found.sentence == sentence


def test_labels_are_what_people_call_the_variants() -> None:
    found = compared(WAVE, shifted(0.31), labels={"v15": "v15 draft", "other": "x"})
    assert found.sentence.startswith("v15 draft scores ")
    assert found.sentence.count("higher than v14,") == 1
    assert (found.candidate.label, found.candidate.variant) == ("v15 draft", "v15")


def test_an_unscored_item_leaves_its_pair_and_is_counted() -> None:
    found = compared([5, None, 7, None], [6, 6, None, None])
    assert found.overall.n == 1
    assert found.overall.mean == 1
    assert [(entry.item_id, entry.variant) for entry in found.left_out] == [
        ("i-001", "v14"),
        ("i-002", "v15"),
        ("i-003", "v14"),
        ("i-003", "v15"),
    ]
    assert {entry.reason for entry in found.left_out} == {"ModelTimeoutError: no answer"}
    assert "3 items are left out (4 unscored)." in found.notes


def test_a_failure_does_not_move_the_score() -> None:
    whole, failed = compared([5, 6, 7], [6, 6, 9]), compared([5, 6, 7, 9], [6, 6, 9, None])
    assert failed.overall == whole.overall
    assert failed.baseline.score == whole.baseline.score


def test_an_item_only_one_variant_has_is_left_out_as_missing() -> None:
    found = compared([5, 6], [6])
    assert [(entry.item_id, entry.variant, entry.status) for entry in found.left_out] == [("i-001", "v15", "missing")]
    assert "1 item is left out (1 missing)." in found.notes


def test_repeats_are_averaged_before_pairing() -> None:
    rows = sides([5, 6], [7, 6])
    rows += [row(0, "v15", 9, repeat=1), row(1, "v14", 8, repeat=1)]
    rows.append(row(0, "v15", None, repeat=2, criteria={"fit": 1.0, "focus": None}))
    found = compare(rows, "v14", "v15", CRITERIA)
    assert found.overall.n == 2
    assert found.overall.mean == pytest.approx(((8 - 5) + (6 - 7)) / 2)
    assert found.criteria[0].difference == found.overall
    assert found.unscored_repeats == 1
    assert found.left_out == ()
    assert "1 repeat without a score does not count." in found.notes
    assert compare([*rows, row(1, "v14", None, repeat=2)], "v14", "v15", CRITERIA).unscored_repeats == 2


def test_errors_are_clustered() -> None:
    rows = [replace(entry, cluster=f"c-{int(entry.item_id[2:]) // 3}") for entry in sides(WAVE, shifted(0.2))]
    found = compare(rows, "v14", "v15", CRITERIA)
    expected = paired_difference(shifted(0.2), WAVE, [n // 3 for n in range(240)])
    assert found.overall.n_clusters == 80
    assert found.overall.standard_error == pytest.approx(expected.standard_error)
    assert found.minimum_detectable_effect == pytest.approx(2.801585 * (expected.standard_error or 0), rel=1e-6)


def test_the_detectable_effect_comes_from_the_spread_seen() -> None:
    found = compared(WAVE, shifted(0.06))
    assert found.overall.sd is not None
    assert found.minimum_detectable_effect == pytest.approx(minimum_detectable_effect(found.overall.sd, 240))
    assert found.notes == (f"This run could detect {found.minimum_detectable_effect:.2f} or more.",)


def test_items_are_counted_beyond_the_margin_and_regressions_come_largest_first() -> None:
    found = compared([5, 5, 5, 5, 5], [5.1, 5.2, 4.0, 4.9, 2.0])
    assert (found.better, found.worse, found.same) == (1, 2, 2)
    assert [(pair.item_id, pair.difference) for pair in found.regressions] == [("i-004", -3), ("i-002", -1)]
    assert found.regressions[0].baseline == 5
    assert found.regressions[0].tags == ("short",)


def test_criteria_are_adjusted_for_each_other() -> None:
    rows = [
        replace(entry, criteria={"fit": entry.score or 0, "focus": 10 - (entry.score or 0) / 3 + n % 5, "gone": None})
        for n, entry in enumerate(sides(WAVE, shifted(0.2)))
    ]
    found = compare(rows, "v14", "v15", ("focus", "fit", "gone"))
    assert [part.name for part in found.criteria] == ["focus", "fit", "gone"]
    assert found.criteria[1].difference == found.overall
    raw = [part.difference.p_value for part in found.criteria]
    assert [part.adjusted_p for part in found.criteria] == list(holm(raw))
    assert found.criteria[2].difference.n == 0
    assert found.criteria[2].difference.reason
    assert "not adjusted" in found.adjustment


def test_groups_come_in_the_order_of_a_conversation() -> None:
    found = compared(WAVE, shifted(0.2))
    assert [part.name for part in found.by_phase] == ["introduction", "exploration", "synthesis", "completion"]
    assert [part.name for part in found.by_topic] == ["goals", "vision"]
    assert [part.name for part in found.by_difficulty] == ["easy", "hard"]
    for parts in (found.by_phase, found.by_topic, found.by_difficulty):
        assert sum(part.difference.n for part in parts) == 240


def test_cost_and_latency_are_each_sides_own() -> None:
    rows = sides([5, 6, 7], [6, 6, None])
    rows = [
        replace(r, cost=Decimal("0.004"), latency_ms=900 + 100 * r.repeat) if r.variant == "v15" else r for r in rows
    ]
    found = compare(rows, "v14", "v15", CRITERIA)
    assert (found.baseline.cost_per_answer, found.candidate.cost_per_answer) == (Decimal("0.002"), Decimal("0.004"))
    assert (found.baseline.answers, found.candidate.answers) == (3, 3)
    assert (found.baseline.latency_ms.mean, found.candidate.latency_ms.mean) == (800, 900)


def test_an_unknown_price_makes_the_cost_unknown() -> None:
    rows = [*sides([5, 6], [6, 6]), row(2, "v15", 7, cost=None, latency_ms=None)]
    found = compare(rows, "v14", "v15", CRITERIA)
    assert (found.candidate.cost_per_answer, found.candidate.cost_interval) == (None, None)
    assert found.candidate.unknown_costs == 1
    assert found.candidate.latency_ms.n == 2


def test_other_variants_of_the_run_are_passed_over() -> None:
    rows = sides(WAVE[:20], shifted(0.2)[:20])
    others = [row(n, "v16", 1.0) for n in range(30)]
    assert compare([*others, *rows], "v14", "v15", CRITERIA) == compare(rows, "v14", "v15", CRITERIA)


def test_what_cannot_be_compared_is_refused() -> None:
    rows = sides([5], [6])
    for wrong in (
        lambda: compare(rows, "v14", "v14", CRITERIA),
        lambda: compare(rows, "v14", "v15", CRITERIA, margin=-0.1),
        lambda: compare(rows, "v14", "v15", CRITERIA, margin=float("nan")),
        lambda: compare([*rows, rows[0]], "v14", "v15", CRITERIA),
    ):
        with pytest.raises(InvalidInputError):
            wrong()


scores = st.one_of(st.none(), st.floats(1, 10))
tables = st.lists(st.tuples(scores, scores, st.integers(0, 5)), max_size=20)


def rows_of(table: list[tuple[float | None, float | None, int]]) -> list[ItemResult]:
    rows = sides([r[0] for r in table], [r[1] for r in table])
    return [replace(entry, cluster=str(table[int(entry.item_id[2:])][2])) for entry in rows]


@given(tables)
def test_swapping_baseline_and_candidate_mirrors_the_finding(table: list[tuple[Any, Any, int]]) -> None:
    rows = rows_of(table)
    there, back = compare(rows, "v14", "v15", CRITERIA), compare(rows, "v15", "v14", CRITERIA)
    mirror = {"better": "worse", "worse": "better"}
    assert back.verdict == mirror.get(there.verdict, there.verdict)
    assert (there.better, there.worse, there.same) == (back.worse, back.better, back.same)
    assert there.overall.p_value == back.overall.p_value
    assert there.minimum_detectable_effect == back.minimum_detectable_effect
    if there.overall.mean is not None and back.overall.mean is not None:
        assert there.overall.mean == -back.overall.mean


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(table: list[tuple[Any, Any, int]], order: random.Random) -> None:
    rows = rows_of(table)
    before = compare(rows, "v14", "v15", CRITERIA)
    order.shuffle(rows)
    assert compare(rows, "v14", "v15", CRITERIA) == before


@given(tables)
def test_nothing_is_lost_and_everything_is_plain_json(table: list[tuple[Any, Any, int]]) -> None:
    found = compare(rows_of(table), "v14", "v15", CRITERIA)
    left = {entry.item_id for entry in found.left_out}
    assert found.overall.n + len(left) == len(table)
    assert found.better + found.worse + found.same == found.overall.n
    assert len(found.regressions) == found.worse
    assert json.dumps(asdict(found), default=str, allow_nan=False)
    assert "-" not in found.sentence
    if found.overall.interval is not None:
        assert found.overall.interval.contains(found.overall.mean or 0.0)


@pytest.mark.parametrize(
    ("value", "text"), [(0.06, "+0.06"), (-0.15, "−0.15"), (0, "0.00"), (-0.001, "0.00"), (12.3, "+12.30")]
)
def test_signed_figures(value: float, text: str) -> None:
    assert signed(value) == text
