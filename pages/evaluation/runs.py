"""Runs: the list, the plan of a new one, and one run, live or finished. The address says which."""

from __future__ import annotations

import streamlit as st

from coaching_core.demo.coaching import DEMO_TENANT
from evals.bootstrap import Workbench
from pages.components.address import carried, carry_only
from pages.components.chrome import DEMO, Tag, empty_state, page_title
from pages.components.demo import load_demo
from pages.components.pick_table import PickTable
from pages.components.state import Slot, show_flash
from pages.components.tenants import chosen_tenant, current_tenant
from pages.components.viewer import viewer_zone
from pages.evaluation.runs_opened import render_run
from pages.evaluation.runs_planning import render_plan
from pages.view_models.datasets import in_words
from pages.view_models.run_list import STATE_WORDS, RunRow, counted, run_row
from pages.view_models.words import plural

_PAGE = 100
_RENEW_SECONDS = 3.0
_SHOWN: Slot[int] = Slot("runs_shown", _PAGE)
_column = st.column_config


def render(workbench: Workbench) -> None:
    """Show what the address asks for."""
    show_flash()
    run_id = carried("run")
    if run_id is not None:
        render_run(workbench, run_id)
    elif carried("new") is not None:
        render_plan(workbench)
    else:
        _list(workbench)


def _list(workbench: Workbench) -> None:
    demo = current_tenant(workbench) == DEMO_TENANT
    rows = _rows(workbench)
    facts: list[Tag | str] = [DEMO] if demo else []
    with page_title("Runs", [*facts, plural(len(rows), "run")] if rows else facts):
        if st.button("Plan run", icon=":material/add:", type="primary"):
            carry_only(new="1")
            st.rerun()
    if not rows:
        chosen_tenant(workbench, label_visibility="collapsed")
        empty_state(
            "No runs yet",
            "A run answers the items of a golden dataset with two or more prompt versions, has a judge score every "
            "answer, and tells which version is better and how sure that is. Simulated models need no key.",
        )
        if not workbench.core.demo.is_loaded() and st.button("Load the demo data", icon=":material/dataset:"):
            load_demo(workbench)
        return
    topic, state = _filters(workbench, rows)
    _table(workbench, topic, state)


def _rows(workbench: Workbench) -> list[RunRow]:
    tenant = current_tenant(workbench)
    return [run_row(run, tenant == DEMO_TENANT) for run in workbench.runs.list(tenant, limit=_SHOWN.get())]


def _filters(workbench: Workbench, rows: list[RunRow]) -> tuple[str | None, str | None]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen_tenant(workbench)
        topics = ["", *sorted({row.topic for row in rows})]
        asked = in_words(carried("topic") or "")
        topic = st.selectbox(
            "Topic",
            topics,
            index=topics.index(asked) if asked in topics else 0,
            format_func=lambda name: name or "All",
            width=220,
        )
        states = ["", *STATE_WORDS.values()]
        state = st.selectbox("State", states, format_func=lambda name: name or "All", width=200)
    return topic or None, state or None


def _table(workbench: Workbench, topic: str | None, state: str | None) -> None:
    """The list; it renews itself, because runs also start at the shell and on other screens."""

    @st.fragment(run_every=_RENEW_SECONDS)
    def listed() -> None:
        rows = _rows(workbench)
        kept = [row for row in rows if topic in (None, row.topic) and state in (None, row.state)]
        if not kept:
            st.caption("No run matches. Clear a filter.")
            return
        picked = _pick_table().pick(kept, None)
        st.caption(counted(kept))
        if picked is not None:
            carry_only(run=picked)
            st.rerun(scope="app")

    listed()
    if len(_rows(workbench)) >= _SHOWN.get():
        st.button("Show older runs", icon=":material/expand_more:", type="tertiary", on_click=_show_older)


def _show_older() -> None:
    _SHOWN.set(_SHOWN.get() + _PAGE)


def _pick_table() -> PickTable:
    zone = getattr(viewer_zone(), "key", "UTC")
    columns = {
        "started": _column.DatetimeColumn("Started", format="D MMM, HH:mm", timezone=zone, width=100),
        "topic": _column.TextColumn("Topic", width=95),
        "compared": _column.TextColumn("Compared", width=125),
        "difference": _column.TextColumn("Difference, points", width=175),
        "stands": _column.TextColumn("State", width=115),
        "kind": _column.MultiselectColumn("Not real", width=90, options=["Simulated", "Demo"], color="violet"),
        "items": _column.NumberColumn("Items", format="localized", width=50),
        "cost": _column.NumberColumn("Cost, USD", format="$%.4f", width=75),
        "dataset": _column.TextColumn("Dataset", width=115),
        "run": _column.TextColumn("Run", width=165),
    }
    return PickTable("runs", "run", columns, "Evaluation runs, newest first", most_rows=16)
