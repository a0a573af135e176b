"""Makes PromptRuns for the tests of health."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.bulk import insert_rows
from coaching_core.storage.database import Database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def call(number: int, seconds_ago: float = 60, **changes: Any) -> PromptRun:
    """A chat turn that a model answered well in a second."""
    usual = PromptRun(
        id=f"call-{number:05d}",
        tenant_id="acme",
        purpose=Purpose.CHAT,
        provider="openai",
        model="openai/gpt-4o-mini",
        simulated=False,
        latency_ms=1_000.0,
        status=RunStatus.OK,
        created_at=NOW - timedelta(seconds=seconds_ago),
        user_id=f"user-{number % 4}",
        input_tokens=100,
        output_tokens=20,
        cached_tokens=0,
        ttft_ms=300.0,
        cost_usd=Decimal("0.001"),
    )
    return replace(usual, **changes)


def keep(database: Database, *runs: PromptRun) -> None:
    """Put calls into the store."""
    with database.unit_of_work() as work:
        insert_rows(work.connection, prompt_runs, [run.as_row() for run in runs])
