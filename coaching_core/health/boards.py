"""What the health screen draws: the three dashboards of 004 section 10.3, each read in a few scans of its period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coaching_core.health.call_measures import FAILED, SENT, felt, percentile
from coaching_core.health.scope import Scope
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import Database

BACKGROUND = (Purpose.ASSESSMENT, Purpose.SUMMARY, Purpose.ANALYSIS, Purpose.PERSONALISATION)
"""Work that a person waits for, but not word by word. Evaluations measure models, so they are not here."""

_runs = prompt_runs.c


@dataclass(frozen=True, slots=True)
class ChatSlot:
    """Chat in one stretch of time, or over all of them.

    Attributes:
        at: Its beginning; None for the whole.
        calls: That ended in one way or another, refusals left out.
        errors: That failed in the end, as people saw it.
        cancelled: No longer wanted before their end.
        retries, timeouts: Attempts after the first; attempts that took too long.
        ttft_p50, ttft_p95, turn_p50, turn_p95: Milliseconds from the first attempt on; None when nothing was timed.
    """

    at: datetime | None
    calls: int = 0
    errors: int = 0
    cancelled: int = 0
    retries: int = 0
    timeouts: int = 0
    ttft_p50: float | None = None
    ttft_p95: float | None = None
    turn_p50: float | None = None
    turn_p95: float | None = None

    @property
    def error_share(self) -> float | None:
        """Of the calls that were not cancelled; None without any."""
        ended = self.calls - self.cancelled
        return self.errors / ended if ended else None


@dataclass(frozen=True, slots=True)
class ChatBoard:
    """Realtime chat: the whole period, and its stretches without holes, earliest first."""

    whole: ChatSlot
    slots: tuple[ChatSlot, ...]


@dataclass(frozen=True, slots=True)
class BackgroundRow:
    """Background work of one kind, model and rubric; over all of them where these are None.

    Attributes:
        p50, p95: Milliseconds to completion; None when nothing was timed.
    """

    purpose: Purpose
    model: str | None
    rubric_version: str | None
    calls: int
    errors: int
    p50: float | None
    p95: float | None

    @property
    def error_share(self) -> float | None:
        """Of the calls that ended; None without any."""
        return self.errors / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """How many interactions the groups had that were assessed together."""

    groups: int
    median: float | None
    largest: int | None


@dataclass(frozen=True, slots=True)
class BackgroundBoard:
    """Background work: by kind, in detail, and in which batches."""

    kinds: tuple[BackgroundRow, ...]
    details: tuple[BackgroundRow, ...]
    batches: BatchSizes


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model in the period.

    Attributes:
        calls: That it ended, with an answer or not.
        attempts, failed: Sent to it, and how many of them failed.
        stood_in: Calls it answered for another model.
        cost: Known cost, USD; None when none of it is known.
        unknown: Attempts of unknown cost.
    """

    model: str
    provider: str
    simulated: bool
    calls: int
    attempts: int
    failed: int
    stood_in: int
    input_tokens: int
    output_tokens: int
    cost: Decimal | None
    unknown: int


