"""The breakdown and, behind each of its rows, the calls themselves."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.column_config import CheckboxColumn, DatetimeColumn, NumberColumn, TextColumn

from coaching_core.usage.models import Dimension, RunOrder, UsageFilter
from evals.bootstrap import Workbench
from pages.components.messages import plain_markdown
from pages.components.state import set_widget, widget_value
from pages.components.viewer import viewer_zone
from pages.insights.usage_data import UsageView
from pages.insights.usage_filters import keep, show_grouping
from pages.view_models.usage import NAMES, breakdown_cells, call_cells, group_name, total_words
from pages.view_models.usage_choice import narrow
from pages.view_models.words import DASH, count, plural

PAGE = 50
_ROW = 34
_ORDERS = {
    RunOrder.NEWEST: "Newest first",
    RunOrder.OLDEST: "Oldest first",
    RunOrder.COSTLIEST: "Costliest first",
    RunOrder.SLOWEST: "Slowest first",
}
_BREAKDOWN = {
    "calls": NumberColumn("Calls", format="%,d", width=66),
    "errors": NumberColumn("Errors", format="%,d", width=60),
    "input": NumberColumn("Tokens in", format="%,d", width=92),
    "output": NumberColumn("Tokens out", format="%,d", width=90),
    "cached": NumberColumn("Cached", format="%,d", width=74, help="Input tokens the provider had cached."),
    "cost": NumberColumn("Cost", format="$%,.4f", width=86, help="Sum of the known costs."),
    "unknown": NumberColumn(
        "Unknown", format="%,d", width=78, help="Calls whose cost is unknown; they are not in the cost."
    ),
    "per_call": NumberColumn(
        "Per call", format="$%.4f", width=82, help="Cost per call, over the calls whose cost is known."
    ),
    "latency_p50": NumberColumn("p50, s", format="%.2f", width=60, help="Latency of successful calls."),
    "latency_p95": NumberColumn("p95, s", format="%.2f", width=60, help="Latency of successful calls."),
    "ttft_p95": NumberColumn("TTFT p95, s", format="%.2f", width=92, help="Time to first token."),
}
_CALLS = {
    "created_at": DatetimeColumn("Time", format="D MMM YYYY, HH:mm:ss", width=160),
    "model": TextColumn("Model", width=205),
    "purpose": TextColumn("Purpose", width=95),
    "topic_id": TextColumn("Topic", width=135),
    "prompt_version": NumberColumn("Version", format="v%d", width=66),
    "status": TextColumn("Status", width=80),
    "error": TextColumn("Error", width=150),
    "cost_usd": NumberColumn("Cost", format="$%.6f", width=90),
    "input_tokens": NumberColumn("Tokens in", format="%,d", width=84),
    "output_tokens": NumberColumn("Tokens out", format="%,d", width=90),
    "cached_tokens": NumberColumn("Cached", format="%,d", width=74),
    "latency_ms": NumberColumn("Latency, s", format="%.2f", width=84),
    "ttft_ms": NumberColumn("TTFT, s", format="%.2f", width=70),
    "user_id": TextColumn("User", width=140),
    "session_id": TextColumn("Session", width=140),
    "interaction_ids": TextColumn("Interactions", width=140),
    "group_id": TextColumn("Group", width=110),
    "eval_run_id": TextColumn("Evaluation run", width=130),
    "request_id": TextColumn("Request", width=140),
    "rubric_version": TextColumn("Rubric", width=120),
    "provider": TextColumn("Provider", width=90),
    "simulated": CheckboxColumn("Simulated", width=82),
    "price_version": TextColumn("Price table", width=110),
    "loop_lag_ms": NumberColumn("Loop lag, ms", format="%.1f", width=96),
    "tenant_id": TextColumn("Tenant", width=80),
    "id": TextColumn("Call", width=150),
}


def show_breakdown(view: UsageView) -> None:
    """The groups; choosing one shows its calls below."""
    by = view.choice.by
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(f"By {NAMES[by].lower()}", anchor=False)
        show_grouping(view.choice)
    keys = [row.key or "" for row in view.rows]
    table = f"usage_breakdown_{by}"
    chosen = [keys.index(view.choice.row)] if view.choice.row in keys else []
    set_widget(table, {"selection": {"rows": chosen, "columns": [], "cells": []}})
    st.dataframe(
        pd.DataFrame(breakdown_cells(view.rows, by, view.names)),
        hide_index=True,
        row_height=_ROW,
        height=min(_ROW * (len(keys) + 1) + 3, 420),
        placeholder=DASH,
        column_config=_BREAKDOWN | {"group": TextColumn(NAMES[by], width=192)},
        key=table,
        on_select=lambda: _choose_row(view, keys, table),
        selection_mode="single-row",
        alt=f"Usage by {NAMES[by].lower()}",
    )
    st.caption(plain_markdown(f"{total_words(view.rows)} Choose a row to see its calls. Failed calls have no latency."))


def show_calls(workbench: Workbench, view: UsageView) -> None:
    """The calls behind the totals or behind one row, a page at a time."""
    wanted, title, note = _calls_wanted(view)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(title, anchor=False)
        order = st.selectbox("Order", list(_ORDERS), format_func=_ORDERS.__getitem__, key="usage_order", width=170)
    pages = st.container()
    place = _page_key(view, order)
    number = int(str(widget_value(place) or 1))
    page = workbench.core.usage.prompt_runs(wanted, PAGE, (number - 1) * PAGE, order)
    st.dataframe(
        pd.DataFrame(call_cells(page.runs, viewer_zone())),
        hide_index=True,
        row_height=_ROW,
        height=min(_ROW * (len(page.runs) + 1) + 3, 560),
        placeholder=DASH,
        column_config=_CALLS,
        key="usage_calls",
        alt="Calls to models",
    )
    first = page.offset + 1
    shown = f"Calls {count(first)} to {count(page.offset + len(page.runs))} of {count(page.total)}."
    with pages:
        if page.total > PAGE:
            st.pagination(-(-page.total // PAGE), key=place)
    st.caption(plain_markdown(" ".join(part for part in (shown, note) if part)))


def _page_key(view: UsageView, order: RunOrder) -> str:
    """Another list begins on its first page."""
    view_in_words = f"{order} {view.wanted.tenant_id} {sorted(view.choice.query().items())}"
    return f"usage_page_{zlib.crc32(view_in_words.encode())}"


def _calls_wanted(view: UsageView) -> tuple[UsageFilter, str, str]:
    choice = view.choice
    if choice.row is None:
        return view.wanted, f"All {plural(view.sums.calls, 'call')}", ""
    name = group_name(choice.row or None, choice.by, view.names)
    narrowed = narrow(view.wanted, choice.by, choice.row)
    if narrowed.exact:
        return narrowed.wanted, f"Calls of {name}", ""
    what = "of all versions of this topic" if choice.by is Dimension.PROMPT_VERSION and choice.row else "of all groups"
    return narrowed.wanted, f"Calls around {name}", f"These cannot be listed alone yet: calls {what} are shown."


def _choose_row(view: UsageView, keys: list[str], table: str) -> None:
    state = widget_value(table)
    rows = state["selection"]["rows"] if isinstance(state, dict) else []
    keep(replace(view.choice, row=keys[rows[0]] if rows else None))
