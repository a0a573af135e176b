"""Where a run's table comes from: its Parquet file, or what was read of its journal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from evals.judge_spec import Panel
from evals.plan import Cell, RunPlan
from evals.preference import Preference
from evals.results.column_statistics import Mask
from evals.results.columns import ResultColumns, columns_of, wanted_columns
from evals.results.parquet import ABOUT, LAYOUT, source_stamp
from evals.running.folder import RunFolder

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 1 << 20


class ResultSource(Protocol):
    """What a table is read from."""

    def columns(self, plan: RunPlan, panel: Panel) -> ResultColumns:
        """The columns as a panel sees them."""
        ...

    def rows_that_say(self, text: str) -> Mask:
        """Which answers hold a text, whatever its case."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """What a results file says of itself.

    Attributes:
        plan: Without its items.
        items: How many the plan has.
        document: The rest.
    """

    plan: RunPlan
    items: int
    document: dict[str, Any]


class FileSource:
    """A ``results.parquet``."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def columns(self, plan: RunPlan, panel: Panel) -> ResultColumns:
        """The columns as a panel sees them."""
        return columns_of(_read(self._file, wanted_columns(plan, panel)), plan, panel)

    def rows_that_say(self, text: str) -> Mask:
        """Which answers hold a text, whatever its case."""
        return _matches(_read(self._file, ["answer"]).column("answer"), text)


class JournalSource:
    """Records of a run that works, and its journal for what they leave out.

    Args:
        table: All columns; the answers' texts may be missing.
    """

    def __init__(self, folder: RunFolder, table: pa.Table) -> None:
        self._folder = folder
        self._table = table

    def columns(self, plan: RunPlan, panel: Panel) -> ResultColumns:
        """The columns as a panel sees them."""
        return columns_of(self._table.select(wanted_columns(plan, panel)), plan, panel)

    def rows_that_say(self, text: str) -> Mask:
        """Which answers hold a text, whatever its case."""
        wanted = text.casefold()
        places: list[list[int]] = [of_row or [] for of_row in self._table.column("journal_places").to_pylist()]
        if not places:
            return np.zeros(0, dtype=np.bool_)
        with self._folder.journal.open("rb") as journal:
            return np.array(
                [any(_says(journal, place, wanted) for place in of_row) for of_row in places], dtype=np.bool_
            )


def about(folder: RunFolder) -> About | None:
    """What the results file says of itself; None where there is none, or it is older than plan, judges or journal."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(folder.results) as file:
            said = (file.schema_arrow.metadata or {}).get(ABOUT.encode())
        document = json.loads(said or "{}")
        if document.get("layout") != LAYOUT or document["stamp"] != source_stamp(folder):
            return None
        if _has_whole_line_after(folder.journal, int(document["read_to"])):
            return None
        if "ruler" not in document:
            return None
        return About(RunPlan.model_validate_json(document["plan"]), int(document["items"]), document)
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None


def preferences_of(folder: RunFolder) -> tuple[tuple[Cell, Preference], ...]:
    """What pairwise judges said, from the file."""
    rows = _read(folder.preferences, None).to_pylist()
    return tuple((Cell(row.pop("item"), row["other"], row.pop("repeat")), _preference(row)) for row in rows)


def items_that_say(folder: RunFolder, text: str) -> set[str]:
    """Ids of the items that hold a text: conversation, parameters, expectations."""
    if not folder.items.exists():
        return set()
    table = _read(folder.items, None)
    found = table.filter(_matches(table.column("golden_item"), text))
    return {str(item) for item in found.column("item").to_pylist()}


def _preference(row: dict[str, Any]) -> Preference:
    row.pop("run_id")
    return Preference.from_json(row | {"flags": row["flags"] or (), "prompt_run_ids": row["prompt_run_ids"] or ()})


def _read(file: Path, columns: list[str] | None) -> pa.Table:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as opened:
        return opened.read(columns=columns)


def _matches(column: Any, text: str) -> Mask:
    import pyarrow.compute as pc

    found = pc.fill_null(pc.match_substring(column, text, ignore_case=True), False)
    return np.asarray(found.to_numpy(), dtype=bool)


def _says(journal: Any, place: int, wanted: str) -> bool:
    journal.seek(place)
    body = json.loads(journal.readline())
    return body.get("kind") == "answer" and wanted in str(body.get("text") or "").casefold()


def _has_whole_line_after(journal: Path, offset: int) -> bool:
    """Whether the journal has more than was read of it, or is another one."""
    if not journal.exists():
        return offset > 0
    if journal.stat().st_size < offset:
        return True
    with journal.open("rb") as stream:
        stream.seek(offset)
        while block := stream.read(_BLOCK):
            if b"\n" in block:
                return True
    return False
