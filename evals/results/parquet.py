"""Results as Parquet files: one row per answer, per comparison of two answers, and per item.

For analysts and for quick reading (:mod:`evals.results.table`). All are made from journal and plan and can be made
again. DuckDB writes them, which the process has loaded for the store; importing pyarrow would take as long as writing
20,000 rows.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from pydantic_core import to_json

from coaching_core.errors import DiskFullError
from evals.plan import RunPlan
from evals.results.benchmark_facts import ruler_of
from evals.results.notes import constant_answers
from evals.results.records import (
    ITEM_COLUMNS,
    PREFERENCE_COLUMNS,
    Columns,
    Recorded,
    Recorder,
    item_records,
    preference_records,
    result_columns,
)
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder, is_full, write_durably

ABOUT = "workbench"
"""Under this key a table's file says what it was made from."""

LAYOUT = 2

_FULL = "no space left"
_GROUPS = ", row_group_size 2048"
"""Small ones, so that one item is read without the others."""


def write_parquet(results: RunResults, folder: RunFolder) -> None:
    """Write ``results.parquet`` and what goes with it; a reader sees a whole file or the old one.

    Raises:
        DiskFullError: No room; the old file is untouched.
    """
    write_items(results.plan, folder)
    if results.plan.pairwise_judges:
        pairs = preference_records(results.plan.run_id, iter(results.preferences))
        _write(folder.preferences, pairs, PREFERENCE_COLUMNS, {})
    recorder = Recorder(results.plan)
    records = (recorder.record(Recorded.of(answer, results.places.get(answer.cell, ()))) for answer in results.answers)
    _write(folder.results, records, result_columns(results.plan), _about(results, folder))


def write_items(plan: RunPlan, folder: RunFolder) -> None:
    """Write ``items.parquet``, unless it is there: a plan's items never change.

    Raises:
        DiskFullError: No room.
    """
    if not folder.items.exists():
        _write(folder.items, item_records(plan), ITEM_COLUMNS, {})


def table_bytes(results: RunResults) -> bytes:
    """The content of ``results.parquet`` for a file of one's own."""
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        recorder = Recorder(results.plan)
        records = (recorder.record(Recorded.of(answer, ())) for answer in results.answers)
        file = Path(home) / "results.parquet"
        _write(file, records, result_columns(results.plan), {})
        return file.read_bytes()


def source_stamp(folder: RunFolder) -> str:
    """Tells one state of plan and added judges from another."""
    judges = folder.path / "judges.json"
    added = hashlib.sha256(judges.read_bytes()).hexdigest()[:16] if judges.exists() else ""
    return f"{(folder.path / 'plan.json').stat().st_size}-{added}"


def _about(results: RunResults, folder: RunFolder) -> dict[str, Any]:
    plan = without_items(results.plan)
    return {
        "layout": LAYOUT,
        "read_to": results.read_to,
        "stamp": source_stamp(folder) if folder.path.exists() else "",
        "items": len(results.plan.dataset.items),
        "ruler": asdict(ruler_of(results.plan)),
        "constants": constant_answers(results),
        "cost_usd": str(results.cost),
        "decision": results.decision.as_json() if results.decision else None,
        "plan": plan.model_dump_json(),
    }


def without_items(plan: RunPlan) -> RunPlan:
    """A plan whose items are left out: all that a table needs beside its rows."""
    return plan.model_copy(update={"dataset": plan.dataset.model_copy(update={"items": ()})})


def _write(file: Path, records: Iterable[Mapping[str, Any]], columns: Columns, about: Mapping[str, Any]) -> None:
    mine = f"{os.getpid()}.{threading.get_ident()}"
    lines, table = (file.with_name(f".{file.stem}.{kind}.{mine}.tmp") for kind in ("jsonl", "parquet"))
    try:
        with lines.open("wb") as stream:
            stream.writelines(to_json(record) + b"\n" for record in records)
        _convert(lines, table, columns, about)
        write_durably(file, table.read_bytes())
    except OSError as error:
        if is_full(error):
            raise DiskFullError(f"The disk is full: {file} could not be written. Free some space.") from error
        raise
    finally:
        lines.unlink(missing_ok=True)
        table.unlink(missing_ok=True)


def _convert(lines: Path, table: Path, columns: Columns, about: Mapping[str, Any]) -> None:
    types = ", ".join(f"{_quoted(name)}: {_quoted(kind)}" for name, kind in columns.items())
    source = f"read_json({_quoted(str(lines))}, format = 'newline_delimited', columns = {{{types}}})"
    said = f", kv_metadata {{{ABOUT}: {_quoted(to_json(about).decode())}}}" if about else ""
    try:
        with duckdb.connect(config={"threads": 1}) as connection:  # with two it holds 70 MB more, and is no quicker
            connection.execute(
                f"copy (select * from {source}) to {_quoted(str(table))} (format parquet{said}{_GROUPS})"
            )
    except duckdb.IOException as error:
        if _FULL in str(error).lower():
            raise DiskFullError(f"The disk is full: {table} could not be written. Free some space.") from error
        raise


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
