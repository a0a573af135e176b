"""The items of a run, worst first, and one of them opened with both answers and the judge's words."""

from __future__ import annotations

import html

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evals.results import RunResults
from pages.components.address import carried, carry
from pages.components.chrome import Tag, tag
from pages.components.pick_table import PickTable
from pages.components.score_table import change_tag, score_table
from pages.components.talk import points_html, turns_html
from pages.view_models import words
from pages.view_models.datasets import in_words, ordered
from pages.view_models.run_items import (
    MOST_ROWS,
    ItemLine,
    OpenedItem,
    Show,
    item_lines,
    open_item,
    sorted_lines,
    table_heading,
)

_column = st.column_config


def render_items(results: RunResults, baseline: str | None, candidate: str, place: DeltaGenerator) -> None:
    """The table goes to ``place``, the opened item below."""
    lines = item_lines(results, baseline, candidate)
    labels = {variant.id: variant.label for variant in results.plan.variants}
    table = _table(labels.get(baseline or "", ""), labels[candidate])
    with place:
        kept = _filtered(lines, labels[candidate], baseline is not None)
        picked = carried("item")
        if kept:
            picked = table.pick(kept, picked)
        st.caption(_caption(lines, kept, baseline is not None))
    carry(item=picked)
    if picked is not None:
        _opened(results, (baseline, candidate), picked, table, kept)


def _table(baseline: str, candidate: str) -> PickTable:
    columns = {
        "item": _column.TextColumn("Item", width=65),
        "case": _column.TextColumn("Case", width=150),
        "baseline": _column.NumberColumn(baseline, format="%.1f", width=55),
        "candidate": _column.NumberColumn(candidate, format="%.1f", width=55),
        "change": _column.NumberColumn("Change", format="%+.1f", width=65),
    }
    if not baseline:
        columns = {name: columns[name] for name in ("item", "case", "candidate")}
    return PickTable("run_items", "item", columns, "Items of the run", most_rows=7)


def _filtered(lines: tuple[ItemLine, ...], candidate: str, compared: bool) -> list[ItemLine]:
    heading = st.empty()
    options = list(Show) if compared else [Show.ALL, Show.FAILED]
    show = st.segmented_control(
        "Items to show", options, default=options[0], required=True, key="run_show", label_visibility="collapsed"
    )
    show = Show(show or options[0])
    heading.subheader(table_heading(show, candidate, compared), anchor=False)
    with st.container(key="quad_run_filters"):
        left, right = st.columns([1, 1.2])
    phases = ["", *ordered(line.phase for line in lines)]
    phase = left.selectbox(
        "Phase",
        phases,
        format_func=lambda name: in_words(name) or "All phases",
        key="run_phase",
        label_visibility="collapsed",
    )
    text = right.text_input(
        "Search items",
        placeholder="Item or case",
        icon=":material/search:",
        key="run_search",
        label_visibility="collapsed",
        live="300ms",
    )
    return sorted_lines([line for line in lines if line.is_shown(show, phase or None, text or "")], show, compared)[
        :MOST_ROWS
    ]


def _caption(lines: tuple[ItemLine, ...], kept: list[ItemLine], compared: bool) -> str:
    failed = sum(line.failed for line in lines)
    have = words.plural(failed, "item has", "items have")
    told = f" {have} a failed answer or judgement, shown as “{words.DASH}”." if failed else ""
    cut = f" The first {MOST_ROWS} are shown; narrow them down." if len(kept) >= MOST_ROWS else ""
    none = "" if kept else "No item matches. "
    if not compared:
        return f"{none}{words.count(len(kept))} of {words.plural(len(lines), 'item')}.{cut}{told}"
    worse = sum(line.is_shown(Show.WORSE, None, "") for line in lines)
    better = sum(line.is_shown(Show.BETTER, None, "") for line in lines)
    same = sum(line.change is not None for line in lines) - worse - better
    return (
        f"{none}{worse} of {words.plural(len(lines), 'item')} are worse, {better} better, {same} the same.{cut}{told}"
    )


def _opened(
    results: RunResults, sides: tuple[str | None, str], item_id: str, table: PickTable, kept: list[ItemLine]
) -> None:
    with st.container(border=True, key="opened_item"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            title = st.empty()
            moves = st.container(horizontal=True, width="content", vertical_alignment="center")
        with moves:
            repeat = _repeat(results.plan.repeats)
            _moves(table, kept, item_id)
        opened = open_item(results, item_id, sides[0], sides[1], repeat)
        if opened is None:
            title.html(f'<div class="cw">There is no item “{html.escape(item_id)}” in this run.</div>')
            return
        title.html(_title(opened))
        _conversation(opened)
        st.html(score_table(opened.before, opened.after, opened.rows))


def _repeat(repeats: int) -> int:
    if repeats == 1:
        return 0
    return st.selectbox(
        "Repeat",
        range(repeats),
        format_func=lambda number: f"Repeat {number + 1} of {repeats}",
        key="run_repeat",
        label_visibility="collapsed",
        width=160,
    )


def _moves(table: PickTable, kept: list[ItemLine], item_id: str) -> None:
    ids = [line.item for line in kept]
    at = ids.index(item_id) if item_id in ids else None
    before = ids[at - 1] if at else None
    after = ids[at + 1] if at is not None and at + 1 < len(ids) else None
    for label, icon, target in (
        ("Previous", ":material/chevron_left:", before),
        ("Next", ":material/chevron_right:", after),
    ):
        st.button(
            label,
            icon=icon,
            icon_position="left" if label == "Previous" else "right",
            type="tertiary",
            disabled=target is None,
            key=f"item_{label}",
            on_click=table.move_to,
            args=(kept, target),
        )


def _title(opened: OpenedItem) -> str:
    item = opened.item
    facts = f"{in_words(item.topic)}, {item.phase}, {item.difficulty}"
    tags = "".join(tag(Tag(text)) for text in item.tags)
    return (
        f'<div class="cw-item"><b>{html.escape(item.id)}</b><span>{html.escape(item.case)}</span>'
        f'{change_tag(opened.change)}<span class="m">{html.escape(facts)}</span>{tags}</div>'
    )


def _conversation(opened: OpenedItem) -> None:
    *earlier, last = opened.item.conversation
    if earlier:
        with st.expander(f"Show the {words.plural(len(earlier), 'turn')} before"):
            st.html(turns_html(earlier))
    st.html(turns_html([last]))
    with st.expander("Show what the judge looks for"):
        st.html(points_html("A good reply", opened.item.must) + points_html("It must not", opened.item.must_not))
