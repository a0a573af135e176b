"""Reports of runs that can be handed on: a page to read, tables, a document for programs, test cases for CI."""

from collections.abc import Callable, Iterator

from coaching_core.errors import InvalidInputError
from evals.reports.csv_table import render_csv
from evals.reports.html_page import html_parts
from evals.reports.json_document import render_json
from evals.reports.junit import render_junit
from evals.results.parquet import table_bytes
from evals.results.run_results import RunResults

__all__ = ["FORMATS", "render_report", "report_parts"]

FORMATS = ("html", "csv", "json", "junit", "parquet")

_RENDERERS: dict[str, Callable[[RunResults], Iterator[bytes]]] = {
    "html": html_parts,
    "csv": lambda results: iter([render_csv(results)]),
    "json": lambda results: iter([render_json(results)]),
    "junit": lambda results: iter([render_junit(results)]),
    "parquet": lambda results: iter([table_bytes(results)]),
}


def render_report(results: RunResults, format: str) -> bytes:
    """Write up a run as a whole; see :func:`report_parts`."""
    return b"".join(report_parts(results, format))


def report_parts(results: RunResults, format: str) -> Iterator[bytes]:
    """Write up a run, finished or not, piece by piece.

    Args:
        results: Plan and answers.
        format: One of :data:`FORMATS`.

    Returns:
        The file's content in pieces; UTF-8 but for Parquet.

    Raises:
        InvalidInputError: There is no such format.
    """
    if format not in _RENDERERS:
        raise InvalidInputError(f"There is no report format “{format}”. There are: {', '.join(FORMATS)}.", "format")
    return _RENDERERS[format](results)
