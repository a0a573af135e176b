"""What an answer took: as it costs when the model is asked, timed only where the time means something."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus
from evals.results.answer_effort import Effort, effort_of
from tests.evals.result_making import NOW

CALL = PromptRun(
    id="a",
    tenant_id="default",
    purpose=Purpose.EVALUATION,
    provider="p",
    model="p/m",
    simulated=False,
    latency_ms=800.0,
    ttft_ms=90.0,
    status=RunStatus.OK,
    created_at=NOW,
    input_tokens=700,
    output_tokens=80,
    cost_usd=Decimal("0.25"),
)
KEPT: dict[str, Any] = {
    "attempt": 0,
    "latency_ms": 0.0,
    "ttft_ms": None,
    "cost_usd": Decimal(0),
    "saved_usd": Decimal("0.25"),
    "input_tokens": 0,
    "output_tokens": 0,
}


def effort(*calls: dict[str, Any], answered: bool = True) -> Effort:
    return effort_of([replace(CALL, **call) for call in calls], [], answered)


def test_all_calls_cost_and_the_last_is_timed() -> None:
    found = effort({"latency_ms": 90_000.0, "ttft_ms": 80_000.0}, {"cost_usd": Decimal("0.5")})
    assert found == Effort(Decimal("0.75"), Decimal(0), 800.0, 90.0, 1_400, 160, False)


def test_a_kept_reply_costs_what_it_cost_and_says_nothing_of_time_and_tokens() -> None:
    assert effort(KEPT) == Effort(Decimal("0.25"), Decimal(0), None, None, None, None, True)


def test_an_unknown_part_makes_the_whole_unknown() -> None:
    found = effort({}, {"cost_usd": None, "input_tokens": None})
    assert (found.cost, found.input_tokens, found.output_tokens) == (None, None, 160)


@pytest.mark.parametrize(("lag", "latency"), [(None, 800.0), (100.0, 800.0), (100.1, None)])
def test_a_time_taken_on_a_busy_loop_is_none(lag: float | None, latency: float | None) -> None:
    assert effort({"loop_lag_ms": lag}).latency_ms == latency


def test_what_failed_has_no_time_but_its_cost() -> None:
    found = effort({}, answered=False)
    assert (found.latency_ms, found.ttft_ms, found.cost) == (None, None, Decimal("0.25"))


def test_nothing_took_nothing() -> None:
    assert effort_of([], [], True) == Effort(Decimal(0), Decimal(0), None, None, 0, 0, False)


def test_judgements_cost_apart() -> None:
    found = effort_of([CALL], [CALL, replace(CALL, cost_usd=Decimal(1))], True)
    assert (found.cost, found.judge_cost) == (Decimal("0.25"), Decimal("1.25"))
    assert effort_of([CALL], [replace(CALL, cost_usd=None)], True).judge_cost is None
