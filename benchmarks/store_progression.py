"""Levels out of half a million assessments: one person's way, and the movement of a whole cohort."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

import sqlalchemy as sa

from benchmarks.measurement import Measurement
from benchmarks.workplace import settings_of, workplace
from coaching_core.progression.service import ProgressionService
from coaching_core.storage.database import Database, open_database

ROWS = 500_000
_TENANT, _USERS, _FOCUSES = "bench", 5_000, 4
_START = datetime(2026, 1, 1, tzinfo=UTC)
_FILL = """
insert into assessments by name
select 'a' || lpad(n::varchar, 9, '0') as id, :tenant as tenant_id, 'u' || (n * 7919 % :users) as user_id,
       's' || (n // 10) as session_id, '[]' as interaction_ids, 'f' || (n // 13 % :focuses) as focus_id,
       'interaction' as kind, 'progress' as category, 1 + n * 31 % 10 as score,
       'Asked one open question and waited.' as explanation_text, '[]' as errors, '[]' as tags,
       'coaching_quality 1' as rubric_version, timestamp '2026-01-01' + to_seconds(n * 50) as created_at
from range(:rows) as numbers(n)
"""


def measure() -> Iterator[Measurement]:
    """The median of five askings each, on a store that nobody else uses."""
    with workplace() as home:
        database = open_database(settings_of(home))
        _fill(database)
        service = ProgressionService(database)
        middle, end = _START + timedelta(days=150), _START + timedelta(days=300)
        for what, question in (
            ("history of one user on one focus", lambda: service.history(_TENANT, "u17", "f1")),
            ("cohort on one focus", lambda: service.cohort(_TENANT, "f1", middle, end)),
            ("cohort on all focuses", lambda: service.cohort(_TENANT, None, middle, end)),
        ):
            yield Measurement(f"progression, {ROWS:,} assessments: {what}", _median_ms(question), "ms")
        database.close()


def _fill(database: Database) -> None:
    with database.unit_of_work() as work:
        numbers = {"tenant": _TENANT, "users": _USERS, "focuses": _FOCUSES, "rows": ROWS}
        work.connection.execute(sa.text(_FILL), numbers)


def _median_ms(question: Callable[[], object]) -> float:
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        question()
        taken.append((time.perf_counter() - begun) * 1000)
    return median(taken)
