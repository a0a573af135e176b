"""The table of side-by-side conversations (ledger C6)."""

from __future__ import annotations

import sqlalchemy as sa

from coaching_core.storage.schema import UtcDateTime, metadata

playground_sessions = sa.Table(
    "playground_sessions",
    metadata,
    sa.Column("id", sa.String, nullable=False),
    sa.Column("tenant_id", sa.String, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("topic_id", sa.String, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
