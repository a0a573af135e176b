"""One flat record per answer: the columns of a run's table, and how an answer fills them.

The judge (or panel) that gives the headline fills ``score``, ``reason`` and so on; every other one the same names with
``@`` and its id behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evals.dataset import GoldenItem
from evals.judge_spec import Panel
from evals.judges.panel import combined
from evals.plan import Cell, RunPlan, Variant
from evals.preference import Preference
from evals.results.answer_effort import Effort
from evals.results.run_results import Answer
from evals.verdict import Verdict

Columns = Mapping[str, str]
"""Name to DuckDB's type, in the file's order."""

TEXT, TEXTS, NUMBER, COUNT, COUNTS, TRUTH = "VARCHAR", "VARCHAR[]", "DOUBLE", "BIGINT", "BIGINT[]", "BOOLEAN"
MONEY = "DECIMAL(24, 12)"

_ITEM = {"phase": TEXT, "topic": TEXT}
_MORE_OF_ITEM = {"case": TEXT, "difficulty": TEXT, "tags": TEXTS, "split": TEXT, "cluster": TEXT}
_EFFORT = {
    "judge_cost_usd": MONEY,
    "ttft_ms": NUMBER,
    "input_tokens": COUNT,
    "output_tokens": COUNT,
    "kept": TRUTH,
}
_OF_PANEL = {"flags": TEXTS, "judge": TEXT, "judge_model": TEXT, "judge_prompt": TEXT, "rubric": TEXT}

PREFERENCE_COLUMNS: Columns = {
    **{"run_id": TEXT, "item": TEXT, "repeat": COUNT, "one": TEXT, "other": TEXT, "order": COUNT, "choice": TEXT},
    **{"reason": TEXT, "judge": TEXT, "model": TEXT, "rubric": TEXT, "prompt": TEXT, "flags": TEXTS},
    **{"attempts": COUNT, "prompt_run_ids": TEXTS},
}
ITEM_COLUMNS: Columns = {"item": TEXT, "golden_item": TEXT}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of one answer.

    Attributes:
        text: None when the call failed; ``reason`` says why.
        verdicts: Judge id to its verdict.
        places: Where its lines begin in the journal, bytes.
    """

    cell: Cell
    text: str | None
    reason: str
    effort: Effort
    verdicts: Mapping[str, Verdict]
    places: tuple[int, ...]

    @classmethod
    def of(cls, answer: Answer, places: tuple[int, ...]) -> Recorded:
        """An answer as it was read from the journal."""
        return cls(answer.cell, answer.text, answer.reason, answer.effort, answer.verdicts, places)


def suffix(panel: Panel, headline: Panel) -> str:
    """What stands behind the names of a panel's columns."""
    return "" if panel.id == headline.id else f"@{panel.id}"


def result_columns(plan: RunPlan) -> Columns:
    """The columns of a run's table."""
    headline, *others = plan.panels
    columns = {"run_id": TEXT, "item": TEXT, "variant": TEXT, "repeat": COUNT, **_ITEM}
    columns |= {"model": TEXT, "answer": TEXT, "status": TEXT, "reason": TEXT, "score": NUMBER}
    columns |= {f"score_{criterion.id}": NUMBER for criterion in headline.rubric.criteria}
    columns |= {"cost_usd": MONEY, "latency_ms": NUMBER, "variant_id": TEXT, **_MORE_OF_ITEM, **_EFFORT, **_OF_PANEL}
    columns |= {f"reason_{criterion.id}": TEXT for criterion in headline.rubric.criteria}
    for panel in others:
        columns |= _panel_columns(panel, suffix(panel, headline))
    return columns | {"journal_places": COUNTS}


def _panel_columns(panel: Panel, behind: str) -> dict[str, str]:
    names = {"status": TEXT, "reason": TEXT, "score": NUMBER, **_OF_PANEL}
    for criterion in panel.rubric.criteria:
        names |= {f"score_{criterion.id}": NUMBER, f"reason_{criterion.id}": TEXT}
    return {f"{name}{behind}": kind for name, kind in names.items()}


class Recorder:
    """Fills the columns of a run's table.

    Args:
        plan: With its items.
        words: Also the answers' texts and the judges' words; without them a record takes little memory.
    """

    def __init__(self, plan: RunPlan, words: bool = True) -> None:
        self._panels = plan.panels
        self._words = words
        self._run_id = plan.run_id
        self._items = {item.id: _of_item(item) for item in plan.dataset.items}
        self._variants = {variant.id: _of_variant(variant) for variant in plan.variants}

    def record(self, found: Recorded) -> dict[str, Any]:
        """One row of the table."""
        effort, cell = found.effort, found.cell
        record = {
            "run_id": self._run_id,
            "repeat": cell.repeat,
            **self._items[cell.item],
            **self._variants[cell.variant],
            "answer": found.text if self._words else None,
            "cost_usd": effort.cost,
            "judge_cost_usd": effort.judge_cost,
            "latency_ms": effort.latency_ms,
            "ttft_ms": effort.ttft_ms,
            "input_tokens": effort.input_tokens,
            "output_tokens": effort.output_tokens,
            "kept": effort.kept,
            "journal_places": found.places,
        }
        for panel in self._panels:
            record |= self._judged(found, panel)
        return record

    def _judged(self, found: Recorded, panel: Panel) -> dict[str, Any]:
        behind, verdict = suffix(panel, self._panels[0]), combined(panel, found.verdicts)
        status, reason = status_of(found.text is None, found.reason, verdict)
        judged: dict[str, Any] = {f"status{behind}": status, f"reason{behind}": reason}
        judged |= {f"judge{behind}": panel.id, f"rubric{behind}": panel.rubric.label, f"flags{behind}": ()}
        if verdict is None:
            return judged
        judged |= {f"score{behind}": verdict.score, f"flags{behind}": verdict.flags}
        judged |= {f"judge_model{behind}": verdict.model, f"judge_prompt{behind}": verdict.prompt}
        for score in verdict.criteria:
            judged[f"score_{score.id}{behind}"] = score.score
            if self._words:
                judged[f"reason_{score.id}{behind}"] = score.reason
        return judged


def status_of(failed: bool, reason: str, verdict: Verdict | None) -> tuple[str, str]:
    """Where an answer stands, and why it has no score."""
    if failed:
        return "failed", reason
    if verdict is None:
        return "waiting", "Not judged yet."
    return str(verdict.status), verdict.reason


def preference_records(run_id: str, preferences: Iterator[tuple[Cell, Preference]]) -> Iterator[dict[str, Any]]:
    """One row per comparison of two answers."""
    for cell, preference in preferences:
        yield {"run_id": run_id, "item": cell.item, "repeat": cell.repeat, **preference.as_json()}


def item_records(plan: RunPlan) -> Iterator[dict[str, Any]]:
    """One row per item, as the plan froze it."""
    for item in plan.dataset.items:
        yield {"item": item.id, "golden_item": item.model_dump_json()}


def _of_item(item: GoldenItem) -> dict[str, Any]:
    return {
        "item": item.id,
        "phase": item.phase,
        "topic": item.topic,
        "case": item.headline,
        "difficulty": item.difficulty,
        "tags": item.tags,
        "split": item.split,
        "cluster": item.cluster,
    }


def _of_variant(variant: Variant) -> dict[str, Any]:
    return {"variant": variant.label, "variant_id": variant.id, "model": variant.model}
