"""What a person should know before trusting a run's figures, in one sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from evals.comparing.comparison import ItemResult
from evals.comparing.constant_output import constant_output
from evals.comparing.words import count
from evals.plan import RunPlan
from evals.results.run_results import RunResults, variant_names
from evals.stopping.sequential import Decision

if TYPE_CHECKING:
    from evals.results.columns import ResultColumns

_MOST_TEXTS = 240
"""Answers of a variant that are looked at to see whether they are all the same."""

NoteKind = Literal["replay", "stopped", "unscored", "flagged", "constant", "agreement", "dataset", "rubric", "judge"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know.

    Attributes:
        text: A sentence.
        variant: Id of the variant it is about; empty when it is about all.
    """

    kind: NoteKind
    text: str
    variant: str = ""


@dataclass(slots=True)
class AnswerCounts:
    """What became of one variant's answers.

    Attributes:
        failed: Answers that failed.
        unscored: Answers whose judgement failed.
        flags: How many answers a judge flagged, by its words.
    """

    failed: int = 0
    unscored: int = 0
    flags: Counter[str] = field(default_factory=Counter)


def notes_from_counts(
    plan: RunPlan,
    counts: Mapping[str, AnswerCounts],
    decision: Decision | None = None,
    constants: Mapping[str, str] | None = None,
) -> tuple[Note, ...]:
    """What is to be known of one run.

    Args:
        plan: Its items are not needed.
        counts: Variant id to what became of its answers, as the panel that is read sees them.
        decision: Why it stopped early.
        constants: As :func:`constant_answers` finds them.
    """
    notes = []
    if plan.dataset.replay:
        notes.append(Note("replay", f"These are past conversations played again ({plan.dataset.replay})."))
    if decision is not None:
        text = f"Stopped early, after {decision.items} of {decision.planned} items, because the answer was clear."
        notes.append(Note("stopped", text))
    names = variant_names(plan)
    for variant, found in counts.items():
        notes += _unscored(variant, names[variant], found)
        notes += _flagged(variant, names[variant], found)
    for variant, words in (constants or {}).items():
        notes.append(Note("constant", f"{names[variant]}: {words}", variant))
    return tuple(notes)


def run_notes(plan: RunPlan, rows: Iterable[ItemResult], decision: Decision | None = None) -> tuple[Note, ...]:
    """What is to be known of one run, from rows: all of it, or those of two variants.

    Args:
        plan: Its items are not needed.
        rows: As the panel that is read sees them.
        decision: Why it stopped early.
    """
    return notes_from_counts(plan, counts_of_rows(rows), decision)


def notes_of_results(results: RunResults) -> tuple[Note, ...]:
    """What is to be known of a run that was read as a whole."""
    counts = counts_of_rows(results.rows())
    return notes_from_counts(results.plan, counts, results.decision, constant_answers(results))


def counts_of_rows(rows: Iterable[ItemResult]) -> dict[str, AnswerCounts]:
    """Variant id to what became of its answers."""
    found: dict[str, AnswerCounts] = {}
    for row in rows:
        counts = found.setdefault(row.variant, AnswerCounts())
        if row.score is None and row.status != "waiting":
            counts.failed += row.status == "failed"
            counts.unscored += row.status != "failed"
        counts.flags.update(row.flags)
    return found


def counts_of_columns(columns: ResultColumns) -> dict[str, AnswerCounts]:
    """As :func:`counts_of_rows`, from columns; variants without anything to say are left out."""
    found: dict[str, AnswerCounts] = {}
    for row in (columns.score != columns.score).nonzero()[0].tolist():
        status = columns.status.text(row)
        if status != "waiting":
            counts = found.setdefault(columns.variant.text(row), AnswerCounts())
            counts.failed += status == "failed"
            counts.unscored += status != "failed"
    for row in dict.fromkeys(columns.flags.rows.tolist()):
        found.setdefault(columns.variant.text(row), AnswerCounts()).flags.update(columns.flags.of(row))
    return {name: found[name] for name in columns.variant.values if name in found}


def constant_answers(results: RunResults) -> dict[str, str]:
    """Variant id to what is to be said of its answers, where they are (nearly) all the same text."""
    texts: dict[str, list[str]] = {}
    for answer in results.answers:
        if answer.text is not None and answer.cell.repeat == 0:
            texts.setdefault(answer.cell.variant, []).append(answer.text)
    found = {}
    for variant, said in texts.items():
        step = -(-len(said) // _MOST_TEXTS)
        if (constant := constant_output(said[::step])) is not None:
            found[variant] = constant.note
    return found


def differences(first: RunPlan, second: RunPlan) -> tuple[Note, ...]:
    """What makes the scores of two runs another thing."""
    notes = []
    if first.dataset.content_hash != second.dataset.content_hash:
        notes.append(Note("dataset", "The datasets differ: only items of both runs are compared."))
    if first.rubric != second.rubric:
        notes.append(Note("rubric", "The rubrics differ: the scores may not mean the same."))
    if first.judge != second.judge:
        notes.append(Note("judge", "The judges differ: the scores may not mean the same."))
    for plan in (first, second):
        if plan.dataset.replay:
            text = f"Run {plan.run_id} plays past conversations again ({plan.dataset.replay})."
            notes.append(Note("replay", text))
    return tuple(notes)


def _unscored(variant: str, name: str, counts: AnswerCounts) -> list[Note]:
    notes = []
    if counts.failed:
        text = f"{count(counts.failed, 'answer')} of {name} failed; they count in no mean."
        notes.append(Note("unscored", text, variant))
    if counts.unscored:
        text = f"{count(counts.unscored, 'judgement')} of {name} failed; those answers count in no mean."
        notes.append(Note("unscored", text, variant))
    return notes


def _flagged(variant: str, name: str, counts: AnswerCounts) -> list[Note]:
    return [
        Note("flagged", f"{count(number, 'answer')} of {name} flagged: {flag}", variant)
        for flag, number in counts.flags.most_common()
    ]
