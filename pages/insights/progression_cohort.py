"""Everybody on a focus: who moved between bands, and which errors are made most."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.column_config import NumberColumn, ProgressColumn, TextColumn

from evals.bootstrap import Workbench
from pages.components.charts import chart
from pages.components.messages import plain_markdown
from pages.insights.progression_charts import moves_figure
from pages.insights.progression_level import LevelView
from pages.view_models.progression import cohort_finding, cohort_words, error_cells
from pages.view_models.words import DASH


def show_cohort(workbench: Workbench, view: LevelView) -> None:
    """Movement between bands from the first to the last day of the range."""
    focus_id = view.choice.focus.focus_id
    cohort = workbench.core.progression.cohort(view.tenant, focus_id, view.start, view.end)
    st.subheader(f"{cohort_finding(cohort)}: {view.choice.focus.title}", anchor=False)
    if not cohort.moves:
        st.caption("Nobody has a score on this focus by the end of the period.")
        return
    chart(moves_figure(cohort), height=300, key="progression_moves", alt=cohort_words(cohort))
    dates = f"{view.choice.period.first:%-d %b} to {view.choice.period.last:%-d %b %Y}"
    st.caption(
        plain_markdown(
            f"{dates}: {cohort_words(cohort)} Bands show people; links take the colour of the band they reach."
        )
    )


def show_errors(workbench: Workbench, view: LevelView) -> None:
    """What goes wrong most often on this focus."""
    st.subheader("Most frequent errors", anchor=False)
    errors = workbench.core.progression.top_errors(
        view.tenant, view.choice.focus.focus_id, view.start, view.end, limit=8
    )
    if not errors:
        st.caption("No error was found in this period.")
        return
    most = max(error.count for error in errors)
    period = view.choice.period.words()
    st.dataframe(
        pd.DataFrame(error_cells(errors)),
        hide_index=True,
        row_height=34,
        placeholder=DASH,
        column_config={
            "label": TextColumn("Error", width=185),
            "count": ProgressColumn(period, format="%d", min_value=0, max_value=most, width=150),
            "change": NumberColumn(
                "Change", format="%+d", width=70, help="Against the period of the same length before."
            ),
        },
        key="progression_errors",
        alt="Most frequent errors",
    )
    new = all(error.change is None for error in errors)
    against = "nothing was assessed in the period before" if new else "the change is against the period before"
    st.caption(f"All people on this focus. Fewer is better; {against}.")
