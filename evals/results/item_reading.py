"""One item of a run, opened: what was asked, every answer to it, and every judge's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coaching_core.errors import InvalidInputError, NotFoundError, RunDamagedError
from evals.dataset import GoldenItem
from evals.judge_spec import Panel
from evals.plan import Cell, RunPlan
from evals.preference import Preference
from evals.results.reading import JournalReading
from evals.results.run_results import Answer
from evals.running.folder import RunFolder
from evals.running.journal import read_lines


@dataclass(frozen=True, slots=True)
class ItemReading:
    """What one item came to.

    Attributes:
        answers: By repeat, variants in the plan's order; each with the verdict of the panel that is read and with
            those of all judges.
        preferences: What pairwise judges said of its answers: the cell of the later variant, and the preference.
    """

    item: GoldenItem
    answers: tuple[Answer, ...]
    preferences: tuple[tuple[Cell, Preference], ...]

    def answer(self, variant: str, repeat: int = 0) -> Answer | None:
        """A variant's answer; None where it has not answered yet."""
        cell = Cell(self.item.id, variant, repeat)
        return next((answer for answer in self.answers if answer.cell == cell), None)


def golden_item(folder: RunFolder, item_id: str) -> GoldenItem:
    """An item as the plan froze it; from the items' file where there is one.

    Raises:
        NotFoundError: The run has no such item.
    """
    document = _document(folder, item_id) if folder.items.exists() else None
    if document is not None:
        return GoldenItem.model_validate_json(document)
    found = next((item for item in folder.plan().dataset.items if item.id == item_id), None)
    if found is None:
        raise NotFoundError(f"Run {folder.run_id} has no item “{item_id}”.")
    return found


def read_item(folder: RunFolder, item: GoldenItem, panel: Panel, plan: RunPlan, places: Iterable[int]) -> ItemReading:
    """Read one item's lines of the journal.

    Args:
        plan: Its items are not needed.
        places: Where the lines begin, bytes.

    Raises:
        RunDamagedError: A line cannot be read.
    """
    reading = JournalReading()
    try:
        for line in read_lines(folder.journal, places):
            reading.take(line, 0)
    except (OSError, ValueError, KeyError, TypeError, InvalidInputError) as error:
        raise RunDamagedError(f"{folder.journal} is damaged: item {item.id} cannot be read ({error}).") from error
    cells = (Cell(item.id, variant.id, repeat) for repeat in range(plan.repeats) for variant in plan.variants)
    return ItemReading(
        item=item,
        answers=tuple(reading.answer(cell, panel) for cell in cells if cell in reading.answered),
        preferences=tuple(reading.preferences),
    )


def _document(folder: RunFolder, item_id: str) -> str | None:
    """The item's JSON; only the group of rows it stands in is read."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(folder.items) as file:
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=["item"]).column("item").to_pylist()
            if item_id in ids:
                documents = file.read_row_group(group, columns=["golden_item"]).column("golden_item")
                return str(documents[ids.index(item_id)].as_py())
    return None
