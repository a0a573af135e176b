"""What calls add up to."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from coaching_core.llm.resilience import BreakerReport, BreakerState
from coaching_core.llm.types import RunStatus
from coaching_core.telemetry.metrics import Metrics
from tests.coaching_core.health.calls import call


def value(metrics: Metrics, name: str, **labels: str) -> float:
    """The sum of the samples with this name and these labels."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    found = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(each.value for each in found if labels.items() <= each.labels.items())


def count(*runs: Any) -> Metrics:
    metrics = Metrics()
    for run in runs:
        metrics.on_call(run)
    return metrics


def test_attempts_retries_and_errors() -> None:
    metrics = count(
        call(1, status=RunStatus.ERROR, error="RateLimitedError", final=False, input_tokens=None, cost_usd=None),
        call(2, attempt=2),
        call(3, status=RunStatus.TIMEOUT, cost_usd=None),
        call(4, status=RunStatus.CANCELLED),
    )
    assert value(metrics, "provider_request_count_total") == 4
    assert value(metrics, "provider_request_errors_total") == 2
    assert value(metrics, "stream_disconnects_total") == 1
    assert value(metrics, "retries_total") == 1
    assert value(metrics, "backoff_count_total") == 1
    assert value(metrics, "rate_limit_events_total", kind="provider", provider="openai") == 1
    assert value(metrics, "tokens_in_total") == 300
    assert value(metrics, "cost_cents_total") == pytest.approx(0.2)


def test_refusals_and_kept_answers_are_no_attempts() -> None:
    metrics = count(
        call(1, status=RunStatus.REFUSED, error="LimitReachedError"),
        call(2, status=RunStatus.REFUSED, error="ProviderPausedError"),
        call(3, saved_usd=Decimal("0.05"), latency_ms=0.0),
    )
    assert value(metrics, "provider_request_count_total") == 0
    assert value(metrics, "rate_limit_events_total", kind="limit") == 1
    assert value(metrics, "rate_limit_events_total", kind="refused") == 1
    assert value(metrics, "kept_replies_total") == 1
    assert value(metrics, "saved_cents_total") == pytest.approx(5)


def test_times_fall_into_the_buckets_of_the_targets() -> None:
    metrics = count(call(1, latency_ms=2_500.0, ttft_ms=1_200.0), call(2, latency_ms=2_501.0, ttft_ms=None))
    assert value(metrics, "provider_request_latency_ms_bucket", le="2500.0") == 1
    assert value(metrics, "provider_request_latency_ms_bucket", le="4000.0") == 2
    assert value(metrics, "provider_request_latency_ms_sum") == 5_001
    assert value(metrics, "sse_first_token_ms_bucket", le="1200.0") == 1
    assert value(metrics, "sse_first_token_ms_count") == 1
    assert value(metrics, "stream_duration_ms_count") == 1


def test_labels_cannot_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coaching_core.telemetry.metrics._MOST_SERIES", 50)
    monkeypatch.setattr("coaching_core.telemetry.call_tally._MOST_SERIES", 50)
    metrics = count(*(call(number, model=f"openai/m{number}") for number in range(70)))
    assert value(metrics, "provider_request_count_total") == 70
    assert value(metrics, "provider_request_count_total", model_id="other") == 20
    for number in range(70):
        metrics.on_retrieval(f"topic{number}", 0.001, ok=True)
    assert value(metrics, "prompt_retrieval_count_total") == 70
    assert value(metrics, "prompt_retrieval_count_total", topic="other") == 20


def test_strange_names_stay_inside_their_labels() -> None:
    metrics = count(call(1, model='evil"} 1\nx{a="\\', rubric_version="r\n1"))
    assert value(metrics, "provider_request_count_total", model_id='evil"} 1\nx{a="\\') == 1


def test_breakers_are_read_when_somebody_looks() -> None:
    reports = [BreakerReport("openai/x", BreakerState.OPEN, 3.0, 2)]
    metrics = Metrics(lambda: reports)
    assert value(metrics, "breaker_state", model_id="openai/x") == 2
    assert value(metrics, "breaker_opened_total", model_id="openai/x") == 2
    reports[0] = BreakerReport("openai/x", BreakerState.HALF_OPEN, None, 2)
    assert value(metrics, "breaker_state", model_id="openai/x") == 1


def test_threads_lose_no_count() -> None:
    metrics, run = Metrics(), call(1)
    threads = [threading.Thread(target=lambda: [metrics.on_call(run) for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(metrics, "provider_request_count_total") == 4_000
    assert value(metrics, "provider_request_latency_ms_bucket", le="+Inf") == 4_000
