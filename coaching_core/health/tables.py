"""The tables of health: rules, where they stand, their history, what the webhook is owed, probes, and who evaluates."""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime, metadata

alert_rules = sa.Table(
    "alert_rules",
    metadata,
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

alert_states = sa.Table(
    "alert_states",
    metadata,
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

alert_events = sa.Table(
    "alert_events",
    metadata,
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

alert_deliveries = sa.Table(
    "alert_deliveries",
    metadata,
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

health_probes = sa.Table(
    "health_probes",
    metadata,
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("ok", sa.Boolean, nullable=False),
    sa.Column("latency_ms", sa.Float, nullable=False),
)

job_leases = sa.Table(
    "job_leases",
    metadata,
    sa.Column("name", sa.String, nullable=False),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)
"""Which process does a job that only one may do, and until when it has the right to."""
