"""The attempts behind the numbers: which sort, a page at a time, and one call with all its attempts."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.column_config import CheckboxColumn, DatetimeColumn, NumberColumn, TextColumn

from coaching_core.llm.accounting import PromptRun
from coaching_core.usage.models import Only, RunOrder, UsageSums
from evals.bootstrap import Workbench
from pages.components.messages import plain_markdown
from pages.components.state import set_widget, widget_value
from pages.components.viewer import viewer_zone
from pages.insights.usage_data import UsageView
from pages.insights.usage_filters import keep
from pages.view_models.usage_choice import narrow
from pages.view_models.usage_rows import call_cells, group_name, only_choices
from pages.view_models.words import DASH, count, plural

PAGE = 50
_ROW = 34
_ORDERS = {
    RunOrder.NEWEST: "Newest first",
    RunOrder.OLDEST: "Oldest first",
    RunOrder.COSTLIEST: "Costliest first",
    RunOrder.SLOWEST: "Slowest first",
}
_COLUMNS = {
    "created_at": DatetimeColumn("Time", format="D MMM YYYY, HH:mm:ss", width=160),
    "model": TextColumn("Model", width=205),
    "asked_model": TextColumn("Asked for", width=150, help="The model that another one stood in for."),
    "purpose": TextColumn("Purpose", width=95),
    "topic_id": TextColumn("Topic", width=135),
    "prompt_version": NumberColumn("Version", format="v%d", width=66),
    "status": TextColumn("Status", width=80),
    "error": TextColumn("Error", width=150),
    "attempt": NumberColumn("Attempt", width=70),
    "final": CheckboxColumn("Last", width=60, help="The caller got this attempt's answer or error."),
    "cost_usd": NumberColumn("Cost", format="$%.6f", width=90),
    "held_usd": NumberColumn("At most", format="$%.6f", width=90, help="Where the cost is unknown."),
    "saved_usd": NumberColumn("Saved", format="$%.6f", width=90, help="What a kept answer did not cost again."),
    "input_tokens": NumberColumn("Tokens in", format="%,d", width=84),
    "output_tokens": NumberColumn("Tokens out", format="%,d", width=90),
    "cached_tokens": NumberColumn("Cached", format="%,d", width=74),
    "cache_write_tokens": NumberColumn("Cache written", format="%,d", width=100),
    "held_tokens": NumberColumn("Tokens at most", format="%,d", width=110, help="Where they are unknown."),
    "waited_ms": NumberColumn(
        "Waited, s", format="%.2f", width=80, help="Before this attempt began: for attempts before it, or for room."
    ),
    "latency_ms": NumberColumn("Latency, s", format="%.2f", width=84),
    "ttft_ms": NumberColumn("TTFT, s", format="%.2f", width=70),
    "user_id": TextColumn("User", width=140),
    "session_id": TextColumn("Session", width=140),
    "call_id": TextColumn("Call", width=150),
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
    "id": TextColumn("Attempt id", width=150),
}


def show_calls(workbench: Workbench, view: UsageView) -> None:
    """The attempts behind the totals or behind one row; choosing one shows the whole call below."""
    choice = view.choice
    wanted = view.wanted if choice.row is None else narrow(view.wanted, choice.by, choice.row)
    wanted = replace(wanted, only=choice.only)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(plain_markdown(_title(view)), anchor=False)
        order = st.selectbox("Order", list(_ORDERS), format_func=_ORDERS.__getitem__, key="usage_order", width=170)
    _choose_sort(view)
    pages = st.container()
    place = _page_key(view, order)
    number = int(str(widget_value(place) or 1))
    page = workbench.core.usage.prompt_runs(wanted, PAGE, (number - 1) * PAGE, order)
    _table(view, page.runs)
    with pages:
        if page.total > PAGE:
            st.pagination(-(-page.total // PAGE), key=place)
    shown = f"{count(page.offset + 1)} to {count(page.offset + len(page.runs))} of {plural(page.total, 'attempt')}."
    st.caption(plain_markdown(f"{shown} Choose one to see the whole call." if page.total else "There are none."))
    if choice.call is not None:
        _show_call(workbench, view, choice.call)


def _title(view: UsageView) -> str:
    if view.choice.row is None:
        return f"All {plural(view.sums.calls, 'call')}"
    row = next((row for row in view.rows if (row.key or "") == view.choice.row), None)
    return f"Calls of {view.choice.row if row is None else group_name(row, view.choice.by, view.names)}"


def _sums(view: UsageView) -> UsageSums:
    row = next((row for row in view.rows if (row.key or "") == view.choice.row), None)
    return view.sums if row is None else row.usage


def _choose_sort(view: UsageView) -> None:
    names = only_choices(_sums(view))
    chosen = view.choice.only
    shown = [str(one) for one, (_, number) in names.items() if number or one == chosen]
    set_widget("usage_only", None if chosen is None else str(chosen))
    st.pills(
        "Sort of attempts",
        shown,
        format_func=lambda one: f"{names[Only(one)][0]} {count(names[Only(one)][1])}",
        key="usage_only",
        on_change=lambda: _keep_sort(view),
        label_visibility="collapsed",
    )


def _keep_sort(view: UsageView) -> None:
    chosen = widget_value("usage_only")
    keep(replace(view.choice, only=None if chosen is None else Only(str(chosen)), call=None))


def _table(view: UsageView, runs: Sequence[PromptRun]) -> None:
    calls = [run.call_id or run.id for run in runs]
    key = f"usage_calls_{zlib.crc32('|'.join(run.id for run in runs).encode())}"
    chosen = [calls.index(view.choice.call)] if view.choice.call in calls else []
    set_widget(key, {"selection": {"rows": chosen, "columns": [], "cells": []}})
    st.dataframe(
        pd.DataFrame(call_cells(runs, viewer_zone())),
        hide_index=True,
        row_height=_ROW,
        height=min(_ROW * (len(runs) + 1) + 3, 560),
        placeholder=DASH,
        column_config=_COLUMNS,
        key=key,
        on_select=lambda: _choose_call(view, calls, key),
        selection_mode="single-row",
        alt="Attempts at calls to models",
    )


def _choose_call(view: UsageView, calls: list[str], table: str) -> None:
    state = widget_value(table)
    rows = state["selection"]["rows"] if isinstance(state, dict) else []
    keep(replace(view.choice, call=calls[rows[0]] if rows else None))


def _show_call(workbench: Workbench, view: UsageView, call_id: str) -> None:
    """A call may have begun before the period, or ended after it; both are looked for within the period."""
    wanted = view.wanted
    page = workbench.core.usage.call(wanted.tenant_id, call_id, wanted.since, wanted.until)
    st.subheader(plain_markdown(f"{plural(page.total, 'attempt')} at this call"), anchor=False)
    if not page.runs:
        st.caption("This call is not in the period. Choose a longer one.")
        return
    st.dataframe(
        pd.DataFrame(call_cells(page.runs, viewer_zone())),
        hide_index=True,
        row_height=_ROW,
        placeholder=DASH,
        column_config=_COLUMNS,
        key="usage_call",
        alt="Attempts at one call, the first one first",
    )
    st.caption(plain_markdown(f"Call {call_id}. Each attempt has a record, a cost and a time of its own."))


def _page_key(view: UsageView, order: RunOrder) -> str:
    """Another list begins on its first page."""
    query = sorted(replace(view.choice, call=None).query().items())
    view_in_words = f"{order} {view.wanted.tenant_id} {query}"
    return f"usage_page_{zlib.crc32(view_in_words.encode())}"
