"""The figures at the top of the usage dashboard, out of two hundred thousand PromptRuns."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

import sqlalchemy as sa

from benchmarks.measurement import Measurement
from benchmarks.workplace import settings_of, workplace
from coaching_core.storage.database import Database, open_database
from coaching_core.usage.models import Dimension, UsageFilter
from coaching_core.usage.service import UsageService

ROWS = 200_000
_TENANT = "bench"
_END = datetime(2026, 11, 20, tzinfo=UTC)
_FILL = """
insert into prompt_runs by name
select 'r' || lpad(n::varchar, 9, '0') as id, :tenant as tenant_id, 'u' || (n * 7919 % 300) as user_id,
       '[]' as interaction_ids, 'chat' as purpose, 'openai' as provider,
       'openai/' || ['gpt-5.1', 'gpt-5-mini', 'gpt-4.1-mini'][1 + n % 3] as model, false as simulated,
       500 + n * 37 % 3000 as latency_ms, 100 + n * 17 % 900 as ttft_ms, 0.5 as loop_lag_ms,
       800 + n % 500 as input_tokens, 100 + n % 90 as output_tokens, 0 as cached_tokens,
       0.000552 as cost_usd, 'litellm' as price_version, if(n % 50 = 0, 'error', 'ok') as status,
       timestamp '2026-09-21' + to_seconds((n * 25)::bigint) as created_at
from range(:rows) as numbers(n)
"""


def measure() -> Iterator[Measurement]:
    """The median of five askings each, over the last thirty days."""
    with workplace() as home:
        database = open_database(settings_of(home))
        _fill(database)
        service = UsageService(database)
        month = UsageFilter(_TENANT, since=_END - timedelta(days=30), until=_END)
        for what, question in (
            ("headline with the month before", lambda: service.headline(month)),
            ("by day", lambda: service.by_day(month)),
            ("by model", lambda: service.by(month, Dimension.MODEL)),
        ):
            taken = []
            for _ in range(5):
                begun = time.perf_counter()
                question()
                taken.append((time.perf_counter() - begun) * 1000)
            yield Measurement(f"usage, {ROWS:,} PromptRuns: {what}", median(taken), "ms")
        database.close()


def _fill(database: Database) -> None:
    with database.unit_of_work() as work:
        work.connection.execute(sa.text(_FILL), {"tenant": _TENANT, "rows": ROWS})
