"""Numbers as a report writes them (guide: the look, Tables)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from evals.reports import figures
from evals.statistics import Interval


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (figures.score, 7.44, "7.4"),
        (figures.score, -0.04, "0.0"),
        (figures.score, -1.26, "−1.3"),
        (figures.mean, 7.426, "7.43"),
        (figures.mean, -0.004, "0.00"),
        (figures.signed, 0.314, "+0.31"),
        (figures.signed, -0.1, "−0.10"),
        (figures.signed, 0.0, "0.00"),
        (figures.signed, 0.004, "0.00"),
        (figures.signed, -0.004, "0.00"),
        (figures.criterion, 9.0, "9"),
        (figures.criterion, 8.5, "8.5"),
        (figures.criterion, -1.0, "−1"),
        (figures.interval, Interval(7.2, 7.636), "[7.20, 7.64]"),
        (figures.signed_interval, Interval(-0.12, 0.5), "[−0.12, +0.50]"),
        (figures.money_per_call, Decimal("0.00413"), "$0.0041"),
        (figures.money_per_call, Decimal(0), "$0.0000"),
        (figures.money_per_call, Decimal("0.0000999"), "under $0.0001"),
        (figures.money_per_call, Decimal("0.0001"), "$0.0001"),
        (figures.money_total, Decimal("212.4"), "$212.40"),
        (figures.money_total, Decimal("12345.678"), "$12\u2009345.68"),
        (figures.money_total, Decimal(0), "$0.00"),
        (figures.money_total, Decimal("0.01"), "$0.01"),
        (figures.money_total, Decimal("0.00999"), "$0.0100"),
        (figures.money_total, Decimal("0.000004"), "under $0.0001"),
        (figures.p_value, 0.0234, "p = 0.023"),
        (figures.p_value, 0.001, "p = 0.001"),
        (figures.p_value, 0.00099, "p < 0.001"),
        (figures.seconds, 840.0, "0.84 s"),
        (figures.seconds, 12_345.0, "12.35 s"),
    ],
)
def test_a_figure(write: Callable[[Any], str], value: Any, text: str) -> None:
    assert write(value) == text


@pytest.mark.parametrize(
    "write",
    [
        figures.score,
        figures.mean,
        figures.signed,
        figures.criterion,
        figures.interval,
        figures.signed_interval,
        figures.money_per_call,
        figures.seconds,
    ],
)
def test_what_is_unknown_is_a_dash(write: Callable[[Any], str]) -> None:
    assert write(None) == "—"


def test_differences_with_other_decimals() -> None:
    assert [figures.signed(value, 1) for value in (0.26, -0.26, 0.04)] == ["+0.3", "−0.3", "0.0"]
    assert [figures.signed(value, 0) for value in (2.0, -2.0)] == ["+2", "−2"]


@pytest.mark.parametrize(("text", "nothing"), [("+0.3", False), ("−0.3", False), ("0.0", True), ("—", True)])
def test_what_rounds_to_nothing_is_nothing(text: str, nothing: bool) -> None:
    assert figures.is_nothing(text) is nothing


@pytest.mark.parametrize(
    ("number", "many", "text"),
    [
        (0, None, "0 items"),
        (1, None, "1 item"),
        (1, "pieces", "1 item"),
        (2, "pieces", "2 pieces"),
        (2_400, None, "2\u2009400 items"),
    ],
)
def test_counts_agree_with_their_noun(number: int, many: str | None, text: str) -> None:
    assert figures.count(number, "item", many) == text
