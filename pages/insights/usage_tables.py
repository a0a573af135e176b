"""The breakdown: one row for each group, each of which leads to its calls."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from coaching_core.usage.models import Dimension, UsageRow
from pages.components.messages import plain_markdown
from pages.components.state import set_widget, widget_value
from pages.insights.usage_data import UsageView
from pages.insights.usage_filters import keep, show_grouping
from pages.view_models.usage import NAMES
from pages.view_models.usage_rows import breakdown_cells, total_words
from pages.view_models.words import DASH, count

_ROW = 34
_MOST_ROWS = 1_000
_COLUMNS = {
    "calls": NumberColumn("Calls", format="%,d", width=66),
    "errors": NumberColumn("Errors", format="%,d", width=60),
    "cost": NumberColumn("Cost", format="$%,.4f", width=86, help="Sum of the known costs of all attempts."),
    "unknown": NumberColumn(
        "Unknown", format="%,d", width=78, help="Attempts whose cost is unknown; they are not in the cost."
    ),
    "per_call": NumberColumn("Per call", format="$%.4f", width=82, help="Known cost over all calls."),
    "input": NumberColumn("Tokens in", format="%,d", width=92),
    "output": NumberColumn("Tokens out", format="%,d", width=90),
    "cached": NumberColumn("Cached", format="%,d", width=78, help="Input tokens the provider had cached."),
    "latency_p50": NumberColumn("p50, s", format="%.2f", width=60, help="Of successful calls, as the caller felt it."),
    "latency_p95": NumberColumn("p95, s", format="%.2f", width=60, help="Of successful calls, as the caller felt it."),
    "ttft_p50": NumberColumn("TTFT p50, s", format="%.2f", width=92, help="Time to first token."),
    "ttft_p95": NumberColumn("TTFT p95, s", format="%.2f", width=92, help="Time to first token."),
    "fallbacks": NumberColumn("Fallbacks", format="%,d", width=80, help="Calls that a stand-in answered."),
    "retries": NumberColumn("Retries", format="%,d", width=66, help="Attempts that another one followed."),
}


def show_breakdown(view: UsageView) -> None:
    """The groups; choosing one shows its calls below."""
    by, rows = view.choice.by, _shown(view)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(f"By {NAMES[by].lower()}", anchor=False)
        show_grouping(view.choice)
    keys = [row.key or "" for row in rows]
    table = f"usage_breakdown_{by}"
    chosen = [keys.index(view.choice.row)] if view.choice.row in keys else []
    set_widget(table, {"selection": {"rows": chosen, "columns": [], "cells": []}})
    if not rows:
        st.caption("People are being counted…")
        return
    st.dataframe(
        pd.DataFrame(breakdown_cells(rows, by, view.names, view.timings)),
        hide_index=True,
        row_height=_ROW,
        height=min(_ROW * (len(keys) + 1) + 3, 420),
        placeholder=DASH,
        column_order=("group", *_COLUMNS),
        column_config={"group": TextColumn(NAMES[by], width=192), **_COLUMNS},
        key=table,
        on_select=lambda: _choose_row(view, keys, table),
        selection_mode="single-row",
        alt=f"Usage by {NAMES[by].lower()}",
    )
    left_out = len(view.rows) - len(rows)
    more = f" The {count(left_out)} cheapest groups are left out here." if left_out else ""
    words = f"{total_words(view.rows)}{more} Choose a row to see its calls. Failed calls have no latency."
    st.caption(plain_markdown(words))


def _shown(view: UsageView) -> tuple[UsageRow, ...]:
    rows = view.rows
    if view.choice.by in (Dimension.DAY, Dimension.HOUR):
        return tuple(reversed(rows))
    return rows[:_MOST_ROWS]


def _choose_row(view: UsageView, keys: list[str], table: str) -> None:
    state = widget_value(table)
    rows = state["selection"]["rows"] if isinstance(state, dict) else []
    keep(replace(view.choice, row=keys[rows[0]] if rows else None, call=None))
