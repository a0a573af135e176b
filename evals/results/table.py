"""A run's results as a table that opens in milliseconds, however many there are.

A run that is not working is read from its Parquet files, which are made from the journal where they are missing or
older than it; a run that works is read from its journal, each line once. Every figure equals that of
:func:`evals.results.reading.load_results`; answers and judges' words are read when one item is opened.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from coaching_core.errors import DiskFullError, InvalidInputError, NotFoundError, RunDamagedError
from evals.comparing.compare import Comparison, ItemResult, margin_on
from evals.dataset import GoldenItem
from evals.judge_spec import Panel
from evals.plan import Cell, RunPlan
from evals.preference import Preference
from evals.results.benchmark_facts import Ruler, ruler_of
from evals.results.column_comparison import ComparedSide, compare_columns
from evals.results.column_statistics import Mask
from evals.results.columns import ResultColumns
from evals.results.item_reading import ItemReading, golden_item, read_item
from evals.results.notes import Note, counts_of_columns, notes_from_counts
from evals.results.pages import PairView
from evals.results.parquet import source_stamp, without_items, write_items, write_parquet
from evals.results.reading import load_results
from evals.results.run_results import variant_names
from evals.results.sources import (
    About,
    FileSource,
    JournalSource,
    ResultSource,
    about,
    items_that_say,
    preferences_of,
)
from evals.results.tail import JournalTail
from evals.running.folder import RunFolder
from evals.stopping.early_comparison import counted_items, hold_at_every_look
from evals.stopping.sequential import Decision

_MOST_TAILS = 4


@dataclass(frozen=True)
class ResultTable:
    """The results of one run as one of its judges (or panels) sees them.

    Attributes:
        plan: Without its items.
        items: How many items the plan has.
        ruler: What the headline's scores are measured with.
        panel: Who is read; at first the headline.
        columns: One row per answer.
        preferences: What pairwise judges said: the cell of the later variant, and the preference.
        decision: Why the run stopped early; None when it did not.
        constants: Variant id to what is to be said of answers that are (nearly) all the same; known once a run ended.
        read_to: How far into the journal the table reaches, bytes; grows while the run works.
    """

    folder: RunFolder
    plan: RunPlan
    items: int
    ruler: Ruler
    panel: Panel
    columns: ResultColumns
    preferences: tuple[tuple[Cell, Preference], ...]
    decision: Decision | None
    read_to: int
    constants: dict[str, str]
    source: ResultSource = field(repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.columns)

    def read_by(self, panel_id: str) -> ResultTable:
        """The same run as another of its judges (or panels) sees it.

        Raises:
            NotFoundError: The run has no such judge.
        """
        chosen = next((panel for panel in self.plan.panels if panel.id == panel_id), None)
        if chosen is None:
            known = ", ".join(panel.id for panel in self.plan.panels)
            raise NotFoundError(f"Run {self.plan.run_id} has no judge “{panel_id}”. It has: {known}.")
        return replace(self, panel=chosen, columns=self.source.columns(self.plan, chosen))

    def rows(self) -> list[ItemResult]:
        """The table that statistics work on, row by row."""
        return [self.columns.row(number) for number in range(len(self.columns))]

    def comparison(self, candidate: str | None = None, baseline: str | None = None) -> Comparison | None:
        """As :meth:`evals.results.run_results.RunResults.comparison`."""
        if len(self.plan.variants) < 2:
            return None
        before, after = self._sides(baseline, candidate)
        criteria = [criterion.id for criterion in self.panel.rubric.criteria]
        found = compare_columns(self.columns, before, after, criteria, self.margin, counted_items(self.decision))
        return hold_at_every_look(found, self.plan, self.decision)

    @property
    def margin(self) -> float:
        """Differences up to this many points do not matter."""
        return margin_on(self.panel.rubric.minimum, self.panel.rubric.maximum)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is to be known before trusting the figures."""
        return notes_from_counts(self.plan, counts_of_columns(self.columns), self.decision, self.constants)

    def pairs(self, baseline: str | None = None, candidate: str | None = None) -> PairView:
        """Item by item, to be paged; with a run of one variant, its items alone.

        Raises:
            NotFoundError: The run has no such variant.
        """
        before, after = self._sides(baseline, candidate)
        return PairView(
            self.columns, before.id, after.id, self.panel, self.margin, self._search, counted_items(self.decision)
        )

    def item(self, item_id: str) -> ItemReading:
        """One item with all that was said of it; only its own lines of the journal are read.

        Raises:
            NotFoundError: The run has no such item.
            RunDamagedError: A line of it cannot be read.
        """
        return read_item(self.folder, self.golden_item(item_id), self.panel, self.plan, self._places_of(item_id))

    def golden_item(self, item_id: str) -> GoldenItem:
        """An item as the plan froze it.

        Raises:
            NotFoundError: The run has no such item.
        """
        self._write_items()
        return golden_item(self.folder, item_id)

    def _search(self, text: str) -> tuple[Mask, Collection[str]]:
        self._write_items()
        return self.source.rows_that_say(text), items_that_say(self.folder, text)

    def _write_items(self) -> None:
        if not self.folder.items.exists():
            with contextlib.suppress(DiskFullError, OSError):  # the plan itself will do
                write_items(self.folder.plan(), self.folder)

    def _places_of(self, item_id: str) -> list[int]:
        values = self.columns.item.values
        if item_id not in values:
            return []
        rows = (self.columns.item.codes == values.index(item_id)).nonzero()[0]
        return sorted(place for row in rows.tolist() for place in self.columns.places.of(row))

    def _sides(self, baseline: str | None, candidate: str | None) -> tuple[ComparedSide, ComparedSide]:
        labels = variant_names(self.plan)
        for name in (candidate, baseline):
            if name is not None and name not in labels:
                known = ", ".join(labels)
                raise NotFoundError(f"Run {self.plan.run_id} has no variant “{name}”. It has: {known}.")
        ids = list(labels)
        before, after = baseline or ids[0], candidate or ids[min(1, len(ids) - 1)]
        return ComparedSide(before, labels[before]), ComparedSide(after, labels[after])


