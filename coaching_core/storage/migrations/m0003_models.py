"""Schema 3: what admins set about models, prices of their own, who answers for a task.

A frozen copy: live tables may move on, this step stays what it was.
"""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime

_metadata = sa.MetaData()

sa.Table(
    "model_settings",
    _metadata,
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

sa.Table(
    "model_prices",
    _metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("valid_from", UtcDateTime, nullable=False),
    sa.Column("prices", sa.JSON(none_as_null=True)),
    sa.Column("withdraws", sa.String),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

sa.Table(
    "model_roles",
    _metadata,
    sa.Column("task", sa.String, nullable=False),
    sa.Column("models", sa.JSON, nullable=False),
    sa.Column("swapped", sa.Boolean, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

_POSTGRESQL_INDEXES = (
    "create unique index ux_model_settings on model_settings (model)",
    "create unique index ux_model_roles on model_roles (task)",
)


def upgrade(connection: sa.Connection) -> None:
    """Create the tables."""
    _metadata.create_all(connection)
    if connection.dialect.name == "postgresql":
        for statement in _POSTGRESQL_INDEXES:
            connection.execute(sa.text(statement))