class HealthBoards:
    """Reads the dashboards.

    Args:
        database: The store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def chat(self, scope: Scope, slots: int = 60) -> ChatBoard:
        """Realtime chat.

        Args:
            slots: Into how many stretches the period is cut.
        """
        width = max(1.0, (scope.until - scope.since).total_seconds() / slots)
        begin = scope.since.timestamp()
        place = sa.cast(sa.func.floor((sa.extract("epoch", _runs.created_at) - begin) / width), sa.Integer)
        with self._database.analytic() as connection:
            whole = _chat_row(connection.execute(_chat(scope)).one(), None)
            rows = connection.execute(_chat(scope, place).group_by(place)).all()
            extra = self._attempts(connection, scope, begin, width)
        found = {int(row.place): _chat_row(row, None) for row in rows}
        made = tuple(
            _with_attempts(found.get(number, ChatSlot(None)), extra.get(number), _moment(begin + number * width))
            for number in range(slots)
        )
        total = [sum(each[kind] for each in extra.values()) for kind in (0, 1)]
        return ChatBoard(_with_attempts(whole, (total[0], total[1]), None), made)

    def background(self, scope: Scope) -> BackgroundBoard:
        """Background work: completion times, errors, batches."""
        work = (*scope.conditions(), _runs.final, _runs.purpose.in_([str(purpose) for purpose in BACKGROUND]))
        keys, took = (_runs.model, _runs.rubric_version), felt(_runs.latency_ms)
        figures = (
            sa.func.count().filter(_runs.status.in_(SENT)).label("calls"),
            sa.func.count().filter(_runs.status.in_(FAILED)).label("errors"),
            percentile(0.5, took).label("p50"),
            percentile(0.95, took).label("p95"),
        )
        with self._database.analytic() as connection:
            kinds = connection.execute(sa.select(_runs.purpose, *figures).where(*work).group_by(_runs.purpose)).all()
            details = connection.execute(
                sa.select(_runs.purpose, *keys, *figures).where(*work).group_by(_runs.purpose, *keys)
            ).all()
            batches = _batches(connection, scope)
        return BackgroundBoard(
            tuple(sorted((_background_row(row) for row in kinds), key=lambda row: BACKGROUND.index(row.purpose))),
            tuple(sorted((_background_row(row) for row in details), key=lambda row: (-row.errors, -row.calls))),
            batches,
        )

    def models(self, scope: Scope) -> tuple[ModelRow, ...]:
        """Each model that was asked, the costliest first."""
        sent = _runs.status.in_(SENT)
        statement = (
            sa.select(
                _runs.model,
                sa.func.min(_runs.provider).label("provider"),
                sa.func.bool_and(_runs.simulated).label("simulated"),
                sa.func.count().filter(_runs.final).label("calls"),
                sa.func.count().filter(sent).label("attempts"),
                sa.func.count().filter(_runs.status.in_(FAILED)).label("failed"),
                sa.func.count()
                .filter(_runs.final, _runs.status == str(RunStatus.OK), _runs.asked_model.is_not(None))
                .label("stood_in"),
                sa.func.coalesce(sa.func.sum(_runs.input_tokens), 0).label("input_tokens"),
                sa.func.coalesce(sa.func.sum(_runs.output_tokens), 0).label("output_tokens"),
                sa.func.sum(_runs.cost_usd).label("cost"),
                sa.func.count().filter(_runs.cost_usd.is_(None)).label("unknown"),
            )
            .where(*scope.conditions(), _runs.status != str(RunStatus.REFUSED))
            .group_by(_runs.model)
        )
        with self._database.analytic() as connection:
            rows = [ModelRow(**dict(row)) for row in connection.execute(statement).mappings()]
        return tuple(sorted(rows, key=lambda row: (-(row.cost or 0), -row.calls, row.model)))

    @staticmethod
    def _attempts(connection: sa.Connection, scope: Scope, begin: float, width: float) -> dict[int, tuple[int, int]]:
        """Retries and time-outs of chat, by stretch."""
        place = sa.cast(sa.func.floor((sa.extract("epoch", _runs.created_at) - begin) / width), sa.Integer)
        late = _runs.status == str(RunStatus.TIMEOUT)
        again = sa.and_(_runs.attempt > 1, _runs.status != str(RunStatus.REFUSED))
        statement = (
            sa.select(place, sa.func.count().filter(again), sa.func.count().filter(late))
            .where(*scope.conditions(), _runs.purpose == str(Purpose.CHAT), sa.or_(again, late))
            .group_by(place)
        )
        return {int(row[0]): (int(row[1]), int(row[2])) for row in connection.execute(statement)}


def _chat(scope: Scope, place: sa.ColumnElement[Any] | None = None) -> sa.Select[Any]:
    first, turn = felt(_runs.ttft_ms), felt(_runs.latency_ms)
    figures = [
        sa.func.count().label("calls"),
        sa.func.count().filter(_runs.status.in_(FAILED)).label("errors"),
        sa.func.count().filter(_runs.status == str(RunStatus.CANCELLED)).label("cancelled"),
        percentile(0.5, first).label("ttft_p50"),
        percentile(0.95, first).label("ttft_p95"),
        percentile(0.5, turn).label("turn_p50"),
        percentile(0.95, turn).label("turn_p95"),
    ]
    keys = [] if place is None else [place.label("place")]
    ended = _runs.status.in_([*SENT, str(RunStatus.CANCELLED)])
    chat = _runs.purpose == str(Purpose.CHAT)
    return sa.select(*keys, *figures).where(*scope.conditions(), _runs.final, chat, ended)


def _chat_row(row: sa.Row[Any], at: datetime | None) -> ChatSlot:
    return ChatSlot(
        at,
        row.calls,
        row.errors,
        row.cancelled,
        ttft_p50=_number(row.ttft_p50),
        ttft_p95=_number(row.ttft_p95),
        turn_p50=_number(row.turn_p50),
        turn_p95=_number(row.turn_p95),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _with_attempts(slot: ChatSlot, extra: tuple[int, int] | None, at: datetime | None) -> ChatSlot:
    retries, timeouts = extra or (0, 0)
    return replace(slot, at=at, retries=retries, timeouts=timeouts)


def _background_row(row: sa.Row[Any]) -> BackgroundRow:
    return BackgroundRow(
        Purpose(row.purpose),
        getattr(row, "model", None),
        getattr(row, "rubric_version", None),
        row.calls,
        row.errors,
        _number(row.p50),
        _number(row.p95),
    )


def _batches(connection: sa.Connection, scope: Scope) -> BatchSizes:
    """Sizes of the groups of interactions that were assessed together."""
    size = sa.func.json_array_length(_runs.interaction_ids)
    groups = (
        sa.select(sa.func.max(size).label("size"))
        .where(*scope.conditions(), _runs.group_id.is_not(None), _runs.purpose == str(Purpose.ASSESSMENT))
        .group_by(_runs.group_id)
        .subquery()
    )
    figures = sa.select(sa.func.count(), percentile(0.5, groups.c.size), sa.func.max(groups.c.size))
    count, median, largest = connection.execute(figures).one()
    return BatchSizes(int(count), _number(median), None if largest is None else int(largest))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def period(now: datetime, length: timedelta, tenant_id: str | None) -> Scope:
    """The calls of a tenant in the time before now."""
    return Scope(now - length, now + timedelta(seconds=1), tenant_id)
