"""The sections of Home: the loop, the headline figures, what is next, the topics."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import tzinfo

import streamlit as st

from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from pages.components.chrome import Tag, TagKind, tag
from pages.components.links import go, link_to
from pages.components.messages import show_problem
from pages.components.state import flash
from pages.view_models.home import LoopStep, NextStep
from pages.view_models.home_figures import Figure, TopicLine

_MOST_STEPS = 5
_COLUMNS = {
    "Topic": st.column_config.TextColumn(width="medium"),
    "Published": st.column_config.TextColumn(width=84),
    "Draft": st.column_config.TextColumn(width=64),
    "Score": st.column_config.NumberColumn(format="%.2f", width=64),
    "Cost per answer": st.column_config.NumberColumn(format="$%.4f", width=120),
    "Changed": st.column_config.DatetimeColumn(format="D MMM, HH:mm", width=120),
}
_KINDS: dict[str, TagKind] = {"better": "better", "worse": "worse", "warn": "warn", "live": "live"}


def show_loop(steps: Sequence[LoopStep]) -> None:
    """The six steps as one strip; each title leads to its screen."""
    with st.container(key="loop_strip"):
        for place, step in zip(st.columns(len(steps), gap=None), steps, strict=True):
            with place, st.container(gap=None):
                link_to(step.title, step.screen, step.query)
                st.html(
                    f'<div class="cw cw-step{" now" if step.now else ""}"><p><b>{html.escape(step.strong)}</b></p>'
                    f"<p>{html.escape(step.quiet)}</p></div>"
                )


def show_figures(shown: Sequence[Figure]) -> None:
    """Headline figures with the change against the period before."""
    with st.container(key="quad_figures"):
        for place, figure in zip(st.columns(len(shown), gap="small"), shown, strict=True):
            with place:
                st.metric(
                    figure.label,
                    figure.value,
                    figure.delta,
                    delta_color=figure.colour,
                    delta_arrow="off" if figure.colour == "off" else "auto",
                    delta_description=figure.beside,
                    chart_data=list(figure.series) or None,
                    chart_type="bar" if figure.bars else "line",
                    border=True,
                    height="stretch",
                    help=figure.help,
                )


def show_next_steps(steps: Sequence[NextStep], workbench: Workbench) -> None:
    """What waits, with the button that does it."""
    st.subheader("Next steps", anchor=False)
    with st.container(border=True):
        if not steps:
            st.html(
                '<div class="cw"><p><b>Nothing waits</b></p>'
                '<p class="s m">Save a new version of a prompt and what to do with it is listed here.</p></div>'
            )
            link_to("Open topics", "topics", icon=":material/topic:")
        for place, step in enumerate(steps[:_MOST_STEPS]):
            _show_step(step, place, workbench)
        if len(steps) > _MOST_STEPS:
            st.caption(f"{len(steps) - _MOST_STEPS} more under Topics and Runs.")


def _show_step(step: NextStep, place: int, workbench: Workbench) -> None:
    label = tag(Tag(step.tag, _KINDS.get(step.kind, "")))
    title, text = html.escape(step.title), html.escape(step.text)
    words = f'<div class="cw"><p><b>{title}</b> {label}</p><p class="s m">{text}</p></div>'
    with st.container(key=f"step_row_{place}", horizontal=True, vertical_alignment="center", gap="medium", wrap=False):
        st.html(words, width="stretch")
        if st.button(step.action, key=f"step_{place}"):
            _do(step, workbench)


def _do(step: NextStep, workbench: Workbench) -> None:
    if step.resume is None:
        go(step.screen, step.query)
    try:
        workbench.runs.resume(step.resume)
    except WorkbenchError as error:
        show_problem(error)
        return
    flash("The run goes on where it was interrupted.")
    go("runs", {"run": step.resume})


def show_topics(lines: Sequence[TopicLine], zone: tzinfo) -> None:
    """Topics, the one changed last first; a row opens the Editor."""
    st.subheader("Topics by latest change", anchor=False)
    rows = [
        {
            "Topic": line.name,
            "Published": line.published,
            "Draft": line.draft,
            "Score": line.score,
            "Cost per answer": line.cost,
            "Changed": line.changed.astimezone(zone),
        }
        for line in lines
    ]
    event = st.dataframe(
        rows,
        hide_index=True,
        row_height=34,
        placeholder="—",
        on_select="rerun",
        selection_mode="single-row",
        key="home_topics",
        column_config=_COLUMNS,
    )
    st.caption(
        "Score and cost per answer are those of the published version in its latest finished run. Select a row to edit."
    )
    if chosen := event.selection.rows:
        go("editor", {"topic": lines[chosen[0]].topic_id})
