"""The tables of what admins set about models (ledger L1, L9)."""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime, metadata

model_settings = sa.Table(
    "model_settings",
    metadata,
    sa.Column("model", sa.String, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("label", sa.String),
    sa.Column("temperature", sa.Float),
    sa.Column("max_tokens", sa.Integer),
    sa.Column("context", sa.Integer),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

model_prices = sa.Table(
    "model_prices",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("valid_from", UtcDateTime, nullable=False),
    sa.Column("prices", sa.JSON(none_as_null=True)),
    sa.Column("withdraws", sa.String),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
"""Rows are only ever added. One with ``withdraws`` has no prices: it says that an earlier one never held."""

model_roles = sa.Table(
    "model_roles",
    metadata,
    sa.Column("task", sa.String, nullable=False),
    sa.Column("models", sa.JSON, nullable=False),
    sa.Column("swapped", sa.Boolean, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
