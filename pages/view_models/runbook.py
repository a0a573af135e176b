"""The runbook's entry for an alert, from ``docs/runbooks/alerts.md``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "runbooks" / "alerts.md"


@cache
def runbook_entries() -> dict[str, str]:
    """Name of each section to its Markdown; empty where the docs are not installed."""
    try:
        text = _PAGE.read_text(encoding="utf-8")
    except OSError:
        return {}
    sections = text.split("\n## ")[1:]
    return {section.partition("\n")[0].strip(): section.partition("\n")[2].strip() for section in sections}
