"""The main script: page chrome and navigation. Screens live in subfolders and are reached through it only."""

from __future__ import annotations

import streamlit as st

from evals.current import running
from pages.components.chrome import STATIC, apply_look
from pages.navigation import build_navigation

st.set_page_config(
    page_title="Coaching Workbench", page_icon=str(STATIC / "favicon.png"), layout="wide", initial_sidebar_state=232
)
apply_look()
workbench = running()
if workbench is None:
    st.info("The workbench is starting. Reload this page in a moment.")
    st.stop()
build_navigation(workbench).run()
