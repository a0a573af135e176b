"""What stands in a run's folder after bad weather, held against the providers' bill and an undisturbed run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from coaching_core.llm.types import RunStatus
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder, RunState
from evals.running.journal import ANSWER, PREFERENCE, VERDICT, read_journal
from tests.wire import MeteredCall


@dataclass(frozen=True, slots=True)
class Findings:
    """One run as it ended.

    Attributes:
        state: As the folder says.
        lines: How often each terminal line is in the journal.
        figures: Answers, verdicts and preferences, in a form that two runs can be compared by.
        failed: Answers, verdicts and preferences that could not be had.
        records: Ids of all records of the run, with repetitions if there were any.
        stored: Ids of the run's records in the store.
        used_calls: Ids of the calls whose answers stand in the results.
        billed: Ids of the calls that arrived at a provider.
        answered_calls: How many of them were answered.
        arrived, refused: Calls that arrived, and those answered with an error.
        unknown: Records of unknown outcome.
    """

    state: RunState
    lines: Counter[tuple[Any, ...]]
    figures: dict[tuple[Any, ...], Any]
    failed: int
    records: tuple[str, ...]
    stored: tuple[str, ...]
    used_calls: frozenset[str]
    billed: tuple[str, ...]
    answered_calls: int
    arrived: int
    refused: int
    unknown: int


def read_findings(folder: RunFolder, metered: Sequence[MeteredCall], home: Path) -> Findings:
    """Read a run that has ended; nobody may hold the store."""
    results = load_results(folder)
    runs = list(results.prompt_runs())
    lost = {run.id for run in results.lost}
    with duckdb.connect(str(home / "workbench.duckdb"), read_only=True) as connection:
        query = "select id from prompt_runs where eval_run_id = ?"
        stored = connection.execute(query, [folder.run_id]).fetchall()
    return Findings(
        state=folder.status().state,
        lines=Counter(
            key for line, _ in read_journal(folder.journal) if (key := _key(line.kind, line.cell, line.body))
        ),
        figures=_figures(results),
        failed=sum(found is None for found in _outcomes(results)),
        records=tuple(run.id for run in runs),
        stored=tuple(str(row[0]) for row in stored),
        used_calls=frozenset(run.id for run in runs if run.status is RunStatus.OK and run.id not in lost),
        billed=tuple(call.call_id for call in metered),
        answered_calls=sum(call.status == "ok" for call in metered),
        arrived=len(metered),
        refused=sum(call.status == "refused" for call in metered),
        unknown=sum(run.status is RunStatus.UNKNOWN for run in runs),
    )


def problems(found: Findings, undisturbed: Findings, most_again: int) -> list[str]:
    """What is not as promised, in words; empty when all is.

    Args:
        most_again: Answered calls that may have been made again: those in flight at each kill.
    """
    wrong = []
    if found.state is not RunState.FINISHED:
        wrong.append(f"the run is {found.state}")
    if twice := [key for key, count in found.lines.items() if count > 1]:
        wrong.append(f"{len(twice)} results stand there twice, e.g. {twice[0]}")
    if found.failed:
        wrong.append(f"{found.failed} answers or judgements failed")
    if other := [key for key in undisturbed.figures if found.figures.get(key) != undisturbed.figures[key]]:
        wrong.append(f"{len(other)} results are missing or other than undisturbed, e.g. {other[0]}")
    if more := found.figures.keys() - undisturbed.figures.keys():
        wrong.append(f"{len(more)} results are there that nobody asked for")
    if len(set(found.records)) < len(found.records):
        wrong.append("a call is recorded twice")
    if unrecorded := set(found.billed) - set(found.records):
        wrong.append(f"{len(unrecorded)} calls arrived at a provider and have no record")
    if sorted(found.stored) != sorted(found.records):
        wrong.append(f"the store has {len(found.stored)} records, the run {len(found.records)}")
    again = found.answered_calls - len(found.used_calls)
    if again > most_again:
        wrong.append(f"{again} answered calls were made again, {most_again} were in flight")
    return wrong


def _key(kind: str, cell: Any, body: dict[str, Any]) -> tuple[Any, ...] | None:
    if kind == ANSWER:
        return kind, cell
    if kind == VERDICT:
        return kind, cell, body["judge"]
    if kind == PREFERENCE:
        return kind, cell, body["judge"], body["preference"]["one"], body["order"]
    return None


def _figures(results: RunResults) -> dict[tuple[Any, ...], Any]:
    figures: dict[tuple[Any, ...], Any] = {}
    for answer in results.answers:
        figures["answer", answer.cell] = (answer.text, answer.turns)
        for judge, verdict in answer.verdicts.items():
            figures["verdict", answer.cell, judge] = (verdict.judge, verdict.model, verdict.score, verdict.criteria)
        combined = answer.verdict
        figures["panel", answer.cell] = combined and (combined.score, combined.criteria)
    for cell, preference in results.preferences:
        key = ("preference", cell, preference.judge, preference.one, preference.order)
        figures[key] = (preference.other, preference.model, preference.choice)
    return figures


def _outcomes(results: RunResults) -> list[object]:
    answers: list[object] = [answer.text for answer in results.answers]
    scores = [verdict.score for answer in results.answers for verdict in answer.verdicts.values()]
    return answers + scores + [preference.choice for _, preference in results.preferences]
