"""The way on from an empty insight: try something, or look at the demo."""

from __future__ import annotations

import streamlit as st

from evals.bootstrap import Workbench
from pages.components.demo import load_demo
from pages.components.links import go


def offer_first_steps(workbench: Workbench) -> None:
    """``Open playground``, and the demo's data unless they are there."""
    with st.container(horizontal=True, gap="small"):
        if st.button("Open playground", icon=":material/view_column:", type="primary"):
            go("playground")
        if not workbench.core.demo.is_loaded() and st.button("Load the demo data", icon=":material/dataset:"):
            load_demo(workbench)
