"""Diffs as escaped HTML tables: side by side, in one column, and for parameters and settings."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from coaching_core.prompts.diff import DiffRow, Segment, TextDiff
from pages.view_models.diff import CountLine, FieldRow
from pages.view_models.words import DASH, plural

_LINE_END = "↵"


@dataclass(frozen=True, slots=True)
class Heads:
    """What stands over the two sides: a version and a word for it."""

    old: str
    new: str
    old_word: str = ""
    new_word: str = ""


def diff_table(diff: TextDiff, heads: Heads, one_column: bool = False) -> str:
    """A text's diff as HTML."""
    return _one_column(diff, heads) if one_column else _side_by_side(diff, heads)


def fields_table(name: str, rows: Sequence[FieldRow], heads: Heads) -> str:
    """Changed parameters or settings in the same form.

    Args:
        name: What the first column holds, e.g. ``Setting``.
        rows: The changes.
        heads: Names of the two sides.
    """
    head = f"<tr><th>{html.escape(name)}</th><th>{_head(heads, 0)}</th><th>{_head(heads, 1)}</th></tr>"
    body = "".join(
        f"<tr><td>{html.escape(row.name)}</td>{_field(row.old, 'del', 'd')}{_field(row.new, 'ins', 'i')}</tr>"
        for row in rows
    )
    columns = '<colgroup><col style="width:11rem"><col><col></colgroup>'
    return f'<table class="cw-diff fields">{columns}<thead>{head}</thead><tbody>{body}</tbody></table>'


def count_line_html(line: CountLine) -> str:
    """The facts under a diff."""
    parts = [f'<span class="down">− {html.escape(line.removed)}</span>'] if line.removed else []
    parts += [f'<span class="up">+ {html.escape(line.added)}</span>'] if line.added else []
    parts += [f'<span class="m">{html.escape(fact)}</span>' for fact in line.facts]
    return f'<div class="cw cw-count s">{"".join(parts)}</div>'


def _side_by_side(diff: TextDiff, heads: Heads) -> str:
    columns = '<colgroup><col style="width:3.2rem"><col><col style="width:3.2rem"><col></colgroup>'
    head = f'<tr><th colspan="2">{_head(heads, 0)}</th><th colspan="2" class="r">{_head(heads, 1)}</th></tr>'
    body = "".join(_skipped(row, 4) if row.kind == "skipped" else _pair(row) for row in diff.rows)
    return f'<table class="cw-diff">{columns}<thead>{head}</thead><tbody>{body}</tbody></table>'


def _one_column(diff: TextDiff, heads: Heads) -> str:
    columns = '<colgroup><col style="width:2.6rem"><col style="width:3.2rem"><col></colgroup>'
    head = f'<tr><th colspan="3">{_head(heads, 0)} → {_head(heads, 1)}</th></tr>'
    body = "".join(_skipped(row, 3) if row.kind == "skipped" else _stacked(row) for row in diff.rows)
    return f'<table class="cw-diff">{columns}<thead>{head}</thead><tbody>{body}</tbody></table>'


def _head(heads: Heads, side: int) -> str:
    name, word = (heads.new, heads.new_word) if side else (heads.old, heads.old_word)
    return f"<b>{html.escape(name)}</b> {html.escape(word)}".rstrip()


def _pair(row: DiffRow) -> str:
    if row.kind == "equal":
        left = _cells(row.left_number, row.left, "", "", "")
        return f"<tr>{left}{_cells(row.right_number, row.right, '', '', 'r')}</tr>"
    gap = '<td class="n {0} e"></td><td class="e"></td>'
    left = gap.format("") if row.left_number is None else _cells(row.left_number, row.left, "−", "d", "")
    right = gap.format("r") if row.right_number is None else _cells(row.right_number, row.right, "+", "i", "r")
    return f"<tr>{left}{right}</tr>"


def _stacked(row: DiffRow) -> str:
    if row.kind == "equal":
        number = f'<td class="n">{row.left_number}</td>'
        return f"<tr>{number}{_cells(row.right_number, row.right, '', '', '')}</tr>"
    lines = []
    if row.left_number is not None:
        old = f'<td class="n d">{row.left_number} −</td><td class="n d"></td>'
        lines.append(f'<tr>{old}<td class="d">{_segments(row.left, "del")}</td></tr>')
    if row.right_number is not None:
        lines.append(f'<tr><td class="n i"></td>{_cells(row.right_number, row.right, "+", "i", "")}</tr>')
    return "".join(lines)


def _cells(number: int | None, segments: Sequence[Segment], sign: str, colour: str, edge: str) -> str:
    mark = {"d": "del", "i": "ins"}.get(colour, "")
    gutter = f"{number} {sign}".rstrip()
    return f'<td class="n {colour} {edge}">{gutter}</td><td class="{colour}">{_segments(segments, mark)}</td>'


def _segments(segments: Sequence[Segment], mark: str) -> str:
    whole = len(segments) == 1 and segments[0].changed
    return "".join(_segment(one, mark, whole) for one in segments)


def _segment(segment: Segment, mark: str, whole: bool) -> str:
    text = segment.text.rstrip("\r\n")
    if not segment.changed or not mark:
        return html.escape(text)
    if len(text) < len(segment.text) and not whole:
        text += _LINE_END
    return f"<{mark}>{html.escape(text)}</{mark}>" if text else ""


def _field(segments: tuple[Segment, ...] | None, mark: str, colour: str) -> str:
    if segments is None:
        return f'<td class="r m">{DASH}</td>'
    return f'<td class="r {colour}">{_segments(segments, mark)}</td>'


def _skipped(row: DiffRow, columns: int) -> str:
    return f'<tr class="skip"><td colspan="{columns}">{plural(row.count, "unchanged line")}</td></tr>'
