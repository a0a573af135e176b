"""What the records of calls say about health, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from coaching_core.health.call_measures import CallMeasures
from coaching_core.health.defaults import DEFAULT_RULES
from coaching_core.health.models import Measure, Rule, Sample
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import Database
from tests.coaching_core.health.calls import NOW, call, keep

_RULES = {rule.measure: rule for rule in DEFAULT_RULES}


def measure(database: Database, what: Measure, **changes: object) -> list[Sample]:
    rule: Rule = replace(_RULES[what], **changes)  # type: ignore[arg-type]
    return sorted(CallMeasures(database, "demo").samples(rule, NOW), key=lambda sample: sample.subject)


def only(database: Database, what: Measure, **changes: object) -> Sample:
    (sample,) = measure(database, what, **changes)
    return sample


def test_without_calls_there_is_no_value(database: Database) -> None:
    for what in (Measure.CHAT_TURN_P95, Measure.CHAT_ERROR_SHARE, Measure.COST_TODAY, Measure.COST_PER_USER):
        assert only(database, what).value is None
    assert measure(database, Measure.PROVIDER_ERROR_SHARE) == []
    assert measure(database, Measure.TIMEOUTS_IN_A_ROW) == []


def test_a_turn_begins_with_the_call(database: Database) -> None:
    keep(
        database,
        call(1, 50, status=RunStatus.TIMEOUT, final=False, call_id="call-00001", latency_ms=4_000.0),
        call(2, 45, attempt=2, call_id="call-00001", waited_ms=5_000.0),
    )
    assert only(database, Measure.CHAT_TURN_P95) == Sample(pytest.approx(6.0), 1)
    assert only(database, Measure.CHAT_TTFT_P95) == Sample(pytest.approx(5.3), 1)


def test_only_whole_answers_of_models_on_a_quiet_loop_are_timed(database: Database) -> None:
    keep(
        database,
        call(1),
        call(2, status=RunStatus.ERROR, error="ProviderDownError", latency_ms=99_000.0),
        call(3, status=RunStatus.CANCELLED, latency_ms=99_000.0),
        call(4, loop_lag_ms=400.0, latency_ms=99_000.0),
        call(5, saved_usd=Decimal("0.001"), latency_ms=0.0, ttft_ms=None),
        call(6, seconds_ago=301, latency_ms=99_000.0),
        call(7, purpose=Purpose.JUDGE, latency_ms=99_000.0),
        call(8, status=RunStatus.REFUSED, latency_ms=0.0),
    )
    assert only(database, Measure.CHAT_TURN_P95) == Sample(pytest.approx(1.0), 1)


def test_cancellations_refusals_and_our_own_end_are_no_errors_of_a_provider(database: Database) -> None:
    keep(
        database,
        *(call(number) for number in range(6)),
        call(10, status=RunStatus.ERROR, error="ProviderDownError", final=False),
        call(11, status=RunStatus.TIMEOUT, error="ModelTimeoutError"),
        call(12, status=RunStatus.CANCELLED, error="CancelledError"),
        call(13, status=RunStatus.REFUSED, error="LimitReachedError"),
        call(14, status=RunStatus.UNKNOWN),
        call(15, status=RunStatus.ERROR, error="MissingKeyError"),
        call(16, saved_usd=Decimal("0.1")),
        call(17, model="anthropic/claude", status=RunStatus.ERROR, error="RateLimitedError"),
    )
    claude, gpt = measure(database, Measure.PROVIDER_ERROR_SHARE)
    assert (claude.subject, claude.value, claude.count) == ("anthropic/claude", 1.0, 1)
    assert (gpt.subject, gpt.value, gpt.count) == ("openai/gpt-4o-mini", 0.25, 8)


def test_people_do_not_see_an_error_that_a_second_attempt_mended(database: Database) -> None:
    keep(
        database,
        call(1, status=RunStatus.ERROR, error="ProviderDownError", final=False, call_id="call-00001"),
        call(2, attempt=2, call_id="call-00001", asked_model="openai/gpt-4o-mini", model="anthropic/claude"),
        call(3, status=RunStatus.CANCELLED),
    )
    assert only(database, Measure.CHAT_ERROR_SHARE).value == 0
    keep(database, call(4, status=RunStatus.ERROR, error="ProviderDownError"))
    assert only(database, Measure.CHAT_ERROR_SHARE).value == 0.5


def test_timeouts_in_a_row_begin_anew_with_any_other_end(database: Database) -> None:
    late = {"status": RunStatus.TIMEOUT, "error": "ModelTimeoutError"}
    keep(
        database,
        *(call(number, 600 - number, **late) for number in range(12)),
        call(20, 500),
        *(call(30 + number, 400 - number, **late) for number in range(3)),
        call(40, 300, status=RunStatus.CANCELLED),
        *(call(50 + number, 200 - number, model="anthropic/claude", **late) for number in range(4)),
    )
    found = {sample.subject: sample.value for sample in measure(database, Measure.TIMEOUTS_IN_A_ROW)}
    assert found == {"anthropic/claude": 4, "openai/gpt-4o-mini": 3}


def test_unknown_costs_count_with_their_bound(database: Database) -> None:
    keep(
        database,
        call(1),
        call(2, cost_usd=None, held_usd=Decimal("0.5"), status=RunStatus.UNKNOWN),
        call(3, cost_usd=None),
        call(4, created_at=NOW - timedelta(hours=13), cost_usd=Decimal(7)),
    )
    found = only(database, Measure.COST_TODAY)
    assert (found.value, found.count) == (pytest.approx(0.501), 3)
    assert "2 calls of unknown cost" in found.detail


def test_cost_per_daily_user_is_three_days_costs_over_their_users(database: Database) -> None:
    day = timedelta(days=1)
    keep(
        database,
        *(call(number, cost_usd=Decimal(1)) for number in range(4)),
        call(10, created_at=NOW - day, cost_usd=Decimal(3)),
        call(11, created_at=NOW - 3 * day, cost_usd=Decimal(99)),
        call(12, created_at=NOW - 2 * day, cost_usd=Decimal(3), user_id=None),
    )
    found = only(database, Measure.COST_PER_USER)
    assert (found.value, found.count) == (pytest.approx((4 + 3 + 3) / 5), 5)


def test_the_forecast_needs_seven_days_and_is_that_of_the_usage_screen(database: Database) -> None:
    day = timedelta(days=1)
    keep(database, *(call(number, created_at=NOW - number * day, cost_usd=Decimal(10)) for number in range(1, 7)))
    few = only(database, Measure.COST_FORECAST)
    assert few.value is None
    assert "7 whole days" in few.reason
    keep(database, *(call(number, created_at=NOW - number * day, cost_usd=Decimal(10)) for number in range(7, 25)))
    found = only(database, Measure.COST_FORECAST)
    assert found.value == pytest.approx(10, rel=0.05)
    assert found.detail.startswith("90 % interval $")


def test_simulated_models_and_the_demo_count_only_if_the_rule_says_so(database: Database) -> None:
    keep(database, call(1), call(2, simulated=True, latency_ms=9_000.0), call(3, tenant_id="demo", latency_ms=9_000.0))
    assert only(database, Measure.CHAT_TURN_P95).count == 3
    assert only(database, Measure.CHAT_TURN_P95, include_simulated=False) == Sample(pytest.approx(1.0), 1)
