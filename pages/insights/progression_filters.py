"""Person, focus and range; what is chosen stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from coaching_core.assessments.models import UserFocus
from coaching_core.progression.models import FocusCount, Person
from evals.bootstrap import Workbench
from pages.components.state import Slot, set_widget, widget_value
from pages.view_models.progression_choice import (
    CUSTOM,
    QUERY_KEYS,
    RANGES,
    Period,
    ProgressionChoice,
    choose_focus,
    choose_person,
    focus_labels,
    person_labels,
    read_period,
)

LAST: Slot[dict[str, str]] = Slot("progression_last_query", {})
"""The view to come back to when the address says nothing."""


def current_choice(
    workbench: Workbench, tenant: str, people: Sequence[Person], focuses: Sequence[FocusCount], today: date
) -> tuple[ProgressionChoice, tuple[UserFocus, ...]]:
    """What the address asks for, or what was left; with the person's own focuses."""
    asked = {key: st.query_params[key] for key in QUERY_KEYS if key in st.query_params}
    query = asked or LAST.get()
    person, no_person = choose_person(people, query.get("person"))
    own = workbench.core.assessments.user_focuses(tenant, person.user_id)
    focus, no_focus = choose_focus(focuses, None if no_person else query.get("focus"), own)
    notes = tuple(note for note in (no_person, no_focus) if note and asked)
    choice = ProgressionChoice(person, focus, read_period(query, today), notes)
    _keep(choice.query())
    return choice, own


def show_filters(
    choice: ProgressionChoice, people: Sequence[Person], focuses: Sequence[FocusCount], own: Sequence[UserFocus]
) -> None:
    """The selects; inside the row that the screen opened."""
    names, titles = person_labels(people), focus_labels(focuses, own)
    set_widget("progression_person", choice.person.user_id)
    st.selectbox(
        "Person",
        list(names),
        format_func=lambda key: names.get(key, key),
        key="progression_person",
        width=220,
        on_change=lambda: _choose_person(choice),
    )
    set_widget("progression_focus", choice.focus.focus_id)
    st.selectbox(
        "Focus",
        list(titles),
        format_func=lambda key: titles.get(key, key),
        key="progression_focus",
        width=230,
        on_change=lambda: _keep(choice.query() | {"focus": str(widget_value("progression_focus"))}),
    )
    _range(choice)


def _range(choice: ProgressionChoice) -> None:
    period = choice.period
    set_widget("progression_range", period.days)
    st.selectbox(
        "Range",
        [*RANGES, CUSTOM],
        format_func=lambda days: f"Last {days} days" if days else "Custom dates",
        key="progression_range",
        width=150,
        on_change=lambda: _choose_range(choice),
    )
    if period.days == CUSTOM:
        set_widget("progression_dates", (period.first, period.last))
        st.date_input(
            "Dates",
            key="progression_dates",
            max_value="today",
            format="YYYY-MM-DD",
            width=230,
            on_change=lambda: _choose_dates(choice),
        )


def _choose_person(choice: ProgressionChoice) -> None:
    """Another person comes with a focus of their own."""
    query = choice.query() | {"person": str(widget_value("progression_person"))}
    del query["focus"]
    _keep(query)


def _choose_range(choice: ProgressionChoice) -> None:
    days = widget_value("progression_range")
    if days == CUSTOM:
        _keep(replace(choice, period=replace(choice.period, days=CUSTOM)).query())
    else:
        _keep({key: choice.query()[key] for key in ("person", "focus")} | {"range": str(days)})


def _choose_dates(choice: ProgressionChoice) -> None:
    dates = widget_value("progression_dates")
    if isinstance(dates, tuple) and len(dates) == 2:
        _keep(replace(choice, period=Period(CUSTOM, dates[0], dates[1])).query())


def _keep(query: dict[str, str]) -> None:
    LAST.set(query)
    for key in QUERY_KEYS:
        if key not in query:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != query[key]:
            st.query_params[key] = query[key]
