"""The heads of the columns: who answers there, and a menu to change that."""

from __future__ import annotations

import html

import streamlit as st

from coaching_core.playground.models import Column
from coaching_core.playground.service import MOST_COLUMNS
from pages.components.state import set_widget, widget_value
from pages.playground.desk import Desk, attempt
from pages.view_models.playground import Head, version_name


def show_heads(desk: Desk) -> None:
    """One head for each column, in the order of the answers below."""
    with st.container(key="quad_heads"):
        for place, head in zip(st.columns(len(desk.heads), gap="small"), desk.heads, strict=True):
            with place, st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
                st.html(head_html(head, desk.hidden), width="stretch")
                if not desk.hidden:
                    _show_menu(desk, head)


def head_html(head: Head, hidden: bool) -> str:
    """Dot, name and version of a column."""
    dot = "" if hidden else f'<i class="cw-dot c{head.place}"></i>'
    return (
        f'<div class="cw cw-who">{dot}<b>{html.escape(head.name)}</b> '
        f'<span class="m">{html.escape(head.detail)}</span></div>'
    )


def _show_menu(desk: Desk, head: Head) -> None:
    column, busy = head.column, desk.live is not None
    with st.popover(
        f"Change column {head.letter}",
        icon=":material/more_horiz:",
        type="tertiary",
        key=f"column_menu_{column.id}",
    ):
        if busy:
            st.caption("Columns can be changed when all answers are there.")
        _model_select(desk, column, busy)
        _version_select(desk, column, busy)
        with st.container(horizontal=True, gap="small"):
            _menu_buttons(desk, column, busy)


def _menu_buttons(desk: Desk, column: Column, busy: bool) -> None:
    columns = desk.session.columns
    full = len(columns) >= MOST_COLUMNS
    st.button(
        "Duplicate column",
        icon=":material/content_copy:",
        key=f"duplicate_{column.id}",
        disabled=busy or full,
        help=f"There is room for {MOST_COLUMNS} columns." if full else None,
        on_click=attempt,
        args=(lambda: desk.arrange(_with_duplicate(desk, column)),),
    )
    st.button(
        "Remove column",
        icon=":material/delete:",
        key=f"remove_{column.id}",
        disabled=busy or len(columns) == 1,
        on_click=attempt,
        args=(lambda: desk.arrange(tuple(one for one in columns if one.id != column.id)),),
    )


def _model_select(desk: Desk, column: Column, busy: bool) -> None:
    key = f"model_{column.id}"
    offered = [info for info in desk.models.values() if "coach" in info.roles]
    names = [info.name for info in sorted(offered, key=lambda info: not info.available)]
    set_widget(key, column.model)
    st.selectbox(
        "Model",
        names if column.model in names else [column.model, *names],
        format_func=lambda name: _model_words(desk, name),
        key=key,
        disabled=busy,
        width=340,
        on_change=attempt,
        args=(lambda: _change(desk, column, model=str(widget_value(key))),),
    )


def _version_select(desk: Desk, column: Column, busy: bool) -> None:
    key = f"version_{column.id}"
    set_widget(key, column.version)
    st.selectbox(
        "Prompt version",
        list(desk.versions),
        format_func=lambda number: f"{version_name(desk.topic, number)} · {desk.versions[number].message}",
        key=key,
        disabled=busy,
        width=340,
        on_change=attempt,
        args=(lambda: _change(desk, column, version=widget_value(key)),),
    )


def _model_words(desk: Desk, name: str) -> str:
    info = desk.models.get(name)
    if info is None:
        return name
    return info.label if info.available else f"{info.label} · no key"


def _change(desk: Desk, column: Column, **changes: object) -> None:
    changed = column.model_copy(update=changes)
    desk.arrange(tuple(changed if one.id == column.id else one for one in desk.session.columns))


def _with_duplicate(desk: Desk, column: Column) -> tuple[Column, ...]:
    place = desk.session.columns.index(column) + 1
    copy = desk.service.new_column(column.model, column.version)
    return (*desk.session.columns[:place], copy, *desk.session.columns[place:])
