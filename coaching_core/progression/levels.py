"""The SQL twin of :mod:`coaching_core.progression.ema`: the averages of everybody at once, on both databases.

With rank r = 1 for the newest score, α(1−α)^(r−1) is the weight of a score and (1−α)^(r−1) that of the oldest one
kept: the sum over the kept scores is the same average as the recursion in Python, equal to 1e-9 (ledger A4).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from coaching_core.assessments.models import AssessmentCategory, AssessmentKind
from coaching_core.assessments.tables import assessments
from coaching_core.progression.ema import BAND_TOLERANCE, Band, ProgressionSettings

_SMALLEST_WEIGHT_EXPONENT = -200
"""Powers below 1e-200 count as 1e-200: PostgreSQL raises an underflow where others round to 0."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose scores are looked at.

    Attributes:
        focus_id: None takes every focus.
        until: Scores made up to and at this moment; None takes all.
    """

    tenant_id: str
    focus_id: str | None = None
    until: datetime | None = None


def counts_for_progress() -> sa.ColumnElement[bool]:
    """Which assessments make the average: scored progress on a focus, no session summaries."""
    return sa.and_(
        assessments.c.category == str(AssessmentCategory.PROGRESS),
        assessments.c.kind != str(AssessmentKind.SESSION_SUMMARY),
        assessments.c.score.is_not(None),
        assessments.c.focus_id.is_not(None),
    )


def levels(scope: Scope, by_settings: Mapping[str, ProgressionSettings]) -> sa.Select[Any]:
    """One row for each person and focus: ``user_id``, ``focus_id`` and an average for each name in ``by_settings``.

    All settings are served by one pass over the scores. Scores of the same moment are ordered by their ids.
    """
    scores = _ranked(scope)
    kept = max(settings.window for settings in by_settings.values())
    averages = [
        sa.func.sum(scores.c.score * _weight(scores, settings)).label(name) for name, settings in by_settings.items()
    ]
    return (
        sa.select(scores.c.user_id, scores.c.focus_id, *averages)
        .where(scores.c.rank <= kept)
        .group_by(scores.c.user_id, scores.c.focus_id)
    )


def band_of(average: sa.ColumnElement[Any], settings: ProgressionSettings) -> sa.ColumnElement[str]:
    """The twin of :func:`coaching_core.progression.ema.band`; NULL where there is no average."""
    return sa.case(
        (average >= settings.mastery - BAND_TOLERANCE, sa.literal_column(f"'{Band.MASTERY}'", sa.String)),
        (average >= settings.developing - BAND_TOLERANCE, sa.literal_column(f"'{Band.DEVELOPING}'", sa.String)),
        (average.is_not(None), sa.literal_column(f"'{Band.NOVICE}'", sa.String)),
    )


def _ranked(scope: Scope) -> sa.Subquery:
    table = assessments
    conditions = [table.c.tenant_id == scope.tenant_id, counts_for_progress()]
    if scope.focus_id is not None:
        conditions.append(table.c.focus_id == scope.focus_id)
    if scope.until is not None:
        conditions.append(table.c.created_at <= scope.until)
    partition = (table.c.user_id, table.c.focus_id)
    newest_first = (table.c.created_at.desc(), table.c.id.desc())
    return (
        sa.select(
            table.c.user_id,
            table.c.focus_id,
            table.c.score,
            sa.func.row_number().over(partition_by=partition, order_by=newest_first).label("rank"),
            sa.func.lead(table.c.score).over(partition_by=partition, order_by=newest_first).label("older"),
        )
        .where(*conditions)
        .subquery()
    )


def _weight(scores: sa.Subquery, settings: ProgressionSettings) -> sa.ColumnElement[Any]:
    keep = 1 - settings.alpha
    exponent = scores.c.rank - 1
    if 0 < keep < 1:
        exponent = sa.func.least(exponent, int(_SMALLEST_WEIGHT_EXPONENT / math.log10(keep)))
    power = sa.func.power(sa.cast(keep, sa.Double), exponent)
    oldest_kept = sa.or_(scores.c.rank == settings.window, scores.c.older.is_(None))
    return sa.case(
        (scores.c.rank > settings.window, 0.0),
        (oldest_kept, power),
        else_=settings.alpha * power,
    )
