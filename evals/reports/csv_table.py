"""A run as a table for spreadsheets: one line for each answer, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from evals.comparing.compare import ItemResult
from evals.dataset import GoldenItem
from evals.results.run_results import Answer, RunResults

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def render_csv(results: RunResults) -> bytes:
    """UTF-8 without a byte order mark; what is unknown stays empty, money is written exactly.

    Text that starts like a formula gets a leading apostrophe; numbers stay numbers.
    """
    criteria = [criterion.id for criterion in results.plan.rubric.criteria]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_cell(name) for name in _header(criteria)])
    items = {item.id: item for item in results.plan.dataset.items}
    variants = {variant.id: variant for variant in results.plan.variants}
    for row, answer in zip(results.rows(), results.answers, strict=True):
        variant = variants[row.variant]
        cells = [*_identity(row, items[row.item_id]), variant.label, row.repeat, variant.model]
        cells += [*_outcome(row, criteria), *_effort(row, answer)]
        writer.writerow([_cell(value) for value in cells])
    return out.getvalue().encode("utf-8", errors="replace")


def _header(criteria: list[str]) -> list[str]:
    names = ["item", "case", "phase", "topic", "difficulty", "variant", "repeat", "model", "status", "reason", "score"]
    return [*names, *(f"score_{name}" for name in criteria), "cost_usd", "latency_ms", "answer"]


def _identity(row: ItemResult, item: GoldenItem) -> list[object]:
    return [row.item_id, item.case, row.phase, row.topic, row.difficulty]


def _outcome(row: ItemResult, criteria: list[str]) -> list[object]:
    return [row.status, row.reason, row.score, *(row.criteria.get(name) for name in criteria)]


def _effort(row: ItemResult, answer: Answer) -> list[object]:
    return [row.cost, row.latency_ms, answer.text]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
