"""The way on from an empty insight: try something, or look at the demo."""

from __future__ import annotations

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from pages.components.links import go
from pages.components.messages import show_problem
from pages.components.state import flash
from pages.components.tenants import choose_tenant


def offer_first_steps(workbench: Workbench) -> None:
    """``Open playground``, and the demo's data unless they are there."""
    with st.container(horizontal=True, gap="small"):
        if st.button("Open playground", icon=":material/view_column:", type="primary"):
            go("playground")
        if not workbench.core.demo.is_loaded() and st.button("Load the demo data", icon=":material/dataset:"):
            load_demo(workbench)


def load_demo(workbench: Workbench) -> None:
    """Load the demo and show it."""
    try:
        with st.spinner("Loading the demo data …"):
            workbench.core.demo.load(utc_now())
    except WorkbenchError as error:
        show_problem(error)
        return
    choose_tenant(DEMO_TENANT)
    flash("The demo data is there. You can remove it on Home.")
    st.rerun()
