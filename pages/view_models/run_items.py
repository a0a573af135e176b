"""The items of a run: a table of them, and one of them opened down to the judge's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evals.compare import ItemResult
from evals.dataset import GoldenItem
from evals.plan import Cell
from evals.results import Answer, RunResults
from evals.verdict import CriterionScore
from pages.view_models import words

MARGIN = 0.1
MOST_ROWS = 500
"""Rows of items that are shown at once; filters reach the rest."""

_ROUNDING = 1e-9


class Show(StrEnum):
    """Which items to show."""

    WORSE = "Worse"
    BETTER = "Better"
    FAILED = "Failed"
    ALL = "All"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with its scores, each the mean over repeats; None where there is none.

    Attributes:
        baseline: None in a run with one variant.
        change: Candidate − baseline.
        failed: An answer or a judgement of it failed.
    """

    item: str
    case: str
    phase: str
    baseline: float | None
    candidate: float | None
    change: float | None
    failed: bool

    def is_shown(self, show: Show, phase: str | None, text: str) -> bool:
        """Whether it is among those looked for."""
        if phase not in (None, self.phase):
            return False
        wanted = text.strip().casefold()
        if wanted and wanted not in self.item.casefold() and wanted not in self.case.casefold():
            return False
        change = self.change or 0.0
        return {
            Show.WORSE: change < -MARGIN - _ROUNDING,
            Show.BETTER: change > MARGIN + _ROUNDING,
            Show.FAILED: self.failed,
            Show.ALL: True,
        }[show]


def item_lines(results: RunResults, baseline: str | None, candidate: str) -> tuple[ItemLine, ...]:
    """Every item that has an answer from either variant, in the dataset's order."""
    found: dict[str, dict[str, list[ItemResult]]] = {}
    for row in results.rows():
        if row.variant in (baseline, candidate):
            found.setdefault(row.item_id, {}).setdefault(row.variant, []).append(row)
    return tuple(
        _line(item, found[item.id].get(baseline or "", []), found[item.id].get(candidate, []))
        for item in results.plan.dataset.items
        if item.id in found
    )


def _line(item: GoldenItem, before: Sequence[ItemResult], after: Sequence[ItemResult]) -> ItemLine:
    old, new = _mean(before), _mean(after)
    change = new - old if old is not None and new is not None else None
    failed = any(row.score is None and row.status != "waiting" for row in (*before, *after))
    return ItemLine(item.id, item.case, item.phase, old, new, change, failed)


def _mean(rows: Iterable[ItemResult]) -> float | None:
    known = [row.score for row in rows if row.score is not None]
    return sum(known) / len(known) if known else None


def sorted_lines(lines: Iterable[ItemLine], show: Show, compared: bool) -> list[ItemLine]:
    """Largest change first; without a comparison the lowest score first. What is unknown comes last."""
    sign = -1 if show is Show.BETTER else 1

    def place(line: ItemLine) -> tuple[bool, float, str]:
        value = line.change if compared else line.candidate
        return (value is None, sign * (value or 0.0), line.item)

    return sorted(lines, key=place)


def table_heading(show: Show, candidate: str, compared: bool) -> str:
    """The heading of the table of items."""
    if not compared:
        return "Failed items" if show is Show.FAILED else "Items, lowest score first"
    return {
        Show.WORSE: f"Worse in {candidate}, largest first",
        Show.BETTER: f"Better in {candidate}, largest first",
        Show.FAILED: "Items with a failure",
        Show.ALL: f"All items, worst in {candidate} first",
    }[show]


@dataclass(frozen=True, slots=True)
class Said:
    """One cell of the judgement table: a score, or a dash, with the judge's words or why there is none."""

    score: float | None
    reason: str

    @property
    def score_words(self) -> str:
        """9, 8.5, or a dash."""
        return words.DASH if self.score is None else f"{self.score:g}"


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """A criterion as both variants met it; ``before`` is None in a run with one variant."""

    criterion: str
    before: Said | None
    after: Said

    @property
    def change(self) -> float | None:
        """Candidate − baseline; None where one has no score."""
        if self.before is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


@dataclass(frozen=True, slots=True)
class Side:
    """One variant's answer to an item.

    Attributes:
        text: None when there is no answer; ``reason`` says why.
        took: Tokens, cost and time in one line.
    """

    label: str
    text: str | None
    reason: str
    score: float | None
    took: str


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """An item with both answers and all judgements; the rows with the largest loss come first."""

    item: GoldenItem
    before: Side | None
    after: Side
    rows: tuple[JudgementRow, ...]

    @property
    def change(self) -> float | None:
        """Of the whole score."""
        if self.before is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


def open_item(
    results: RunResults, item_id: str, baseline: str | None, candidate: str, repeat: int = 0
) -> OpenedItem | None:
    """One item of a run; None when the run does not have it."""
    item = next((item for item in results.plan.dataset.items if item.id == item_id), None)
    if item is None:
        return None
    answers = {answer.cell: answer for answer in results.answers if answer.cell.item == item_id}
    labels = {variant.id: variant.label for variant in results.plan.variants}
    after = answers.get(Cell(item_id, candidate, repeat))
    before = answers.get(Cell(item_id, baseline, repeat)) if baseline else None
    rows = [
        JudgementRow(criterion.name, _said(before, criterion.id) if baseline else None, _said(after, criterion.id))
        for criterion in results.plan.rubric.criteria
    ]
    rows.sort(key=lambda row: (row.change is None, row.change or 0.0))
    return OpenedItem(
        item, _side(before, labels[baseline]) if baseline else None, _side(after, labels[candidate]), tuple(rows)
    )


def _side(answer: Answer | None, label: str) -> Side:
    if answer is None:
        return Side(label, None, "There is no answer yet.", None, "")
    score = answer.verdict.score if answer.verdict else None
    return Side(label, answer.text, answer.reason, score, _took(answer))


def _took(answer: Answer) -> str:
    runs = answer.prompt_runs
    if not runs:
        return ""
    costs = [run.cost_usd for run in runs]
    known = [cost for cost in costs if cost is not None]
    cost = sum(known[1:], known[0]) if known and len(known) == len(costs) else None
    last = runs[-1]
    tokens = f"{words.count(last.input_tokens)} / {words.count(last.output_tokens)} tokens"
    return f"{tokens}, {words.money_call(cost)}, {words.seconds(last.latency_ms)}"


def _said(answer: Answer | None, criterion: str) -> Said:
    if answer is None:
        return Said(None, "There is no answer yet.")
    if answer.text is None:
        return Said(None, "Not judged: there is no answer.")
    if answer.verdict is None:
        return Said(None, "Not judged yet.")
    found: CriterionScore | None = next((score for score in answer.verdict.criteria if score.id == criterion), None)
    if found is None or found.score is None:
        return Said(None, found.reason if found and found.reason else f"Not judged: {answer.verdict.reason}")
    return Said(found.score, found.reason)
