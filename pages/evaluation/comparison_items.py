"""The items of a comparison, regressions first, a page at a time; and one of them opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components.address import carried, carried_number, carry
from pages.components.pick_table import PickTable
from pages.components.state import Slot
from pages.evaluation.comparison_opened import Moves, render_opened
from pages.view_models import words
from pages.view_models.compare import Compared
from pages.view_models.datasets import in_words
from pages.view_models.run_items import (
    FIELDS,
    MARKS,
    ORDERS,
    PAGE_ROWS,
    Choices,
    ItemLine,
    Show,
    Wanted,
    choices_of,
    item_lines,
    neighbours,
    span_words,
    table_heading,
)

_PAGE: Slot[tuple[str, int] | None] = Slot("items_page", None)
"""What was looked for, and the page of it that is shown."""

_LONGEST_HEAD = 8

_column = st.column_config


def render_items(compared: Compared, place: DeltaGenerator) -> None:
    """The table goes to ``place``, the opened item below."""
    view, alone = compared.view, compared.findings is None
    table = _table(compared)
    with place:
        wanted = _filters(compared, choices_of(view))
        number = _page_number(compared, wanted)
        page = view.page(wanted.query(number, alone))
        lines, picked = item_lines(page, alone), carried("item")
        if lines:
            picked = table.pick(lines, picked)
        _turning(compared, wanted, number, page.total)
        st.caption(f"{span_words(page, number)} {_counts(compared)}")
    carry(item=picked, page=str(number + 1) if number else None)
    if picked is not None:
        ids = view.item_ids(wanted.query(0, alone))
        before, after = neighbours(ids, picked)
        render_opened(compared, picked, Moves(before, after, _mover(compared, wanted, table, lines, ids)))


def _table(compared: Compared) -> PickTable:
    before, after = compared.labels if max(map(len, compared.labels)) <= _LONGEST_HEAD else ("Baseline", "Candidate")
    rubric = compared.panel.rubric
    digits = 2 if rubric.maximum - rubric.minimum <= 1 else 1
    columns: dict[str, object] = {
        "item": _column.TextColumn("Item", width=62),
        "case": _column.TextColumn("Case", width=145),
        "baseline": _column.NumberColumn(before, format=f"%.{digits}f", width=60),
        "candidate": _column.NumberColumn(after, format=f"%.{digits}f", width=60),
        "change": _column.NumberColumn("Change", format=f"%+.{digits}f", width=60),
        "marks": _column.TextColumn("Marks", width=93),
    }
    if compared.findings is None:
        columns = {name: columns[name] for name in ("item", "case", "candidate", "marks")}
    return PickTable("run_items", "item", columns, "Items of the comparison", most_rows=8)


def _filters(compared: Compared, choices: Choices) -> Wanted:
    heading, compares = st.empty(), compared.findings is not None
    options = list(Show) if compares else [Show.ALL, Show.FAILED]
    asked = next((show for show in options if show.name.lower() == carried("show")), options[0])
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        shown = st.segmented_control(
            "Items to show", options, default=asked, required=True, key="run_show", label_visibility="collapsed"
        )
        more = st.container(width="content")
    text = st.text_input(
        "Search items",
        carried("q") or "",
        placeholder="Words of the item or an answer, item or case",
        icon=":material/search:",
        key="run_search",
        label_visibility="collapsed",
        live="300ms",
    )
    show = Show(shown or options[0])
    with more:
        fields, mark, order = _more_filters(choices, compares)
    heading.subheader(table_heading(show, compared.labels[1], compares), anchor=False)
    wanted = Wanted(show, fields, mark, order, text or "")
    carry(
        show=show.name.lower() if show is not options[0] else None,
        q=wanted.text or None,
        mark=mark or None,
        order=order or None,
        **{name: fields.get(name) for name in FIELDS},
    )
    return wanted


def _more_filters(choices: Choices, compares: bool) -> tuple[Mapping[str, str], str, str]:
    held = sum(carried(name) is not None for name in (*choices.values, "mark", "order"))
    with st.popover(f"Filter ({held})" if held else "Filter", icon=":material/filter_list:", key="items_filter"):
        fields = {
            name: chosen
            for name, values in choices.values.items()
            if (chosen := _choice(in_words(name), name, {"": "All"} | {value: in_words(value) for value in values}))
        }
        mark = _choice("Marks", "mark", MARKS) if compares else ""
        order = _choice("Order", "order", ORDERS if compares else {"": "Lowest score first", "item": "By item"})
    return fields, mark, order


def _choice(label: str, name: str, options: Mapping[str, str]) -> str:
    names, asked = list(options), carried(name) or ""
    return st.selectbox(
        label,
        names,
        index=names.index(asked) if asked in options else 0,
        format_func=lambda value: options.get(value, value),
        key=f"items_{name}",
        width=260,
    )


def _page_number(compared: Compared, wanted: Wanted) -> int:
    """From 0 on; back to the first page when something else is looked for."""
    signature, kept = _signature(compared, wanted), _PAGE.get()
    if kept is None:
        return max(0, (carried_number("page") or 1) - 1)
    return kept[1] if kept[0] == signature else 0


def _signature(compared: Compared, wanted: Wanted) -> str:
    sides = (compared.before.plan.run_id, compared.after.plan.run_id, compared.baseline, compared.candidate)
    return f"{sides} {compared.panel.id} {wanted}"


def _turning(compared: Compared, wanted: Wanted, number: int, total: int) -> None:
    pages = -(-total // PAGE_ROWS)
    if pages < 2:
        _PAGE.set((_signature(compared, wanted), 0))
        return
    _PAGE.set((_signature(compared, wanted), min(number, pages - 1)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="items_turning"):
        for label, icon, target in (
            ("Previous page", ":material/keyboard_arrow_left:", number - 1),
            ("Next page", ":material/keyboard_arrow_right:", number + 1),
        ):
            st.button(
                label,
                icon=icon,
                icon_position="left" if target < number else "right",
                type="tertiary",
                disabled=not 0 <= target < pages,
                key=f"items_{label.split()[0].lower()}",
                on_click=_PAGE.set,
                args=((_signature(compared, wanted), target),),
            )
        st.caption(f"Page {words.count(number + 1)} of {words.count(pages)}")


def _mover(
    compared: Compared, wanted: Wanted, table: PickTable, lines: list[ItemLine], ids: list[str]
) -> Callable[[str], None]:
    shown = {line.item for line in lines}

    def move(target: str) -> None:
        if target in shown:
            table.move_to(lines, target)
        else:
            _PAGE.set((_signature(compared, wanted), ids.index(target) // PAGE_ROWS))
        carry(item=target)

    return move


def _counts(compared: Compared) -> str:
    """How many changed in which way, whatever is filtered."""
    findings = compared.findings
    if findings is None:
        return f"“{words.DASH}” marks a failed answer or judgement."
    comparison = findings.comparison
    missing = len({entry.item_id for entry in comparison.left_out if entry.status == "missing"})
    failed = len({entry.item_id for entry in comparison.left_out}) - missing
    told = f" {words.plural(missing, 'item has', 'items have')} an answer of one side only." if missing else ""
    if failed:
        have = words.plural(failed, "item has", "items have")
        told += f" {have} a failed answer or judgement, shown as “{words.DASH}”."
    total = comparison.better + comparison.worse + comparison.same
    counted = (
        f"{words.count(comparison.worse)} of {words.plural(total, 'pair')} are worse, {words.count(comparison.better)} "
        f"better, {words.count(comparison.same)} the same."
    )
    return f"{counted} {compared.view.flips.sentence}{told}"
