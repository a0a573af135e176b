"""The table of a run, line by line: nothing misplaced, nothing rounded."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from evals.reports import render_report
from tests.evals.report_making import ANSWER, CASES, Case, make_results, unfinished


def test_the_table_line_by_line() -> None:
    rows = list(csv.reader(io.StringIO(render_report(unfinished(), "csv").decode(), newline="")))
    head, *lines = rows
    assert len(lines) == 11
    shared = ["exploration", "core_values", "easy"]
    call = ["0.0000041", "840.0", ANSWER]
    assert lines[0] == [
        *("cr-001", "Case 1", *shared, "v14", "0", "simulated/coach-steady", "scored", "", "8.0", "8", "8"),
        *call,
    ]
    assert lines[4] == [
        *("cr-003", "Case 3", *shared, "v15", "0", "simulated/coach-steady", "waiting", "Not judged yet.", "", "", ""),
        *call,
    ]
    assert lines[9][:7] == ["cr-003", "Case 3", *shared, "v14", "1"]
    assert lines[9][10:13] == ["5.75", "5", "6.5"]
    reason = "ProviderDownError: the provider is down"
    assert lines[10][5:] == [
        *("v15", "1", "simulated/coach-steady", "failed", reason, "", "", ""),
        *("0.0000041", "", ""),
    ]
    assert {len(line) for line in lines} == {len(head)}


@pytest.mark.parametrize(
    ("cost", "text"), [("1E-7", "0.0000001"), ("2E+1", "20"), ("0.10", "0.10"), ("12.3456789012", "12.3456789012")]
)
def test_money_is_written_exactly(cost: str, text: str) -> None:
    raw = render_report(make_results(Case(CASES["one variant"].scores, cost=Decimal(cost))), "csv").decode()
    assert {row["cost_usd"] for row in csv.DictReader(io.StringIO(raw, newline=""))} == {text}
