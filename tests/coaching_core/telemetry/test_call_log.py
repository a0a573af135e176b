"""The log line of a call."""

from __future__ import annotations

from decimal import Decimal

import pytest

from coaching_core.llm.types import RunStatus
from coaching_core.logs import hashed
from coaching_core.telemetry.call_log import fields_of, log_call
from tests.coaching_core.health.calls import call
from tests.log_lines import recorded_logs


def test_one_line_for_a_call_however_many_attempts_it_took() -> None:
    with recorded_logs() as lines:
        log_call(call(1, status=RunStatus.ERROR, error="ProviderDownError", final=False))
        log_call(call(2, attempt=2, call_id="call-00001", waited_ms=500.0, request_id="req-1"))
    line = lines.only
    assert (line["level"], line["message"], line["requestId"]) == ("INFO", "call", "req-1")
    assert (line["latencyMs"], line["ttftMs"], line["attempts"]) == (1_500.0, 800.0, 2)
    assert line["userId"] == hashed("user-2") != "user-2"
    assert line["costCents"] == pytest.approx(0.1)


def test_what_is_unknown_is_left_out_and_never_0() -> None:
    told = fields_of(
        call(1, status=RunStatus.TIMEOUT, input_tokens=None, output_tokens=None, cost_usd=None, ttft_ms=None)
    )
    assert not {"tokensIn", "tokensOut", "costCents", "ttftMs", "groupId", "savedCents"} & set(told)
    assert told["status"] == "timeout"
    assert fields_of(call(2, cost_usd=Decimal(0)))["costCents"] == 0
