"""Reports of runs that can be handed on: a page to read, tables, a document for programs, test cases for CI."""

from collections.abc import Iterator

from coaching_core.errors import InvalidInputError
from evals.results.run_results import RunResults

__all__ = ["FORMATS", "render_report", "report_parts"]

FORMATS = ("html", "csv", "json", "junit", "parquet")


def render_report(results: RunResults, format: str, judge_trust: str = "") -> bytes:
    """Write up a run as a whole; see :func:`report_parts`."""
    return b"".join(report_parts(results, format, judge_trust))


def report_parts(results: RunResults, format: str, judge_trust: str = "") -> Iterator[bytes]:
    """Write up a run, finished or not, piece by piece. Each form is imported when it is wanted.

    Args:
        results: Plan and answers.
        format: One of :data:`FORMATS`.
        judge_trust: How far its judge agrees with people; a page says so beside the scores.

    Returns:
        The file's content in pieces; UTF-8 but for Parquet.

    Raises:
        InvalidInputError: There is no such format.
    """
    if format == "html":
        from evals.reports.html_page import html_parts

        return html_parts(results, judge_trust)
    return iter([_in_one_piece(results, format)])


def _in_one_piece(results: RunResults, format: str) -> bytes:
    if format == "csv":
        from evals.reports.csv_table import render_csv

        return render_csv(results)
    if format == "json":
        from evals.reports.json_document import render_json

        return render_json(results)
    if format == "junit":
        from evals.reports.junit import render_junit

        return render_junit(results)
    if format == "parquet":
        from evals.results.parquet import table_bytes

        return table_bytes(results)
    raise InvalidInputError(f"There is no report format “{format}”. There are: {', '.join(FORMATS)}.", "format")