class TableReader:
    """Reads tables; keeps its place in the journals of runs that work.

    One for a process; it may be asked from several threads.
    """

    def __init__(self) -> None:
        self._tails: dict[Path, tuple[str, JournalTail]] = {}
        self._guard = threading.Lock()

    def read(self, folder: RunFolder) -> ResultTable:
        """The table of a run as it is now.

        Raises:
            RunNotFoundError: This is no run's folder.
            RunDamagedError: A whole line of its journal cannot be read.
        """
        with self._guard:
            found = about(folder)
            if found is None and not folder.is_running():
                found = self._made(folder)
            if found is not None:
                self._tails.pop(folder.path, None)
                return _from_file(folder, found)
            return self._followed(folder)

    def _made(self, folder: RunFolder) -> About | None:
        """Make the file from the journal; None where it cannot be written."""
        results = load_results(folder)
        try:
            write_parquet(results, folder)
        except (DiskFullError, OSError):
            return None
        return about(folder)

    def _followed(self, folder: RunFolder) -> ResultTable:
        stamp = source_stamp(folder)
        known = self._tails.pop(folder.path, None)
        tail = known[1] if known is not None and known[0] == stamp else JournalTail(folder)
        try:
            tail.read_on()
        except (ValueError, KeyError, TypeError, InvalidInputError) as error:
            raise RunDamagedError(f"{folder.journal} is damaged: a line in it cannot be read ({error}).") from error
        self._tails[folder.path] = (stamp, tail)
        while len(self._tails) > _MOST_TAILS:
            self._tails.pop(next(iter(self._tails)))
        return _from_tail(folder, tail)


def read_table(folder: RunFolder) -> ResultTable:
    """The table of a run, once; who asks again and again keeps a :class:`TableReader`.

    Raises:
        RunNotFoundError: This is no run's folder.
        RunDamagedError: A whole line of its journal cannot be read.
    """
    return TableReader().read(folder)


def _from_file(folder: RunFolder, found: About) -> ResultTable:
    plan, source, document = found.plan, FileSource(folder.results), found.document
    panel, decision = plan.panels[0], document["decision"]
    return ResultTable(
        folder=folder,
        plan=plan,
        items=found.items,
        ruler=Ruler(**document["ruler"]),
        panel=panel,
        columns=source.columns(plan, panel),
        preferences=preferences_of(folder) if plan.pairwise_judges else (),
        decision=Decision.from_json(decision) if decision else None,
        read_to=document["read_to"],
        constants=document.get("constants", {}),
        source=source,
    )


def _from_tail(folder: RunFolder, tail: JournalTail) -> ResultTable:
    plan = without_items(tail.plan)
    source, panel = JournalSource(folder, tail.table()), plan.panels[0]
    return ResultTable(
        folder=folder,
        plan=plan,
        items=len(tail.plan.dataset.items),
        ruler=ruler_of(tail.plan),
        panel=panel,
        columns=source.columns(plan, panel),
        preferences=tuple(tail.preferences),
        decision=tail.decision,
        read_to=tail.read_to,
        constants={},
        source=source,
    )
