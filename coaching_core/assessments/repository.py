"""Reads and writes the tables of coachees and assessments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from coaching_core.assessments.models import Assessment, AssessmentKind, Coachee, Focus, Record, UserFocus
from coaching_core.assessments.tables import assessments, coachees, focuses, user_focuses


def lock_tenant(connection: sa.Connection, tenant_id: str) -> None:
    """Make writers of one tenant's assessments wait for each other until the transaction ends.

    DuckDB's writers already pass one lock; on PostgreSQL this takes an advisory lock of the transaction.
    """
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtext(f"assessments:{tenant_id}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def insert(connection: sa.Connection, table: sa.Table, records: Iterable[Record]) -> None:
    """Add records to their table."""
    rows = [record.as_row() for record in records]
    if rows:
        connection.execute(sa.insert(table), rows)


def taken_assessment_ids(connection: sa.Connection, records: Sequence[Assessment]) -> list[str]:
    """Those of the records' ids that the store has already; looks among the same people's assessments."""
    statement = sa.select(assessments.c.id).where(
        assessments.c.tenant_id.in_({record.tenant_id for record in records}),
        assessments.c.user_id.in_({record.user_id for record in records}),
        assessments.c.id.in_([record.id for record in records]),
    )
    return list(connection.scalars(statement))


def known_ids(connection: sa.Connection, table: sa.Table, tenant_id: str, ids: Collection[str]) -> set[str]:
    """Those of the ids that the tenant has in this table."""
    if not ids:
        return set()
    statement = sa.select(table.c.id).where(table.c.tenant_id == tenant_id, table.c.id.in_(ids))
    return set(connection.scalars(statement))


def select_coachees(connection: sa.Connection, tenant_id: str) -> tuple[Coachee, ...]:
    """All coachees of a tenant by name."""
    statement = sa.select(coachees).where(coachees.c.tenant_id == tenant_id).order_by(coachees.c.name, coachees.c.id)
    return tuple(Coachee.create(**row) for row in connection.execute(statement).mappings())


def select_focuses(connection: sa.Connection, tenant_id: str) -> tuple[Focus, ...]:
    """All focuses of a tenant by title."""
    statement = sa.select(focuses).where(focuses.c.tenant_id == tenant_id).order_by(focuses.c.title, focuses.c.id)
    return tuple(Focus.create(**row) for row in connection.execute(statement).mappings())


def select_user_focuses(connection: sa.Connection, tenant_id: str, user_id: str) -> tuple[UserFocus, ...]:
    """All focuses a coachee ever chose: the active ones by position, then the others, latest first."""
    table = user_focuses
    statement = (
        sa.select(table)
        .where(table.c.tenant_id == tenant_id, table.c.user_id == user_id)
        .order_by(sa.case((table.c.active, table.c.position), else_=99), table.c.updated_at.desc(), table.c.id.desc())
    )
    return tuple(UserFocus.create(**row) for row in connection.execute(statement).mappings())


def update_user_focus(connection: sa.Connection, record: UserFocus) -> None:
    """Write the changed fields of a UserFocus."""
    table = user_focuses
    connection.execute(
        sa.update(table)
        .where(table.c.tenant_id == record.tenant_id, table.c.id == record.id)
        .values(
            position=record.position,
            active=record.active,
            started_at=record.started_at,
            updated_at=record.updated_at,
        )
    )


def deactivate_user_focuses(connection: sa.Connection, records: Collection[UserFocus], at: datetime) -> None:
    """Mark these as no longer active."""
    if records:
        table = user_focuses
        connection.execute(
            sa.update(table)
            .where(
                table.c.tenant_id.in_({record.tenant_id for record in records}),
                table.c.id.in_([record.id for record in records]),
            )
            .values(active=False, updated_at=at)
        )


def select_last(
    connection: sa.Connection, tenant_id: str, user_id: str, focus_id: str, count: int
) -> tuple[Assessment, ...]:
    """The newest assessments of one person and focus, newest first."""
    conditions = (assessments.c.user_id == user_id, assessments.c.focus_id == focus_id)
    return _select(connection, tenant_id, conditions, newest_first=True, limit=count)


def select_latest_summary(connection: sa.Connection, tenant_id: str, session_id: str) -> Assessment | None:
    """The newest session summary of a session."""
    conditions = (
        assessments.c.session_id == session_id,
        assessments.c.kind == str(AssessmentKind.SESSION_SUMMARY),
    )
    found = _select(connection, tenant_id, conditions, newest_first=True, limit=1)
    return found[0] if found else None


def select_group(connection: sa.Connection, tenant_id: str, group_id: str) -> tuple[Assessment, ...]:
    """All assessments of one multi-turn evaluation, oldest first."""
    return _select(connection, tenant_id, (assessments.c.group_id == group_id,))


def _select(
    connection: sa.Connection,
    tenant_id: str,
    conditions: Sequence[sa.ColumnElement[bool]],
    *,
    newest_first: bool = False,
    limit: int | None = None,
) -> tuple[Assessment, ...]:
    table = assessments
    order = [table.c.created_at, table.c.id]
    statement = (
        sa.select(table)
        .where(table.c.tenant_id == tenant_id, *conditions)
        .order_by(*([column.desc() for column in order] if newest_first else order))
        .limit(limit)
    )
    return tuple(Assessment.create(**row) for row in connection.execute(statement).mappings())
