"""Two runs joined into one table compare exactly as one run with both variants does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.bootstrap import Workbench, build_workbench
from evals.results.column_comparison import ComparedSide, compare_columns
from evals.results.joined_columns import BASELINE, CANDIDATE, join_columns, join_search
from evals.results.table import ResultTable, read_table
from tests.conftest import make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ResultTable, ResultTable, ResultTable]]:
    """Both versions in one run, then each in a run of its own."""
    workbench: Workbench = build_workbench(make_settings(Path(tmp_path_factory.mktemp("home"))))
    save_worse_version(workbench)
    runs = [planned(workbench), planned(workbench, prompts=("v1",)), planned(workbench, prompts=("v2",))]
    both, first, second = (read_table(carry_out(workbench, run)) for run in runs)
    yield both, first, second
    workbench.close()


def joined_criteria(table: ResultTable) -> list[str]:
    return [criterion.id for criterion in table.panel.rubric.criteria]


def test_two_runs_compare_as_one_run_does(tables: tuple[ResultTable, ResultTable, ResultTable]) -> None:
    both, first, second = tables
    columns = join_columns(
        (first.columns, first.plan.variants[0].id), (second.columns, second.plan.variants[0].id), joined_criteria(both)
    )
    found = compare_columns(
        columns, ComparedSide(BASELINE, "v1"), ComparedSide(CANDIDATE, "v2"), joined_criteria(both), both.margin
    )
    alone = both.comparison()
    assert alone is not None
    assert found.overall == alone.overall
    assert found.criteria == alone.criteria
    assert found.by_phase == alone.by_phase
    assert found.by_tag == alone.by_tag
    assert [pair.item_id for pair in found.regressions] == [pair.item_id for pair in alone.regressions]
    assert found.candidate.cost_per_answer == alone.candidate.cost_per_answer


def test_only_the_chosen_variant_of_a_run_is_taken(tables: tuple[ResultTable, ResultTable, ResultTable]) -> None:
    both, first, _ = tables
    columns = join_columns(
        (first.columns, first.plan.variants[0].id), (both.columns, both.plan.variants[1].id), joined_criteria(both)
    )
    assert len(columns) == 2 * len(first)
    rows = [columns.row(number) for number in range(len(columns))]
    known = {row.item_id: row.tags for row in both.rows()}
    assert {row.variant for row in rows} == {BASELINE, CANDIDATE}
    assert all(row.tags == known[row.item_id] for row in rows)


def test_a_text_is_found_in_the_answers_of_both_runs(tables: tuple[ResultTable, ResultTable, ResultTable]) -> None:
    _, first, second = tables
    sides = [(table.columns, table.plan.variants[0].id, table.pairs().search) for table in (first, second)]
    search = join_search(*sides)
    everything, _ = search("?")
    nothing, _ = search("no answer says this")
    assert len(everything) == len(first) + len(second)
    assert everything[: len(first)].any()
    assert not nothing.any()
