"""Values of an item as cells of a table and back: what is written is read as the same value."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

_LOOKS_LIKE_JSON = re.compile(r'\s*(?:[\[{"]|-?\d|true$|false$|null$)', re.IGNORECASE)
MOST_NESTED = 50
"""How deep lists and objects may lie in each other."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_TRUTHS = {"true": True, "false": False}
_WORDS_OF_A_PHRASE = 2


def value_of(cell: Any) -> Any:
    """A cell as a value: numbers, truth values, lists and objects as JSON has them, all else as text."""
    if not isinstance(cell, str):
        return cell
    if cell.strip().lower() in _TRUTHS:
        return _TRUTHS[cell.strip().lower()]
    if not _LOOKS_LIKE_JSON.match(cell):
        return cell
    try:
        value = json.loads(cell, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return cell
    return cell if fault_of(value) else value


def fault_of(value: Any, depth: int = 0) -> str:
    """Why parsed JSON cannot be kept, in words; empty when it can."""
    if depth > MOST_NESTED:
        return f"nested more than {MOST_NESTED} deep"
    if isinstance(value, str):
        return "an escape like \\ud83d stands for half a character" if _SURROGATE.search(value) else ""
    if isinstance(value, float) and not math.isfinite(value):
        return "a number is too large"
    inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, (fault_of(each, depth + 1) for each in inner)), "")


def cell_of(value: Any) -> str:
    """A value as a cell from which :func:`value_of` reads it again."""
    if isinstance(value, str) and value and value_of(value) == value and isinstance(value_of(value), str):
        return value
    return json.dumps(value, ensure_ascii=False)


def entries_of(cell: Any, separators: str = "\n") -> tuple[str, ...]:
    """A cell as a list: a JSON list, one entry a line, or phrases apart by bars (tags also behind ``;`` and ``,``).

    Raises:
        ValueError: It is neither a text nor a list of texts.
    """
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        cell = value_of(cell)
    if isinstance(cell, str):
        parts = re.split(f"[{re.escape(separators)}]", cell.replace("\r\n", "\n").replace("\r", "\n"))
        return tuple(part.strip() for line in parts for part in _phrases(line) if part.strip())
    if isinstance(cell, Sequence) and all(isinstance(each, str) for each in cell):
        return tuple(cell)
    raise ValueError("must be a text or a list of texts")


def _phrases(line: str) -> list[str]:
    """The phrases between bars; the line itself where a part of it is no phrase, as in “goal | reality | options”."""
    parts = line.split(" | ")
    return parts if all(len(part.split()) >= _WORDS_OF_A_PHRASE for part in parts) else [line]


def cell_of_entries(entries: Sequence[str], separators: str = "\n") -> str:
    """A list as a cell from which :func:`entries_of` reads it again: one entry a line where that is possible."""
    text = "\n".join(entries)
    return text if entries_of(text, separators) == tuple(entries) else json.dumps(list(entries), ensure_ascii=False)


def _refuse(constant: str) -> None:
    raise ValueError(constant)
