"""Alert rules, where they stand, their history, what the webhook is owed, probes, and which process does the work.

The tables are copied here: a migration never changes with the code of later releases.
"""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime

_metadata = sa.MetaData()

sa.Table(
    "alert_rules",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("measure", sa.String, nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("comparison", sa.String, nullable=False),
    sa.Column("window_seconds", sa.Integer, nullable=False),
    sa.Column("for_seconds", sa.Integer, nullable=False),
    sa.Column("clear_threshold", sa.Float),
    sa.Column("clear_for_seconds", sa.Integer, nullable=False),
    sa.Column("min_samples", sa.Integer, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("severity", sa.String, nullable=False),
    sa.Column("include_simulated", sa.Boolean, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("runbook", sa.String, nullable=False),
)

sa.Table(
    "alert_states",
    _metadata,
    sa.Column("rule_id", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("stage", sa.String, nullable=False),
    sa.Column("since", UtcDateTime),
    sa.Column("held_seconds", sa.Float, nullable=False),
    sa.Column("value", sa.Float),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
    sa.Column("evaluated_at", UtcDateTime),
    sa.Column("no_data", sa.String, nullable=False),
    sa.Column("acknowledged_by", sa.String),
    sa.Column("acknowledged_at", UtcDateTime),
    sa.Column("acknowledged_note", sa.String, nullable=False),
)

sa.Table(
    "alert_events",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("rule_id", sa.String, nullable=False),
    sa.Column("rule_name", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("value", sa.Float),
    sa.Column("threshold", sa.Float),
    sa.Column("by", sa.String),
    sa.Column("note", sa.String, nullable=False),
)

sa.Table(
    "alert_deliveries",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("event_kind", sa.String, nullable=False),
    sa.Column("body", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("answer", sa.String, nullable=False),
    sa.Column("ended_at", UtcDateTime),
)

sa.Table(
    "health_probes",
    _metadata,
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("ok", sa.Boolean, nullable=False),
    sa.Column("latency_ms", sa.Float, nullable=False),
)

sa.Table(
    "job_leases",
    _metadata,
    sa.Column("name", sa.String, nullable=False),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

_POSTGRESQL_INDEXES = (
    "create unique index ux_alert_rules_id on alert_rules (id)",
    "create unique index ux_alert_states on alert_states (rule_id, subject)",
    "create unique index ux_alert_events_id on alert_events (id)",
    "create index ix_alert_events_at on alert_events (at)",
    "create unique index ux_alert_deliveries_id on alert_deliveries (id)",
    "create index ix_health_probes_at on health_probes (at)",
    "create unique index ux_job_leases_name on job_leases (name)",
)


def upgrade(connection: sa.Connection) -> None:
    """Create the tables."""
    _metadata.create_all(connection)
    if connection.dialect.name == "postgresql":
        for statement in _POSTGRESQL_INDEXES:
            connection.execute(sa.text(statement))
