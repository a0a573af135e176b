"""Reads the assessments for the progression dashboard; the averages themselves are made in ``levels``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from coaching_core.assessments.models import AssessmentCategory, AssessmentKind
from coaching_core.assessments.tables import assessments, coachees, focuses
from coaching_core.progression.ema import Band, ProgressionSettings, band
from coaching_core.progression.levels import Scope, band_of, counts_for_progress, levels
from coaching_core.progression.models import BandMove, FocusCount, LevelChange, Person, TopError


@dataclass(frozen=True, slots=True)
class Level:
    """The average of one person on one focus, computed by the database."""

    user_id: str
    focus_id: str
    ema: float


@dataclass(frozen=True, slots=True)
class ScoredAssessment:
    """An assessment that counts for progress."""

    id: str
    at: datetime
    score: float
    explanation_text: str
    kind: AssessmentKind


@dataclass(frozen=True, slots=True)
class ErrorPeriods:
    """Two periods that follow each other: from ``before`` to ``since`` and from ``since`` until ``until``."""

    tenant_id: str
    focus_id: str | None
    before: datetime
    since: datetime
    until: datetime


def select_levels(connection: sa.Connection, scope: Scope, settings: ProgressionSettings) -> tuple[Level, ...]:
    """The averages of all people and focuses in scope, by user and focus."""
    statement = levels(scope, {"ema": settings}).order_by("user_id", "focus_id")
    return tuple(Level(*row) for row in connection.execute(statement))


def select_people(connection: sa.Connection, tenant_id: str) -> tuple[Person, ...]:
    """All coachees, and whoever has been assessed without being listed, by name."""
    table = assessments
    counted = (
        sa.select(
            table.c.user_id,
            sa.func.count().label("assessments"),
            sa.func.count().filter(counts_for_progress()).label("scores"),
            sa.func.max(table.c.created_at).label("last_at"),
        )
        .where(table.c.tenant_id == tenant_id)
        .group_by(table.c.user_id)
    )
    names = dict(_pairs(connection, sa.select(coachees.c.id, coachees.c.name).where(coachees.c.tenant_id == tenant_id)))
    found = {
        row.user_id: Person(row.user_id, names.get(row.user_id, row.user_id), row.assessments, row.scores, row.last_at)
        for row in connection.execute(counted)
    }
    idle = {name: Person(name, names[name], 0, 0, None) for name in names if name not in found}
    return tuple(sorted((found | idle).values(), key=lambda person: (person.name, person.user_id)))


def select_focuses(connection: sa.Connection, tenant_id: str) -> tuple[FocusCount, ...]:
    """All focuses, and whichever has been assessed without being listed, by title."""
    table = assessments
    counted = (
        sa.select(
            table.c.focus_id,
            sa.func.count(table.c.user_id.distinct()).label("people"),
            sa.func.count().label("assessments"),
            sa.func.count().filter(counts_for_progress()).label("scores"),
        )
        .where(table.c.tenant_id == tenant_id, table.c.focus_id.is_not(None))
        .group_by(table.c.focus_id)
    )
    counts = {row.focus_id: row for row in connection.execute(counted)}
    listed = {row.id: row for row in connection.execute(sa.select(focuses).where(focuses.c.tenant_id == tenant_id))}
    found = []
    for name in counts.keys() | listed.keys():
        count, focus = counts.get(name), listed.get(name)
        title, description = (focus.title, focus.description) if focus else (name, "")
        numbers = (count.people, count.assessments, count.scores) if count else (0, 0, 0)
        found.append(FocusCount(name, title, description, *numbers))
    return tuple(sorted(found, key=lambda focus: (focus.title, focus.focus_id)))


def select_scores(
    connection: sa.Connection, tenant_id: str, user_id: str, focus_id: str
) -> tuple[ScoredAssessment, ...]:
    """The scores of one person on one focus, oldest first."""
    table = assessments
    statement = (
        sa.select(table.c.id, table.c.created_at, table.c.score, table.c.explanation_text, table.c.kind)
        .where(
            table.c.tenant_id == tenant_id,
            table.c.user_id == user_id,
            table.c.focus_id == focus_id,
            counts_for_progress(),
        )
        .order_by(table.c.created_at, table.c.id)
    )
    return tuple(
        ScoredAssessment(row.id, row.created_at, row.score, row.explanation_text, AssessmentKind(row.kind))
        for row in connection.execute(statement)
    )


def select_moves(
    connection: sa.Connection, start: Scope, end: Scope, settings: ProgressionSettings
) -> tuple[BandMove, ...]:
    """How many moved from band to band between two moments; the database hands out at most twelve rows."""
    before = levels(start, {"ema": settings}).cte("before")
    after = levels(end, {"ema": settings}).cte("after")
    both = after.outerjoin(before, sa.and_(before.c.user_id == after.c.user_id, before.c.focus_id == after.c.focus_id))
    pairs = (
        sa.select(band_of(before.c.ema, settings).label("start"), band_of(after.c.ema, settings).label("finish"))
        .select_from(both)
        .subquery()
    )
    statement = sa.select(pairs.c.start, pairs.c.finish, sa.func.count()).group_by(pairs.c.start, pairs.c.finish)
    moves = [
        BandMove(None if row[0] is None else Band(row[0]), Band(row[1]), row[2])
        for row in connection.execute(statement)
    ]
    order = {None: 0} | {name: place for place, name in enumerate(Band, start=1)}
    return tuple(sorted(moves, key=lambda move: (order[move.before], order[move.after])))


def select_changes(
    connection: sa.Connection, scope: Scope, now: ProgressionSettings, then: ProgressionSettings
) -> tuple[LevelChange, ...]:
    """Those whose band differs between two settings, by name."""
    both = levels(scope, {"now": now, "then": then}).subquery()
    statement = (
        sa.select(both, coachees.c.name)
        .select_from(
            both.outerjoin(coachees, sa.and_(coachees.c.id == both.c.user_id, coachees.c.tenant_id == scope.tenant_id))
        )
        .where(band_of(both.c.now, now) != band_of(both.c.then, then))
    )
    changes = [
        LevelChange(
            user_id=row.user_id,
            name=row.name or row.user_id,
            focus_id=row.focus_id,
            ema_now=row.now,
            ema_then=row.then,
            band_now=band(row.now, now),
            band_then=band(row.then, then),
        )
        for row in connection.execute(statement)
    ]
    return tuple(sorted(changes, key=lambda change: (change.name, change.user_id, change.focus_id)))


def count_levels(connection: sa.Connection, scope: Scope) -> int:
    """How many people, or pairs of person and focus, have a level."""
    pairs = (
        sa.select(assessments.c.user_id, assessments.c.focus_id)
        .where(assessments.c.tenant_id == scope.tenant_id, counts_for_progress())
        .distinct()
    )
    if scope.focus_id is not None:
        pairs = pairs.where(assessments.c.focus_id == scope.focus_id)
    return connection.scalar(sa.select(sa.func.count()).select_from(pairs.subquery())) or 0


def select_top_errors(connection: sa.Connection, periods: ErrorPeriods, limit: int) -> tuple[TopError, ...]:
    """The most frequent mistakes of the later period, with their number in the earlier one."""
    key, message, created_at = _errors(connection, periods)
    later = created_at >= periods.since
    count = sa.func.count().filter(later)
    statement = (
        sa.select(key, count, sa.func.count().filter(sa.not_(later)), sa.func.max(message).filter(later))
        .group_by(key)
        .having(count > 0)
        .order_by(count.desc(), key)
        .limit(limit)
    )
    comparable = _assessed_before(connection, periods)
    return tuple(
        TopError(name, name.replace("_", " ").capitalize(), number, before if comparable else None, example)
        for name, number, before, example in connection.execute(statement)
    )


def _errors(
    connection: sa.Connection, periods: ErrorPeriods
) -> tuple[sa.ColumnElement[str], sa.ColumnElement[str], sa.ColumnElement[Any]]:
    """Key, message and time of every single mistake; each database has its own way into a JSON list."""
    table = assessments
    if connection.dialect.name == "postgresql":
        each: sa.ColumnElement[Any] = sa.func.json_array_elements(table.c.errors, type_=sa.JSON)
    else:
        each = sa.func.unnest(sa.func.json_extract(table.c.errors, sa.literal_column("'$[*]'")), type_=sa.JSON)
    conditions = [
        *_within(periods, periods.until),
        table.c.category == str(AssessmentCategory.ERROR),
        table.c.kind != str(AssessmentKind.SESSION_SUMMARY),
    ]
    rows = sa.select(each.label("error"), table.c.created_at).where(*conditions).subquery()
    named = sa.select(
        _text(connection, rows.c.error, "key").label("key"),
        _text(connection, rows.c.error, "message").label("message"),
        rows.c.created_at,
    ).subquery()
    return named.c.key, named.c.message, named.c.created_at


def _text(connection: sa.Connection, document: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[str]:
    if connection.dialect.name == "postgresql":
        return document.op("->>", return_type=sa.String())(sa.literal_column(f"'{name}'"))
    return sa.func.json_extract_string(document, sa.literal_column(f"'$.{name}'"), type_=sa.String)


def _assessed_before(connection: sa.Connection, periods: ErrorPeriods) -> bool:
    some = sa.select(sa.literal(1)).select_from(assessments).where(*_within(periods, periods.since)).limit(1)
    return connection.scalar(some) is not None


def _within(periods: ErrorPeriods, end: datetime) -> list[sa.ColumnElement[bool]]:
    table = assessments
    conditions = [
        table.c.tenant_id == periods.tenant_id,
        table.c.created_at >= periods.before,
        table.c.created_at < end,
    ]
    return conditions if periods.focus_id is None else [*conditions, table.c.focus_id == periods.focus_id]


def _pairs(connection: sa.Connection, statement: sa.Select[Any]) -> Iterable[tuple[str, str]]:
    return ((row[0], row[1]) for row in connection.execute(statement))
