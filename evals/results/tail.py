"""The table of a run that works: its journal's new lines taken in one by one, so that each is read once.

Kept in memory are figures, not words: a record of an answer has no text, a verdict no reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from coaching_core.llm.accounting import PromptRun
from evals.plan import Cell
from evals.preference import Preference
from evals.results.answer_effort import effort_of
from evals.results.reading import without_failed
from evals.results.records import MONEY, Columns, Recorded, Recorder, result_columns
from evals.running.answering import Answered
from evals.running.folder import RunFolder
from evals.running.journal import (
    ANSWER,
    DECISION,
    PREFERENCE,
    TURN,
    VERDICT,
    JournalLine,
    read_journal,
    read_lines,
)
from evals.stopping.sequential import Decision
from evals.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class _Cell:
    answered: Answered | None = None
    answer_runs: list[PromptRun] = field(default_factory=list)
    end: int = 0
    judge_runs: dict[str, list[PromptRun]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)

    def take(self, line: JournalLine, place: int) -> None:
        """Take in one of its lines, which begins at a place, bytes."""
        self.places.append(place)
        runs = [PromptRun.from_json(run) for run in line.body["prompt_runs"]]
        if line.kind == ANSWER:
            self.answered = replace(Answered.from_body(line.body), turns=())
            self.answer_runs = (self.answer_runs[self.end :] if line.again else self.answer_runs) + runs
            self.end = len(self.answer_runs)
        elif line.kind == TURN:
            self.answer_runs += runs
        elif line.kind == VERDICT:
            self.verdicts[line.body["judge"]] = _without_words(Verdict.from_json(line.body["verdict"]))
            self.judge_runs[line.body["judge"]] = runs


class JournalTail:
    """Follows the journal of one run.

    Attributes:
        read_to: How far it was read, bytes.
        preferences: What pairwise judges said so far.
        decision: Why the run stopped early.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self.plan = folder.plan()
        self._recorder = Recorder(self.plan, words=False)
        self._order = {cell: place for place, cell in enumerate(self.plan.cells())}
        self._judges = {judge.id for panel in self.plan.panels for judge in panel.members}
        self._open: dict[Cell, _Cell] = {}
        self._records: dict[Cell, dict[str, Any]] = {}
        self.read_to = 0
        self.preferences: list[tuple[Cell, Preference]] = []
        self.decision: Decision | None = None

    def read_on(self) -> None:
        """Take in what is new.

        Raises:
            ValueError, KeyError, TypeError, InvalidInputError: A whole line says nonsense.
        """
        touched: set[Cell] = set()
        for line, end in read_journal(self._folder.journal, self.read_to):
            self._take(line)
            touched.add(line.cell)
            self.read_to = end
        for cell in touched:
            self._record(cell)

    def table(self) -> pa.Table:
        """All records so far, in the plan's order."""
        import pyarrow as pa

        rows = [self._records[cell] for cell in sorted(self._records, key=self._order.__getitem__)]
        return pa.Table.from_pylist(rows, schema=arrow_schema(result_columns(self.plan)))

    def _take(self, line: JournalLine) -> None:
        body = line.body
        if line.kind == DECISION:
            self.decision = Decision.from_json(body["decision"])
        if line.kind not in (ANSWER, VERDICT, TURN, PREFERENCE):
            return
        if line.kind == PREFERENCE:
            if line.again:
                self.preferences = without_failed(self.preferences, line)
            self.preferences.append((line.cell, Preference.from_json(body["preference"])))
        if line.kind == TURN or (line.again and line.kind != PREFERENCE):
            self._reopen(line.cell)
        if line.cell in self._records and line.cell not in self._open:
            self._records[line.cell]["journal_places"] += (self.read_to,)
            return
        found = self._open.setdefault(line.cell, _Cell())
        found.take(line, self.read_to)

    def _reopen(self, cell: Cell) -> None:
        """Take back the record of a cell that is asked again; of one that was done its lines are read once more."""
        record = self._records.pop(cell, None)
        if record is None or cell in self._open:
            return
        found = self._open[cell] = _Cell()
        places = record["journal_places"]
        for place, line in zip(places, read_lines(self._folder.journal, places), strict=True):
            found.take(line, place)

    def _record(self, cell: Cell) -> None:
        found = self._open.get(cell)
        if found is None or found.answered is None or cell not in self._order:
            return
        answered = found.answered
        effort = effort_of(found.answer_runs, chain.from_iterable(found.judge_runs.values()), answered.text is not None)
        text = None if answered.text is None else ""
        recorded = Recorded(cell, text, answered.reason, effort, found.verdicts, tuple(found.places))
        self._records[cell] = self._recorder.record(recorded)
        if answered.text is None or self._judges <= found.verdicts.keys():
            del self._open[cell]


def arrow_schema(columns: Columns) -> pa.Schema:
    """The same columns as pyarrow calls them."""
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(),
        "VARCHAR[]": pa.list_(pa.string()),
        "DOUBLE": pa.float64(),
        "BIGINT": pa.int64(),
        "BIGINT[]": pa.list_(pa.int64()),
        "BOOLEAN": pa.bool_(),
        MONEY: pa.decimal128(24, 12),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in columns.items()])


def _without_words(verdict: Verdict) -> Verdict:
    return replace(verdict, criteria=tuple(replace(score, reason="") for score in verdict.criteria))
