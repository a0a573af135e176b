"""Loads the demo from any screen that offers it."""

from __future__ import annotations

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from pages.components.messages import show_problem
from pages.components.state import flash
from pages.components.tenants import choose_tenant


def load_demo(workbench: Workbench) -> None:
    """Load the demo and show it."""
    try:
        with st.spinner("Loading the demo data: people, conversations, calls and two runs. About ten seconds."):
            workbench.core.demo.load(utc_now())
    except WorkbenchError as error:
        show_problem(error)
        return
    choose_tenant(DEMO_TENANT)
    flash("The demo data is here. Home can remove it when you have seen enough.")
    st.rerun()
