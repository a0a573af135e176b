"""Progression: how far a person has come on a focus, how a cohort moved, and what other settings would change."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.column_config import DatetimeColumn, NumberColumn, TextColumn

from coaching_core.assessments.models import UserFocus
from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.progression.models import FocusCount, Person
from evals.bootstrap import Workbench
from pages.components.chrome import DEMO, Tag, empty_state, page_title
from pages.components.messages import plain_markdown, show_notice
from pages.components.state import show_flash
from pages.components.tenants import chosen_tenant, current_tenant
from pages.components.viewer import viewer_zone
from pages.insights.nothing_yet import offer_first_steps
from pages.insights.progression_cohort import show_cohort, show_errors
from pages.insights.progression_filters import current_choice, show_filters
from pages.insights.progression_level import LevelView, show_level
from pages.view_models.progression import score_cells, scores_csv, within
from pages.view_models.words import DASH, count, plural

_MOST_ROWS = 1_000
_SCORES = {
    "at": DatetimeColumn("Date", format="D MMM YYYY, HH:mm", width=140),
    "kind": TextColumn("Kind", width=100),
    "score": NumberColumn("Score", format="%.1f", width=65),
    "ema": NumberColumn("EMA after it", format="%.2f", width=95),
    "explanation": TextColumn("Explanation", width=660),
}


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    tenant = current_tenant(workbench)
    people, focuses = workbench.core.progression.people(tenant), workbench.core.progression.focuses(tenant)
    if not people or not focuses:
        _nothing_yet(workbench)
        return
    view, own = _read(workbench, tenant, people, focuses)
    _title(view)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="progression_filters"):
        show_filters(view.choice, people, focuses, own)
        chosen_tenant(workbench)
    for note in view.choice.notes:
        show_notice(note)
    show_level(workbench, view)
    with st.container(key="split_cohort"):
        left, right = st.columns([1.45, 1], gap="medium")
    with left:
        show_cohort(workbench, view)
    with right:
        show_errors(workbench, view)
    _scores(view)


def _read(
    workbench: Workbench, tenant: str, people: Sequence[Person], focuses: Sequence[FocusCount]
) -> tuple[LevelView, tuple[UserFocus, ...]]:
    now, zone = utc_now(), viewer_zone()
    choice, own = current_choice(workbench, tenant, people, focuses, now.astimezone(zone).date())
    history = workbench.core.progression.history(tenant, choice.person.user_id, choice.focus.focus_id)
    view = LevelView(tenant, choice, history, choice.period.start(zone), choice.period.end(zone, now), zone)
    return view, own


def _title(view: LevelView) -> None:
    focus, points = view.choice.focus, view.history.points
    facts: list[Tag | str] = [DEMO] if view.tenant == DEMO_TENANT else []
    facts += [
        f"focus: {focus.title}",
        plural(focus.people, "person", "people"),
        plural(focus.assessments, "assessment"),
    ]
    with page_title("Progression", facts):
        if points:
            st.download_button(
                "Export CSV",
                lambda: scores_csv(within(points, view.start, view.end)),
                file_name=f"scores-{view.choice.person.user_id}-{focus.focus_id}.csv",
                mime="text/csv",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def _scores(view: LevelView) -> None:
    points = within(view.history.points, view.start, view.end)
    if not points:
        return
    st.subheader("Scores behind it", anchor=False)
    shown = points[-_MOST_ROWS:]
    st.dataframe(
        pd.DataFrame(score_cells(shown, view.zone)),
        hide_index=True,
        row_height=34,
        height=min(34 * (len(shown) + 1) + 3, 420),
        placeholder=DASH,
        column_config=_SCORES,
        key="progression_scores",
        alt="Scores, newest first",
    )
    before = len(view.history.points) - len(points)
    more = f" {count(before)} more lie outside the period; they count in the average." if before else ""
    cut = f" The newest {count(_MOST_ROWS)} are shown; the CSV has all." if len(points) > len(shown) else ""
    shows = plural(len(points), "score")
    st.caption(plain_markdown(f"{view.choice.person.name}: {shows}.{cut}{more}"))


def _nothing_yet(workbench: Workbench) -> None:
    page_title("Progression")
    with st.container(horizontal=True):
        chosen_tenant(workbench)
    empty_state(
        "No assessments yet",
        "Here you would see each person's level on each focus and who moved between bands. "
        "Assessments of coaching conversations bring the scores.",
    )
    offer_first_steps(workbench)
