"""The table of PromptRuns: one row for each call to a model (ledger L2)."""

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
)
