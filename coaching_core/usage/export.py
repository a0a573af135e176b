"""Writes PromptRuns to a file, a batch at a time: CSV that a spreadsheet can open, or Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

_FORMULA_STARTS = r"^[=+\-@\t\r]"


def write_csv(batches: Iterable[Any], file: Path) -> None:
    """One line for each attempt under a line of names; UTF-8; what is unknown stays empty.

    Text that a spreadsheet would take for a formula gets a leading apostrophe.

    Args:
        batches: ``pyarrow.RecordBatch`` after another, money and times in them as text.
    """
    from pyarrow import csv

    _write(batches, lambda schema: csv.CSVWriter(file, schema), _without_formulas, file)


def write_parquet(batches: Iterable[Any], file: Path) -> None:
    """One row for each attempt, with the types of the store: money as decimals, times without zone in UTC."""
    import pyarrow.parquet as pq

    _write(batches, lambda schema: pq.ParquetWriter(file, schema, compression="zstd"), lambda batch: batch, file)


def _write(batches: Iterable[Any], open_writer: Any, mended: Any, file: Path) -> None:
    file.touch()  # no attempts make an empty file, not none
    writer = None
    try:
        for batch in batches:
            if writer is None:
                writer = open_writer(batch.schema)
            writer.write_batch(mended(batch))
    finally:
        if writer is not None:
            writer.close()


def _without_formulas(batch: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column in batch.columns:
        if pa.types.is_string(column.type):
            marked = pc.binary_join_element_wise("'", column, "")
            mended = pc.if_else(pc.match_substring_regex(column, _FORMULA_STARTS), marked, column)
        columns.append(mended if pa.types.is_string(column.type) else column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
