"""How many PromptRuns a second become durable when many threads write at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

from benchmarks.measurement import Measurement
from benchmarks.workplace import settings_of, workplace
from coaching_core.clock import new_id
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import open_database
from coaching_core.storage.writer import AppendQueue

THREADS, EACH = 16, 1_000
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def measure() -> Iterator[Measurement]:
    """16 threads queue 1,000 rows each, then wait until every one of them is committed."""
    with workplace() as home:
        database = open_database(settings_of(home))
        appends = AppendQueue(database)
        begun, cpu_before = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(_write, [appends] * THREADS))
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu_before
        appends.close()
        database.close()
    what = f"PromptRuns made durable, {THREADS} threads"
    yield Measurement(what, THREADS * EACH / seconds, "rows/s", more_is_better=True)
    yield Measurement(f"{what}: CPU for each", cpu / (THREADS * EACH) * 1000, "ms")


def _write(appends: AppendQueue) -> None:
    waiting = [appends.append(prompt_runs, _run().as_row()) for _ in range(EACH)]
    for done in waiting:
        done.result()


def _run() -> PromptRun:
    return PromptRun(
        id=new_id(),
        tenant_id="bench",
        purpose=Purpose.CHAT,
        provider="openai",
        model="openai/gpt-4.1-mini",
        simulated=False,
        latency_ms=812.5,
        status=RunStatus.OK,
        created_at=_NOW,
        user_id="u1",
        input_tokens=900,
        output_tokens=120,
        cached_tokens=0,
        ttft_ms=210.0,
        loop_lag_ms=0.4,
        cost_usd=Decimal("0.000552"),
        price_version="litellm",
    )
