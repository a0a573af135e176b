"""``/api/metrics``: what happened is counted under the documented names, and no label names a person."""

from __future__ import annotations

import re

from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose
from coaching_core.telemetry.metrics import Metrics
from evals.bootstrap import Workbench
from evals.current import running, set_running
from tests.api.asking import ask
from tests.conftest import PROJECT

MAIL = "ada@example.com"


def read(text: str) -> dict[str, float]:
    """Every sample by its name and labels."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_and_calls_are_counted(api: FastAPI, workbench: Workbench) -> None:
    before = running()
    set_running(workbench)
    ask(api, "/health")
    ask(api, f"/people/{MAIL}", "PURGE")
    context = CallContext("acme", Purpose.CHAT, user_id=MAIL, rubric_version="r1")
    asked = CompletionRequest("simulated/coach-steady", (Message("user", "I am stuck."),), context)
    workbench.core.model_loop.run(workbench.core.gateway.complete, asked)
    workbench.core.prompts.resolve("core_values", "published")
    answer = ask(api, "/metrics")
    if before is not None:
        set_running(before)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = read(answer.text)
    assert found["request_count_total[('method', 'GET'), ('route', '/health'), ('status', '200')]"] >= 1
    assert found["request_count_total[('method', 'OTHER'), ('route', 'unmatched'), ('status', '404')]"] == 1
    model = sorted(
        {"model_id": "simulated/coach-steady", "provider": "simulated", "route": "chat", "rubric_version": "r1"}.items()
    )
    assert found[f"provider_request_count_total{model}"] == 1
    assert found[f"tokens_out_total{model}"] > 0
    assert found[f"provider_request_latency_ms_count{model}"] == 1
    assert found["prompt_retrieval_count_total[('topic', 'core_values')]"] >= 1
    assert found["breaker_state[('model_id', 'simulated/coach-steady')]"] == 0
    assert found["store_latency_ms_count[]"] > 0
    assert MAIL not in answer.text


def test_every_metric_is_documented_and_every_documented_one_is_there() -> None:
    page = (PROJECT / "docs" / "metrics.md").read_text(encoding="utf-8")
    names = {family.name for family in Metrics().collect()}
    documented = set(re.findall(r"^\| `([a-z_]+?)(?:_total)?` \|", page, re.M))
    assert names == documented
