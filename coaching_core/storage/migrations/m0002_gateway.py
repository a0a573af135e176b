"""Attempts, fallbacks, cache writes and held money on PromptRuns; reservations, limits and their counters.

The tables are copied here: a migration never changes with the code of later releases.
"""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime, money

_NEW_COLUMNS = (
    ("call_id", "varchar"),
    ("attempt", "integer"),
    ("final", "boolean"),
    ("asked_model", "varchar"),
    ("cache_write_tokens", "integer"),
    ("held_usd", "numeric(24, 12)"),
    ("held_tokens", "integer"),
    ("saved_usd", "numeric(24, 12)"),
    ("waited_ms", "double precision"),
)
_metadata = sa.MetaData()

sa.Table(
    "reservations",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("run", sa.JSON, nullable=False),
    sa.Column("charges", sa.JSON, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

sa.Table(
    "limits",
    _metadata,
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

sa.Table(
    "limit_counters",
    _metadata,
    sa.Column("limit_id", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("period_start", UtcDateTime, nullable=False),
    sa.Column("spent", money(), nullable=False),
    sa.Column("held", money(), nullable=False),
)

_POSTGRESQL_INDEXES = (
    "create unique index ux_reservations_id on reservations (id)",
    "create unique index ux_limits_id on limits (id)",
    "create unique index ux_limit_counters on limit_counters (limit_id, subject, period_start)",
)


def upgrade(connection: sa.Connection) -> None:
    """Add columns and tables; every call made so far was one attempt, and the last."""
    for name, kind in _NEW_COLUMNS:
        connection.execute(sa.text(f"alter table prompt_runs add column {name} {kind}"))
    connection.execute(sa.text("update prompt_runs set call_id = id, attempt = 1, final = true, waited_ms = 0"))
    _metadata.create_all(connection)
    if connection.dialect.name == "postgresql":
        for statement in _POSTGRESQL_INDEXES:
            connection.execute(sa.text(statement))
