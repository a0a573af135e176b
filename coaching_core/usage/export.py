"""Writes PromptRuns to a file, a batch at a time: CSV that a spreadsheet can open, or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.storage.bulk import as_arrow

_COLUMNS = tuple(field.name for field in fields(PromptRun))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 20_000


def write_csv(runs: Iterable[PromptRun], file: Path) -> None:
    """One line for each attempt under a line of names; UTF-8.

    Money is written plainly and exactly, times as ISO 8601 in UTC; what is unknown stays empty. Text that a
    spreadsheet would take for a formula gets a leading apostrophe.
    """
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for run in runs:
            writer.writerow([_cell(getattr(run, name)) for name in _COLUMNS])


def write_parquet(runs: Iterable[PromptRun], file: Path) -> None:
    """One row for each attempt, with the types of the store: money as decimals, times without zone in UTC."""
    import pyarrow.parquet as pq

    rows = iter(runs)
    first = as_arrow(prompt_runs, _batch(rows))
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        batch = first
        while batch.num_rows:
            writer.write_table(batch)
            batch = as_arrow(prompt_runs, _batch(rows))


def _batch(runs: Iterator[PromptRun]) -> list[Mapping[str, Any]]:
    return [run.as_row() for run in islice(runs, _BATCH)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
