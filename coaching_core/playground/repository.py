"""Where side-by-side conversations are kept: one JSON document a session."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from coaching_core.errors import ConflictError
from coaching_core.playground.models import PlaygroundSession, SessionSummary
from coaching_core.playground.tables import playground_sessions as table
from coaching_core.storage.database import Database


class PlaygroundRepository:
    """Reads and writes sessions; a write is durable when the method returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, tenant_id: str, session_id: str) -> PlaygroundSession | None:
        """The session, or None when this tenant has no such one."""
        query = sa.select(table.c.document).where(table.c.id == session_id, table.c.tenant_id == tenant_id)
        with self._database.read() as connection:
            document = connection.scalar(query)
        return None if document is None else PlaygroundSession.model_validate(document)

    def add(self, session: PlaygroundSession) -> None:
        """Keep a new session."""
        with self._database.unit_of_work() as work:
            work.connection.execute(
                sa.insert(table).values(
                    id=session.id,
                    tenant_id=session.tenant_id,
                    author=session.author,
                    topic_id=session.topic_id,
                    document=session.model_dump(mode="json"),
                    created_at=session.created_at,
                    updated_at=session.updated_at,
                )
            )

    def replace(self, session: PlaygroundSession, seen: datetime) -> None:
        """Keep the new state of a session, unless it was changed since it was ``seen``.

        Raises:
            ConflictError: It was changed, or removed; nothing was overwritten.
        """
        change = (
            sa.update(table)
            .where(table.c.id == session.id, table.c.tenant_id == session.tenant_id, table.c.updated_at == seen)
            .values(document=session.model_dump(mode="json"), updated_at=session.updated_at)
            .returning(table.c.id)
        )
        with self._database.unit_of_work() as work:
            if work.connection.execute(change).first() is None:
                raise ConflictError(
                    "This conversation was changed or removed in another window. Reload the page to see how it stands."
                )

    def latest(self, tenant_id: str, limit: int) -> tuple[SessionSummary, ...]:
        """The conversations changed last, newest first."""
        query = (
            sa.select(table.c.document)
            .where(table.c.tenant_id == tenant_id)
            .order_by(table.c.updated_at.desc(), table.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            sessions = [PlaygroundSession.model_validate(document) for document in connection.scalars(query)]
        return tuple(_summary(session) for session in sessions)


def _summary(session: PlaygroundSession) -> SessionSummary:
    return SessionSummary(
        id=session.id,
        topic_id=session.topic_id,
        author=session.author,
        opening=session.turns[0].message if session.turns else "",
        turns=len(session.turns),
        columns=len(session.columns),
        updated_at=session.updated_at,
    )
