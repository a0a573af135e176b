"""Measures over the PromptRuns of the last minutes, made by the store: each looks at its window and no further.

What a person waits for begins with their call, so earlier attempts, waits and stand-ins count into a turn. Answers
given again and timings taken on a lagging loop are left out of times. A person's cancellation and a refusal of ours are
no error of a provider; neither is a process of ours that died.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from coaching_core.health.cost_measures import WHOLE_DAYS, cost_forecast, cost_per_user, cost_today
from coaching_core.health.models import Measure, Rule, Sample
from coaching_core.health.scope import Scope
from coaching_core.llm.loop_lag import SATURATED_LOOP_MS
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import Database

_runs = prompt_runs.c
SENT = (str(RunStatus.OK), str(RunStatus.ERROR), str(RunStatus.TIMEOUT))
"""How attempts end that tell something about a provider."""

FAILED = (str(RunStatus.ERROR), str(RunStatus.TIMEOUT))
"""How attempts end that failed."""

OUR_ERRORS = ("MissingKeyError", "ModelDisabledError", "LimitReachedError", "UnknownPriceError", "ProviderPausedError")
"""Errors with which we did not even ask."""

PURPOSES: Mapping[Measure, Purpose] = MappingProxyType(
    {
        Measure.CHAT_TURN_P95: Purpose.CHAT,
        Measure.CHAT_TTFT_P95: Purpose.CHAT,
        Measure.CHAT_ERROR_SHARE: Purpose.CHAT,
        Measure.ANALYSIS_P95: Purpose.ANALYSIS,
        Measure.SUMMARY_P95: Purpose.SUMMARY,
        Measure.ASSESSMENT_P95: Purpose.ASSESSMENT,
        Measure.ASSESSMENT_ERROR_SHARE: Purpose.ASSESSMENT,
    }
)


class CallMeasures:
    """Measures what the records of calls say.

    Args:
        database: The store.
        demo_tenant: Whose calls are made up; they count where simulated ones do.
    """

    def __init__(self, database: Database, demo_tenant: str | None = None) -> None:
        self._database = database
        self._demo = demo_tenant
        self._measures: dict[Measure, Callable[[sa.Connection, Scope, Measure], Sequence[Sample]]] = {
            Measure.CHAT_TURN_P95: _slowness,
            Measure.CHAT_TTFT_P95: _slowness,
            Measure.ANALYSIS_P95: _slowness,
            Measure.SUMMARY_P95: _slowness,
            Measure.ASSESSMENT_P95: _slowness,
            Measure.CHAT_ERROR_SHARE: _failures,
            Measure.ASSESSMENT_ERROR_SHARE: _failures,
            Measure.PROVIDER_ERROR_SHARE: _provider_failures,
            Measure.TIMEOUTS_IN_A_ROW: _timeouts_in_a_row,
            Measure.COST_TODAY: cost_today,
            Measure.COST_PER_USER: cost_per_user,
            Measure.COST_FORECAST: cost_forecast,
        }

    @property
    def measures(self) -> frozenset[Measure]:
        """What can be measured here."""
        return frozenset(self._measures)

    def samples(self, rule: Rule, now: datetime) -> Sequence[Sample]:
        """What a rule looks at, now: one sample for each of its subjects."""
        since = now - timedelta(seconds=rule.window_seconds)
        if rule.measure in WHOLE_DAYS:
            since = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=WHOLE_DAYS[rule.measure])
        scope = Scope(since, now + timedelta(seconds=1), None, rule.include_simulated, self._demo)
        with self._database.read() as connection:
            return self._measures[rule.measure](connection, scope, rule.measure)


def felt(milliseconds: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """What a person waited for, from the beginning of their call; nothing where it tells nothing about the model."""
    timed = sa.and_(
        _runs.status == str(RunStatus.OK),
        _runs.saved_usd.is_(None),
        sa.func.coalesce(_runs.loop_lag_ms, 0) <= SATURATED_LOOP_MS,
    )
    return sa.case((timed, sa.func.coalesce(_runs.waited_ms, 0) + milliseconds))


def percentile(share: float, value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Exact, between neighbours where it falls between two."""
    return sa.func.percentile_cont(sa.literal_column(str(share))).within_group(value)


def _slowness(connection: sa.Connection, scope: Scope, measure: Measure) -> Sequence[Sample]:
    took = felt(_runs.ttft_ms if measure is Measure.CHAT_TTFT_P95 else _runs.latency_ms)
    slow, count = connection.execute(
        sa.select(percentile(0.95, took), sa.func.count(took)).where(
            *scope.conditions(), _runs.final.is_(True), _runs.purpose == str(PURPOSES[measure])
        )
    ).one()
    return (Sample(None if slow is None else float(slow) / 1000, int(count)),)


def _failures(connection: sa.Connection, scope: Scope, measure: Measure) -> Sequence[Sample]:
    """Of the calls whose end a person heard: those that failed, stand-ins included in the good ones."""
    ended = sa.select(sa.func.count(), sa.func.count().filter(_runs.status.in_(FAILED))).where(
        *scope.conditions(),
        _runs.final.is_(True),
        _runs.status.in_(SENT),
        _runs.purpose == str(PURPOSES[measure]),
    )
    count, failed = connection.execute(ended).one()
    return (Sample(failed / count if count else None, count, detail=f"{failed} of {count} calls"),)


def _provider_failures(connection: sa.Connection, scope: Scope, _: Measure) -> Sequence[Sample]:
    sent = (
        sa.select(_runs.model, sa.func.count(), sa.func.count().filter(_runs.status.in_(FAILED)))
        .where(*scope.conditions(), *_asked_the_provider())
        .group_by(_runs.model)
    )
    return [
        Sample(failed / count, count, model, detail=f"{failed} of {count} attempts")
        for model, count, failed in connection.execute(sent)
    ]


def _timeouts_in_a_row(connection: sa.Connection, scope: Scope, _: Measure) -> Sequence[Sample]:
    late = str(RunStatus.TIMEOUT)
    asked = sa.select(_runs.model, _runs.status, _runs.created_at).where(*scope.conditions(), *_asked_the_provider())
    inner = asked.subquery()
    answered = sa.func.max(sa.case((inner.c.status != late, inner.c.created_at))).over(partition_by=inner.c.model)
    marked = sa.select(inner, answered.label("answered")).subquery()
    since = sa.and_(
        marked.c.status == late, sa.or_(marked.c.answered.is_(None), marked.c.created_at > marked.c.answered)
    )
    rows = sa.select(marked.c.model, sa.func.count(), sa.func.count().filter(since)).group_by(marked.c.model)
    return [Sample(float(many), count, model) for model, count, many in connection.execute(rows)]


def _asked_the_provider() -> list[sa.ColumnElement[bool]]:
    return [
        _runs.status.in_(SENT),
        _runs.saved_usd.is_(None),
        sa.or_(_runs.error.is_(None), _runs.error.not_in(OUR_ERRORS)),
    ]
