"""Writes PromptRuns as CSV that a spreadsheet can open without running anything in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal

from coaching_core.llm.accounting import PromptRun

_COLUMNS = tuple(field.name for field in fields(PromptRun))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def runs_as_csv(runs: Iterable[PromptRun]) -> bytes:
    """One line for each call under a line of names; UTF-8.

    Money is written plainly and exactly, times as ISO 8601 in UTC; what is unknown stays empty. Text that a
    spreadsheet would take for a formula gets a leading apostrophe.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for run in runs:
        writer.writerow([_cell(getattr(run, name)) for name in _COLUMNS])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
