"""Reads runs from their folders: results once per state of the journal, failures line by line as they come."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from coaching_core.errors import RunNotFoundError
from evals.comparing.pairwise_figures import PairFigures, pairwise_figures
from evals.results.parquet import source_stamp
from evals.results.reading import load_results
from evals.results.table import ResultTable, TableReader
from evals.results.table_samples import facts_of_table
from evals.running.folder import RunFolder
from evals.running.journal import ANSWER, PREFERENCE, VERDICT, JournalLine, read_journal
from pages.view_models.compare import Choice, Compared, compare_between, compare_within
from pages.view_models.run_progress import Failures

_MOST_TAILS = 16


_READER = TableReader()


@dataclass(frozen=True, slots=True)
class _State:
    """Tells one state of a run's files from the next."""

    path: str
    size: int
    stamp: str


def table_of(folder: RunFolder, judge: str = "") -> ResultTable:
    """The results of a run as one of its judges sees them; read again only when its journal has grown.

    Args:
        judge: Id of a panel; the headline's where it is empty or unknown.

    Raises:
        RunNotFoundError: The folder is gone.
    """
    table = _table(_state(folder))
    return _read_by(_state(folder), judge) if judge in {panel.id for panel in table.plan.panels[1:]} else table


def compared(choice: Choice, folder: RunFolder, other: RunFolder | None = None) -> Compared:
    """Two sides of a run, or of two runs, computed once per state of the journals.

    Args:
        folder: The candidate's run.
        other: The baseline's, where it is another one.

    Raises:
        InvalidInputError: They cannot be compared.
    """
    return _compared(choice, _state(folder), _state(other) if other is not None else None)


def report_of(folder: RunFolder, kind: str, judge_trust: str = "") -> bytes:
    """The run written up, as a file to download.

    Args:
        judge_trust: How far its judge agrees with people; stands beside the scores.
    """
    from evals.reports import render_report

    return render_report(load_results(folder), kind, judge_trust)


def _state(folder: RunFolder) -> _State:
    size = folder.journal.stat().st_size if folder.journal.exists() else 0
    if not folder.path.is_dir():
        raise RunNotFoundError(folder.run_id)
    return _State(str(folder.path), size, source_stamp(folder))


@st.cache_resource(max_entries=6, show_spinner="Reading the run…")
def _table(state: _State) -> ResultTable:
    return _READER.read(RunFolder(Path(state.path)))


@st.cache_resource(max_entries=6, show_spinner="Reading the run…")
def _read_by(state: _State, judge: str) -> ResultTable:
    return _table(state).read_by(judge)


@st.cache_resource(max_entries=12, show_spinner="Comparing…")
def _compared(choice: Choice, state: _State, other: _State | None) -> Compared:
    after = table_of(RunFolder(Path(state.path)), choice.judge)
    if other is None:
        return compare_within(after, choice)
    return compare_between(table_of(RunFolder(Path(other.path)), choice.judge), after, choice)


@st.cache_resource(max_entries=12, show_spinner=False)
def _pairs(state: _State) -> tuple[PairFigures, ...]:
    table = _table(state)
    return pairwise_figures(table.plan, facts_of_table(table), table.preferences)


def pairs_of(folder: RunFolder) -> tuple[PairFigures, ...]:
    """What pairwise judges said of a run's variants; empty where there is no such judge."""
    return _pairs(_state(folder)) if table_of(folder).plan.pairwise_judges else ()


class _Tail:
    """Counts what failed in a journal; each line is read once however often it is asked."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._offset = 0
        self._failures = Failures()
        self._guard = threading.Lock()

    def failures(self) -> Failures:
        """What failed so far."""
        with self._guard:
            for line, offset in read_journal(self._journal, self._offset):
                self._failures = _counted(self._failures, line)
                self._offset = offset
            return self._failures


_tails: dict[Path, _Tail] = {}
_tails_guard = threading.Lock()


def failures_of(folder: RunFolder) -> Failures:
    """Failed answers and failed judgements apart, which the store counts together."""
    with _tails_guard:
        tail = _tails.get(folder.journal)
        if tail is None:
            while len(_tails) >= _MOST_TAILS:
                _tails.pop(next(iter(_tails)))
            tail = _tails[folder.journal] = _Tail(folder.journal)
    return tail.failures()


def _counted(failures: Failures, line: JournalLine) -> Failures:
    """Count a line in; one that takes the place of a failure takes that out."""
    if line.kind == ANSWER:
        return replace(failures, answers=failures.answers + (line.body["status"] != "ok") - line.again)
    if line.kind == VERDICT:
        verdict = line.body["verdict"]
        failed = verdict["status"] != "scored"
        of_programs = failures.of_programs + (failed and not verdict.get("model", True))
        return replace(failures, judgements=failures.judgements + failed - line.again, of_programs=of_programs)
    if line.kind == PREFERENCE:
        failed = line.body["preference"]["choice"] is None
        return replace(failures, judgements=failures.judgements + failed - line.again)
    return failures
