"""Reports of runs that can be handed on: a page to read, a table for spreadsheets, a document for programs."""

from collections.abc import Callable

from coaching_core.errors import InvalidInputError
from evals.reports.csv_table import render_csv
from evals.reports.html_page import render_html
from evals.reports.json_document import render_json
from evals.results import RunResults

__all__ = ["FORMATS", "render_report"]

FORMATS = ("html", "csv", "json")

_RENDERERS: dict[str, Callable[[RunResults], bytes]] = {"html": render_html, "csv": render_csv, "json": render_json}


def render_report(results: RunResults, format: str) -> bytes:
    """Write up a run, finished or not.

    Args:
        results: Plan and answers.
        format: One of :data:`FORMATS`.

    Returns:
        The file's content, UTF-8.

    Raises:
        InvalidInputError: There is no such format.
    """
    if format not in _RENDERERS:
        raise InvalidInputError(f"There is no report format “{format}”. There are: {', '.join(FORMATS)}.", "format")
    return _RENDERERS[format](results)
