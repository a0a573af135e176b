"""Tables of coachees, their focuses, sessions, interactions and assessments (ledger A1)."""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime, metadata

coachees = sa.Table(
    "coachees",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

focuses = sa.Table(
    "focuses",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("description", sa.String, nullable=False),
)

user_focuses = sa.Table(
    "user_focuses",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("user_id", sa.String, nullable=False),
    sa.Column("focus_id", sa.String, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

user_sessions = sa.Table(
    "user_sessions",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("user_id", sa.String, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
)

interactions = sa.Table(
    "interactions",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("session_id", sa.String, nullable=False),
    sa.Column("user_text", sa.String, nullable=False),
    sa.Column("ai_response", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

assessments = sa.Table(
    "assessments",
    metadata,
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
