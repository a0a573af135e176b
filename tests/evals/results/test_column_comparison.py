"""Comparisons from columns: whatever the run, to the last bit what the rows give."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching_core.errors import InvalidInputError
from evals.comparing.compare import compare
from evals.results.column_comparison import ComparedSide, compare_columns
from evals.results.column_statistics import column_difference, column_mean
from evals.results.columns import ResultColumns, columns_of
from evals.results.records import Recorded, Recorder, result_columns
from evals.results.run_results import RunResults
from evals.results.tail import arrow_schema
from evals.statistics import mean_interval, paired_difference
from tests.evals.result_making import CHECKS_JUDGE, RUBRIC_JUDGE, Said, item, plan_of, results_of, scored

CRITERIA = ("fit", "focus")
BEFORE, AFTER = ComparedSide("v1", "version 1"), ComparedSide("v2", "version 2")


def columns(results: RunResults, panel: int = 0) -> ResultColumns:
    recorder = Recorder(results.plan)
    rows = [recorder.record(Recorded.of(answer, ())) for answer in results.answers]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(result_columns(results.plan)))
    return columns_of(table, results.plan, results.plan.panels[panel])


scores = st.one_of(st.none(), st.integers(1, 10).map(float), st.floats(1, 10))
said = st.one_of(
    st.none(),  # not answered yet
    st.just(Said(None)),  # failed
    st.builds(
        lambda pair, cost, latency, flags: Said(
            {"simulated/judge": None if None in pair else pair}, cost=cost, latency_ms=latency, flags=flags
        ),
        st.tuples(scores, scores),
        st.one_of(st.none(), st.decimals(0, 2, places=9)),
        st.floats(1, 90_000),
        st.sampled_from([(), ("The answer speaks to the judge.",)]),
    ),
)


@st.composite
def runs(draw: st.DrawFn) -> RunResults:
    count, repeats = draw(st.integers(0, 14)), draw(st.integers(1, 3))
    items = [
        item(
            number,
            cluster=f"c-{draw(st.integers(0, 8))}",
            phase=draw(st.sampled_from(["", "exploration", "completion", "odd"])),
            tags=draw(st.lists(st.sampled_from(["a", "b", "c"]), max_size=4)),
        )
        for number in draw(st.permutations(range(count)))
    ]
    plan = plan_of(items, repeats=repeats, variants=draw(st.integers(2, 3)))
    found = {(c.item, c.variant, c.repeat): draw(said) for c in plan.cells()}
    return results_of(plan, {cell: one for cell, one in found.items() if one is not None})


@settings(max_examples=80, deadline=None)
@given(runs(), st.sampled_from([0.0, 0.1, 2.0]))
def test_columns_give_what_rows_give(results: RunResults, margin: float) -> None:
    labels = {"v1": "version 1", "v2": "version 2"}
    by_rows = compare(results.rows(), "v1", "v2", CRITERIA, margin, labels)
    assert compare_columns(columns(results), BEFORE, AFTER, CRITERIA, margin) == by_rows


@settings(max_examples=40, deadline=None)
@given(runs())
def test_rows_come_back_from_columns(results: RunResults) -> None:
    found = columns(results)
    assert [found.row(number) for number in range(len(found))] == list(results.rows())


numbers = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(0, 5)), max_size=40)


@given(numbers)
def test_means_and_differences_to_the_last_bit(rows: list[tuple[float, float, int]]) -> None:
    a, b, clusters = ([row[place] for row in rows] for place in range(3))
    first, second, codes = np.array(a, float), np.array(b, float), np.array(clusters, np.int64)
    assert column_mean(first, codes) == mean_interval(a, clusters)
    assert column_difference(first, second, codes) == paired_difference(a, b, clusters)


@given(st.floats(-10, 10), st.integers(0, 9))
def test_values_that_are_all_alike_have_no_spread(value: float, count: int) -> None:
    alike = np.full(count, value)
    assert column_mean(alike, np.arange(count)) == mean_interval([value] * count, range(count))


def test_only_the_items_that_count() -> None:
    plan = plan_of([item(number) for number in range(8)])
    results = scored(plan, [5, 6, 7, 8, 5, 6, 7, 8], [6, 6, 8, 9, 1, 1, 1, 1])
    counted = {"i-000", "i-001", "i-002", "i-003"}
    found = compare_columns(columns(results), BEFORE, AFTER, CRITERIA, 0.1, counted)
    rows = [row for row in results.rows() if row.item_id in counted]
    labels = {"v1": "version 1", "v2": "version 2"}
    assert found == compare(rows, "v1", "v2", CRITERIA, 0.1, labels)
    assert found.overall.mean == 0.75


def test_another_judge_reads_its_own_columns() -> None:
    plan = plan_of([item(0), item(1), item(2)], judges=[RUBRIC_JUDGE, CHECKS_JUDGE])
    both = {"simulated/judge": (8.0, 8.0), "checks simulated/judge": (1.0, 0.5)}
    answers = {(c.item, c.variant, 0): Said(both) for c in plan.cells()}
    results = results_of(plan, answers)
    assert set(columns(results).score.tolist()) == {8.0}
    checked = columns(results, 1)
    assert set(checked.score.tolist()) == {0.75}
    assert {name: set(found.tolist()) for name, found in checked.criteria.items()} == {"must": {1.0}, "must_not": {0.5}}


def test_money_stays_exact() -> None:
    plan = plan_of([item(number) for number in range(3)])
    results = scored(plan, [5, 5, 5], [6, 6, 6], cost=Decimal("0.000000000001"))
    found = compare_columns(columns(results), BEFORE, AFTER, CRITERIA)
    assert found.candidate.cost_per_answer == Decimal("0.000000000001")


def test_a_variant_is_not_compared_with_itself() -> None:
    plan = plan_of([item(0)])
    with pytest.raises(InvalidInputError, match="itself"):
        compare_columns(columns(scored(plan, [5], [6])), BEFORE, BEFORE, CRITERIA)
