"""Schema 1: topics and versions, PromptRuns, coachees and assessments, playground sessions, evaluation runs.

A frozen copy: live tables may move on, this step stays what it was.
"""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime, money

_metadata = sa.MetaData()

sa.Table(
    "topics",
    _metadata,
    sa.Column("topic_id", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("topic_type", sa.String, nullable=False),
    sa.Column("category", sa.String, nullable=False),
    sa.Column("description", sa.String, nullable=False),
    sa.Column("display_order", sa.Integer, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("published_version", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("updated_by", sa.String, nullable=False),
    sa.Index("ux_topics_topic_id", "topic_id", unique=True),
)

sa.Table(
    "topic_versions",
    _metadata,
    sa.Column("topic_id", sa.String, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("prompts", sa.JSON, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("message", sa.String, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("rolled_back_from", sa.Integer),
    sa.Index("ux_topic_versions", "topic_id", "number", unique=True),
)

sa.Table(
    "topic_publications",
    _metadata,
    sa.Column("topic_id", sa.String, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("previous", sa.Integer),
    sa.Column("published_by", sa.String, nullable=False),
    sa.Column("published_at", UtcDateTime, nullable=False),
)

sa.Table(
    "prompt_runs",
    _metadata,
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

sa.Table(
    "coachees",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

sa.Table(
    "focuses",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("description", sa.String, nullable=False),
)

sa.Table(
    "user_focuses",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("user_id", sa.String, nullable=False),
    sa.Column("focus_id", sa.String, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

sa.Table(
    "user_sessions",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("user_id", sa.String, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
)

sa.Table(
    "interactions",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("session_id", sa.String, nullable=False),
    sa.Column("user_text", sa.String, nullable=False),
    sa.Column("ai_response", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

sa.Table(
    "assessments",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("user_id", sa.String, nullable=False),
    sa.Column("session_id", sa.String, nullable=False),
    sa.Column("interaction_ids", sa.JSON, nullable=False),
    sa.Column("focus_id", sa.String),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("category", sa.String, nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("explanation_text", sa.String, nullable=False),
    sa.Column("errors", sa.JSON, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("group_id", sa.String),
    sa.Column("rubric_version", sa.String),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_assessments_user_id", "user_id"),
)

sa.Table(
    "playground_sessions",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("topic_id", sa.String, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

sa.Table(
    "eval_runs",
    _metadata,
    sa.Column("run_id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("folder", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("topic_id", sa.String),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("rubric", sa.String, nullable=False),
    sa.Column("judge", sa.String, nullable=False),
    sa.Column("variants", sa.JSON, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("calls_planned", sa.Integer, nullable=False),
    sa.Column("answers_done", sa.Integer, nullable=False),
    sa.Column("verdicts_done", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("cost_usd", money()),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("journal_offset", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

# Only PostgreSQL needs these: DuckDB finds rows by its zone maps and pays dearly for text indexes on big tables.
_POSTGRESQL_INDEXES = (
    ("ux_prompt_runs_id", "create unique index ux_prompt_runs_id on prompt_runs (id)"),
    ("ix_prompt_runs_created_at", "create index ix_prompt_runs_created_at on prompt_runs (created_at)"),
    ("ix_prompt_runs_eval_run_id", "create index ix_prompt_runs_eval_run_id on prompt_runs (eval_run_id)"),
)


def upgrade(connection: sa.Connection) -> None:
    """Create all tables."""
    _metadata.create_all(connection)
    if connection.dialect.name == "postgresql":
        for _, statement in _POSTGRESQL_INDEXES:
            connection.execute(sa.text(statement))
