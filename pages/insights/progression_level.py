"""One person's level with the what-if beside it; moving a slider redraws only this part."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime, tzinfo

import pandas as pd
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from coaching_core.errors import WorkbenchError
from coaching_core.progression.ema import ProgressionSettings
from coaching_core.progression.models import History, ProgressPoint, WhatIf
from evals.bootstrap import Workbench
from pages.components.charts import chart
from pages.components.chrome import empty_state
from pages.components.messages import plain_markdown, show_problem
from pages.components.state import Slot
from pages.insights.progression_charts import Curve, level_alt, level_figure
from pages.view_models.progression import band_word, change_cells, effect, level_words, settings_words, within
from pages.view_models.progression_choice import ProgressionChoice
from pages.view_models.words import DASH, plural

_TURN: Slot[int] = Slot("whatif_turn", 0)
"""Grows with each reset, so that the sliders come back with the live settings."""

_CHANGES = {
    "name": TextColumn("Person", width=150),
    "now": TextColumn("Level now", width=105),
    "then": TextColumn("Would be", width=105),
    "ema_now": NumberColumn("EMA now", format="%.2f", width=85),
    "ema_then": NumberColumn("EMA then", format="%.2f", width=85),
}


@dataclass(frozen=True, slots=True)
class LevelView:
    """What this part is drawn from."""

    tenant: str
    choice: ProgressionChoice
    history: History
    start: datetime
    end: datetime
    zone: tzinfo


@st.fragment
def show_level(workbench: Workbench, view: LevelView) -> None:
    """The finding, the chart, and the what-if card."""
    with st.container(key="split_level"):
        left, right = st.columns([2.5, 1], gap="medium")
    with right, st.container(border=True, key="whatif"):
        settings = _sliders(workbench.core.progression.settings)
        if settings is not None:
            _effect(workbench, view, settings)
    with left:
        _level(workbench, view, settings or workbench.core.progression.settings)


def _level(workbench: Workbench, view: LevelView, settings: ProgressionSettings) -> None:
    st.subheader(level_words(view.history), anchor=False)
    who, focus = view.choice.person, view.choice.focus
    if not view.history.points:
        band = f"Band: {band_word(view.history)}."
        st.caption(plain_markdown(f"{band} {who.name} has no score on {focus.title} yet; assessments bring them."))
        return
    points = within(view.history.points, view.start, view.end)
    if not points:
        last = view.history.points[-1].at.astimezone(view.zone)
        empty_state("No scores in this period", f"The last one is of {last.day} {last:%b %Y}. Choose another range.")
        return
    live = workbench.core.progression.settings
    then: tuple[ProgressPoint, ...] = ()
    if settings != live:
        other = workbench.core.progression.history(view.tenant, who.user_id, focus.focus_id, settings)
        then = within(other.points, view.start, view.end)
    name = f"What if, {settings_words(settings, live)}"
    curve = Curve(points, live, then, settings, name, view.start, view.end, view.zone)
    chart(level_figure(curve), height=400, key="progression_level", alt=level_alt(curve))


def _sliders(live: ProgressionSettings) -> ProgressionSettings | None:
    """The settings to try; None while they cannot be used."""
    turn = _TURN.get()
    st.markdown("**What if**")
    alpha = st.slider("α, weight of the newest score", 0.01, 1.0, live.alpha, 0.01, "%.2f", key=f"whatif_alpha_{turn}")
    window = st.slider("N, scores counted", 1, max(50, live.window), live.window, key=f"whatif_window_{turn}")
    developing, mastery = st.slider(
        "Thresholds: developing, mastery",
        min(1.0, live.developing),
        max(10.0, live.mastery),
        (live.developing, live.mastery),
        0.1,
        "%.1f",
        key=f"whatif_thresholds_{turn}",
    )
    try:
        return ProgressionSettings(alpha, window, round(developing, 6), round(mastery, 6))
    except WorkbenchError as error:
        show_problem(error)
        _reset()
        return None


def _effect(workbench: Workbench, view: LevelView, settings: ProgressionSettings) -> None:
    live = workbench.core.progression.settings
    focus_id = view.choice.focus.focus_id
    found = workbench.core.progression.what_if(view.tenant, focus_id, settings)
    words = effect(found, live)
    moves = ""
    if words.up or words.down:
        moves = f'<span class="up">↑ {words.up}</span> up, <span class="down">↓ {words.down}</span> down; '
    st.html(
        f'<div class="cw"><div class="cw-rule"></div><b>{html.escape(words.finding)}</b>'
        f'<p class="m">{moves}{html.escape(words.settings)}</p></div>'
    )
    with st.container(horizontal=True, gap="small"):
        if found.changes and st.button(
            f"List the {plural(len(found.changes), 'person', 'people')}", icon=":material/group:", type="tertiary"
        ):
            _list_changes(found)
        if settings != live:
            _reset()


def _reset() -> None:
    st.button("Reset what-if", icon=":material/undo:", type="tertiary", on_click=lambda: _TURN.set(_TURN.get() + 1))


@st.dialog("Who would change level", width="medium")
def _list_changes(found: WhatIf) -> None:
    st.dataframe(
        pd.DataFrame(change_cells(found)),
        hide_index=True,
        row_height=34,
        placeholder=DASH,
        column_config=_CHANGES,
        key="whatif_changes",
        alt="People who would change level",
    )
    people = plural(found.total, "person has", "people have")
    st.caption(plain_markdown(f"{people} a level on this focus. Nothing is changed by looking."))
