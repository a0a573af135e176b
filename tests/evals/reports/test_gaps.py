"""What has no score: most frequent first, and a long tail is counted, not hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.reports.evidence import gather
from evals.reports.gaps import gaps_section
from evals.results.run_results import RunResults
from tests.evals.report_making import Case, Page, make_results


def lines_of(reasons: list[str | None]) -> list[str]:
    """The section for one variant whose answers failed for these reasons; None has a score."""
    case = Case((tuple(None if reason else (8, 8) for reason in reasons),), repeats=len(reasons) // 3)
    results = make_results(case)
    answers = tuple(
        replace(answer, reason=reason or "") for answer, reason in zip(results.answers, reasons, strict=True)
    )
    return Page(gaps_section(gather(RunResults(results.plan, answers))).encode()).lines


def test_reasons_are_counted_and_ranked() -> None:
    assert lines_of(["b", "a", "a", "c", None, None]) == [
        "# 4 answers without a score",
        "Variant | What | Reason | Count",
        "v14 | answer failed | a | 2",
        "v14 | answer failed | b | 1",
        "v14 | answer failed | c | 1",
    ]


@pytest.mark.parametrize(("different", "rows", "rest"), [(30, 30, 0), (33, 30, 3)])
def test_a_long_tail_is_counted(different: int, rows: int, rest: int) -> None:
    lines = lines_of([f"reason {number:02}" for number in range(different)])
    assert lines[0] == f"# {different} answers without a score"
    assert len([line for line in lines if "answer failed" in line]) == rows
    tail = f"{rest} more, each with a reason of its own, stand with their items below."
    assert lines[-1] == (tail if rest else "v14 | answer failed | reason 29 | 1")


def test_one_gap_is_one() -> None:
    assert lines_of(["a", None, None])[0] == "# 1 answer without a score"
