"""The health dashboards, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from coaching_core.health.boards import BatchSizes, HealthBoards, period
from coaching_core.health.scope import Scope
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import Database
from tests.coaching_core.health.calls import NOW, call, keep

HOUR: Scope = period(NOW, timedelta(hours=1), "acme")


def test_nothing_is_empty_not_zero(database: Database) -> None:
    boards = HealthBoards(database)
    chat = boards.chat(HOUR)
    assert (chat.whole.calls, chat.whole.ttft_p95, chat.whole.error_share) == (0, None, None)
    assert len(chat.slots) == 60
    assert boards.background(HOUR).batches == BatchSizes(0, None, None)
    assert boards.models(HOUR) == ()


def test_chat_in_stretches_adds_up_to_the_whole(database: Database) -> None:
    keep(
        database,
        *(call(number, 30 + 60 * number) for number in range(50)),
        call(60, 95, status=RunStatus.TIMEOUT, final=False, call_id="call-00060", latency_ms=5_000.0),
        call(61, 90, attempt=2, call_id="call-00060", waited_ms=5_000.0),
        call(62, 90, status=RunStatus.CANCELLED),
        call(63, 90, status=RunStatus.ERROR, error="ProviderDownError"),
        call(64, 90, status=RunStatus.REFUSED),
        call(65, 90, tenant_id="other", latency_ms=99_000.0),
        call(66, 90, purpose=Purpose.JUDGE, latency_ms=99_000.0),
        call(67, 4_000, latency_ms=99_000.0),
    )
    board = HealthBoards(database).chat(HOUR)
    whole = board.whole
    assert (whole.calls, whole.errors, whole.cancelled, whole.retries, whole.timeouts) == (53, 1, 1, 1, 1)
    assert whole.turn_p50 == pytest.approx(1_000)
    assert whole.error_share == pytest.approx(1 / 52)
    for name in ("calls", "errors", "cancelled", "retries", "timeouts"):
        assert sum(getattr(slot, name) for slot in board.slots) == getattr(whole, name)
    assert max(slot.turn_p95 or 0 for slot in board.slots) > 5_000
    starts = [slot.at for slot in board.slots if slot.at is not None]
    assert starts == sorted(starts)
    assert starts[0] == HOUR.since


def test_background_work_by_kind_model_and_rubric(database: Database) -> None:
    work = {"purpose": Purpose.ASSESSMENT, "ttft_ms": None, "rubric_version": "r1"}
    keep(
        database,
        *(call(number, group_id="g1", interaction_ids=("a", "b", "c"), **work) for number in range(3)),
        call(10, group_id="g2", interaction_ids=("d",), **work),
        call(11, status=RunStatus.ERROR, error="ProviderDownError", **(work | {"rubric_version": "r2"})),
        call(12, purpose=Purpose.SUMMARY, latency_ms=4_000.0),
        call(13, purpose=Purpose.EVALUATION),
    )
    board = HealthBoards(database).background(HOUR)
    assessed, summarised = board.kinds
    assert (assessed.purpose, assessed.calls, assessed.errors) == (Purpose.ASSESSMENT, 5, 1)
    assert assessed.error_share == pytest.approx(0.2)
    assert summarised.p95 == pytest.approx(4_000)
    assert [(row.rubric_version, row.errors) for row in board.details[:2]] == [("r2", 1), ("r1", 0)]
    assert board.details[0].p95 is None
    assert board.batches == BatchSizes(2, 2.0, 3)


def test_models_with_cost_failures_and_stand_ins(database: Database) -> None:
    keep(
        database,
        call(1, status=RunStatus.ERROR, error="ProviderDownError", final=False, cost_usd=Decimal(0)),
        call(2, attempt=2, asked_model="openai/gpt-4o-mini", model="anthropic/claude", provider="anthropic"),
        call(3, cost_usd=None),
        call(4, status=RunStatus.REFUSED),
    )
    claude, gpt = HealthBoards(database).models(HOUR)
    assert (claude.model, claude.stood_in, claude.cost) == ("anthropic/claude", 1, Decimal("0.001"))
    assert (gpt.calls, gpt.attempts, gpt.failed, gpt.unknown) == (1, 2, 1, 1)
    assert gpt.cost == 0
