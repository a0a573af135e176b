"""The tables of the gateway: PromptRuns (ledger L2), and the reservations and limits that guard money (L5, L6)."""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime, metadata, money

prompt_runs = sa.Table(
    "prompt_runs",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("request_id", sa.String),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("user_id", sa.String),
    sa.Column("session_id", sa.String),
    sa.Column("interaction_ids", sa.JSON, nullable=False),
    sa.Column("group_id", sa.String),
    sa.Column("eval_run_id", sa.String),
    sa.Column("purpose", sa.String, nullable=False),
    sa.Column("provider", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("topic_id", sa.String),
    sa.Column("prompt_version", sa.Integer),
    sa.Column("rubric_version", sa.String),
    sa.Column("input_tokens", sa.Integer),
    sa.Column("output_tokens", sa.Integer),
    sa.Column("cached_tokens", sa.Integer),
    sa.Column("latency_ms", sa.Float, nullable=False),
    sa.Column("ttft_ms", sa.Float),
    sa.Column("loop_lag_ms", sa.Float),
    sa.Column("cost_usd", money()),
    sa.Column("price_version", sa.String),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("error", sa.String),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("call_id", sa.String),
    sa.Column("attempt", sa.Integer),
    sa.Column("final", sa.Boolean),
    sa.Column("asked_model", sa.String),
    sa.Column("cache_write_tokens", sa.Integer),
    sa.Column("held_usd", money()),
    sa.Column("held_tokens", sa.Integer),
    sa.Column("saved_usd", money()),
    sa.Column("waited_ms", sa.Float),
)

reservations = sa.Table(
    "reservations",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("run", sa.JSON, nullable=False),
    sa.Column("charges", sa.JSON, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)
"""Calls under way on a shared store. A store of one process keeps them in a file (``llm/call_journal.py``)."""

limits = sa.Table(
    "limits",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("metric", sa.String, nullable=False),
    sa.Column("period", sa.String, nullable=False),
    sa.Column("cap", money(), nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("tenant_id", sa.String),
    sa.Column("user_id", sa.String),
    sa.Column("provider", sa.String),
    sa.Column("model", sa.String),
    sa.Column("purpose", sa.String),
    sa.Column("each", sa.String),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)

limit_counters = sa.Table(
    "limit_counters",
    metadata,
    sa.Column("limit_id", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("period_start", UtcDateTime, nullable=False),
    sa.Column("spent", money(), nullable=False),
    sa.Column("held", money(), nullable=False),
)
"""How far limits are used, on a shared store. A store of one process has this in memory."""
