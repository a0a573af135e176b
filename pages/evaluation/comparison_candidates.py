"""Several candidates side by side, and what judges said who compared answers in pairs."""

from __future__ import annotations

import html

import streamlit as st

from evals.running.folder import RunFolder
from pages.components.address import carry
from pages.components.rate_table import candidate_table, rate_table
from pages.components.state import set_widget
from pages.evaluation.runs_reading import pairs_of
from pages.view_models.candidates import candidate_rows, order_words, pair_facts, rate_rows
from pages.view_models.compare import Compared


def render_candidates(compared: Compared) -> None:
    """All candidates of the run against the baseline; nothing where there is one only."""
    if len(compared.contrasts) < 2:
        return
    rows = candidate_rows(compared.contrasts)
    st.subheader(f"All candidates against {compared.labels[0]}", anchor=False)
    st.html(candidate_table(rows))
    st.caption(
        f"Best first. p-values are adjusted for {len(rows)} candidates (Holm): with many, one looks better by chance. "
        "Intervals are 95 % each, not adjusted."
    )
    with st.container(horizontal=True, gap="small", key="open_candidates"):
        for row in rows:
            if row.variant != compared.candidate:
                st.button(
                    f"Show {row.difference.name}",
                    type="tertiary",
                    key=f"show_candidate_{row.variant}",
                    on_click=_show,
                    args=(row.variant,),
                )


def _show(variant: str) -> None:
    carry(candidate=variant)
    set_widget("run_candidate", variant)


def render_pairs(compared: Compared) -> None:
    """What pairwise judges said of the two variants; nothing where none was asked."""
    if not compared.within_one_run or not compared.after.plan.pairwise_judges:
        return
    wanted = {compared.baseline, compared.candidate}
    folder: RunFolder = compared.after.folder
    found = next((one for one in pairs_of(folder) if {one.one, one.other} == wanted), None)
    if found is None:
        return
    st.subheader("Compared in pairs", anchor=False)
    st.html(f'<div class="cw"><p>{html.escape(found.sentence)}</p></div>')
    st.html(rate_table(rate_rows(found), found.labels))
    st.caption(" ".join((*order_words(found), pair_facts(found))))
