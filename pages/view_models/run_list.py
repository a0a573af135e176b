"""Runs as the list shows them: what was compared, where it stands, what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.view_models import words
from pages.view_models.datasets import in_words

STATE_WORDS = {
    RunState.WAITING: "Waiting to start",
    RunState.RUNNING: "Running",
    RunState.STOPPED: "Stopped",
    RunState.INTERRUPTED: "Interrupted",
    RunState.FINISHED: "Finished",
    RunState.FAILED: "Failed",
}


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in the list.

    Attributes:
        state: For filters.
        stands: The state with how much is done, where that is not all.
        kind: Simulated, Demo or both, when no real model was asked or the data is made up.
    """

    run: str
    topic: str
    compared: str
    dataset: str
    items: int
    state: str
    stands: str
    difference: str
    cost: float
    started: datetime
    kind: list[str]


def run_row(summary: RunSummary, demo: bool) -> RunRow:
    """One row of the list."""
    kinds = ("Simulated" if summary.simulated else "", "Demo" if demo else "")
    return RunRow(
        run=summary.run_id,
        topic=in_words(summary.topic_id) if summary.topic_id else words.DASH,
        compared=compared(summary.variants),
        dataset=summary.dataset,
        items=summary.items,
        state=STATE_WORDS[summary.status],
        stands=_stands(summary),
        difference=difference_text(summary.summary),
        cost=float(summary.cost),
        started=summary.created_at,
        kind=[kind for kind in kinds if kind],
    )


def compared(variants: Sequence[dict[str, Any]]) -> str:
    """The contenders in a few words: v2 against v1."""
    labels = [str(variant["label"]) for variant in variants]
    if len(labels) < 2:
        return labels[0] if labels else words.DASH
    if len(labels) > 3:
        return f"{labels[1]} and {len(labels) - 2} others against {labels[0]}"
    return f"{', '.join(labels[1:])} against {labels[0]}"


def run_title(summary: RunSummary) -> str:
    """What a run is about: Core values: v2 against v1."""
    about = summary.topic_id or summary.dataset.rpartition(" ")[0] or "Run"
    return f"{in_words(about)}: {compared(summary.variants)}"


def difference_text(summary: dict[str, Any]) -> str:
    """The overall difference with its interval and word; a dash while there is none."""
    comparison = summary.get("comparison") or {}
    overall = comparison.get("overall") or {}
    mean, ends = overall.get("mean"), overall.get("interval")
    if mean is None:
        return words.DASH
    interval = f" {words.interval(ends['low'], ends['high'])}" if ends else ""
    return f"{words.signed(mean)}{interval} {comparison.get('verdict', '')}".strip()


def counted(rows: Sequence[RunRow]) -> str:
    """What stands below the list."""
    return f"{words.plural(len(rows), 'run')}, newest first. Difference: candidate against baseline, 95 % interval."


def _stands(summary: RunSummary) -> str:
    word = STATE_WORDS[summary.status]
    if summary.status in (RunState.FINISHED, RunState.WAITING):
        return word
    done = 100 * (summary.answers_done + summary.verdicts_done) // max(1, summary.calls_planned)
    return f"{word}, {min(99, done)} %"
