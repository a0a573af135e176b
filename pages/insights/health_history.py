"""What happened to alerts, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from evals.bootstrap import Workbench
from pages.components.address import carried_number, carry
from pages.components.chrome import empty_state
from pages.components.viewer import viewer_zone
from pages.view_models.health import event_rows
from pages.view_models.words import DASH, count

_PAGE = 50
_column = st.column_config


def show_history(workbench: Workbench) -> None:
    """One page of the history."""
    health = workbench.core.health
    page = max(1, carried_number("page") or 1)
    events, total = health.history(_PAGE, (page - 1) * _PAGE)
    if not total:
        empty_state(
            "Nothing has happened yet",
            "Here stands every alert that fired or ended, who looked after it, and who changed a rule.",
        )
        return
    rules = {rule.id: rule for rule in health.rules()}
    st.dataframe(
        [asdict(row) for row in event_rows(events, rules, viewer_zone())],
        column_config={
            "at": _column.DatetimeColumn("When", format="D MMM YYYY, HH:mm:ss", width=170),
            "what": _column.TextColumn("What", width=130),
            "alert": _column.TextColumn("Alert", width=360),
            "value": _column.TextColumn("Value", width=90, alignment="right"),
            "by": _column.TextColumn("Who", width=110),
            "note": _column.TextColumn("Note", width=320),
        },
        hide_index=True,
        row_height=34,
        height=min(len(events), 15) * 34 + 38,
        placeholder=DASH,
        alt="What happened to alerts",
    )
    first = (page - 1) * _PAGE + 1
    st.caption(f"{count(first)} to {count(first + len(events) - 1)} of {count(total)}, newest first.")
    with st.container(horizontal=True, gap="small"):
        st.button("Newer", disabled=page == 1, on_click=lambda: carry(page=str(page - 1)))
        st.button("Older", disabled=page * _PAGE >= total, on_click=lambda: carry(page=str(page + 1)))
