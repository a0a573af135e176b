"""Five million PromptRuns over ninety days, made by the database itself, alike on DuckDB and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from coaching_core.storage.database import Database

TENANT = "bench"
ROWS = 5_000_000
DAYS = 90
END = datetime(2026, 11, 20, tzinfo=UTC)
"""The rows end just before this moment."""

_AT_ONCE = 250_000
_SECONDS_APART = DAYS * 86_400 / ROWS
_MODELS = (
    *("openai/gpt-5.1", "anthropic/claude-sonnet-4-5", "bedrock/amazon.nova-lite-v1:0"),
    *("openai/gpt-5-mini", "anthropic/claude-haiku-4-5", "bedrock/amazon.nova-pro-v1:0"),
)
_PURPOSES = ("chat", "chat", "chat", "assessment", "analysis", "evaluation", "judge", "summary")
_SHARED = {
    "tenant_id": f"'{TENANT}'",
    "interaction_ids": "'[]'",
    "simulated": "false",
    "waited_ms": "0",
    "latency_ms": "500 + exp(random() * 2) * 500",
    "ttft_ms": "case when n % 3 > 0 then 100 + exp(random() * 2) * 100 end",
    "loop_lag_ms": "case when n % 300 = 0 then 200 else 0.5 end",
    "output_tokens": "100 + n % 90",
    "cached_tokens": "(n % 2) * 400",
    "cache_write_tokens": "0",
    "price_version": "'litellm'",
    "status": "case when n % 50 = 0 then 'error' when n % 997 = 0 then 'refused' else 'ok' end",
    "error": "case when n % 50 = 0 then 'RateLimitedError' end",
    "attempt": "1",
    "final": "n % 100 <> 1",
    "asked_model": f"case when n % 70 = 0 then '{_MODELS[0]}' end",
    "cost_usd": "case when n % 200 > 0 then 0.000552 + (n * 31 % 997) * 0.000001 end",
    "held_usd": "case when n % 400 = 200 then 0.01 end",
    "held_tokens": "case when n % 200 = 0 then 2000 end",
    "saved_usd": "case when n % 1000 = 7 then 0.001 end",
    "input_tokens": "800 + n * 13 % 499",
    "prompt_version": "case when n % 7 > 0 then 1 + n / 600000 end",
    "topic_id": "case when n % 7 > 0 then 'topic_' || (n * 17 % 1009 % 8) end",
    "user_id": "case when n % 5 > 0 then 'u' || (n * 7919 % 10007 % 2000) end",
}


def fill(database: Database) -> None:
    """Write all rows, oldest first."""
    for first in range(0, ROWS, _AT_ONCE):
        with database.unit_of_work() as work:
            work.connection.execute(sa.text(_statement(database.kind)), {"first": first, "end": first + _AT_ONCE})
    if database.kind == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("vacuum analyze"))


def _statement(kind: str) -> str:
    text, numbers, array, at = (
        ("varchar", "range(:first, :end) as numbers(n)", "[{}]", "to_microseconds((n * {} * 1e6)::bigint)")
        if kind == "duckdb"
        else (
            "text",
            "generate_series(cast(:first as bigint), cast(:end as bigint) - 1) as numbers(n)",
            "(array[{}])",
            "n * {} * interval '1 second'",
        )
    )

    def pick(values: tuple[str, ...], which: str) -> str:
        quoted = ", ".join(f"'{value}'" for value in values)
        return f"{array.format(quoted)}[1 + ({which})::int]"

    name = f"lpad(n::{text}, 9, '0')"
    start = (END - timedelta(days=DAYS)).replace(tzinfo=None)
    model = "n * 101 % 1013 % 6"
    columns = _SHARED | {
        "id": f"'r' || {name}",
        "request_id": f"'q' || {name}",
        "call_id": f"'r' || {name}",
        "session_id": f"'s' || (n / 10)::bigint::{text}",
        "purpose": pick(_PURPOSES, "n * 53 % 1019 % 8"),
        "provider": pick(tuple(one.partition("/")[0] for one in _MODELS), model),
        "model": pick(_MODELS, model),
        "created_at": f"timestamp '{start}' + {at.format(_SECONDS_APART)}",
    }
    columns["prompt_version"] = columns["prompt_version"].replace("n / 600000", "(n / 600000)::int")
    return f"insert into prompt_runs ({', '.join(columns)}) select {', '.join(columns.values())} from {numbers}"
